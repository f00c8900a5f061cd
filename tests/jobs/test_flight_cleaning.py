from datetime import date

import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as T

from aero import airports, hql
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from tests.jobs.bts_rows import cancelled, flights, header, line, raw
from tests.samples import BTS_FILES

PARTITIONS = 2


@pytest.fixture(scope="module")
def july(check):
    """July 2013: a flight on time, a late one, a cancelled, a diverted, one that knows little, one with a bad byte."""
    diversion = """Div1Airport="ONT" Div1AirportID=13891 Div1AirportSeqID=1389101 Div1WheelsOn="1210"
    Div1TotalGTime=45.00 Div1LongestGTime=40.00 Div1WheelsOff="1255" Div1TailNum="N338AA"
    Div2Airport="BUR" Div2WheelsOff=2400 Div2TailNum=0"""
    late = {"ArrDelay": "32.00", "ArrDel15": "1.00", "CarrierDelay": "32.00", "WeatherDelay": "0.00"}
    unknown = ["DepDel15", "Quarter", "DayofMonth", "DayOfWeek", "Diverted", "TaxiOut", "AirTime"]
    texts = [
        header(),
        line(),
        line(Flight_Number_Reporting_Airline="2", **late),
        line(Flight_Number_Reporting_Airline="3", **cancelled()),
        line(
            Flight_Number_Reporting_Airline="4",
            Diverted="1.00",
            ArrDelay="",
            ActualElapsedTime="",
            AirTime="",
            DivAirportLandings="2",
            **dict(field.split("=") for field in diversion.split()),
        ),
        line(Flight_Number_Reporting_Airline="5", DepDelay="15.00", **dict.fromkeys(unknown, "")),
        line(Flight_Number_Reporting_Airline="6", Tail_Number='"N3\xa05AA"', **late),
    ]
    return check(raw("reporting"), texts)


@pytest.mark.parametrize(("dataset", "rows"), [(FLIGHTS, "flights"), (FLIGHTS_QUARANTINE, "refused")])
def test_columns_are_those_of_the_table_in_its_order(july, dataset, rows):
    declared = hql.columns(dataset.hql("create"))[:-PARTITIONS]

    schema = getattr(july, rows).schema

    expected = T.StructType.fromDDL(", ".join(f"{column.name} {column.type}" for column in declared))
    assert [(field.name, field.dataType.simpleString()) for field in schema] == [
        (field.name, field.dataType.simpleString()) for field in expected
    ]


# What is known of the first line, the instants left out.
FIRST = {
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
    "is_schedule_derived": False,
}


def test_a_flight_is_typed_named_and_timed(july):
    first, *_ = flights(july)

    given = {name: value for name, value in first.asDict().items() if value is not None and not name.endswith("_at")}
    assert given == FIRST
    # 09:12 EDT is 13:12Z.
    departures = july.flights.select(F.col("departure_at").cast("string")).where("source_line = 2").collect()
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
    assert flights(july, "source_line", "is_delayed") == [
        (2, False),
        (3, False),
        (4, None),
        (5, False),
        (6, True),
        (7, False),
    ]


def test_what_the_date_tells_is_filled_and_what_the_source_does_not_know_stays_null(july):
    names = ("quarter", "day_of_month", "day_of_week", "is_diverted", "taxi_out_minutes")

    assert flights(july, *names)[4] == (3, 15, 1, None, None)


def test_diversions_are_the_landings_that_exist_in_order(july):
    landings = [
        ("ONT", 13891, 1389101, "12:10", 45, 40, "12:55", "N338AA"),
        ("BUR", None, None, None, None, None, "24:00", None),
    ]

    found = flights(july, "diversions")

    assert found[3] == ([T.Row(*landing) for landing in landings],)
    assert found[:3] + found[4:] == [(None,)] * 5


def test_bytes_that_are_not_utf8_cost_the_tail_number_only(july):
    assert flights(july, "tail_number", "flight_number")[-1] == (None, "6")


def test_a_refused_line_with_such_bytes_can_be_read(check):
    rows = check(raw("reporting"), [header(), line(DepDelay="abc", OriginCityName='"Cata\xf1o, PR"')])

    refused = rows.refused.select("reason", F.col("line").cast("binary")).collect()

    # Python would read the bad byte as U+FFFD by itself: look at the bytes.
    assert [(reason, '"Cata\ufffdo, PR"' in text.decode()) for reason, text in refused] == [("untypable", True)]


@pytest.fixture(scope="module", params=BTS_FILES, ids=str)
def file_cleaned(request, check):
    """A file of a family, cleaned, and how many rows it has."""
    file = request.param
    texts = file.path.read_text(encoding="latin-1").splitlines()
    month = raw(file.layout, file.year, file.month)
    return check(month, texts), file.rows


def test_rows_of_every_family_are_all_clean(file_cleaned):
    cleaned, rows = file_cleaned

    assert (cleaned.flights.count(), cleaned.refused.collect()) == (rows, [])


def test_flights_arrive_when_the_clock_at_their_destination_says_so(file_cleaned):
    cleaned, _ = file_cleaned
    zones = list(airports.time_zones().items())
    of_destination = cleaned.flights.sparkSession.createDataFrame(zones, "destination_id string, zone string")
    clock = F.date_format(F.from_utc_timestamp("arrival_at", F.col("zone")), "HH:mm")

    arrived = cleaned.flights.join(of_destination, on="destination_id", how="left").where("arrival_local is not null")

    assert arrived.count() > 0
    assert arrived.where(~clock.eqNullSafe(F.replace("arrival_local", F.lit("24:00"), F.lit("00:00")))).collect() == []


def test_a_month_goes_through_one_worker_and_spark_neither_sorts_nor_sends_its_rows(july):
    assert [july.plan.count(step) for step in ("MapInArrow", "Sort [", "Exchange")] == [1, 0, 0]
