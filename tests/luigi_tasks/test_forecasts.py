"""The forecast's tasks on an HDFS in memory; what Spark does in them is in tests/jobs/test_forecast_delays.py."""

import contextlib
import json
from datetime import date

import pytest

from aero import connections, metastore
from aero.datasets import DELAY_FORECASTS, FLIGHTS, FORECAST_MODELS
from aero.errors import AeroError
from aero.forecast_plan import FILE, REPORT, ForecastJob
from aero.month import Month
from luigi_tasks import partitions, spark_job
from luigi_tasks.forecasts import BacktestForecast, ScoreTomorrow, TrainForecast
from tests.hdfs_in_memory import HdfsInMemory

YEAR = {(2013, month): f"{FLIGHTS.load_path('one', 2013, month)}" for month in range(1, 13)}
BEFORE = DELAY_FORECASTS.load_path("before", 2013, 12)
TRAINING = f"{FORECAST_MODELS.path}/2013-11-t1.orc"


class Hive:
    def cursor(self):
        return self


@pytest.fixture
def world(monkeypatch):
    """HDFS, what was asked of Spark, and what was published; `fails` is what Spark's job says."""
    client = HdfsInMemory({TRAINING: b"models"})
    client.asked, client.published, client.fails = [], [], ""
    seen = {FLIGHTS: YEAR, DELAY_FORECASTS: {(2013, 12): BEFORE}}
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    monkeypatch.setattr(connections, "hive", lambda: contextlib.nullcontext(Hive()))
    monkeypatch.setattr(metastore, "locations", lambda dataset: seen[dataset])

    def spark(name, plan, what):
        [job] = plan
        client.asked.append((name, what, ForecastJob.from_json(json.loads(json.dumps(job.to_json())))))
        if not client.fails:
            client.files |= {
                f"{job.folder}/{FILE}": b"rows",
                f"{job.folder}/{REPORT}": b'{"what": "%s"}' % what.encode(),
            }
        return client.fails

    def published(cursor, hdfs, dataset, loads, run_id, seen):
        client.published.append((dataset, loads, run_id, seen))

    monkeypatch.setattr(spark_job, "run", spark)
    monkeypatch.setattr(partitions, "publish", published)
    return client


def test_a_training_reads_the_months_up_to_its_last_and_is_one_file_more(world):
    TrainForecast(run_id="t2", end=date(2013, 11, 1)).run()
    [(_, what, job)] = world.asked
    assert what == "train" and (job.first, job.last, job.run_id) == (Month(2013, 1), Month(2013, 11), "t2")
    models = {path: data for path, data in world.files.items() if path.startswith(FORECAST_MODELS.path)}
    assert models == {TRAINING: b"models", f"{FORECAST_MODELS.path}/2013-11-t2.orc": b"rows"}
    assert json.loads(world.files["/aero/ops/runs/t2/forecast_training.json"]) == {"what": "train"}
    assert not [path for path in world.files if path.startswith(job.folder)]


def test_a_day_is_forecast_by_models_of_before_and_is_a_new_load_of_its_month(world):
    ScoreTomorrow(run_id="s1", day=date(2013, 12, 20)).run()
    [(name, what, job)] = world.asked
    assert (name, what, job.day, job.models, job.kept) == (
        "forecast_delays",
        "score",
        date(2013, 12, 20),
        TRAINING,
        BEFORE,
    )
    location = DELAY_FORECASTS.load_path("s1", 2013, 12)
    assert world.files[f"{location}/{FILE}"] == b"rows"
    assert world.published == [(DELAY_FORECASTS, {(2013, 12): location}, "s1", {(2013, 12): BEFORE})]
    assert json.loads(world.files["/aero/ops/runs/s1/forecast_scores.json"]) == {"what": "score"}


def test_a_backtest_leaves_its_report_alone(world):
    before = set(world.files)
    BacktestForecast(run_id="b1", end=date(2013, 12, 1)).run()
    assert set(world.files) - before == {"/aero/ops/runs/b1/forecast_backtest.json"} and not world.published


def test_where_spark_fails_nothing_is_taken_into_use_and_its_words_are_said(world):
    world.fails, before = "No flights there.\n  Load them.", dict(world.files)
    for task in (TrainForecast(run_id="t3", end=date(2013, 11, 1)), ScoreTomorrow(run_id="s3", day=date(2013, 12, 20))):
        with pytest.raises(AeroError, match="No flights there") as failed:
            task.run()
        assert failed.value.fix == "Load them."
    assert world.files == before and not world.published


def test_a_month_that_is_not_loaded_is_named(world):
    with pytest.raises(AeroError, match="2014-01 is not loaded"):
        TrainForecast(run_id="t4", end=date(2014, 1, 1)).run()
