"""What a load asks in advance is what the page of History asks, an answer is remembered by its question."""

import pytest
import yaml

from aero.superset import assets
from tests.cluster import dashboards

pytestmark = pytest.mark.browser

CHARTS = [yaml.safe_load(file.read_text()) for file in assets.FOLDER.glob("charts/history/*.yaml")]
IN_ADVANCE = {chart["slice_name"]: chart["query_context"]["queries"] for chart in CHARTS}
# What tells nothing of the question where it is empty, or is what Superset takes where nothing is said.
NOTHING = (None, "", 0, False, [], {})


@pytest.fixture(scope="module")
def asked(server):
    """The queries of each chart of History by its title; no database answers them."""
    admin = server.signed_in("admin", server.password("admin"), "127.0.5.1")
    bundle = {"bundle": ("assets.zip", assets.bundle(), "application/zip")}
    assert admin.post(f"{server.address}/api/v1/assets/import/", files=bundle).ok
    found = admin.get(f"{server.address}/api/v1/dashboard/history/charts").json()["result"]
    titles, queries = {chart["id"]: chart["slice_name"] for chart in found}, {}

    def heard(request):
        if request.method == "POST" and "/chart/data" in request.url:
            body = request.post_data_json
            if number := body["form_data"].get("slice_id"):
                queries[titles[number]] = body["queries"]

    with dashboards.browser() as page:
        page.goto(f"{server.address}/login/")
        page.fill("#username", "admin")
        page.fill("#password", server.password("admin"))
        page.click("button[type=submit]")
        page.wait_for_url("**/welcome/**", timeout=dashboards.PATIENCE_MS)
        page.on("request", heard)
        page.goto(f"{server.address}/superset/dashboard/history/")
        page.wait_for_function(dashboards.ALL_DRAWN, timeout=dashboards.PATIENCE_MS)
        for _ in range(dashboards.PATIENCE_MS // dashboards.REST_MS):
            if len(queries) == len(IN_ADVANCE):
                break
            page.wait_for_timeout(dashboards.REST_MS)
    return queries


@pytest.mark.parametrize("title", IN_ADVANCE)
def test_the_page_asks_what_a_load_asks_in_advance(asked, title):
    assert [_told(query) for query in asked[title]] == [_told(query) for query in IN_ADVANCE[title]]


def _told(query):
    """What of a query tells something, without the page's own notes."""
    own = {"url_params", "custom_params", "custom_form_data", "order_desc"}
    return {name: value for name, value in query.items() if name not in own and value not in NOTHING}
