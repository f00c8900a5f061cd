"""The newest months beside the same months of the year before, as the dashboard History asks Spark."""

import datetime

import pytest
import yaml

from aero.superset import assets

DATASET = yaml.safe_load((assets.FOLDER / "datasets/history/months_and_year_before.yaml").read_text())
CHART = yaml.safe_load((assets.FOLDER / "charts/history/history_year_before.yaml").read_text())
SQL = assets.rendered(DATASET["sql"])
DELAYS = "aero_batch.route_delays_monthly"
COLUMNS = "month_date DATE, airline_id STRING, origin_id STRING, destination_id STRING, total_flights BIGINT"
COLUMNS += ", cancelled_flights BIGINT, arrived_flights BIGINT, on_time_arrivals BIGINT"
COLUMNS += ", total_arrival_delay_minutes BIGINT"


def month(year, number, *counts):
    return (datetime.date(year, number, 1), "DL", "JFK", "ATL", *counts)


@pytest.fixture
def shown(spark):
    """A function that fills the view with rows, and returns what the chart shows of it, by month."""
    [query] = CHART["query_context"]["queries"]
    metrics = {metric["metric_name"]: metric["expression"] for metric in DATASET["metrics"]}
    columns = ", ".join(f"{metrics[name]} AS {name}" for name in query["metrics"])
    for database in ("aero_batch", "aero_clean"):
        spark.sql(f"CREATE DATABASE {database}")
    spark.sql("CREATE TABLE aero_clean.airlines USING orc AS SELECT 'DL' AS airline_id, 'Delta (x)' AS name")

    def ask(*rows):
        spark.createDataFrame(rows, COLUMNS).write.format("orc").saveAsTable(DELAYS)
        asked = f"SELECT month_name, {columns} FROM ({SQL}) AS v GROUP BY month_name"
        return [row.asDict() for row in spark.sql(
            f"{asked} HAVING {query['extras']['having']} ORDER BY {metrics['newest']} DESC"
        ).collect()]  # fmt: skip

    yield ask
    for database in ("aero_batch", "aero_clean"):
        spark.sql(f"DROP DATABASE {database} CASCADE")


def test_a_month_is_compared_with_the_same_month_a_year_before_and_with_no_other(shown):
    rows = shown(
        month(2012, 2, 100, 2, 98, 70, 980),
        month(2013, 1, 50, 0, 50, 40, 100),
        month(2013, 2, 110, 1, 109, 88, 545),
        month(2013, 2, 90, 9, 80, 72, 400),
    )
    nothing = dict.fromkeys(("flights_change", "on_time_points", "delay_minutes_more", "cancelled_points"))
    assert [row["month_name"] for row in rows] == ["2013-02", "2013-01", "2012-02"]
    newest, before, oldest = rows
    assert newest == pytest.approx(
        {"month_name": "2013-02", "flights": 200, "flights_change": 1.0}
        | {"on_time_arrival_share": 0.8, "on_time_points": 10.0}
        | {"average_arrival_delay_minutes": 5.0, "delay_minutes_more": -5.0}
        | {"cancelled_share": 0.05, "cancelled_points": 3.0}
    )
    for row in (before, oldest):
        assert {name: row[name] for name in nothing} == nothing and row["flights"] in (50, 100)
