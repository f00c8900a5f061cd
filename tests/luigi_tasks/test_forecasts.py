"""The forecast's tasks on an HDFS in memory; what Spark does in them is in tests/jobs/test_forecast_delays.py."""

import contextlib
import json
from datetime import UTC, date, datetime

import pytest

from aero import connections, metastore
from aero.datasets import (
    DELAY_FORECASTS,
    FLIGHTS,
    FORECAST_MODELS,
    FORECAST_PROMOTIONS,
    HBASE_DELAY_FORECASTS,
    STAGING,
)
from aero.errors import AeroError
from aero.forecast_plan import FILE, REPORT, ForecastJob
from aero.month import Month
from aero.ops import forecasts, track
from luigi_tasks import forecasts as tasks
from luigi_tasks import partitions, spark_job
from luigi_tasks.forecasts import BacktestForecast, ScoreTomorrow, TrainForecast, UpdateForecast
from tests.hbase_in_memory import HBaseInMemory
from tests.hdfs_in_memory import HdfsInMemory
from tests.luigi_tasks.days_forecast import forecasts_of, models_of, told_of

YEAR = {(2013, month): f"{FLIGHTS.load_path('one', 2013, month)}" for month in range(1, 13)}
BEFORE = DELAY_FORECASTS.load_path("before", 2013, 12)
TRAINING = f"{FORECAST_MODELS.path}/2013-11-t1.orc"
CORRECTIONS = {"6 h": {"coefficients": [0.1, 0.2], "intercept": -1.5}}
MODELS = models_of(trees=None, logistic={"intercept": 0.5, "corrections": CORRECTIONS})
TREES = models_of(trees={"trees": []})
TRAINED = {"served": "trees", "scores": {"trees": {"brier": 0.2}}}
DAYS = [
    {"flight_date": f"2013-12-{day}", "model_name": "logistic", "training_id": "t1", "arrived_flights": 900,
     "late_flights": late, "expected_late_flights": 200.0, "squared_error": 150.0, "baseline_squared_error": 151.0}
    for day, late in ((19, 200), (20, 600))
]  # fmt: skip

ROWS = forecasts_of(date(2013, 12, 19), date(2013, 12, 20))


class Hive:
    def cursor(self):
        return self


@pytest.fixture
def world(monkeypatch):
    """HDFS, what was asked of Spark, and what was published; `fails` is what Spark's job says."""
    client = HdfsInMemory({TRAINING: MODELS})
    forecasts.promote(client, "t1", "logistic", "ada", "it is the first", Month(2013, 12))
    client.asked, client.published, client.fails, client.says = [], [], "", {}
    seen = {FLIGHTS: YEAR, DELAY_FORECASTS: {(2013, 12): BEFORE}}
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    monkeypatch.setattr(connections, "hive", lambda: contextlib.nullcontext(Hive()))
    monkeypatch.setattr(metastore, "locations", lambda dataset: seen[dataset])

    def spark(name, plan, what):
        [job] = plan
        client.asked.append((name, what, ForecastJob.from_json(json.loads(json.dumps(job.to_json())))))
        client.files[f"{job.folder}/_temporary"] = b"begun"
        assert not job.live or job.live in client.files
        if not client.fails:
            report = {"judge": {"days": DAYS}, "train": TRAINED}.get(what, {"what": what}) | client.says
            client.files |= {
                f"{job.folder}/{FILE}": {"score": ROWS, "train": TREES}.get(what, b"rows"),
                f"{job.folder}/{REPORT}": json.dumps(report).encode(),
            }
        return client.fails

    def published(cursor, hdfs, dataset, loads, run_id, seen):
        client.published.append((dataset, loads, run_id, seen))

    client.hbase = HBaseInMemory()
    monkeypatch.setattr(connections, "hbase", client.hbase)
    monkeypatch.setattr(spark_job, "run", spark)
    monkeypatch.setattr(partitions, "publish", published)
    return client


