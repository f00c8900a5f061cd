"""The page of the dashboards tells every chart as the asset files have it."""

import yaml

from aero.superset import assets
from bench import charts


def test_the_page_is_what_the_files_say(tmp_path):
    page = tmp_path / "dashboards.md"
    page.write_text(charts.PAGE.read_text())
    charts.write(page)
    assert page.read_text() == charts.PAGE.read_text(), ".venv/bin/python -m bench.charts"


def test_every_chart_is_told_with_the_tables_it_asks():
    page = charts.PAGE.read_text()
    for file in assets.FOLDER.glob("charts/*/*.yaml"):
        assert f"| {yaml.safe_load(file.read_text())['slice_name']} |" in page
    assert (
        "| `aero_batch.hourly_delays_monthly`, `aero_batch.airline_hourly_delays_monthly`, `aero_clean.airlines` |"
        in charts.table("history")
    )
