"""The sliding hour of the dashboard Live, as it asks Spark."""

from datetime import datetime, timedelta

import pytest
import yaml

from aero.superset import assets

DATASET = yaml.safe_load((assets.FOLDER / "datasets/live/delays_sliding.yaml").read_text())
CHART = yaml.safe_load((assets.FOLDER / "charts/live/live_sliding.yaml").read_text())
NEWEST = datetime(2013, 7, 10, 22, 35)


def slot(airport, minutes_before, departures, minutes):
    return (airport, NEWEST - timedelta(minutes=minutes_before), departures, minutes)


@pytest.fixture
def shown(spark):
    """What the map shows of the rows in the table: departures and average delay by airport."""
    for database in ("aero_live", "aero_clean"):
        spark.sql(f"CREATE DATABASE {database}")
    airports = [("ATL", "Atlanta", 33.6, -84.4), ("JFK", "New York", 40.6, -73.8)]
    columns = "airport_id STRING, name STRING, latitude DOUBLE, longitude DOUBLE"
    spark.createDataFrame(airports, columns).write.format("orc").saveAsTable("aero_clean.airports")

    def ask(*rows):
        columns = "airport_id STRING, slot_at TIMESTAMP, departures BIGINT, departure_delay_minutes BIGINT"
        spark.createDataFrame(rows, columns).write.format("orc").saveAsTable("aero_live.delays_five_minutes")
        metrics = {one["metric_name"]: one["expression"] for one in DATASET["metrics"]}
        asked = ", ".join(metrics[one] for one in ("flights", CHART["params"]["point_radius_fixed"]["value"]))
        question = f"SELECT airport, {asked} FROM ({DATASET['sql']}) AS v GROUP BY airport, latitude, longitude"
        return {row[0]: (row[1], row[2]) for row in spark.sql(question).collect()}

    yield ask
    for database in ("aero_live", "aero_clean"):
        spark.sql(f"DROP DATABASE {database} CASCADE")


def test_the_hour_is_the_last_twelve_five_minutes_of_all_airports(shown):
    """Also where an airport's own newest departure is older, and where a flight left the newest minutes again."""
    assert shown(
        slot("JFK", -5, 0, 0),
        slot("JFK", 0, 2, 30),
        slot("JFK", 55, 1, -3),
        slot("JFK", 60, 7, 700),
        slot("ATL", 50, 4, 10),
        slot("ATL", 65, 9, 900),
    ) == {"JFK New York": (3, 9.0), "ATL Atlanta": (4, 2.5)}
