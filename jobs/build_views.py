"""Builds batch views from aero_clean.flights, all of a plan in one Spark application.

    spark-submit jobs/build_views.py --plan plan.json

The plan is a local JSON list of what to build and where the rows go:

    [{"view": "airline_delays_monthly", "year": 2013, "month": null,
      "location": "/aero/batch/airline_delays_monthly/year=2013/load=8c1f"}]

Each view's `load.hql` says what the rows are. They are written beside the location and renamed into place, so a folder
that exists is complete and is not built again. Pointing the table's partition at it is not done here
(luigi_tasks/publishing.py).
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
from load_folders import exists, moved_into_place
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from aero import hql
from aero.datasets import BATCH_VIEWS, FLIGHTS, Dataset
from aero.errors import AeroError

VIEWS = {view.table: view for view in BATCH_VIEWS}
AT_ONCE = 2  # Each view ends in one task that writes its one file; two keep a small machine busy.


@dataclass(frozen=True)
class Load:
    """One partition of one view, and the folder for its rows. `month` is None where the view is partitioned by year."""

    view: Dataset
    year: int
    month: int | None
    location: str

    def __str__(self) -> str:
        month = "" if self.month is None else f" month={self.month:02d}"
        return f"{self.view.name} year={self.year:04d}{month}"

    def statement(self, folder: str) -> str:
        """The view's INSERT OVERWRITE DIRECTORY into `folder`."""
        parameters = {"location": folder, "year": self.year}
        if self.month is not None:
            parameters["month"] = self.month
        [statement] = hql.statements(self.view.hql("load"), parameters)
        return statement


def read_plan(path: Path) -> list[Load]:
    """The loads of a plan, in its order. AeroError names the entry that is not one."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [_load(path, entry) for entry in entries]
    except (OSError, ValueError, TypeError) as error:
        raise AeroError(f"{path}: this plan cannot be read: {error}", "See build_views.py for its form.") from error


def _load(path: Path, entry: dict) -> Load:
    names = {"view", "year", "month", "location"}
    if not isinstance(entry, dict) or set(entry) != names:
        raise AeroError(f"{path}: {entry} is not a load", f"Give each entry exactly {', '.join(sorted(names))}.")
    view = VIEWS.get(entry["view"])
    if view is None:
        raise AeroError(f"{path}: there is no view `{entry['view']}`", f"The views: {', '.join(VIEWS)}.")
    if ("month" in view.partitions) != (entry["month"] is not None):
        wanted = "a month" if "month" in view.partitions else "no month (null)"
        raise AeroError(f"{path}: {entry} has the wrong partition", f"{view.name} wants a year and {wanted}.")
    month = None if entry["month"] is None else int(entry["month"])
    return Load(view, int(entry["year"]), month, entry["location"])


def build(spark: SparkSession, load: Load) -> str:
    """Writes the rows of one load to its location, unless they are there; returns what was done, as a line to print.

    AeroError if aero_clean.flights has no flight there: an empty view would hide that its month was never loaded.
    """
    if exists(spark, load.location):
        return f"{load}: is there already"
    with moved_into_place(spark, load.location) as folder:
        spark.sql(load.statement(folder))
        rows = spark.read.orc(folder).count()
        if rows == 0:
            raise AeroError(f"{FLIGHTS.name} has no flights there", "Load and publish them first.")
    return f"{load}: {rows:,} rows"


def build_all(spark: SparkSession, loads: list[Load]) -> list[str]:
    """Builds every load, a few at once, and prints a line for each as it is done. Returns the loads that failed."""

    def attempt(load: Load) -> str | None:
        try:
            print(build(spark, load), flush=True)
            return None
        except (AeroError, PySparkException, Py4JError) as error:
            print(f"{load}: failed: {error}", file=sys.stderr, flush=True)
            return str(load)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [failed for failed in pool.map(attempt, loads) if failed]


@click.command()
@click.option("--plan", required=True, type=click.Path(path_type=Path), help="JSON list of what to build, and where.")
def main(plan: Path) -> None:
    """Build the batch views of a plan."""
    run(SparkSession.builder.appName("build_views").enableHiveSupport().getOrCreate(), plan)


def run(spark: SparkSession, plan: Path) -> None:
    """Build the batch views of a plan. AeroError with those that failed, after all others."""
    loads = read_plan(plan)
    failed = build_all(spark, loads)
    if failed:
        raise AeroError(f"{len(failed)} of {len(loads)} views failed: {'; '.join(failed)}", "The reasons are above.")


if __name__ == "__main__":
    main()
