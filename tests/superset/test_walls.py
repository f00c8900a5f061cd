"""A board on the wall: who has its link sees one dashboard without signing in, and may do nothing else."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from PIL import Image

from aero import people, walls
from aero.errors import AeroError
from aero.superset import assets, picture
from tests.cluster import dashboards
from tests.superset import boards
from tests.superset.conftest import csrf_token

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def numbers(server, sql_server):
    """Two dashboards of the delays, `shown` and `hidden`, with a chart each; the numbers of what they are made of."""
    password = people.password_of(sql_server.settings, "superset")
    return boards.imported(server, sql_server.port, password, "shown", "hidden")


@pytest.fixture
def key(server, numbers):
    """Of a board that shows `shown`; its link has ended afterwards."""
    key = walls.add(server.settings, "lobby", "shown", timedelta(hours=1))
    yield key
    if "lobby" in walls.load(server.settings):
        walls.remove(server.settings, "lobby")


def _token(server, key: str) -> requests.Response:
    return server.stranger("127.0.6.2").get(
        f"{server.address}{walls.PAGE}token", headers={"Authorization": f"Bearer {key}"}
    )


@pytest.fixture
def guest(server, key):
    """A session that has taken the token out of the board's page."""
    session = server.stranger("127.0.6.2")
    session.headers["X-GuestToken"] = _token(server, key).json()["token"]
    return session


@pytest.mark.browser
def test_the_board_is_drawn_for_who_has_the_link_and_has_not_signed_in(server, key):
    with dashboards.browser() as page:
        page.goto(f"{server.address}{walls.PAGE}#{key}")
        board = page.frame_locator("iframe")
        board.locator("table").get_by_text("one", exact=True).wait_for(timeout=dashboards.PATIENCE_MS)
        assert not board.locator(f"{dashboards.CHART} [role=alert]").all_inner_texts()
        assert page.locator("[role=status]").inner_text() == ""
        opened = page.goto(f"{server.address}/superset/dashboard/shown/")
        assert "/login/" in page.url or opened.status in (403, 404)


@pytest.mark.browser
def test_a_link_that_is_none_says_so(server, numbers):
    with dashboards.browser() as page:
        page.goto(f"{server.address}{walls.PAGE}#nothing")
        page.get_by_text("This link is no board's, or has ended.").wait_for(timeout=dashboards.PATIENCE_MS)
        assert page.locator("iframe").count() == 0


def _question(numbers, slug: str = "shown", form: dict | None = None, **query) -> dict:
    """What the page asks for the chart of a dashboard, but for what is given."""
    dashboard, chart, dataset = numbers[slug]
    asked = {"columns": ["name"], "metrics": ["rows"], "filters": [], "extras": {}, "orderby": [["rows", False]]}
    return {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [asked | query],
        "form_data": {"slice_id": chart, "dashboardId": dashboard} if form is None else form,
        "result_type": "full",
        "result_format": "json",
    }


def _of_filter(numbers, **query) -> dict:
    form = {"type": "NATIVE_FILTER", "native_filter_id": "NATIVE_FILTER-name", "dashboardId": numbers["shown"][0]}
    return _question(numbers, form=form, **{"metrics": [], "orderby": [["name", True]]} | query)


def _asked(server, session, body: dict) -> requests.Response:
    return session.post(f"{server.address}/api/v1/chart/data", json=body)


def _rows(answer: requests.Response) -> list[dict]:
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()["result"][0]["data"]


def test_the_token_asks_what_the_board_draws(server, numbers, guest):
    assert _rows(_asked(server, guest, _question(numbers))) == [{"name": "one", "rows": 1}]
    chosen = [{"col": "name", "op": "IN", "val": ["two"]}]
    assert _rows(_asked(server, guest, _question(numbers, filters=chosen))) == []
    assert _rows(_asked(server, guest, _of_filter(numbers))) == [{"name": "one"}]
    found = guest.get(f"{server.address}/api/v1/dashboard/").json()["result"]
    assert [one["slug"] for one in found] == ["shown"]