def test_a_training_reads_the_months_up_to_its_last_and_is_one_file_more(world):
    TrainForecast(run_id="t2", end=date(2013, 11, 1)).run()
    [(_, what, job)] = world.asked
    assert what == "train" and (job.first, job.last, job.run_id) == (Month(2013, 1), Month(2013, 11), "t2")
    assert (job.names, job.models) == ((), None)
    models = {path: data for path, data in world.files.items() if path.startswith(FORECAST_MODELS.path)}
    assert models == {TRAINING: MODELS, f"{FORECAST_MODELS.path}/2013-11-t2.orc": TREES}
    report = json.loads(world.files["/aero/ops/runs/t2/forecast_training.json"])
    assert report == TRAINED | {"promoted": True}
    assert not [path for path in world.files if path.startswith(job.folder)]
    newest = forecasts.promotions(world)[-1]
    assert (newest.training_id, newest.model_name, newest.from_month) == ("t2", "trees", "2013-12")
    assert newest.because == "Brier score 0.2000 on 2013-11; t1 logistic has 0.2000"


def test_a_training_of_a_month_again_is_not_promoted_where_it_is_worse_and_a_first_one_is(world):
    world.says = {"scores": {"trees": {"brier": 0.2001}}}
    TrainForecast(run_id="t2", end=date(2013, 11, 1)).run()
    assert forecasts.in_service(forecasts.promotions(world), Month(2013, 12)).training_id == "t1"
    world.files = {path: data for path, data in world.files.items() if not path.startswith(FORECAST_PROMOTIONS.path)}
    TrainForecast(run_id="t3", end=date(2013, 11, 1)).run()
    assert forecasts.promotions(world)[-1].because == "Brier score 0.2001 on 2013-11; nothing was in service"


@pytest.mark.parametrize(("brier", "is_promoted"), [(0.1999, False), (0.2, True), (0.21, True)])
def test_a_training_is_promoted_where_it_is_no_worse_than_what_is_in_service_on_its_last_month(
    world, brier, is_promoted
):
    world.says = {"in_service": {"training_id": "t1", "model": "logistic", "brier": brier}}
    TrainForecast(run_id="t2", end=date(2013, 12, 1), models="airline_hour,trees").run()
    [(_, _, job)] = world.asked
    assert (job.models, job.model, job.names) == (TRAINING, "logistic", ("airline_hour", "trees"))
    assert json.loads(world.files["/aero/ops/runs/t2/forecast_training.json"])["promoted"] is is_promoted
    january = forecasts.in_service(forecasts.promotions(world), Month(2014, 1))
    assert january.training_id == ("t2" if is_promoted else "t1")
    if is_promoted:
        assert january.because == f"Brier score 0.2000 on 2013-12; t1 logistic has {brier:.4f}"
    assert f"{FORECAST_MODELS.path}/2013-12-t2.orc" in world.files


def test_a_day_is_forecast_by_models_of_before_and_is_a_new_load_of_its_month(world):
    ScoreTomorrow(run_id="s1", day=date(2013, 12, 20)).run()
    [(name, what, job), (_, then, _)] = world.asked
    assert (name, what, then) == ("forecast_delays", "score", "judge")
    assert (job.day, job.models, job.model, job.kept) == (date(2013, 12, 20), TRAINING, "logistic", BEFORE)
    location = DELAY_FORECASTS.load_path("s1", 2013, 12)
    assert world.files[f"{location}/{FILE}"] == ROWS
    assert world.published == [(DELAY_FORECASTS, {(2013, 12): location}, "s1", {(2013, 12): BEFORE})]
    report = json.loads(world.files["/aero/ops/runs/s1/forecast_scores.json"])
    assert report == {"what": "score", "is_drifting": True, "is_on_boards": True, "is_live": False}
    assert [day.is_drifting for day in track.read(world, Month(2013, 12))] == [False, True]
    assert not [path for path in world.files if path.startswith(STAGING.path)]


