from datetime import date

import flight_cleaning
import pytest
from flight_cleaning import RawMonth
from pyspark.sql import functions as F
from pyspark.sql import types as T

from aero import airports, hql
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from tests.jobs.bts_rows import cancelled, header, line

PARTITIONS = 2


def raw(layout, year=2013, month=7):
    family = "marketing" if layout == "marketing" else "reporting"
    return RawMonth(year, month, "unused", "file.csv", family, layout, "load-1")


@pytest.fixture(scope="module")
def check(spark):
    """A function that cleans lines (the header first) and returns the checked rows, kept."""
    zones = spark.createDataFrame(list(airports.time_zones().items()), "airport_id string, zone string").cache()

    def checked(month, texts, causes_collected=False):
        first, *rest = texts
        lines = spark.createDataFrame(list(zip(rest, range(2, len(rest) + 2))), "line string, source_line int")
        of_month = flight_cleaning.lines_of_month(lines, first, month)
        return flight_cleaning.checked(of_month, first, month, zones, causes_collected).localCheckpoint()

    return checked


def flights(checked, *names):
    """Clean rows in the file's order: whole, or of some columns as tuples."""
    rows = flight_cleaning.flights(checked).orderBy("source_line")
    return [tuple(row) for row in rows.select(*names).collect()] if names else rows.collect()


@pytest.fixture(scope="module")
def july(check):
    """Reporting, July 2013: an on-time flight, a late one, a cancelled one, a diverted one, one that knows little."""
    diversion = """Div1Airport="ONT",Div1AirportID=13891,Div1AirportSeqID=1389101,Div1WheelsOn="1210",Div1TotalGTime=45.00,
    Div1LongestGTime=40.00,Div1WheelsOff="1255",Div1TailNum="N338AA",Div2Airport="BUR",Div2WheelsOff=2400,Div2TailNum=0"""
    late = {"ArrDelay": "32.00", "ArrDel15": "1.00", "CarrierDelay": "32.00", "WeatherDelay": "0.00"}
    unknown = ["DepDel15", "Quarter", "DayofMonth", "DayOfWeek", "Diverted", "TaxiOut", "AirTime"]
    texts = [
        header(),
        line(),
        line(Flight_Number_Reporting_Airline="2", **late),
        line(Flight_Number_Reporting_Airline="3", **cancelled()),
        line(
            Flight_Number_Reporting_Airline="4",
            **{"Diverted": "1.00", "ArrDelay": "", "ActualElapsedTime": "", "AirTime": "", "DivAirportLandings": "2"},
            **dict(field.strip().split("=") for field in diversion.split(",")),
        ),
        line(Flight_Number_Reporting_Airline="5", DepDelay="15.00", **dict.fromkeys(unknown, "")),
    ]
    return check(raw("reporting"), texts, causes_collected=True)


@pytest.mark.parametrize(("dataset", "rows"), [(FLIGHTS, "flights"), (FLIGHTS_QUARANTINE, "quarantine")])
def test_columns_are_those_of_the_table_in_its_order(july, dataset, rows):
    declared = hql.columns(dataset.hql("create"))[:-PARTITIONS]

    schema = getattr(flight_cleaning, rows)(july).schema

    expected = T.StructType.fromDDL(", ".join(f"{column.name} {column.type}" for column in declared))
    assert [(field.name, field.dataType.simpleString()) for field in schema] == [
        (field.name, field.dataType.simpleString()) for field in expected
    ]


