"""Months that are found together: in which order they are taken, and that one that fails keeps none back. What a load
and an increment report.
"""

from datetime import date
from typing import ClassVar

import luigi
import pytest
from click.testing import CliRunner
from luigi.mock import MockTarget

from aero import connections
from aero import pipeline as starting
from aero.cli import main
from aero.run_reports import BuiltView, Cleaning, CleaningOutcome, Landing, LandingOutcome, ViewOutcome
from luigi_tasks import pipeline
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed


class _Consume(luigi.Task):
    """What an increment needs before its turn comes, as the real one does."""

    run_id = luigi.Parameter()

    def output(self):
        return MockTarget(f"consumed-{self.run_id}")

    def run(self):
        with self.output().open("w") as report:
            report.write("consumed")


class _Increment(luigi.Task):
    """In the place of a MonthlyIncrement: writes down that it was its turn, and fails in July."""

    run_id = luigi.Parameter()
    start = luigi.MonthParameter()
    end = luigi.MonthParameter()
    source = luigi.Parameter()
    family = luigi.OptionalParameter()
    taken: ClassVar[list[str]] = []

    def requires(self):
        return _Consume(run_id=self.run_id)

    def output(self):
        return MockTarget(self.run_id)

    def run(self):
        self.taken.append(self.run_id)
        if self.start.month == 7:
            raise ValueError("July is broken")
        with self.output().open("w") as report:
            report.write("loaded")


def test_months_found_together_are_taken_oldest_first_and_a_broken_one_keeps_none_back(monkeypatch):
    monkeypatch.setattr(pipeline, "MonthlyIncrement", _Increment)
    months = pipeline.MonthlyIncrements(run_id="run", months=["2026-06", "2026-07", "2026-08"], source="bts")
    assert not luigi.build([months], local_scheduler=True, log_level="CRITICAL")
    assert _Increment.taken == ["run-2026-06", "run-2026-07", "run-2026-08"]
    assert [one.complete() for one in months.requires()] == [True, False, True]


@pytest.fixture
def increment(monkeypatch):
    """An increment of which all is done but the reports, as its tasks have left theirs."""
    client = HdfsInMemory()
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    monkeypatch.setattr(pipeline, "_refresh_dashboards", lambda: None)
    january = date(2013, 1, 1)
    task = pipeline.MonthlyIncrement(run_id="run", start=january, end=january, source="bts")
    made = task.clone(pipeline.LoadFlights).input()
    made["landing"].write_records([Landing(2013, 1, LandingOutcome.LANDED)])
    counts = {"rows_in": 9, "rows_clean": 7, "rows_quarantined": 2}
    made["cleaning"].write_records([Cleaning(2013, 1, CleaningOutcome.CLEANED, "a-1", **counts)])
    made["views"].write_records([BuiltView(f"{number}", 2013, None, ViewOutcome.BUILT, "a") for number in range(11)])
    task.requires().output().write(["a-1"])
    return task


def test_a_load_and_an_increment_report_what_they_did_as_their_commands_print_it(increment, monkeypatch):
    running = increment.run()
    loading = next(running)
    loading.run()
    with pytest.raises(StopIteration):
        running.send(loading.output())
    reports = {"LoadFlights": loading.output().read(), "MonthlyIncrement": increment.output().read()}
    monkeypatch.setattr(starting, "run", lambda task, *_, **__: reports[task])
    of_load = ("--from", "2013-01", "--to", "2013-01", "--json")
    told = printed("load", CliRunner().invoke(main, ["load", *of_load]).stdout)
    assert told["rows"] == {"in": 9, "clean": 7, "quarantined": 2}
    assert told["steps"] == {"landing": {"landed": 1}, "cleaning": {"cleaned": 1}, "views": {"built": 11}}
    assert printed("increment", CliRunner().invoke(main, ["increment", "2013-01", "--json"]).stdout) == {
        "consumed": ["a-1"], **told}  # fmt: skip
