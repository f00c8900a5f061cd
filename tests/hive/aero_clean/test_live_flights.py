"""What aero_clean.live_flights holds of a month after states were moved there from HBase."""

import datetime

import pytest
from pyspark.sql.types import StructType

from aero import hql
from aero.datasets import LIVE_FLIGHTS

STATE = {"flight_date": datetime.date(2013, 7, 10), "status": "landed", "airline_id": "B6"}


@pytest.fixture
def moved(spark, tmp_path):
    """A function that loads July 2013 of the states in HBase and those moved before; each status by row key."""
    columns = [
        column for column in hql.columns(LIVE_FLIGHTS.hql("create")) if column.name not in LIVE_FLIGHTS.partitions
    ]
    schema = StructType.fromDDL(", ".join(f"{column.name} {column.type}" for column in columns))

    def fill(table, states):
        rows = [tuple((dict.fromkeys(schema.names) | STATE | state)[name] for name in schema.names) for state in states]
        frame = spark.createDataFrame(rows, schema).selectExpr("*", "2013 AS year", "7 AS month")
        frame.write.mode("overwrite").format("orc").saveAsTable(table)

    def run(in_hbase, moved_before):
        fill("aero_live.flight_state", in_hbase)
        fill(LIVE_FLIGHTS.name, moved_before)
        parameters = {"location": str(tmp_path / "load"), "year": 2013, "month": 7, "before": "2013-08-01"}
        [statement] = hql.statements(LIVE_FLIGHTS.hql("load"), parameters)
        spark.sql(statement.replace("STORED AS ORC", "USING orc"))
        return {row.row_key: row.status for row in spark.read.orc(parameters["location"]).collect()}

    for database in ("aero_live", "aero_clean"):
        spark.sql(f"CREATE DATABASE {database} LOCATION '{tmp_path / database}'")
    yield run
    for database in ("aero_live", "aero_clean"):
        spark.sql(f"DROP DATABASE {database} CASCADE")


def test_a_flight_in_both_places_after_a_kill_is_there_once_as_hbase_has_it(moved):
    in_hbase = [
        {"row_key": "new"},
        {"row_key": "both", "status": "diverted"},
        {"row_key": "too new", "flight_date": datetime.date(2013, 8, 1)},
    ]
    moved_before = [{"row_key": "both"}, {"row_key": "old", "airline_id": None}]
    assert moved(in_hbase, moved_before) == {"new": "landed", "both": "diverted", "old": "landed"}
