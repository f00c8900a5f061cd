"""aero forecast: what it says of servers that are not asked here."""

import contextlib
from datetime import date
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import pipeline
from aero.cli import forecast, main
from aero.datasets import FORECAST_MODELS
from aero.month import Month
from aero.ops import forecasts, track
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed

ROWS = [
    {"training_id": "t1", "model_name": name, "is_served": name == "trees", "is_kept": name != "logistic"}
    for name in ("airline_hour", "logistic", "trees", "cancelled")
]


@pytest.fixture
def client(monkeypatch, tmp_path):
    """HDFS with one training, of which SQL knows ROWS."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    made = HdfsInMemory({f"{FORECAST_MODELS.path}/2013-11-t1.orc": b""})
    monkeypatch.setattr(forecast.connections, "webhdfs", lambda: made)
    spark = SimpleNamespace(cursor=lambda: None)
    monkeypatch.setattr(forecast.connections, "spark", lambda: contextlib.nullcontext(spark))
    monkeypatch.setattr(forecasts, "models", lambda _: ROWS)
    monkeypatch.setattr(forecast.lease, "hold", lambda _: None)
    return made


def run(*arguments):
    return CliRunner().invoke(main, ["forecast", *arguments])


def test_the_best_of_a_training_or_the_baseline_is_taken_into_service(client):
    result = run("promote", "t1", "--because", "it is")
    assert (result.exit_code, result.stdout) == (0, "trees of t1 forecasts from 2013-12 on.\n")
    result = run("promote", "t1", "--model", "airline_hour", "--because", "a strike", "--from", "2014-01", "--json")
    assert printed("forecast promote", result.stdout)["from_month"] == "2014-01"
    assert [one.model_name for one in forecasts.promotions(client)] == ["trees", "airline_hour"]


@pytest.mark.parametrize("name", ["logistic", "cancelled", "nothing"])
def test_a_model_that_is_not_kept_or_does_not_forecast_delays_is_refused(client, name):
    result = run("promote", "t1", "--model", name, "--because", "why not")
    assert result.exit_code == 1 and "There are: airline_hour, trees" in result.stderr
    assert forecasts.promotions(client) == []


def test_a_training_that_is_not_there_is_refused(client, monkeypatch):
    monkeypatch.setattr(forecasts, "models", lambda _: [])
    result = run("promote", "t9", "--because", "why not")
    assert result.exit_code == 1 and "There is no training t9" in result.stderr


def test_the_track_record_has_a_line_a_day_and_what_they_are_together(client):
    assert "No day of 2013-12" in run("track", "--month", "2013-12").stderr
    day = {"model_name": "trees", "training_id": "t1", "arrived_flights": 400, "late_flights": 100,
           "expected_late_flights": 101.4, "squared_error": 60.0, "baseline_squared_error": 70.0}  # fmt: skip
    drifts = {"flight_date": date(2013, 12, 2), "late_flights": 390}
    track.write(client, Month(2013, 12), [day | {"flight_date": date(2013, 12, 1)}, day | drifts])
    told = printed("forecast track", run("track", "--month", "2013-12", "--json").stdout)
    assert [day["is_drifting"] for day in told] == [False, True]
    lines = run("track", "--month", "2013-12").stdout.splitlines()
    assert lines[1].split() == ["2013-12-01", "trees", "400", "100", "101", "0.1500", "0.1750"]
    assert lines[2].split()[-1] == "drifts"
    assert lines[3] == "Brier score 0.1500, of the baseline 0.1750"


def test_the_baseline_is_fitted_whichever_models_are_wanted(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    asked = []

    def ran(task, **parameters):
        asked.append((task, parameters))
        return {
            "day": "2013-12-20", "flights": 9, "flights_by_model": {"trees": 6, "airline_hour": 3}, "arrived": 0,
            "days_by_baseline": ["2013-12-19"], "is_on_boards": False,
        }  # fmt: skip

    monkeypatch.setattr(pipeline, "run", ran)
    assert run("score", "--day", "2013-12-20", "--models", "trees").exit_code == 0
    said = run("score", "--day", "2013-12-20", "--days", "3")
    assert said.stdout.splitlines() == [
        "2013-12-20: 9 flights forecast, 6 by trees, 3 by airline_hour",
        "The model drifted, or knew nothing of the days before; the baseline forecast 2013-12-19.",
    ]
    assert "HBase was not there" in said.stderr
    assert asked == [
        ("ScoreTomorrow", {"day": "2013-12-20", "days": 1, "models": "airline_hour,trees"}),
        ("ScoreTomorrow", {"day": "2013-12-20", "days": 3, "models": ""}),
    ]
