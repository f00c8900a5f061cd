"""What the tasks of a run leave in its log."""

import json
from datetime import date

import luigi
import luigi.mock
import pytest

from aero import connections, run_log
from aero.datasets import (
    DELAY_FORECASTS,
    FLIGHTS,
    FORECAST_MODELS,
    FORECAST_PROMOTIONS,
    FORECAST_TRACK,
    LIVE_FLIGHT_STATE,
)
from aero.month import Month
from aero.run_log import Line
from aero.run_reports import BuiltView, Cleaning, CleaningOutcome, Finding, Found, Made, ViewOutcome
from aero.settings import load_settings
from luigi_tasks import run_events
from luigi_tasks.forecasts import ScoreTomorrow, TrainForecast
from luigi_tasks.run import Records, Reported
from tests.hdfs_in_memory import HdfsInMemory

RUN = "20261129T044658.514220Z"
RECORDS = [
    Cleaning(2013, 1, CleaningOutcome.UNCHANGED, "load-1"),
    Cleaning(2013, 2, CleaningOutcome.FAILED, "load-2", message="rows_as_landed: 1 of 2"),
    BuiltView("airline_delays_monthly", 2013, None, ViewOutcome.BUILT, "load-3"),
    Found(Month(2013, 3), Finding.NEW),
]


class Known(Records):
    """A report that is there."""

    def __init__(self):
        super().__init__("/nowhere", Cleaning)

    def exists(self):
        return False

    def records(self):
        return RECORDS


class CleanSomething(luigi.Task):
    """A task that leaves RECORDS."""

    def output(self):
        return Known()

    def run(self):
        run_log.say("spark", "2013-02: read")


class Fails(luigi.Task):
    """A task that fails."""

    def run(self):
        raise ValueError("no such month")


@pytest.fixture
def said(tmp_path, monkeypatch):
    """A function that runs a task as a process of a run does; what its log says."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setenv(run_log.RUN_ID, RUN)
    monkeypatch.setattr(luigi.Task, "_event_callbacks", {})
    attached = []
    attach = run_log.attach
    monkeypatch.setattr(run_log, "attach", lambda *which: attached.append(attach(*which)))

    def run(task):
        run_events.follow()
        luigi.build([task], local_scheduler=True, no_lock=True, log_level="WARNING")
        lines = (run_log.folder(load_settings(), RUN) / "run.log").read_text().splitlines()
        return [(line.month, line.part, line.level, line.words) for line in map(Line.parse, lines)]

    yield run
    for handler in attached:
        run_log.detach(handler)


def test_what_came_of_each_month_is_a_line_of_its_own_where_something_did(said):
    found = said(CleanSomething())
    assert [line for line in found if " took " not in line[3]] == [
        ("-", "luigi", "INFO", "CleanSomething begins"),
        ("2013-02", "spark", "INFO", "2013-02: read"),
        ("-", "luigi", "INFO", "CleanSomething done: 1 unchanged, 1 failed, 1 built, 1 new"),
        ("2013-02", "luigi", "INFO", "CleanSomething failed rows_as_landed: 1 of 2"),
        ("2013", "luigi", "INFO", "CleanSomething airline_delays_monthly built"),
        ("2013-03", "luigi", "INFO", "CleanSomething new"),
    ]


def test_why_a_task_failed_is_in_it(said):
    errors = [words for _, part, level, words in said(Fails()) if (part, level) == ("luigi", "ERROR")]
    assert "Fails" in errors[0] and errors[-1] == "ValueError: no such month"


class ForecastSomething(Reported):
    """A task that says what it made."""

    def output(self):
        return luigi.mock.MockTarget("forecast")

    def run(self):
        self.output().open("w").close()

    def made(self):
        return [Made("aero_ml.delay_forecasts", "2013-12-20", ("aero_ml.models",), 900, {"aero_ml.models": "t1"})]


@pytest.mark.parametrize("task, name, rows, version", [
    (CleanSomething(), "aero_batch.airline_delays_monthly", None, None),
    (ForecastSomething(), "aero_ml.delay_forecasts", 900, "t1"),
])  # fmt: skip
def test_what_was_made_is_told_as_openlineage_has_it(said, task, name, rows, version):
    said(task)
    lines = (run_log.folder(load_settings(), RUN) / "lineage.jsonl").read_text().splitlines()
    start, complete = map(json.loads, lines)
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE") and start["run"] == complete["run"]
    [made] = complete["outputs"]
    assert made["name"] == complete["job"]["name"] == name
    assert made.get("outputFacets", {"outputStatistics": {"rowCount": None}})["outputStatistics"]["rowCount"] == rows
    [source] = complete["inputs"]
    assert source.get("facets", {"version": {"datasetVersion": None}})["version"]["datasetVersion"] == version


MODELS, OWN = FORECAST_MODELS.name, DELAY_FORECASTS.name


@pytest.mark.parametrize("task, name, report, made", [
    (
        TrainForecast(run_id="t2", end=date(2013, 11, 1)), "forecast_training",
        {"month": "2013-11", "scores": {"trees": {}, "airline_hour": {}}, "promoted": True},
        [Made(MODELS, "2013-11", (FLIGHTS.name,), 3),
         Made(FORECAST_PROMOTIONS.name, "2013-11", (MODELS,), 1, {MODELS: "t2"})],
    ),
    (
        ScoreTomorrow(run_id="s1", day=date(2013, 12, 20)), "forecast_scores",
        {"flights": 900, "training_id": "t2", "arrived": 890, "is_live": False},
        [Made(OWN, "2013-12-20", (FLIGHTS.name, MODELS), 900, {MODELS: "t2"}),
         Made(FORECAST_TRACK.name, "2013-12", (OWN, FLIGHTS.name))],
    ),
    (
        ScoreTomorrow(run_id="s2", day=date(2014, 1, 2)), "forecast_scores",
        {"flights": 1, "training_id": "t2", "arrived": 0, "is_live": True},
        [Made(OWN, "2014-01-02", (FLIGHTS.name, MODELS, LIVE_FLIGHT_STATE.name), 1, {MODELS: "t2"})],
    ),
])  # fmt: skip
def test_a_training_and_a_forecast_say_what_they_made_and_of_which_model(monkeypatch, task, name, report, made):
    lake = HdfsInMemory({f"/aero/ops/runs/{task.run_id}/{name}.json": json.dumps(report).encode()})
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    assert task.made() == made
