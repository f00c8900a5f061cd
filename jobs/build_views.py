"""Builds batch views from aero_clean.flights, all of a plan in one Spark application.

    spark-submit jobs/build_views.py --plan plan.json

The plan is a local JSON list of what to build, and where the rows go. `made_from` are months, and their flights:

    [{"view": "airline_delays_monthly", "year": 2013, "month": null,
      "location": "/aero/batch/airline_delays_monthly/year=2013/load=8c1f",
      "made_from": [[1, "/aero/clean/flights/year=2013/month=01/load=5d2e"]]}]

Each view's `load.hql` says what the rows of its months are: a row is of one month's flights. So only the months that no
load beside the location has, of the same flights by the same `load.hql`, are made of flights (jobs/view_rows.py), each
once for all views of a year. Those that one has are taken over from its file as they are (jobs/orc_stripes.py): a new
month costs the same in January and in December.

All is written beside the location, with `_inputs.json`, which says what each month is made from, and renamed into
place, so a folder that exists is complete and is not built again. Pointing the table's partition at it is not done here
(luigi_tasks/partitions.py).
"""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
import orc_stripes
import view_rows
from load_folders import FILE, exists, moved_into_place, names, read_text, write_text
from orc_stripes import Stripes
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from spark_errors import in_words
from view_rows import Made

from aero import load_plan
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.load_plan import ViewLoad

# What a load is made of, for the loads that come after: its name is a hash of it, which tells nothing.
INPUTS = "_inputs.json"
# Loads that each take Spark's cores: a few at once, for each waits for HDFS too.
LEAST_AT_ONCE = 2
MONTHS_OF_A_YEAR = 12
FAULTS = (AeroError, PySparkException, Py4JError)


def build(
    spark: SparkSession, load: ViewLoad, kept: dict[int, list[Stripes]] | None = None, made: Made | None = None
) -> str:
    """Writes the rows of one load to its location, unless they are there; returns what was done, as a line to print.

    `kept` are the months that loads beside it have (_kept), and `made` those that are not kept, made of flights, where
    they were made for several loads at once.
    AeroError if aero_clean.flights has no flight there: an empty view would hide that its month was never loaded.
    """
    if exists(spark, load.location):
        return f"{load}: is there already"
    if kept is None:
        kept, made = _kept(spark, load), None
    try:
        rows = _write(spark, load, kept, made)
    except (Py4JError, orc_stripes.Unlike) as fault:
        if not kept:
            raise
        print(f"{load}: what is beside it cannot be taken over: {fault}", file=sys.stderr, flush=True)
        kept = {}
        rows = _write(spark, load, kept, None)
    taken = f", {len(kept)} of {len(load.made_from)} months taken over" if kept else ""
    return f"{load}: {rows:,} rows{taken}"


def _write(spark: SparkSession, load: ViewLoad, kept: dict[int, list[Stripes]], made: Made | None) -> int:
    """Writes a load: the months that are `kept`, and the others made of flights. Returns its rows."""
    with moved_into_place(spark, load.location) as place, _made(spark, {load: _missing(load, kept)}, made) as files:
        of_months = dict(kept)
        for month in _missing(load, kept):
            file = files.get((load.view.table, load.year, month))
            of_months[month] = [orc_stripes.of_file(spark, file.as_uri())] if file else []
        stripes = [of_months[month] for month, _ in load.made_from]
        if not any(stripes):
            raise AeroError(f"{FLIGHTS.name} has no flights there", "Load and publish them first.")
        rows = orc_stripes.join(spark, [part for of_month in stripes for part in of_month], f"{place}/{FILE}")
        counts = [sum(part.count for part in of_month) for of_month in stripes]
        write_text(spark, f"{place}/{INPUTS}", json.dumps(_inputs(load, counts), indent=2))
    return rows


def _missing(load: ViewLoad, kept: Container[int]) -> list[int]:
    """The months of a load that have to be made of flights."""
    return [month for month, _ in load.made_from if month not in kept]


