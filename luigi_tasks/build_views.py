"""Rebuild the partitions of the batch views that a changed month touches, and publish them."""

import luigi

from aero import connections, metastore, webhdfs
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.load_plan import ViewLoad
from aero.ops import view_loads
from aero.run_reports import BuiltView, ViewOutcome
from luigi_tasks import partitions, spark_job
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.run import Records, Run


class BuildViews(Run):
    """Build what is not built of the years in the range, in one Spark application, from the flights that readers see.

    A partition's load is named after the loads it is made from and the view's SQL: nothing changed, nothing to build.
    """

    def requires(self) -> luigi.Task:
        return self.clone(CleanFlights)

    def output(self) -> Records[BuiltView]:
        return self.records("views", BuiltView)

    def run(self) -> None:
        self.hold_lease()
        client = connections.webhdfs()
        years = sorted({cleaning.year for cleaning in self.input().records()})
        flights = metastore.locations(FLIGHTS)
        plan = [load for year in years for load in view_loads.of_year(flights, year)]
        waiting = [load for load in plan if not webhdfs.exists(client, load.location)]
        output = spark_job.run("build_views", waiting) if waiting else ""
        built = [load for load in plan if load not in waiting or webhdfs.exists(client, load.location)]
        with connections.hive() as hive:
            for view in BATCH_VIEWS:
                loads = {load.partition: load.location for load in built if load.view == view}
                partitions.publish(hive.cursor(), client, view, loads, self.run_id, self.why)
        self.output().write_records(_became(load, load in waiting, load in built, output) for load in plan)


def _became(load: ViewLoad, was_waiting: bool, is_there: bool, output: str) -> BuiltView:
    done = ViewOutcome.BUILT if was_waiting else ViewOutcome.UNCHANGED
    outcome = done if is_there else ViewOutcome.FAILED
    return BuiltView(load.view.name, load.year, load.month, outcome, load.load_id, "" if is_there else output)
