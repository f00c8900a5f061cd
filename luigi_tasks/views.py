"""Building the batch views of some years from the flights that readers see, and publishing them."""

from collections.abc import Iterable

import hdfs

from aero import connections, metastore, webhdfs
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.load_plan import ViewLoad
from aero.ops import publications, view_loads
from aero.ops.publications import Why
from aero.run_reports import BuiltView, ViewOutcome
from aero.steps import step
from luigi_tasks import partitions, spark_job
from luigi_tasks.run import Records, Run


def built_by_year(run: Run) -> Records[BuiltView]:
    """Where CleanFlights reports what became of the views that it has built after a year's months."""
    return run.records("views_by_year", BuiltView)


def build(client: hdfs.Client, years: Iterable[int], run_id: str, why: Why) -> list[BuiltView]:
    """Build what is not built of these years, in one Spark application; what became of each partition of the views.

    Where somebody dropped a month's flights, the month goes from the views too. A partition's load is named after the
    loads it is made from and the view's SQL: nothing changed, nothing to build.
    """
    flights, years = metastore.locations(FLIGHTS), sorted(set(years))
    plan = [load for year in years for load in view_loads.of_year(flights, year)]
    waiting = [load for load in plan if not webhdfs.exists(client, load.location)]
    output = spark_job.run("build_views", waiting) if waiting else ""
    step("views built")
    built = [load for load in plan if load not in waiting or webhdfs.exists(client, load.location)]
    with connections.hive() as hive:
        for view in BATCH_VIEWS:
            seen = metastore.locations(view)
            loads = {load.partition: load.location for load in built if load.view == view}
            partitions.publish(hive.cursor(), client, view, loads, run_id, why, seen)
            gone = view_loads.left_over(plan, view, seen, years)
            publications.withdraw(hive.cursor(), client, view, {one: seen[one] for one in gone}, run_id, why)
    return [_became(load, load in waiting, load in built, output) for load in plan]


def _became(load: ViewLoad, was_waiting: bool, is_there: bool, output: str) -> BuiltView:
    done = ViewOutcome.BUILT if was_waiting else ViewOutcome.UNCHANGED
    outcome = done if is_there else ViewOutcome.FAILED
    return BuiltView(load.view.name, load.year, load.month, outcome, load.load_id, "" if is_there else output)
