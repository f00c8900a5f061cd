"""`aero lineage`: of what each column is made, from a chart's number to the files, by what makes it."""

import ast
import json
import re
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from aero import webhdfs
from aero.bts import COLUMNS
from aero.cli import lineage, main
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_REPORTING, MONTHS, REPOSITORY
from aero.month import Month
from aero.ops import charts, forecast_origins, months, origin_files, origins, tables
from aero.ops.origins import DERIVED, INSTANTS, OF_THE_LOAD, ROWS, Column
from aero.raw_versions import Manifest
from tests.hdfs_in_memory import HdfsInMemory

ROUTES = "aero_batch.route_delays_monthly"
URL = "https://transtats.bts.gov/PREZIP/On_Time_Reporting_Carrier_On_Time_Performance_1987_present_2013_2.zip"


def of(table, name):
    return [str(one) for one in origins.origin(Column(table, name)).columns]


def ends(table, name):
    """The columns of files at the end of the way."""
    return {str(one) for one in origins.upstream(Column(table, name)) if one.table.startswith("file:")}


def test_a_view_s_column_is_made_of_what_its_sql_names():
    assert of(ROUTES, "total_arrival_delay_minutes") == ["aero_clean.flights.arrival_delay_minutes"]
    assert set(of(ROUTES, "on_time_departures")) == {
        "aero_clean.flights.departure_delay_minutes", "aero_clean.flights.is_cancelled",
    }  # fmt: skip
    assert of(ROUTES, "total_flights") == ["rows of aero_clean.flights"]
    assert set(of(ROUTES, "on_time_arrival_share")) == {
        "rows of aero_clean.flights", "aero_clean.flights.arrival_delay_minutes",
    }  # fmt: skip
    assert of(ROUTES, "year") == ["aero_clean.flights.year"]


@pytest.mark.parametrize("view", BATCH_VIEWS, ids=lambda view: view.table)
def test_every_column_of_every_view_leads_to_files(view):
    for name in origins.tables()[view.name]:
        assert ends(view.name, name), name


def test_every_column_of_the_master_data_leads_to_files():
    known = {one.name for one in COLUMNS} | set(DERIVED) | set(OF_THE_LOAD) | {"diversions"}
    assert set(origins.tables()[FLIGHTS.name]) == known
    for name in known:
        assert ends(FLIGHTS.name, name), name


def test_a_column_of_the_master_data_is_that_of_each_layout_which_has_it():
    assert ends(FLIGHTS.name, "airline_id") == {
        "file:reporting.Reporting_Airline", "file:reporting_old.UniqueCarrier", "file:marketing.Operating_Airline",
        "file:dataexpo.UniqueCarrier",
    }  # fmt: skip
    assert ends(FLIGHTS.name, "taxi_in_minutes") == {
        f"file:{layout}.TaxiIn" for layout in ("reporting", "reporting_old", "marketing", "dataexpo")
    }
    assert "file:dataexpo.DayofMonth" in ends(FLIGHTS.name, "flight_date")


def test_what_the_cleaning_makes_of_several_columns_is_what_its_code_reads():
    text = (REPOSITORY / "jobs" / "flight_times.py").read_text()
    functions = {one.name: ast.unparse(one) for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)}
    code = {
        "scheduled_departure_at": ("scheduled_departure", "_arrives_on_schedule"),
        "departure_at": ("departure",),
        "scheduled_arrival_at": ("scheduled_arrival",),
        "arrival_at": ("arrival", "_arrival_else"),
    }
    for instant, names in code.items():
        read = set(re.findall(r"\w\['(\w+)'\]", "".join(functions[name] for name in names)))
        assert {one.replace("_zone", "_id") for one in read} == set(DERIVED[instant]), instant
    assert tuple(code) == INSTANTS