@contextmanager
def _made(spark: SparkSession, wanted: Mapping[ViewLoad, Sequence[int]], made: Made | None = None) -> Iterator[Made]:
    """The months that are wanted of some loads, made of flights, unless they are `made` already."""
    if made is not None or not any(wanted.values()):
        yield made or {}
        return
    with tempfile.TemporaryDirectory(prefix="views-") as folder:
        yield view_rows.make(spark, wanted, Path(folder))


def _inputs(load: ViewLoad, counts: Sequence[int]) -> dict[str, Any]:
    """What INPUTS says: what each month is made from, and how many stripes of the file are its, in their order."""
    of_months = zip(load.made_from, counts, strict=True)
    months = [{"month": month, "flights": flights, "stripes": count} for (month, flights), count in of_months]
    return {"definition": load.definition, "months": months}


def _kept(spark: SparkSession, load: ViewLoad) -> dict[int, list[Stripes]]:
    """The months of a load that others beside it have already, with their stripes."""
    kept: dict[int, list[Stripes]] = {}
    parent = load.location.rpartition("/")[0]
    for name in names(spark, parent):
        path = f"{parent}/{name}/{INPUTS}"
        if name.startswith("load=") and exists(spark, path):
            # Loads of 0.1.0 say it otherwise; a file may be changed by hand, or not be readable.
            with suppress(ValueError, TypeError, KeyError, Py4JError):
                kept |= _shared(load, json.loads(read_text(spark, path)), f"{parent}/{name}/{FILE}")
    return kept


def _shared(load: ViewLoad, inputs: Mapping[str, Any], file: str) -> dict[int, list[Stripes]]:
    """The months that a load has in common with another one, whose INPUTS and file these are."""
    shared: dict[int, list[Stripes]] = {}
    if inputs["definition"] != load.definition:
        return shared
    first = 0
    for one in inputs["months"]:
        if (one["month"], one["flights"]) in load.made_from:
            shared[one["month"]] = [Stripes(file, first, one["stripes"])] if one["stripes"] else []
        first += one["stripes"]
    return shared


def build_all(spark: SparkSession, loads: list[ViewLoad]) -> list[str]:
    """Builds every load, a few at once, and prints a line for each as it is done. Returns the loads that failed."""
    years = defaultdict(list)
    for load in loads:
        years[load.year].append(load)
    at_once = max(LEAST_AT_ONCE, spark.sparkContext.defaultParallelism)
    # One more than the cores are busy with: while its files are written.
    with ThreadPoolExecutor(1 + at_once // MONTHS_OF_A_YEAR) as pool:
        failed = {
            load for of_year in pool.map(partial(_build_year, spark, at_once), years.values()) for load in of_year
        }
    return [str(load) for load in loads if load in failed]


def _build_year(spark: SparkSession, at_once: int, loads: Sequence[ViewLoad]) -> list[ViewLoad]:
    """Builds the loads of a year, and returns those that failed."""
    waiting = [load for load in loads if not exists(spark, load.location)]
    kept = {load: _kept(spark, load) for load in waiting}  # Looked at once: `made` has what these have not.
    wanted = {load: _missing(load, kept[load]) for load in waiting}
    with ExitStack() as opened:
        made = None
        with suppress(*FAULTS):  # Each load is on its own then: the fault need not be everyone's.
            made = opened.enter_context(_made(spark, wanted))
        # What is made waits for HDFS alone; what is not takes Spark's cores.
        with ThreadPoolExecutor(len(loads) if made else at_once) as pool:
            results = list(pool.map(lambda load: _attempt(spark, load, kept.get(load), made), loads))
    return [load for load, is_built in zip(loads, results, strict=True) if not is_built]


def _attempt(spark: SparkSession, load: ViewLoad, kept: dict[int, list[Stripes]] | None, made: Made | None) -> bool:
    """Builds a load and prints what became of it. Whether it is built."""
    try:
        print(build(spark, load, kept, made), flush=True)
    except FAULTS as error:
        print(f"{load}: failed: {in_words(error)}", file=sys.stderr, flush=True)
        return False
    return True


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