def test_a_flight_is_typed_named_and_timed(july):
    first, *_ = flights(july)

    given = {name: value for name, value in first.asDict().items() if value is not None and not name.endswith("_at")}
    assert given == {
        "flight_date": date(2013, 7, 15),
        "quarter": 3,
        "day_of_month": 15,
        "day_of_week": 1,
        "airline_id": "AA",
        "tail_number": "N338AA",
        "flight_number": "1",
        "origin_id": "JFK",
        "origin_dot_id": 12478,
        "origin_city": "New York, NY",
        "origin_state_fips": "36",
        "destination_id": "LAX",
        "destination_dot_id": 12892,
        "destination_city": "Los Angeles, CA",
        "destination_state_fips": "06",
        "scheduled_departure_local": "09:00",
        "departure_local": "09:12",
        "departure_delay_minutes": 12,
        "departure_delay_positive_minutes": 12,
        "is_departure_delayed_15": False,
        "departure_delay_group": 0,
        "departure_time_block": "0900-0959",
        "taxi_out_minutes": 20,
        "wheels_off_local": "09:32",
        "wheels_on_local": "12:12",
        "taxi_in_minutes": 10,
        "scheduled_arrival_local": "12:20",
        "arrival_local": "12:22",
        "arrival_delay_minutes": 2,
        "arrival_delay_positive_minutes": 2,
        "is_arrival_delayed_15": False,
        "is_cancelled": False,
        "is_diverted": False,
        "scheduled_elapsed_minutes": 380,
        "elapsed_minutes": 370,
        "air_minutes": 340,
        "flights": 1,
        "distance_miles": 2475,
        "carrier_delay_minutes": 0,
        "weather_delay_minutes": 0,
        "nas_delay_minutes": 0,
        "security_delay_minutes": 0,
        "late_aircraft_delay_minutes": 0,
        "diversion_landings": 0,
        "is_delayed": False,
        "source_family": "reporting",
        "source_layout": "reporting",
        "source_file": "file.csv",
        "source_line": 2,
        "load_id": "load-1",
    }
    # 09:12 EDT is 13:12Z.
    departures = july.select(F.col("departure_at").cast("string")).where("source_line = 2").collect()
    assert [row.departure_at for row in departures] == ["2013-07-15 13:12:00"]


def test_causes_are_zero_only_where_a_flight_arrived_in_time(july):
    causes = ("carrier_delay_minutes", "weather_delay_minutes", "nas_delay_minutes")

    assert flights(july, "source_line", *causes)[:4] == [
        (2, 0, 0, 0),
        (3, 32, 0, None),
        (4, None, None, None),
        (5, None, None, None),
    ]


def test_is_delayed_is_the_flag_else_the_delay_and_null_for_a_flight_that_never_left(july):
    assert flights(july, "source_line", "is_delayed") == [(2, False), (3, False), (4, None), (5, False), (6, True)]


def test_what_the_date_tells_is_filled_and_what_the_source_does_not_know_stays_null(july):
    names = ("quarter", "day_of_month", "day_of_week", "is_diverted", "taxi_out_minutes")

    assert flights(july, *names)[-1] == (3, 15, 1, None, None)


def test_diversions_are_the_landings_that_exist_in_order(july):
    landings = [
        ("ONT", 13891, 1389101, "12:10", 45, 40, "12:55", "N338AA"),
        ("BUR", None, None, None, None, None, "24:00", None),
    ]

    found = flights(july, "diversions")

    assert found[3] == ([T.Row(*landing) for landing in landings],)
    assert found[:3] + found[4:] == [(None,)] * 4


def test_a_file_that_collects_no_causes_leaves_them_unknown(check):
    rows = check(raw("reporting"), [header(), line()], causes_collected=False)

    assert flights(rows, "arrival_delay_minutes", "carrier_delay_minutes") == [(2, None)]


@pytest.mark.parametrize(
    ("year", "month", "cause", "found"),
    [(2003, 6, '"5.00"', 1), (2003, 5, '"5.00"', 0), (2013, 7, '""', 0), (2013, 7, "0.00", 1)],
)
def test_lines_with_causes(spark, year, month, cause, found):
    lines = spark.createDataFrame([(line(), 2), (line(NASDelay=cause), 3)], "line string, source_line int")

    with_causes = flight_cleaning.lines_with_causes(lines, header(), raw("reporting", year, month))

    assert with_causes.count() == found


def test_the_data_expo_has_no_date_another_null_and_a_year_in_a_file(check):
    old = {"Year": "1998", "Month": "2", "DayOfWeek": "7"}
    nothing = dict.fromkeys(["TailNum", "AirTime", "TaxiIn", "TaxiOut", "ArrDelay", "CancellationCode"], "NA")
    texts = [
        header("dataexpo"),
        line("dataexpo", **old, **nothing),
        line("dataexpo", **old, CRSDepTime="0", CRSArrTime="0", CRSElapsedTime="0"),
        line("dataexpo", **old, FlightNum="7", CRSDepTime="0", CRSArrTime="320"),
        line("dataexpo", **old | {"DayofMonth": "30"}),
        line("dataexpo", **old | {"Month": "3"}),
        line("dataexpo", **old | {"Month": "NA"}),
        "1998,2,15",
    ]

    february = check(raw("dataexpo", 1998, 2), texts)
    january = check(raw("dataexpo", 1998, 1), texts)

    names = ("source_line", "flight_date", "quarter", "scheduled_departure_local", "scheduled_arrival_local")
    assert flights(february, *names, "tail_number", "air_minutes", "flights") == [
        (2, date(1998, 2, 15), 1, "09:00", "12:20", None, None, None),
        (3, date(1998, 2, 15), 1, None, None, "N338AA", 340, None),
        (4, date(1998, 2, 15), 1, "00:00", "03:20", "N338AA", 340, None),
    ]
    refused = ("source_line", "reason", "detail")
    assert [tuple(row) for row in flight_cleaning.quarantine(february).select(*refused).collect()] == [
        (5, "untypable", 'Year="1998" Month="2" DayofMonth="30"'),
        (8, "wrong_field_count", "3 fields, the header has 29"),
    ]
    # The line that tells no month is refused once, with the first month of its year.
    assert [tuple(row) for row in flight_cleaning.quarantine(january).select(*refused).collect()] == [
        (7, "missing_key", "flight_date is not given"),
    ]


