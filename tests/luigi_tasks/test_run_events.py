"""What the tasks of a run leave in its log."""

import luigi
import pytest

from aero import run_log
from aero.month import Month
from aero.run_log import Line
from aero.run_reports import BuiltView, Cleaning, CleaningOutcome, Finding, Found, ViewOutcome
from aero.settings import load_settings
from luigi_tasks import run_events
from luigi_tasks.run import Records

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
