"""What a reader takes home of a chart: its rows as CSV, and its picture."""

import csv
import io

import pytest
from PIL import Image

from aero import people
from tests.cluster import dashboards
from tests.superset import boards

WORDS = "the-words-of-dalia"


@pytest.fixture(scope="module")
def numbers(server, sql_server):
    """Those of a dashboard, its chart and its dataset; Dalia may read it."""
    people.add(server.settings, "dalia", "reader", WORDS)
    password = people.password_of(sql_server.settings, "superset")
    return boards.imported(server, sql_server.port, password, "taken-home")["taken-home"]


def test_a_reader_gets_the_rows_of_a_chart_as_csv(server, numbers):
    dashboard, chart, dataset = numbers
    question = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": ["name"], "metrics": ["rows"]}],
        "form_data": {"slice_id": chart, "dashboardId": dashboard},
        "result_type": "full",
        "result_format": "csv",
    }
    reader = server.signed_in("dalia", WORDS, "127.0.8.1")
    answer = reader.post(f"{server.address}/api/v1/chart/data", json=question)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))) == [{"name": "one", "rows": "1"}]


@pytest.mark.long
@pytest.mark.browser
def test_download_as_image_gives_the_picture_of_a_chart(server, numbers, tmp_path):
    with dashboards.browser() as page:
        page.goto(f"{server.address}/login/")
        page.fill("#username", "dalia")
        page.fill("#password", WORDS)
        page.click("button[type=submit]")
        page.wait_for_url("**/welcome/**", timeout=dashboards.PATIENCE_MS)
        page.goto(f"{server.address}/superset/dashboard/taken-home/")
        chart = page.locator(dashboards.CHART)
        chart.get_by_text("one", exact=True).wait_for(timeout=dashboards.PATIENCE_MS)
        chart.hover()
        chart.get_by_label("More Options").click()
        page.get_by_text("Download", exact=True).hover()
        with page.expect_download(timeout=dashboards.PATIENCE_MS) as taken:
            page.get_by_text("Download as image").click()
        taken.value.save_as(tmp_path / "chart")
    picture = Image.open(tmp_path / "chart").convert("L")
    assert picture.width > 200 and picture.height > 100 and picture.getextrema()[0] < 100