def test_the_days_forecasts_are_in_hbase_to_the_last_digit_under_the_keys_of_the_states(world):
    ScoreTomorrow(run_id="s1", day=date(2013, 12, 20)).run()
    assert world.hbase.texts(HBASE_DELAY_FORECASTS) == {
        "corrections": {"t1/logistic": json.dumps(CORRECTIONS)},
        "JFK-201312202130-DL1234-ATL": {
            "late_probability": "0.1234567890123456",
            "cancelled_probability": "0.02",
            "as_of_at": "2013-12-19 21:30:00.000",
            "model_name": "logistic",
            "training_id": "t1",
        },
    }
    ScoreTomorrow(run_id="s2", day=date(2013, 12, 20), days=2).run()
    assert len(world.hbase.texts(HBASE_DELAY_FORECASTS)) == 1 + 2


def test_of_a_training_without_corrections_the_stream_is_told_nothing(world):
    world.files[TRAINING] = models_of(trees=None, logistic={"intercept": 0.5})
    ScoreTomorrow(run_id="s1", day=date(2013, 12, 20)).run()
    assert list(world.hbase.texts(HBASE_DELAY_FORECASTS)) == ["JFK-201312202130-DL1234-ATL"]


def test_without_hbase_days_are_forecast_all_the_same_and_it_is_said(world, monkeypatch):
    def refused():
        raise ConnectionRefusedError

    monkeypatch.setattr(connections, "hbase", refused)
    ScoreTomorrow(run_id="s1", day=date(2013, 12, 20)).run()
    assert json.loads(world.files["/aero/ops/runs/s1/forecast_scores.json"])["is_on_boards"] is False
    assert world.published and world.hbase.texts(HBASE_DELAY_FORECASTS) == {}


def test_a_day_of_a_month_that_is_not_loaded_is_that_of_the_live_flights(world):
    forecasts.promote(world, "t1", "logistic", "ada", "it is the first", Month(2014, 1))
    task = ScoreTomorrow(run_id="s1", day=date(2014, 1, 2))
    with pytest.raises(AeroError, match=r"2014-01 is not loaded, and no live flight of 2014-01-02 is known"):
        task.run()
    assert world.asked == []
    told_of(world.hbase, "2014-01-02")
    world.says = {"days": []}
    task.run()
    [(_, _, job), (_, then, judged)] = world.asked
    assert (job.last, job.day) == (Month(2013, 12), date(2014, 1, 2)) and job.live.startswith(STAGING.path)
    assert (then, judged.last) == ("judge", Month(2014, 1))
    assert [loads for _, loads, _, _ in world.published] == [{(2014, 1): DELAY_FORECASTS.load_path("s1", 2014, 1)}]
    assert track.newest(world) is None and not [path for path in world.files if path.startswith(STAGING.path)]


def test_what_a_forecast_stages_is_gone_where_it_fails_and_where_one_was_killed(world):
    told_of(world.hbase, "2014-01-02")
    forecasts.promote(world, "t1", "logistic", "ada", "it is the first", Month(2014, 1))
    killed, others = f"{STAGING.path}/forecast-old-live.orc", f"{STAGING.path}/flights_monthly/load=one/a.orc"
    world.files |= {killed: b"", others: b""}
    world.fails = "No memory."
    for task in (
        ScoreTomorrow(run_id="s1", day=date(2014, 1, 2)),
        BacktestForecast(run_id="b1", end=date(2013, 12, 1)),
    ):
        with pytest.raises(AeroError, match="No memory"):
            task.run()
    assert [path for path in world.files if path.startswith(STAGING.path)] == [others]


def updated(world, run_id):
    """What an update did: Luigi begins it anew after each task that it yields."""
    update = UpdateForecast(run_id=run_id)
    while not update.complete():
        for task in update.run():
            if not task.complete():
                task.run()
                break
    return json.loads(world.files[f"/aero/ops/runs/{run_id}/forecast_update.json"])