def test_what_the_forecast_is_made_of_is_what_its_code_reads():
    found = {}
    for module in ("forecast_features", "forecast_outcomes"):
        for one in ast.walk(ast.parse((REPOSITORY / "jobs" / f"{module}.py").read_text())):
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "COLUMNS":
                found["features"] = set(ast.literal_eval(one.value))
            if isinstance(one, ast.FunctionDef) and one.name == "of":
                found["outcomes"] = set(re.findall(r"flights\['(\w+)'\]", ast.unparse(one)))
    # A forecast of a day before knows none of LATER (jobs/forecast_inputs.py).
    assert {*forecast_origins.FEATURES, *forecast_origins.LATER} == found["features"]
    assert not {*forecast_origins.FEATURES} & {*forecast_origins.LATER}
    assert set(forecast_origins.OUTCOME) == found["outcomes"] - {"scheduled_arrival_at"}


@pytest.mark.parametrize("table", forecast_origins.TABLES)
def test_every_column_of_the_forecast_leads_to_files_or_is_said_to_be_of_its_own(table):
    own = {"promoted_at", "promoted_by", "judged_at"}
    for name in origins.tables()[table]:
        assert ends(table, name) or name in own, name
    assert set(forecast_origins.TABLES[table]) <= {*origins.tables()[table], ROWS}


@pytest.mark.parametrize("chart", [name for name in charts.all_of() if name.startswith("chart:tomorrow/")])
def test_every_chart_of_tomorrow_ends_at_the_file(chart):
    chosen = {"late_from", "told_from"}  # Numbers that the dataset itself lists.
    for column in set(charts.columns_of(chart)) - chosen:
        assert ends(chart, column), column


def test_a_forecast_is_of_the_model_and_of_the_features_columns():
    of_late = of("aero_ml.delay_forecasts", "late_probability")
    assert of_late[0] == "aero_ml.models.parameters" and "aero_clean.flights.arrival_delay_minutes" in of_late
    assert "file:reporting.ArrDelay" in ends("aero_ml.delay_forecasts", "delay_p90_minutes")
    assert of("aero_ml.track_record", "expected_late_flights") == ["aero_ml.delay_forecasts.late_probability"]


def test_an_instant_needs_the_airport_s_zone():
    assert "aero_clean.airports.time_zone" in of(FLIGHTS.name, "departure_at")


@pytest.mark.parametrize("name", charts.all_of())
def test_every_chart_shows_columns_that_come_from_somewhere(name):
    shown = charts.columns_of(name)
    assert shown
    for column in shown:
        found = origins.upstream(Column(name, column))
        is_constant = any(not of.columns and of.how for of in found.values())
        assert is_constant or any(one.table in origins.tables() for one in found), column


def test_a_chart_s_number_leads_to_the_files():
    chart = lineage.found("on-time arrivals, month by month")
    assert chart == "chart:history/On-time arrivals, month by month"
    assert {"file:reporting.ArrDelay", "file:dataexpo.ArrDelay"} <= ends(chart, "on_time_arrival_share")


def test_a_metric_that_has_the_name_of_a_column_is_made_of_what_that_is():
    assert of("dataset:history/months", "served_rows") == ["aero_ops.months.served_rows"]


def test_a_count_of_some_of_the_rows_is_made_of_rows():
    assert of("aero_batch.airport_delays_daily", "scheduled_departures") == ["rows of aero_clean.flights"]


def test_a_union_and_a_dataset_with_a_join_are_read_too():
    dataset = "dataset:live/delays_beside_history"
    assert {"aero_live.flight_state.departure_delay_minutes",
            "aero_batch.hourly_delays_monthly.total_departure_delay_minutes"} <= set(
                of(dataset, "total_departure_delay_minutes"))  # fmt: skip
    assert of("dataset:history/destination_delays_monthly", "latitude") == ["aero_clean.airports.latitude"]


