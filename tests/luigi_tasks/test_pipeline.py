"""Months that are found together: in which order they are taken, and that one that fails keeps none back."""

from typing import ClassVar

import luigi
from luigi.mock import MockTarget

from luigi_tasks import pipeline


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
