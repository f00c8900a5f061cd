"""Who may do what with the running Superset: nothing without signing in, and only reading as the account that warms."""

from datetime import timedelta
from uuid import uuid4

import pytest
import requests

from aero import audit, people
from aero.errors import AeroError
from aero.instants import utc_now
from aero.settings import load_settings
from aero.superset import client, credentials, refresh
from tests.cluster import dashboards
from tests.command import aero, sql

pytestmark = [pytest.mark.cluster, pytest.mark.browser]

PASSWORD = "what-superset-takes-too"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def page(cluster):
    with dashboards.browser() as page:
        dashboards.sign_in(page)
        yield page


@pytest.fixture
def superset(cluster):
    return client.Superset(load_settings())


def test_a_wrong_password_is_refused_in_words(page):
    stranger = page.context.browser.new_context().new_page()  # Playwright runs once in a process.
    dashboards.sign_in(stranger, "wrong")
    stranger.get_by_text("Invalid username or password").first.wait_for(timeout=dashboards.PATIENCE_MS)
    stranger.context.close()


def test_without_signing_in_nothing_is_shown(cluster):
    address = dashboards.address()
    assert requests.get(f"{address}/api/v1/chart/").status_code == 401
    page = requests.get(f"{address}/superset/dashboard/history/", allow_redirects=False)
    assert page.status_code == 302 and "/login/" in page.headers["Location"]
    shown = requests.get(f"{address}/login/")
    assert "script-src 'self' 'strict-dynamic'" in shown.headers["Content-Security-Policy"]


def test_what_a_stranger_sends_is_refused_and_kept_nowhere(cluster, superset, monkeypatch):
    monkeypatch.delenv("AERO_WARM_DASHBOARDS", raising=False)
    settings, marker = load_settings(), uuid4().hex
    [number, *_] = [one["id"] for one in superset.datasets() if one["table_name"] == "route_delays_monthly"]
    query = {"metrics": ["flights"], "columns": [], "filters": [{"col": "airline_id", "op": "==", "val": marker}]}
    question = {"datasource": {"id": number, "type": "table"}, "queries": [query], "result_type": "full"}
    before = _files(settings)
    for body in (question, {marker: 1}):
        answer = requests.post(f"{dashboards.address()}/api/v1/chart/data?dashboard_id=1", json=body)
        assert answer.status_code == 401
    after = _files(settings)
    assert set(after) == set(before)
    assert not [path for path, content in after.items() if marker.encode() in content]
    refreshed = refresh.refresh(settings)
    assert refreshed.asked >= 15 and refreshed.refused == 0
    assert not [path for path, content in _files(settings).items() if marker.encode() in content]


def _files(settings):
    """Every file of Superset's home and what it holds."""
    return {path: path.read_bytes() for path in (settings.home / "superset").rglob("*") if path.is_file()}


def test_the_account_that_warms_the_dashboards_may_only_read(superset):
    reader = client.Superset(load_settings(), credentials.READER)
    [chart] = [one["id"] for one in reader.charts() if one["slice_name"] == "Least punctual routes"]
    assert reader.chart_answer(chart)["result"]
    for path, change in (
        (f"/api/v1/chart/{chart}", {"slice_name": "Mine"}),
        ("/api/v1/dataset/1", {"description": "Mine"}),
    ):
        with pytest.raises(AeroError, match="with 403"):
            reader.ask("PUT", path, json=change)
    with pytest.raises(AeroError, match="with 403"):
        reader.ask("GET", "/api/v1/assets/export/")


@pytest.fixture
def people_of_superset(cluster):
    """A reader and an analyst, signed in."""
    settings, persons = load_settings(), {"sup-rita": "reader", "sup-anton": "analyst"}
    for name, role in persons.items():
        people.add(settings, name, role, PASSWORD)
    yield {role: client.Superset(settings, name, PASSWORD) for name, role in persons.items()}
    for name in persons:
        people.remove(settings, name)


def _asked(superset, person, metric):
    [number] = [one["id"] for one in superset.datasets() if one["table_name"] == "route_delays_monthly"]
    metrics = [{"expressionType": "SQL", "sqlExpression": metric, "label": "asked"}]
    query = {"metrics": metrics, "columns": [], "filters": []}
    return person.chart_data({"datasource": {"id": number, "type": "table"}, "queries": [query]})["result"][0]


def test_a_reader_is_answered_in_superset_and_refused_in_a_sentence_what_runs_code(superset, people_of_superset):
    reader = people_of_superset["reader"]
    [number] = sql("SELECT SUM(total_flights) AS flights FROM aero_batch.route_delays_monthly")
    assert _asked(superset, reader, "SUM(total_flights)")["data"] == [{"asked": number["flights"]}]
    with pytest.raises(AeroError, match="java_method runs code on the server or reads its files: nobody may"):
        _asked(superset, reader, "MAX(java_method('setProperty', 'a', 'b'))")
    lines = [one for one in audit.read(load_settings().home, utc_now() - HOUR) if one.who == "sup-rita"]
    assert {"signed in", "allowed", "refused"} <= {one.outcome for one in lines if one.door == "superset"}
    assert [one for one in lines if "java_method" in one.what.lower() and one.outcome == "refused"]


def test_an_analyst_asks_in_sql_lab_and_changes_nothing(superset, people_of_superset):
    databases = superset.ask("GET", "/api/v1/database/").json()["result"]
    for number in [one["id"] for one in databases]:
        for statement, answer in (
            ("SELECT COUNT(*) AS flights FROM aero_clean.flights", None),
            ("SELECT * FROM text.`file:///etc/passwd`", "is a file|not allowed|refused"),
            ("SELECT TRANSFORM (1) USING 'id'", "runs a program"),
            ("DROP TABLE aero_clean.flights", "DML|only reads"),
            ("SET env:HOME", "DML|only reads"),
            ("ADD JAR /tmp/x.jar", "DML|only reads|parse"),
        ):
            body = {"database_id": number, "sql": statement, "runAsync": False, "client_id": uuid4().hex[:10]}
            if answer is None:
                assert people_of_superset["analyst"].ask("POST", "/api/v1/sqllab/execute/", json=body).json()["data"]
                continue
            with pytest.raises(AeroError, match=answer):
                people_of_superset["analyst"].ask("POST", "/api/v1/sqllab/execute/", json=body)
        with pytest.raises(AeroError, match="with 403"):
            people_of_superset["reader"].ask("POST", "/api/v1/sqllab/execute/", json=body)


def test_what_a_server_refuses_or_does_not_have_is_no_error_of_superset_s(superset, people_of_superset):
    databases = [one["id"] for one in superset.ask("GET", "/api/v1/database/").json()["result"]]
    assert len(databases) == 2
    for path in [f"/api/v1/database/{number}/table_metadata/" for number in databases]:
        for schema, table, answer in (
            ("aero_raw", "flights_reporting", "with 403: .*superset may not read aero_raw"),
            ("aero_nothing", "nothing", "with 403: .*superset may not read aero_nothing"),
            ("aero_batch", "nothing", "with 404: .*There is no such table"),
        ):
            with pytest.raises(AeroError, match=answer):
                people_of_superset["analyst"].ask("GET", path, params={"name": table, "schema": schema})


def test_who_is_signed_in_cannot_be_made_to_send_a_form_from_elsewhere(page):
    refused = page.request.post(f"{dashboards.address()}/api/v1/chart/", data={"slice_name": "forged"})
    assert refused.status == 400 and "CSRF" in refused.text()


def test_the_password_is_shown_again(cluster):
    assert credentials.admin_password(load_settings()) in aero("superset", "password").out