@pytest.fixture
def lake(monkeypatch):
    """An HDFS whose readers see one month, of the second of two landed files."""
    client = HdfsInMemory()
    for sha256, at in (("a" * 64, "20261101T000000Z-aaaaaaaa"), ("b" * 64, "20261102T000000Z-bbbbbbbb")):
        version = f"{FLIGHTS_REPORTING.partition_path(2013, 2)}/landed={at}"
        manifest = Manifest(
            FLIGHTS_REPORTING.table, "reporting", "reporting", 2013, 2, (2,), 3, True, "x.csv.gz", "_x.zip", 1000,
            sha256, "2026-11-02T00:00:00+00:00", version, "bts", URL,
        )  # fmt: skip
        client.write(f"{version}/_manifest.json", webhdfs.to_json(asdict(manifest)))
    counts = {"rows_in": 3, "rows_clean": 3, "rows_quarantined": 0}
    entry = months.published(months.empty(Month(2013, 2)), "aaaaaaaaaaaa-5", tables.now(), **counts)
    gone = months.published(months.empty(Month(2013, 3)), "cccccccccccc-5", tables.now(), **counts)
    tables.replace(client, MONTHS, [entry, gone])
    monkeypatch.setattr(lineage.connections, "webhdfs", lambda: client)
    monkeypatch.setattr(lineage.answers, "waits", lambda *_: {"namenode": None, "datanode": None})
    return client


def test_a_month_is_of_the_file_that_its_load_was_made_of_and_not_of_a_newer_one(lake):
    first, gone = origin_files.served(lake)
    assert (first.month, first.url, first.sha256, first.path[-7:]) == ("2013-02", URL, "a" * 64, "/_x.zip")
    assert "its file is not in the raw layer" in str(gone)
    assert origin_files.served(lake, Month(2013, 4)) == []


def test_the_command_goes_from_the_chart_to_the_zip(lake):
    shown = CliRunner().invoke(
        main, ["lineage", "On-time arrivals, month by month", "--column", "on_time_arrival_share"]
    )
    lines = shown.output.splitlines()
    assert lines[0].startswith("chart:history/On-time arrivals, month by month.on_time_arrival_share")
    assert any(line.strip().startswith("file:reporting.ArrDelay") for line in lines)
    assert f"  2013-02  {URL}  1,000 bytes, sha256 {'a' * 64}, landed 2026-11-02T00:00:00+00:00" in lines


def test_as_json_it_has_each_column_of_the_way_and_the_files(lake):
    shown = json.loads(CliRunner().invoke(main, ["lineage", ROUTES, "--month", "2013-02", "--as", "json"]).stdout)
    ways = {one["column"]: one["of"] for one in shown["columns"]}
    assert ways[f"{ROUTES}.month"] == ["aero_clean.flights.month"] and f"rows of {ROUTES}" not in ways
    assert [one["month"] for one in shown["files"]] == ["2013-02"]


def test_a_picture_has_each_step_once():
    words = ["lineage", ROUTES, "--column", "arrived_flights", "--as"]
    drawn = CliRunner().invoke(main, [*words, "dot"]).output
    step = '  "aero_clean.flights.arrival_delay_minutes" -> "aero_batch.route_delays_monthly.arrived_flights";'
    assert drawn.startswith("digraph") and drawn.count(step) == 1
    drawn = CliRunner().invoke(main, [*words, "mermaid"]).output
    assert drawn.startswith("flowchart LR") and '["file:marketing.ArrDelay"]' in drawn
    whole = CliRunner().invoke(main, ["lineage", ROUTES, "--as", "dot"]).output
    assert '"aero_clean.flights" -> "aero_batch.route_delays_monthly";' in whole and "arrived" not in whole


def test_what_is_not_there_is_said_with_what_is_near():
    answer = CliRunner().invoke(main, ["lineage", "route_delays", "--no-files"]).output
    assert "No table or chart is called 'route_delays'." in answer and "route_delays_monthly" in answer
    assert "has no column 'x'" in CliRunner().invoke(main, ["lineage", ROUTES, "--column", "x"]).output


def test_servers_that_are_away_are_said_and_the_columns_shown(monkeypatch):
    monkeypatch.setattr(lineage.answers, "waits", lambda *_: {"namenode": "its start"})
    answer = CliRunner().invoke(main, ["lineage", ROUTES])
    assert answer.exit_code == 0 and "HDFS does not answer" in answer.stderr
    assert f"{ROUTES}.arrived_flights <- aero_clean.flights.arrival_delay_minutes <- BTS ArrDelay" in answer.stdout


def test_rows_are_those_of_the_table_before():
    assert of(ROUTES, ROWS) == [f"rows of {FLIGHTS.name}"]
