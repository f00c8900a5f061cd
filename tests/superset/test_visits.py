"""Superset keeps who opened which dashboard, for Home, and writes nothing of each question into its database."""

import json
import sqlite3
from contextlib import closing

REPORTED = [
    {"event_name": "mount_dashboard", "ts": 1},
    {"event_name": "load_chart", "ts": 2},
    {"event_name": "render_chart", "ts": 3},
]


def kept(server) -> list[str]:
    """What each line of Superset's log says happened."""
    with closing(sqlite3.connect(server.settings.home / "superset" / "superset.db")) as database:
        lines = database.execute("SELECT json FROM logs ORDER BY id").fetchall()
    return [json.loads(text or "{}").get("event_name", text) for (text,) in lines]


def test_a_dashboard_that_was_opened_is_on_home_and_what_it_asked_is_not_kept(server, numbers):
    admin = server.signed_in("admin", server.password("admin"), "127.0.3.1")
    dashboard = admin.get(f"{server.address}/api/v1/dashboard/history").json()["result"]
    before = kept(server)

    query = {"columns": ["state"], "metrics": [], "filters": [], "extras": {}}
    body = {"datasource": {"id": numbers["months"], "type": "table"}, "queries": [query], "result_type": "query"}
    assert admin.post(f"{server.address}/api/v1/chart/data", json=body).ok
    assert kept(server) == before

    events = [
        one | {"source": "dashboard", "source_id": dashboard["id"], "dashboard_id": dashboard["id"]} for one in REPORTED
    ]
    browser = server.at_the_page("admin", server.password("admin"), "127.0.3.1")
    token = browser.get(f"{server.address}/api/v1/security/csrf_token/").json()["result"]
    reported = browser.post(
        f"{server.address}/superset/log/",
        params={"explode": "events", "dashboard_id": dashboard["id"]},
        data={"events": json.dumps(events)},
        headers={"X-CSRFToken": token, "Referer": server.address},
    )
    assert reported.ok and kept(server) == [*before, "mount_dashboard"]
    recent = admin.get(f"{server.address}/api/v1/log/recent_activity/", params={"q": "(distinct:!t)"}).json()["result"]
    assert dashboard["dashboard_title"] in [one["item_title"] for one in recent]
