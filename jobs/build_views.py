"""Builds batch views from aero_clean.flights, all of a plan in one Spark application.

    spark-submit jobs/build_views.py --plan plan.json

The plan is a local JSON list of what to build and where the rows go:

    [{"view": "airline_delays_monthly", "year": 2013, "month": null,
      "location": "/aero/batch/airline_delays_monthly/year=2013/load=8c1f",
      "made_from": ["/aero/clean/flights/year=2013/month=01/load=5d2e"]}]

Each view's `load.hql` says what the rows are. They are written beside the location, with `_inputs.json`, which says for
people what they are made from, and renamed into place, so a folder that exists is complete and is not built again.
Pointing the table's partition at it is not done here
(luigi_tasks/partitions.py).
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from load_folders import exists, moved_into_place, write_text
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from aero import load_plan
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.load_plan import ViewLoad

# The folders of flights that a load is made from. The load's name is a hash of them, which tells people nothing.
INPUTS = "_inputs.json"
# Each view ends in one task that writes its one file: as many at once as there are cores.
LEAST_AT_ONCE = 2


def build(spark: SparkSession, load: ViewLoad) -> str:
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
        write_text(spark, f"{folder}/{INPUTS}", json.dumps(load.made_from, indent=2))
    return f"{load}: {rows:,} rows"


def build_all(spark: SparkSession, loads: list[ViewLoad]) -> list[str]:
    """Builds every load, a few at once, and prints a line for each as it is done. Returns the loads that failed."""

    def attempt(load: ViewLoad) -> str | None:
        try:
            print(build(spark, load), flush=True)
            return None
        except (AeroError, PySparkException, Py4JError) as error:
            print(f"{load}: failed: {error}", file=sys.stderr, flush=True)
            return str(load)

    with ThreadPoolExecutor(max(LEAST_AT_ONCE, spark.sparkContext.defaultParallelism)) as pool:
        return [failed for failed in pool.map(attempt, loads) if failed]


@click.command()
@click.option("--plan", required=True, type=click.Path(path_type=Path), help="JSON list of what to build, and where.")
def main(plan: Path) -> None:
    """Build the batch views of a plan."""
    run(SparkSession.builder.appName("build_views").enableHiveSupport().getOrCreate(), plan)


def run(spark: SparkSession, plan: Path) -> None:
    """Build the batch views of a plan. AeroError with those that failed, after all others."""
    loads = load_plan.read(plan, ViewLoad)
    failed = build_all(spark, loads)
    if failed:
        raise AeroError(f"{len(failed)} of {len(loads)} views failed: {'; '.join(failed)}", "The reasons are above.")


if __name__ == "__main__":
    main()
