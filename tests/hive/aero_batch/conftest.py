"""Batch views on a few flights: `flights` fills aero_clean.flights, `load` builds a view of them."""

import datetime

import build_views
import pytest
from pyspark.sql.types import StructType

from aero import hql
from aero.datasets import FLIGHTS
from aero.load_plan import ViewLoad

BASE_FLIGHT = {
    "flight_date": datetime.date(2013, 1, 1),
    "day_of_week": 2,
    "airline_id": "UA",
    "flight_number": "1545",
    "origin_id": "EWR",
    "destination_id": "IAH",
    "scheduled_departure_local": "05:15",
    "departure_delay_minutes": 2,
    "arrival_delay_minutes": 11,
    "is_cancelled": False,
    "is_diverted": False,
    "air_minutes": 227,
    "distance_miles": 1400,
}


@pytest.fixture(scope="session")
def flights_schema(spark):
    """Schema of aero_clean.flights as its create.hql declares it."""
    columns = hql.columns(FLIGHTS.hql("create"))
    return StructType.fromDDL(", ".join(f"{column.name} {column.type}" for column in columns))


@pytest.fixture(scope="module")
def fill_flights(spark, tmp_path_factory):
    """A function that makes a frame the contents of aero_clean.flights, in a database of this module's tests."""
    spark.sql(f"CREATE DATABASE aero_clean LOCATION '{tmp_path_factory.mktemp('aero_clean')}'")

    def fill(frame):
        frame.write.mode("overwrite").format("orc").partitionBy("year", "month").saveAsTable("aero_clean.flights")

    yield fill
    spark.sql("DROP DATABASE aero_clean CASCADE")


@pytest.fixture(scope="module")
def flights(spark, flights_schema, fill_flights):
    """A function that fills aero_clean.flights with base flights, each with its changes; what is not named is NULL."""

    def fill(*changes):
        rows = [dict.fromkeys(flights_schema.names) | BASE_FLIGHT | change for change in changes]
        dated = [row | {"year": row["flight_date"].year, "month": row["flight_date"].month} for row in rows]
        values = [tuple(row[name] for name in flights_schema.names) for row in dated]
        fill_flights(spark.createDataFrame(values, flights_schema))

    return fill


@pytest.fixture(scope="module")
def load(spark, tmp_path_factory):
    """A function that builds a load of a view, of a month or a whole year, and returns its folder."""

    def run(view, year=2013, month=None):
        months = range(1, 13) if month is None else [month]
        folder = str(tmp_path_factory.mktemp(view.table) / "load=1")
        build_views.build(spark, ViewLoad(view, year, month, folder, tuple((one, f"/flights/{one}") for one in months)))
        return folder

    return run


@pytest.fixture(scope="module")
def rows(spark, load):
    """A function that builds a load of a view and returns its rows as dictionaries, in the order of the file."""
    return lambda view, **partition: [row.asDict() for row in spark.read.orc(load(view, **partition)).collect()]