SQL = {"expressionType": "SQL", "sqlExpression": "MAX(id)", "label": "rows"}
LAYER = {"name": "x", "sourceType": "table", "annotationType": "EVENT", "value": 2, "show": True, "showMarkers": True}
OTHERWISE = {
    "another column": {"columns": ["id"]},
    "another metric": {"metrics": [SQL]},
    "another order": {"orderby": [[SQL, True]]},
    "a condition": {"extras": {"where": "id = 1"}},
    "a condition of groups": {"extras": {"having": "MAX(id) = 1"}},
    "a condition of SQL": {"filters": [{"col": SQL, "op": "==", "val": 1}]},
    "a limit by SQL": {"series_limit": 1, "series_columns": ["name"], "series_limit_metric": SQL},
    "rows": {"result_type": "samples"},
    "another chart": {"annotation_layers": [LAYER]},
    "a layer that is not the chart's": {"annotation_layers": [LAYER | {"sourceType": "NATIVE", "value": 1}]},
}


@pytest.fixture(scope="module")
def admin(server):
    """Signed in, where the platform's dashboards are; no database answers their charts."""
    session = server.signed_in("admin", server.password("admin"), "127.0.6.5")
    bundle = {"bundle": ("assets.zip", assets.bundle(), "application/zip")}
    assert session.post(f"{server.address}/api/v1/assets/import/", files=bundle).ok
    return session


# What a database would offer: a chart waits for the filter that takes the first of it.
OFFERED = {"NATIVE_FILTER-day": {"data": [{"day": "2013-12-20"}], "colnames": ["day"], "coltypes": [1], "rowcount": 1}}


