"""Airlines' rank by on-time arrivals, year by year, and the calendar of months, as the dashboard History asks Spark."""

import datetime

import pytest
import yaml

from aero.superset import assets

DATASET = yaml.safe_load((assets.FOLDER / "datasets/history/route_delays_monthly.yaml").read_text())
SQL = assets.rendered(DATASET["sql"], asks_route=False)
DELAYS = "aero_batch.airline_delays_monthly"
COLUMNS = "year INT, month_date DATE, airline_id STRING, total_flights BIGINT"
COLUMNS += ", on_time_arrivals BIGINT"


def month(year, number, airline, flights, on_time):
    return (year, datetime.date(year, number, 1), airline, flights, on_time)


@pytest.fixture
def shown(spark):
    """A function that says what a chart of History shows of the rows in the view: a dict by its columns."""
    for database in ("aero_batch", "aero_clean"):
        spark.sql(f"CREATE DATABASE {database}")
    spark.sql("CREATE TABLE aero_clean.airlines USING orc AS SELECT 'DL' AS airline_id, 'Delta (x)' AS name")

    def ask(chart, *rows):
        spark.createDataFrame(rows, COLUMNS).write.format("orc").saveAsTable(DELAYS)
        file = assets.FOLDER / "charts" / "history" / f"{chart}.yaml"
        [query] = yaml.safe_load(file.read_text())["query_context"]["queries"]
        by, other = query["columns"][0]["sqlExpression"], query["columns"][1]
        [metric] = query["metrics"]
        [expression] = [one["expression"] for one in DATASET["metrics"] if one["metric_name"] == metric]
        having = f"HAVING {query['extras']['having']}" if query["extras"]["having"] else ""
        asked = f"SELECT {by}, {other}, {expression} FROM ({SQL}) AS v GROUP BY {by}, {other} {having}"
        return {(row[0], row[1]): row[2] for row in spark.sql(asked).collect()}

    yield ask
    for database in ("aero_batch", "aero_clean"):
        spark.sql(f"DROP DATABASE {database} CASCADE")


def test_an_airline_is_ranked_among_those_of_its_year_that_fly_enough(shown):
    ranks = shown(
        "history_rank",
        month(2012, 1, "DL", 400, 300),
        month(2012, 1, "B6", 400, 350),
        month(2013, 1, "DL", 200, 100),
        month(2013, 2, "DL", 200, 190),
        month(2013, 1, "B6", 300, 200),
        month(2013, 1, "HA", 299, 299),
    )
    assert ranks == {("2012", "B6"): 1, ("2012", "Delta"): 2, ("2013", "Delta"): 1, ("2013", "B6"): 2}


def test_the_calendar_has_a_cell_for_a_month_and_sorts_months_by_their_number(shown):
    cells = shown(
        "history_calendar", month(2013, 1, "DL", 100, 80), month(2013, 1, "B6", 300, 120), month(2012, 11, "DL", 10, 9)
    )
    assert cells == {("2013", "01 Jan"): 0.5, ("2012", "11 Nov"): 0.9}