def test_a_code_share_swap_is_no_duplicate_but_a_repeated_flight_is(check):
    texts = [
        header("marketing"),
        line("marketing", Operating_Airline="OO", Flight_Number_Operating_Airline="5001"),
        line("marketing", Operating_Airline="YX", Flight_Number_Operating_Airline="5001", Duplicate="Y"),
        line("marketing", Operating_Airline="YX", Flight_Number_Operating_Airline="5001", Duplicate="N"),
    ]

    rows = check(raw("marketing"), texts)

    names = ("airline_id", "marketing_airline_id", "marketing_flight_number", "is_code_share_swap")
    assert flights(rows, *names) == [("OO", "AA", "1", False), ("YX", "AA", "1", True)]
    assert [row.detail for row in flight_cleaning.quarantine(rows).collect()] == ["has the key of line 3"]


def test_bytes_that_are_not_utf8_cost_the_tail_number_only(spark, check, tmp_path):
    path = tmp_path / "bytes.csv"
    path.write_bytes(line(Tail_Number='"N3~5AA"').replace("~", "\xa0").encode("latin-1"))
    [(text,)] = spark.read.text(str(path)).select(F.col("value").cast("binary")).collect()
    assert b"\xa0" in text
    zones = spark.createDataFrame([("JFK", "America/New_York")], "airport_id string, zone string")
    lines = spark.read.text(str(path)).select(F.col("value").alias("line"), F.lit(2).alias("source_line"))

    rows = flight_cleaning.checked(lines, header(), raw("reporting"), zones, causes_collected=False)

    assert flights(rows, "tail_number", "flight_number") == [(None, "1")]


REAL = {
    "reporting_1988_01_9rows.csv": ("reporting_old", 1988, 1, 9),
    "reporting_2020_12_199rows.csv": ("reporting", 2020, 12, 199),
    "marketing_2026_04_20rows.csv": ("marketing", 2026, 4, 20),
}


@pytest.mark.parametrize("file", REAL)
def test_real_rows_are_all_clean(check, shared_data, file):
    layout, year, month, rows = REAL[file]
    texts = (shared_data / "bts" / file).read_text(encoding="utf-8").splitlines()

    checked = check(raw(layout, year, month), texts, causes_collected=True)

    assert (len(flights(checked)), flight_cleaning.quarantine(checked).collect()) == (rows, [])


def test_real_diverted_flight_has_its_arrival(check, shared_data):
    texts = (shared_data / "bts" / "marketing_2026_04_20rows.csv").read_text(encoding="utf-8").splitlines()
    diverted = [text for text in texts if ",AGS," in text]

    rows = flights(check(raw("marketing", 2026, 4), [texts[0], *diverted]))

    # ABE 06:33 EDT on the 28th, 4 minutes early, 355 minutes on the way by Augusta: 12:24 EDT in Atlanta.
    assert [(row.arrival_at - row.departure_at).total_seconds() / 60 for row in rows] == [355]
    assert [row.diversions[0].airport_id for row in rows] == ["AGS"]


def test_a_plan_that_does_not_fit_the_file_is_an_error_naming_both():
    with pytest.raises(AeroError, match="file.csv: its header is of reporting/reporting, not marketing/marketing"):
        raw("marketing").check_header(header())


def test_rows_are_sorted_by_one_sort_and_no_exchange(spark):
    lines = spark.createDataFrame([(line(), 2)], "line string, source_line int")
    zones = spark.createDataFrame([("JFK", "America/New_York")], "airport_id string, zone string")

    rows = flight_cleaning.flights(flight_cleaning.checked(lines, header(), raw("reporting"), zones, False))

    plan = rows._jdf.queryExecution().executedPlan().toString()
    assert (plan.count("+- Sort ["), plan.count("Exchange hashpartitioning"), plan.count("from_csv(")) == (1, 0, 1)