@pytest.mark.browser
@pytest.mark.parametrize("slug", assets.titles())
def test_a_board_is_refused_no_chart_and_no_filter_of_its_dashboard(server, admin, slug):
    charts = {one["id"] for one in admin.get(f"{server.address}/api/v1/dashboard/{slug}/charts").json()["result"]}
    key, answered = walls.add(server.settings, f"of-{slug}", slug, timedelta(hours=1)), []

    def asks(request):
        form = request.post_data_json["form_data"]
        return form.get("slice_id") or form["native_filter_id"]

    def offered(route):
        if (one := asks(route.request)) not in OFFERED:
            route.continue_()
            return
        answered.append((one, route.fetch(timeout=dashboards.PATIENCE_MS).status))
        route.fulfill(json={"result": [OFFERED[one]]})

    def heard(response):
        answered.extend([(asks(response.request), response.status)] if "/chart/data" in response.url else [])

    with dashboards.browser() as page:
        page.route("**/chart/data*", offered)
        page.on("response", heard)
        page.goto(f"{server.address}{walls.PAGE}#{key}")
        for _ in range(dashboards.PATIENCE_MS // dashboards.REST_MS):
            if charts <= {one for one, _ in answered}:
                break
            page.wait_for_timeout(dashboards.REST_MS)
        page.unroute_all(behavior="ignoreErrors")
    walls.remove(server.settings, f"of-{slug}")
    assert charts and charts <= {one for one, _ in answered}
    assert not [(one, status) for one, status in answered if status in (401, 403)]


def test_the_token_is_given_the_annotations_of_a_chart_that_has_some(server, numbers, guest):
    admin = server.signed_in("admin", server.password("admin"), "127.0.6.6")
    layers, chart = f"{server.address}/api/v1/annotation_layer/", f"{server.address}/api/v1/chart/{numbers['shown'][1]}"
    number = admin.post(layers, json={"name": "Of a wall"}).json()["id"]
    storm = {"short_descr": "Nemo", "start_dttm": "2013-02-08T00:00:00", "end_dttm": "2013-02-09T00:00:00"}
    assert admin.post(f"{layers}{number}/annotation/", json=storm).ok
    params, marked = admin.get(chart).json()["result"]["params"], [LAYER | {"sourceType": "NATIVE", "value": number}]
    question = _question(numbers, annotation_layers=marked)
    assert _asked(server, guest, question).status_code == 403
    assert admin.put(chart, json={"params": json.dumps(json.loads(params) | {"annotation_layers": marked})}).ok
    [record] = _asked(server, guest, question).json()["result"][0]["annotation_data"]["x"]["records"]
    assert record["short_descr"] == "Nemo" and admin.put(chart, json={"params": params}).ok


@pytest.mark.parametrize("other", OTHERWISE.values(), ids=OTHERWISE.keys())
@pytest.mark.parametrize("question", [_question, _of_filter])
def test_the_token_asks_nothing_else_of_the_boards_datasets(server, numbers, guest, question, other):
    answer = _asked(server, guest, question(numbers, **other))
    assert answer.status_code == 403, answer.text[:500]


def test_the_token_asks_no_other_dashboard_and_no_file(server, numbers, guest):
    dashboard, chart, _ = numbers["hidden"]
    shown = numbers["shown"][0]
    others = [
        _question(numbers, "hidden"),
        _question(numbers, "hidden", {"slice_id": chart, "dashboardId": shown}),
        _question(numbers, "hidden", {"slice_id": numbers["shown"][1], "dashboardId": shown}),
        _question(numbers, form={}),
        _question(numbers, form={"dashboardId": shown}),
        _question(numbers, form={"slice_id": 0, "chart_id": numbers["shown"][1], "dashboardId": shown,
                                 "groupby": ["name"]}),
        _question(numbers) | {"result_format": "csv"},
    ]  # fmt: skip
    assert [_asked(server, guest, body).status_code for body in others] == [403] * len(others)
    for path in ("", "/charts", "/datasets"):
        assert guest.get(f"{server.address}/api/v1/dashboard/{dashboard}{path}").status_code in (403, 404)


def test_the_token_changes_nothing_and_opens_nothing_else(server, numbers, key, guest):
    board = _token(server, key).json()["board"]
    # With what Superset's own pages send against forged forms: it is not that which refuses.
    guest.headers["X-CSRFToken"] = csrf_token(guest.get(f"{server.address}/embedded/{board}").text)
    guest.headers["Referer"] = server.address
    dashboard, chart, dataset = numbers["shown"]
    asks = [
        ("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "SELECT 1"}),
        ("POST", "/api/v1/sqllab/format_sql/", {"sql": "SELECT 1"}),
        ("POST", "/api/v1/dashboard/", {"dashboard_title": "of a guest"}),
        ("PUT", f"/api/v1/dashboard/{dashboard}", {"dashboard_title": "of a guest"}),
        ("DELETE", f"/api/v1/dashboard/{dashboard}", None),
        ("POST", f"/api/v1/dashboard/{dashboard}/embedded", {"allowed_domains": []}),
        ("POST", f"/api/v1/dashboard/{dashboard}/permalink", {}),
        ("POST", "/api/v1/chart/", {"slice_name": "of a guest", "datasource_id": dataset, "datasource_type": "table"}),
        ("DELETE", f"/api/v1/chart/{chart}", None),
        ("PUT", f"/api/v1/dataset/{dataset}", {"description": "of a guest"}),
        ("GET", f"/api/v1/dataset/{dataset}", None),
        ("GET", "/api/v1/database/", None),
        ("GET", "/api/v1/query/", None),
        ("GET", "/api/v1/log/", None),
        ("GET", f"/api/v1/dashboard/export/?q=!({dashboard})", None),
        ("GET", f"/api/v1/chart/export/?q=!({chart})", None),
        ("GET", "/api/v1/assets/export/", None),
        ("GET", "/api/v1/security/users/", None),
        ("POST", "/api/v1/security/guest_token/", {"user": {}, "resources": [], "rls": []}),
        ("GET", "/api/v1/security/csrf_token/", None),
        ("PUT", "/api/v1/me/", {"password": "another-password"}),
        ("GET", f"/datasource/samples?datasource_id={dataset}&datasource_type=table", None),
        ("GET", f"/api/v1/chart/{chart}/data/", None),
    ]
    seen = [(guest.request(method, server.address + path, json=body), method, path) for method, path, body in asks]
    assert not [(one.status_code, *what) for one, *what in seen if one.status_code not in (401, 403, 404, 405)]
    for path in ("/superset/welcome/", "/sqllab/", "/explore/", f"/superset/dashboard/{dashboard}/", "/users/list/"):
        answer = guest.get(server.address + path, allow_redirects=False)
        assert answer.status_code in (302, 401, 403, 404), (path, answer.status_code)
        assert "/login/" in answer.headers.get("Location", "/login/")


def test_a_link_that_has_ended_ends_its_tokens_too(server, numbers, key, guest):
    assert _asked(server, guest, _question(numbers)).status_code == 200
    walls.remove(server.settings, "lobby")
    assert _asked(server, guest, _question(numbers)).status_code == 401
    assert _token(server, key).status_code == 403
    another = walls.add(server.settings, "lobby", "hidden", timedelta(hours=1))
    assert _asked(server, guest, _question(numbers)).status_code == 401
    assert _token(server, another).json()["board"]


def test_a_link_is_good_for_as_long_as_was_said(server, numbers):
    key = walls.add(server.settings, "late", "shown", timedelta(0))
    refused = _token(server, key)
    walls.remove(server.settings, "late")
    assert refused.status_code == 403 and "aero wall add" in refused.text


def test_the_audit_says_which_board_was_looked_at_and_which_link_was_refused(server, numbers, guest):
    guest.get(f"{server.address}/api/v1/dashboard/shown")
    guest.put(f"{server.address}/api/v1/dashboard/{numbers['shown'][0]}", json={})
    _token(server, "not-a-key")
    lines = {(one.who, one.what, one.outcome) for one in server.audited() if one.address == "127.0.6.2"}
    assert ("wall lobby", "sign in", "signed in") in lines
    assert ("wall lobby", "open dashboard/shown", "allowed") in lines
    assert ("wall", "sign in", "not signed in") in lines
    text = json.dumps([one.to_line().decode() for one in server.audited()])
    assert "not-a-key" not in text


def test_nobody_else_makes_such_tokens(server, numbers):
    people.add(server.settings, "walter", "operator", "the-words-of-walter")
    session = server.signed_in("walter", "the-words-of-walter", "127.0.6.3")
    body = {"user": {"username": "x"}, "resources": [{"type": "dashboard", "id": "1"}], "rls": []}
    assert session.post(f"{server.address}/api/v1/security/guest_token/", json=body).status_code == 403
    admin = server.signed_in("admin", server.password("admin"), "127.0.6.1")
    made = admin.post(f"{server.address}/api/v1/security/guest_token/", json=body | {"resources": []})
    stranger = server.stranger("127.0.6.4")
    stranger.headers["X-GuestToken"] = made.json().get("token", "")
    assert stranger.get(f"{server.address}/api/v1/dashboard/").status_code == 401


@pytest.mark.browser
def test_a_board_is_drawn_as_a_picture_for_a_mail(server, numbers):
    own = {"SUPERSET_PORT": server.address.rsplit(":", 1)[1]}
    settings = replace(server.settings, environment=server.settings.environment | own)
    drawn = Image.open(io.BytesIO(picture.draw(settings, "shown"))).convert("L")
    # As wide as it should be, as high as its one chart ends, and something is written on it.
    assert drawn.width == picture.WIDTH and 200 < drawn.height < picture.HEIGHT
    assert drawn.getextrema()[0] < 100 and drawn.resize((1, 1)).getpixel((0, 0)) > 200
    assert not walls.load(settings)
    with pytest.raises(AeroError, match="There is no dashboard nowhere here"):
        picture.draw(settings, "nowhere")
