"""The dashboards on a telephone: filters in one line, charts one below the other, none wider than the screen."""

import pytest

from aero.superset import assets
from tests.cluster import dashboards

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 390, 844
# Where the holders of charts are, and how wide the page is that they scroll.
PLACES = f"""() => ({{
    boxes: [...document.querySelectorAll('{dashboards.CHART}')].map(chart => {{
        const seen = chart.closest('.grid-row > *').getBoundingClientRect();
        return [seen.left, seen.right, seen.top + window.scrollY];
    }}),
    page: document.documentElement.scrollWidth,
    drawn: document.querySelector('{dashboards.CHART}').getBoundingClientRect().width,
}})"""


@pytest.fixture(scope="module")
def page(server):
    """A telephone's browser, signed in where the dashboards are; no database answers their charts."""
    admin = server.signed_in("admin", server.password("admin"), "127.0.5.1")
    bundle = {"bundle": ("assets.zip", assets.bundle(), "application/zip")}
    assert admin.post(f"{server.address}/api/v1/assets/import/", files=bundle).ok
    with dashboards.browser() as page:
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.goto(f"{server.address}/login/")
        page.fill("#username", "admin")
        page.fill("#password", server.password("admin"))
        page.click("button[type=submit]")
        page.wait_for_url("**/welcome/**", timeout=dashboards.PATIENCE_MS)
        yield page


def test_a_chart_has_the_screen_and_a_number_half_of_it(server, page):
    page.goto(f"{server.address}/superset/dashboard/history/")
    page.wait_for_selector(dashboards.CHART, timeout=dashboards.PATIENCE_MS)
    places = page.evaluate(PLACES)
    assert places["page"] <= WIDTH and places["drawn"] > 100
    assert all(0 <= left < right <= WIDTH for left, right, _ in places["boxes"])
    # Above them stand two lines of Superset's menu, the title and one line of filters.
    assert min(top for _, _, top in places["boxes"]) < HEIGHT / 2
