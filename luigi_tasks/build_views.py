"""Rebuild the partitions of the batch views that a changed month touches, and publish them."""

import hashlib
from dataclasses import asdict, dataclass

import hdfs
import luigi

from aero import connections
from aero.datasets import BATCH_VIEWS, FLIGHTS, Dataset
from luigi_tasks import partitions, spark_job
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.run import Run

MONTHS = range(1, 13)


@dataclass(frozen=True)
class View:
    """What became of one partition of one view. `outcome`: built, unchanged or failed (see `message`)."""

    view: str
    year: int
    month: int | None
    outcome: str
    load_id: str
    message: str = ""

    @property
    def when(self) -> str:
        month = "" if self.month is None else f"-{self.month:02d}"
        return f"{self.view} {self.year}{month}"


class BuildViews(Run):
    """Build what is not built of the years in the range, in one Spark application, from what readers see of the flights.

    A partition's load is named after the loads it is made from and the view's SQL: nothing changed, nothing to build.
    """

    def requires(self) -> luigi.Task:
        return self.clone(CleanFlights)

    def output(self) -> HdfsFile:
        return self.report("views")

    def run(self) -> None:
        client = connections.webhdfs()
        years = sorted({cleaning["year"] for cleaning in self.input().read()})
        with connections.hive() as hive:
            plan = [entry for year in years for entry in _entries(hive.cursor(), year)]
        waiting = [entry for entry in plan if not client.status(entry["location"], strict=False)]
        said = spark_job.run("build_views", waiting) if waiting else ""
        built = [entry for entry in plan if client.status(entry["location"], strict=False)]
        with connections.hive() as hive:
            _publish(hive.cursor(), client, built)
        self.output().write([asdict(_became(entry, entry in waiting, entry in built, said)) for entry in plan])


def _entries(cursor, year: int) -> list[dict]:
    """The plan of jobs/build_views.py for one year: every partition of every view, with the load it should have."""
    seen = partitions.locations(cursor, FLIGHTS, [(year, month) for month in MONTHS])
    loads = {month: location for (_, month), location in seen.items()}
    entries = []
    for view in BATCH_VIEWS if loads else ():
        if "month" in view.partitions:
            entries += [_entry(view, year, month, [location]) for month, location in loads.items()]
        else:
            entries.append(_entry(view, year, None, sorted(loads.values())))
    return entries


def _entry(view: Dataset, year: int, month: int | None, made_from: list[str]) -> dict:
    load = hashlib.sha256("\n".join([*made_from, view.hql("load").read_text()]).encode()).hexdigest()[:12]
    return {"view": view.table, "year": year, "month": month, "location": view.load_path(load, year, month)}


def _publish(cursor, client: hdfs.Client, built: list[dict]) -> None:
    for view in BATCH_VIEWS:
        own = [entry for entry in built if entry["view"] == view.table]
        loads = {tuple(entry[name] for name in view.partitions): entry["location"] for entry in own}
        partitions.publish(cursor, client, view, loads)


def _became(entry: dict, was_waiting: bool, is_there: bool, said: str) -> View:
    view = next(view for view in BATCH_VIEWS if view.table == entry["view"])
    outcome = "failed" if not is_there else "built" if was_waiting else "unchanged"
    load = entry["location"].rpartition("load=")[2]
    return View(view.name, entry["year"], entry["month"], outcome, load, "" if is_there else said)
