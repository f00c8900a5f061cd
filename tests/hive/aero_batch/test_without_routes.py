"""The views without routes have the sums of those with routes: row by row, and chart by chart of the dashboards."""

import datetime
from itertools import chain, combinations

import pytest
import yaml
from pyspark.sql import functions as F

from aero import hql
from aero.datasets import (
    AIRLINE_CANCELLATIONS_MONTHLY,
    AIRLINE_DELAY_CAUSES_MONTHLY,
    AIRLINE_DELAYS_MONTHLY,
    AIRLINE_HOURLY_DELAYS_MONTHLY,
    AIRPORT_WEEKDAY_DELAYS_MONTHLY,
    CANCELLATIONS_MONTHLY,
    DELAY_CAUSES_MONTHLY,
    HOURLY_DELAYS_MONTHLY,
    ROUTE_DELAYS_MONTHLY,
)
from aero.superset import assets

pytestmark = pytest.mark.long

# With its route, and without.
VIEWS = {
    ROUTE_DELAYS_MONTHLY: AIRLINE_DELAYS_MONTHLY,
    HOURLY_DELAYS_MONTHLY: AIRLINE_HOURLY_DELAYS_MONTHLY,
    DELAY_CAUSES_MONTHLY: AIRLINE_DELAY_CAUSES_MONTHLY,
    CANCELLATIONS_MONTHLY: AIRLINE_CANCELLATIONS_MONTHLY,
}
ROUTE = ("origin_id", "destination_id")
# Of each pair the columns that the second has not; hours of an airport, and its days of the week.
LEFT_OUT = dict.fromkeys(VIEWS.items(), ROUTE) | {
    (HOURLY_DELAYS_MONTHLY, AIRPORT_WEEKDAY_DELAYS_MONTHLY): ("destination_id", "scheduled_departure_hour_local")
}
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
NOT_FLOWN = dict.fromkeys(("departure_delay_minutes", "arrival_delay_minutes", "air_minutes", "is_diverted"))
CANCELLED = {"is_cancelled": True} | NOT_FLOWN
# Three routes of two airlines in two months, a year before too, with what a month has of the odd and the unknown.
FLIGHTS = [
    {},
    {"origin_id": "JFK", "departure_delay_minutes": 70, "arrival_delay_minutes": 64},
    {f"{cause}_delay_minutes": at * 10 for at, cause in enumerate(CAUSES)} | {"arrival_delay_minutes": 100},
    {"destination_id": "DEN", "scheduled_departure_local": None},
    {"destination_id": "DEN", "scheduled_departure_local": "24:00", "is_diverted": True, "arrival_delay_minutes": None},
    CANCELLED | {"cancellation_code": "B"},
    CANCELLED | {"cancellation_code": "B", "origin_id": "JFK"},
    CANCELLED | {"origin_id": "JFK"},
    CANCELLED | {"airline_id": "B6", "flight_date": datetime.date(2013, 2, 5)},
    {"airline_id": "B6", "flight_date": datetime.date(2013, 2, 5), "distance_miles": None},
    {"airline_id": "B6", "flight_date": datetime.date(2013, 2, 6), "day_of_week": 3, "origin_id": "JFK"},
]


@pytest.fixture(scope="module")
def tables(spark, flights, load):
    """The views of these flights as tables; an airline, and a live flight."""
    flights(*FLIGHTS)
    for database in ("aero_batch", "aero_live"):
        spark.sql(f"CREATE DATABASE {database}")
    for view in {view for pair in LEFT_OUT for view in pair}:
        spark.read.orc(load(view)).withColumn("year", F.lit(2013)).write.format("orc").saveAsTable(view.name)
    spark.sql("CREATE TABLE aero_clean.airlines USING orc AS SELECT 'UA' AS airline_id, 'United (x)' AS name")
    spark.sql("CREATE TABLE aero_clean.airports USING orc AS SELECT 'EWR' AS airport_id, 'UTC' AS time_zone")
    spark.sql("""
        CREATE TABLE aero_live.flight_state USING orc AS SELECT 'UA' AS airline_id, 'EWR' AS origin_id,
        DATE '2026-11-03' AS flight_date, TIMESTAMP '2026-11-03 10:15:00' AS scheduled_departure_at,
        CAST(9 AS BIGINT) AS departure_delay_minutes
    """)
    spark.sql("CREATE TABLE aero_live.flight_days USING orc AS SELECT DATE '2026-11-03' AS flight_date")
    yield
    for database in ("aero_batch", "aero_live"):
        spark.sql(f"DROP DATABASE {database} CASCADE")


@pytest.mark.parametrize(("pair", "left_out"), LEFT_OUT.items(), ids=str)
def test_rows_without_routes_are_the_sums_of_those_with_routes(spark, tables, pair, left_out):
    fine, coarse = pair
    with_routes, without = hql.columns(fine.hql("create")), hql.columns(coarse.hql("create"))
    assert [column.name for column in without] == [one.name for one in with_routes if one.name not in left_out]
    counted = [one.name for one in without if one.type == "BIGINT"]
    keys = [one.name for one in without if one.type not in ("BIGINT", "DOUBLE")]
    summed = spark.table(fine.name).groupBy(*keys).agg(*(F.sum(name).alias(name) for name in counted))
    rows = spark.table(coarse.name).select(*keys, *counted)
    assert sorted(rows.collect(), key=str) == sorted(summed.collect(), key=str)
    assert rows.count() < spark.table(fine.name).count()


def _charts():
    """The dashboards' charts whose dataset has two views, with what each groups by and measures."""
    datasets = [yaml.safe_load(file.read_text()) for file in assets.FOLDER.glob("datasets/*/*.yaml")]
    by_uuid = {dataset["uuid"]: dataset for dataset in datasets if "asks_route" in dataset["sql"]}
    for file in sorted(assets.FOLDER.glob("charts/*/*.yaml")):
        chart = yaml.safe_load(file.read_text())
        if dataset := by_uuid.get(chart["dataset_uuid"]):
            params = chart["params"]
            groups = params.get("groupby") or []
            groups = [params.get("x_axis"), *(groups if isinstance(groups, list) else [groups])]
            metrics = [*params.get("metrics", []), *params.get("metrics_b", []), params.get("metric")]
            yield file.stem, dataset, list(filter(None, groups)), list(filter(None, metrics))


@pytest.mark.parametrize(("chart", "dataset", "groups", "metrics"), [*_charts()], ids=lambda value: str(value)[:40])
def test_a_chart_shows_the_same_of_every_view(spark, tables, chart, dataset, groups, metrics):
    expressions = {one["metric_name"]: one["expression"] for one in dataset["metrics"]}
    asked = ", ".join([*groups, *(expressions[name] for name in metrics)])
    by = f"GROUP BY {', '.join(groups)}" if groups else ""
    can_be_left_out = {"asks_route": ("route", *ROUTE), "asks_hour": ("hour",)}
    asks = [name for name, columns in can_be_left_out.items() if not set(columns) & set(groups)]
    answers = [
        sorted(map(tuple, spark.sql(f"SELECT {asked} FROM ({sql}) AS v {by}").collect()), key=str)
        for sql in {assets.rendered(dataset["sql"], **dict.fromkeys(left, False)) for left in _subsets(asks)}
    ]
    assert answers == [answers[0]] * len(answers) != [[]] * len(answers)


def _subsets(names):
    return chain.from_iterable(combinations(names, count) for count in range(len(names) + 1))
