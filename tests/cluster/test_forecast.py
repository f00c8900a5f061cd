"""The forecast on the running services: models of the demo's year, and a day of it as of the day before."""

import pytest

from tests.command import aero, sql

pytestmark = pytest.mark.cluster
DAY = "2013-12-20"
FORECASTS = f"from aero_ml.delay_forecasts where year = 2013 and month = 12 and flight_date = '{DAY}'"


@pytest.fixture(scope="module")
def training(year_2013):
    return aero("forecast", "train", "--to", "2013-11", "--json").json


@pytest.fixture(scope="module")
def scores(training):
    return aero("forecast", "score", "--day", DAY, "--json").json


def test_the_models_of_a_training_are_rows_and_one_is_served(training):
    rows = sql(f"select model_name, is_served from aero_ml.models where training_id = '{training['training_id']}'")
    assert len(rows) == 6
    assert [row["model_name"] for row in rows if row["is_served"]] == [training["served"]]


def test_every_flight_of_the_day_has_a_probability_as_of_the_day_before(scores):
    [flights] = sql(
        f"select count(*) as n from aero_clean.flights where year = 2013 and month = 12 and flight_date = '{DAY}'"
    )
    [row] = sql(
        "select count(*) as n, min(late_probability) >= 0 and max(late_probability) <= 1 as are_shares,"
        f" max(unix_timestamp(scheduled_departure_at) - unix_timestamp(as_of_at)) as seconds {FORECASTS}"
    )
    assert row == {"n": flights["n"], "are_shares": True, "seconds": 24 * 3600}
    assert scores["flights"] == flights["n"] and scores["arrived"] > 0


def test_scored_again_the_day_is_there_once_and_the_same(scores):
    before = sql(f"select count(*) as n, sum(late_probability) as expected {FORECASTS}")
    assert aero("forecast", "score", "--day", DAY, "--json").json == scores
    assert sql(f"select count(*) as n, sum(late_probability) as expected {FORECASTS}") == before


def test_the_flights_are_shown_with_what_came_of_them(scores):
    shown = aero("forecast", "show", "--day", DAY, "--limit", "5", "--json").json
    chances = [row["late_probability"] for row in shown]
    assert len(shown) == 5 and chances == sorted(chances, reverse=True)
    assert {row["training_id"] for row in aero("forecast", "models", "--json").json} >= {scores["training_id"]}
