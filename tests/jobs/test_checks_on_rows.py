"""What each check of checks.toml that is measured on the rows says of one flight: of a good one nothing."""

import datetime

import as_in_spark
import flight_measures
import pyarrow as pa
import pytest
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from aero import hql
from aero.datasets import FLIGHTS
from aero.ops import checks

# UA 1545 in January 2013, 17 minutes late, 20 late to arrive.
GOOD = {
    "flight_date": datetime.date(2013, 1, 1), "day_of_week": 2, "tail_number": "N14228",
    "scheduled_departure_local": "05:15", "departure_local": "05:32", "departure_delay_minutes": 17,
    "departure_delay_positive_minutes": 17, "is_departure_delayed_15": True, "departure_delay_group": 1,
    "departure_time_block": "0001-0559", "taxi_out_minutes": 10, "wheels_off_local": "05:42",
    "scheduled_arrival_local": "08:30", "arrival_local": "08:50", "arrival_delay_minutes": 20,
    "arrival_delay_positive_minutes": 20, "is_arrival_delayed_15": True, "arrival_delay_group": 1,
    "arrival_time_block": "0800-0859", "taxi_in_minutes": 6, "wheels_on_local": "08:44",
    "scheduled_departure_at": datetime.datetime(2013, 1, 1, 10, 15),
    "scheduled_arrival_at": datetime.datetime(2013, 1, 1, 14, 30),
    "scheduled_elapsed_minutes": 255, "elapsed_minutes": 258, "air_minutes": 242,
    "is_cancelled": False, "is_diverted": False, "distance_miles": 1400, "distance_group": 6,
    "carrier_delay_minutes": 20, "weather_delay_minutes": 0, "nas_delay_minutes": 0, "security_delay_minutes": 0,
    "late_aircraft_delay_minutes": 0,
}  # fmt: skip
# What is no fault of a row, but what gates count.
COUNTED = {"delayed_share"}
OF_ERAS = {"taxi_times_only_since_1995", "causes_only_since_2003"}
NONE = dict.fromkeys(name for name in GOOD if name not in {"flight_date", "day_of_week", "is_cancelled", "is_diverted"})
ON_TIME = {
    "departure_local": "05:15", "departure_delay_minutes": 0, "departure_delay_positive_minutes": 0,
    "is_departure_delayed_15": False, "departure_delay_group": 0, "wheels_off_local": "05:25",
    "elapsed_minutes": 275, "air_minutes": 259,
}  # fmt: skip
CASES = [
    ({}, COUNTED | OF_ERAS),
    (ON_TIME, {"punctual_to_the_minute"} | OF_ERAS),
    ({"tail_number": None}, {"tail_numbers_known"} | COUNTED | OF_ERAS),
    ({"day_of_week": 3}, {"weekday_agrees_with_date"} | COUNTED | OF_ERAS),
    ({"weather_delay_minutes": 1}, {"causes_sum_to_arrival_delay"} | COUNTED | OF_ERAS),
    ({"carrier_delay_minutes": None}, COUNTED | {"taxi_times_only_since_1995"}),
    ({"taxi_out_minutes": None, "air_minutes": None}, COUNTED | {"causes_only_since_2003"}),
    ({"air_minutes": 241}, {"taxi_and_air_sum_to_elapsed"} | COUNTED | OF_ERAS),
    ({"distance_miles": 2700, "distance_group": 11}, {"speed_in_the_air"} | COUNTED | OF_ERAS),
    ({"distance_miles": 3000, "distance_group": 11}, {"speed_in_the_air", "speed_as_scheduled"} | COUNTED | OF_ERAS),
    ({"scheduled_arrival_at": datetime.datetime(2013, 1, 2, 14, 30)}, {"speed_as_scheduled"} | COUNTED | OF_ERAS),
    ({"departure_delay_minutes": 18, "departure_delay_positive_minutes": 18},
     {"departure_delay_agrees_with_clocks"} | COUNTED | OF_ERAS),
    ({"arrival_delay_minutes": 20 + 1440, "arrival_delay_positive_minutes": 20 + 1440, "arrival_delay_group": 12},
     {"causes_sum_to_arrival_delay"} | COUNTED | OF_ERAS),
    ({"arrival_delay_minutes": 21, "arrival_delay_positive_minutes": 21, "carrier_delay_minutes": 21},
     {"arrival_delay_agrees_with_clocks"} | COUNTED | OF_ERAS),
    ({"arrival_delay_minutes": 4321, "arrival_delay_positive_minutes": 4321, "arrival_delay_group": 12},
     {"causes_sum_to_arrival_delay", "arrival_delay_agrees_with_clocks"} | COUNTED | OF_ERAS),
    ({"departure_delay_minutes": 17 + 3 * 1440, "departure_delay_positive_minutes": 17 + 3 * 1440,
      "departure_delay_group": 12}, {"delays_in_range"} | COUNTED | OF_ERAS),
    ({"departure_delay_positive_minutes": 0}, {"departure_told_alike"} | COUNTED | OF_ERAS),
    ({"is_departure_delayed_15": False}, {"departure_told_alike"} | COUNTED | OF_ERAS),
    ({"departure_delay_group": 2}, {"departure_told_alike"} | COUNTED | OF_ERAS),
    ({"wheels_off_local": "05:43"}, {"departure_told_alike"} | COUNTED | OF_ERAS),
    ({"departure_time_block": "0600-0659"}, {"departure_told_alike"} | COUNTED | OF_ERAS),
    ({"arrival_delay_positive_minutes": None}, COUNTED | OF_ERAS),
    ({"arrival_delay_positive_minutes": 0}, {"arrival_told_alike"} | COUNTED | OF_ERAS),
    ({"is_arrival_delayed_15": False}, {"arrival_told_alike"} | COUNTED | OF_ERAS),
    ({"arrival_delay_group": 0}, {"arrival_told_alike"} | COUNTED | OF_ERAS),
    ({"wheels_on_local": "08:45"}, {"arrival_told_alike"} | COUNTED | OF_ERAS),
    ({"arrival_time_block": "0900-0959"}, {"arrival_told_alike"} | COUNTED | OF_ERAS),
    ({"scheduled_elapsed_minutes": 254}, {"scheduled_minutes_agree_with_clocks"} | COUNTED | OF_ERAS),
    ({"elapsed_minutes": 259, "air_minutes": 243}, {"minutes_agree_with_clocks"} | COUNTED | OF_ERAS),
    ({"distance_group": 5}, {"distance_told_alike"} | COUNTED | OF_ERAS),
    ({"distance_group": None}, COUNTED | OF_ERAS),
    (NONE | {"is_cancelled": True}, {"cancelled_share"}),
    (NONE | {"is_cancelled": True, "air_minutes": 0},
     {"cancelled_share", "cancelled_did_not_land", "taxi_times_only_since_1995"}),
    (NONE | {"is_cancelled": True, "taxi_in_minutes": 6}, {"cancelled_share", "cancelled_did_not_land"}),
    (NONE, {"departed_have_delay", "arrived_have_delay", "tail_numbers_known"}),
    (NONE | {"is_diverted": True}, {"diverted_share", "departed_have_delay", "tail_numbers_known"}),
    (NONE | {"is_diverted": None}, {"departed_have_delay", "arrived_have_delay", "tail_numbers_known"}),
    ({"scheduled_departure_local": "03:15", "departure_local": "03:32", "wheels_off_local": "03:42"},
     {"departures_by_day"} | COUNTED | OF_ERAS),
]  # fmt: skip


