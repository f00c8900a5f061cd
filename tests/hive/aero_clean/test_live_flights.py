"""What aero_clean.live_flights holds of a month after states were moved there from HBase."""

import datetime

import pytest
from pyspark.sql.types import StructType

from aero import hql
from aero.datasets import LIVE_FLIGHTS, LIVE_FLIGHTS_MOVING

STATE = {"flight_date": datetime.date(2013, 7, 10), "status": "landed", "airline_id": "B6"}


@pytest.fixture
def moved(spark, tmp_path):
    """A function that merges states of July 2013 with those moved before; each row by row key."""
    columns = [
        column for column in hql.columns(LIVE_FLIGHTS.hql("create")) if column.name not in LIVE_FLIGHTS.partitions
    ]
    schema = StructType.fromDDL(", ".join(f"{column.name} {column.type}" for column in columns))

    def fill(table, states):
        rows = [tuple((dict.fromkeys(schema.names) | STATE | state)[name] for name in schema.names) for state in states]
        frame = spark.createDataFrame(rows, schema).selectExpr("*", "2013 AS year", "7 AS month")
        frame.write.mode("overwrite").format("orc").saveAsTable(table)

    def run(moving, moved_before):
        fill(LIVE_FLIGHTS_MOVING.name, moving)
        fill(LIVE_FLIGHTS.name, moved_before)
        parameters = {"location": str(tmp_path / "load"), "year": 2013, "month": 7}
        [statement] = hql.statements(LIVE_FLIGHTS.hql("load"), parameters)
        spark.sql(statement.replace("STORED AS ORC", "USING orc"))
        rows = spark.read.orc(parameters["location"])
        assert rows.columns == schema.names
        return {row.row_key: row for row in rows.collect()}

    spark.sql(f"CREATE DATABASE aero_clean LOCATION '{tmp_path / 'aero_clean'}'")
    yield run
    spark.sql("DROP DATABASE aero_clean CASCADE")


LEFT_AT, CAME_AT = (datetime.datetime(2013, 7, 10, hour, 30) for hour in (22, 23))
LANDED = {
    "row_key": "both",
    "event_at": CAME_AT,
    "departure_at": LEFT_AT,
    "arrival_at": CAME_AT,
    "told_at": {"status": 2000, "airline_id": 2000, "flight_date": 2000, "arrival_at": 2000, "departure_at": 1000},
}


def test_a_flight_in_both_places_after_a_kill_is_there_once_as_it_was(moved):
    moving = [LANDED, {"row_key": "new"}, {"row_key": "later", "flight_date": datetime.date(2013, 8, 1)}]
    rows = moved(moving, [LANDED, {"row_key": "old", "airline_id": None}])
    assert rows.keys() == {"both", "new", "old"}
    assert rows["both"].arrival_at == CAME_AT and rows["old"].airline_id is None
    assert {name: told for name, told in rows["both"].told_at.items() if told != -1} == LANDED["told_at"]


def test_an_event_of_a_landed_flight_that_was_moved_leaves_its_times(moved):
    """Another source told of it later: it took it for a flight to come, and knew a gate and a newer departure."""
    later = LEFT_AT + datetime.timedelta(minutes=5)
    told_at = {"status": 1500, "departure_at": 3000, "departure_gate": 1500, "airline_id": 1500, "flight_date": 1500}
    again = {"status": "scheduled", "departure_at": later, "departure_gate": "B4", "told_at": told_at}
    row = moved([{"row_key": "both", **again}], [LANDED])["both"]
    assert (row.status, row.arrival_at) == ("landed", CAME_AT)
    assert (row.departure_at, row.departure_gate) == (later, "B4")
    assert (row.told_at["status"], row.told_at["departure_at"], row.told_at["latitude"]) == (2000, 3000, -1)


def test_a_newer_status_wins(moved):
    told_at = {"status": 2001, "airline_id": 2001, "flight_date": 2001}
    row = moved([{"row_key": "both", "status": "diverted", "told_at": told_at}], [LANDED])["both"]
    assert (row.status, row.arrival_at) == ("diverted", CAME_AT)


def test_states_that_were_moved_without_times_count_as_told_at_their_event(moved):
    before = LANDED | {"told_at": None}
    milliseconds = 1373499000000
    for told, status in ((milliseconds - 1, "landed"), (milliseconds + 1, "scheduled")):
        again = {"row_key": "both", "status": "scheduled", "departure_gate": "B4"}
        row = moved([again | {"told_at": {"status": told, "departure_gate": told}}], [before])["both"]
        assert (row.status, row.arrival_at, row.departure_gate) == (status, CAME_AT, "B4")