def judged_to_the_end(world):
    """The newest month's last day has come too, and nothing was asked of Spark yet."""
    path = track.path(Month(2013, 12))
    world.files[path] = world.files[path].replace(b"2013-12-20", b"2013-12-31")
    world.asked.clear()


def test_an_update_forecasts_the_newest_month_and_trains_up_to_it_once(world):
    assert updated(world, "u1") == ["2013-12 forecast", "a training up to 2013-12"]
    assert [(what, job.days, job.last) for _, what, job in world.asked] == [
        ("score", 31, Month(2013, 12)),
        ("judge", 1, Month(2013, 12)),
        ("train", 1, Month(2013, 12)),
    ]
    judged_to_the_end(world)
    assert updated(world, "u2") == [] == world.asked


def test_an_update_forecasts_the_days_to_come_that_live_flights_are_told_of(world, monkeypatch):
    """Yesterday is over, the day after tomorrow is not told of yet, and no model is in service for May."""
    updated(world, "u1")
    judged_to_the_end(world)
    world.says = {"days": []}
    told_of(world.hbase, "2014-01-01", "2014-01-02", "2014-01-03", "2014-05-01")
    monkeypatch.setattr(tasks, "utc_now", lambda: datetime(2014, 1, 2, 3, tzinfo=UTC))
    assert updated(world, "u2") == [f"{day} forecast of its live flights" for day in ("2014-01-02", "2014-01-03")]
    assert [job.day for _, what, job in world.asked if what == "score"] == [date(2014, 1, 2), date(2014, 1, 3)]
    monkeypatch.setattr(tasks, "utc_now", lambda: datetime(2014, 4, 30, 3, tzinfo=UTC))
    assert updated(world, "u3") == []


def test_without_hbase_an_update_forecasts_no_day_to_come_and_says_so(world, monkeypatch, caplog):
    def refused():
        raise ConnectionRefusedError

    monkeypatch.setattr(connections, "hbase", refused)
    assert updated(world, "u1") == ["2013-12 forecast", "a training up to 2013-12"]
    assert "No day to come is forecast. HBase" in caplog.text


def test_where_nothing_was_ever_promoted_no_update_is_due(world):
    world.delete(FORECAST_PROMOTIONS.path)
    assert updated(world, "u3") == [] == world.asked


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


def test_where_none_is_in_service_models_are_fitted_first_if_it_is_said_which(world):
    assert ScoreTomorrow(run_id="s5", day=date(2013, 12, 20), models="airline_hour,logistic").requires() == []
    world.delete(FORECAST_PROMOTIONS.path)
    assert ScoreTomorrow(run_id="s6", day=date(2013, 12, 20)).requires() == []
    with pytest.raises(AeroError, match="No model is in service for 2013-12"):
        ScoreTomorrow(run_id="s6", day=date(2013, 12, 20)).run()
    score = ScoreTomorrow(run_id="s7", day=date(2013, 12, 20), models="airline_hour,logistic")
    [training] = score.requires()
    training.run()
    assert score.requires() == []
    score.run()
    assert [(what, job.names) for _, what, job in world.asked[:2]] == [
        ("train", ("airline_hour", "logistic")),
        ("score", ()),
    ]
    assert world.asked[1][2].models == f"{FORECAST_MODELS.path}/2013-11-s7-training.orc"


def test_days_of_two_months_are_refused(world):
    with pytest.raises(AeroError, match="21 days up to 2013-12-20 are not of one month"):
        ScoreTomorrow(run_id="s4", day=date(2013, 12, 20), days=21).run()
    assert not world.asked


def test_a_month_that_is_not_loaded_is_named(world):
    with pytest.raises(AeroError, match="2014-01 is not loaded"):
        TrainForecast(run_id="t4", end=date(2014, 1, 1)).run()