BAD = {check.name: check.measure()["bad"] for check in checks.of() if check.measure()}


def by_spark(spark):
    """Of each case what the checks say, asked by Spark, as who looks for the flights of a check asks them."""
    ddl = ", ".join(f"{column.name} {column.type}" for column in hql.columns(FLIGHTS.hql("create")))
    schema = StructType.fromDDL(ddl)
    rows = [dict.fromkeys(schema.names) | GOOD | changes for changes, _ in CASES]
    frame = spark.createDataFrame([tuple(row[name] for name in schema.names) for row in rows], schema)
    return [row.asDict() for row in frame.select(*[F.expr(sql).alias(name) for name, sql in BAD.items()]).collect()]


def by_duckdb(spark):
    """The same, asked by DuckDB, as a load asks them."""
    flights = pa.Table.from_pylist([GOOD | changes for changes, _ in CASES])
    asked = ", ".join(f'{sql} AS "{name}"' for name, sql in BAD.items())
    with as_in_spark.opened(flights) as connection:
        return flight_measures.rows(connection, f"SELECT {asked} FROM flights")


@pytest.fixture(scope="module", params=[by_spark, by_duckdb])
def found(request, spark):
    """Of each case, by its place, the names of the checks that are asked of the flight and find it bad."""
    return [{name for name, is_bad in row.items() if is_bad} for row in request.param(spark)]


@pytest.mark.parametrize("place", range(len(CASES)), ids=lambda place: ", ".join(CASES[place][0])[:60] or "good")
def test_a_flight_is_bad_to_the_checks_that_its_fault_is_of_and_to_no_other(found, place):
    assert found[place] == CASES[place][1]


def test_each_check_on_rows_finds_some_flight_bad():
    assert set().union(*(names for _, names in CASES)) == {check.name for check in checks.of() if check.measure()}
