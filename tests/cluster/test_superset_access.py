"""Who may do what with the running Superset: nothing without signing in, and only reading as the account that warms."""

from uuid import uuid4

import pytest
import requests

from aero.errors import AeroError
from aero.settings import load_settings
from aero.superset import client, credentials, refresh
from tests.cluster import dashboards
from tests.command import aero

pytestmark = [pytest.mark.cluster, pytest.mark.browser]


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


def test_what_a_stranger_sends_is_refused_and_kept_nowhere(cluster, superset):
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


def test_a_tile_is_one_of_the_world_or_not_found(cluster):
    def asked(place):
        return requests.get(f"{dashboards.address()}/aero/tiles/{place}.svg", timeout=10)

    assert "<svg" in asked("0/0/0").text
    assert asked("12/4095/4095").status_code == 200
    for place in ("10000000000/0/0", "13/0/0", "0/1/0", "0/0/1", "12/0/4096", "3/8/0"):
        assert asked(place).status_code == 404


def test_who_is_signed_in_cannot_be_made_to_send_a_form_from_elsewhere(page):
    refused = page.request.post(f"{dashboards.address()}/api/v1/chart/", data={"slice_name": "forged"})
    assert refused.status == 400 and "CSRF" in refused.text()


def test_the_password_is_shown_again(cluster):
    assert credentials.admin_password(load_settings()) in aero("superset", "password").out
