"""Rebuild the partitions of the batch views that a changed month touches, and publish them."""

import hashlib
from dataclasses import asdict, dataclass

import hdfs
import luigi

from aero import connections
from aero.datasets import BATCH_VIEWS, FLIGHTS, Dataset
from luigi_tasks import publishing, spark_job
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
        with connections.hive() as hive:
            views = [_publish(hive.cursor(), client, entry, entry in waiting, said) for entry in plan]
        self.output().write([asdict(view) for view in views])


def _entries(cursor, year: int) -> list[dict]:
    """The plan of jobs/build_views.py for one year: every partition of every view, with the load it should have."""
    seen = {month: publishing.published(cursor, FLIGHTS, year, month) for month in MONTHS}
    loads = {month: location for month, location in seen.items() if location}
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


def _publish(cursor, client: hdfs.Client, entry: dict, was_waiting: bool, said: str) -> View:
    view = next(view for view in BATCH_VIEWS if view.table == entry["view"])
    year, month, location = entry["year"], entry["month"], entry["location"]
    load = location.rpartition("load=")[2]
    if not client.status(location, strict=False):
        return View(view.name, year, month, "failed", load, said)
    publishing.publish(cursor, client, view, location, year, month)
    return View(view.name, year, month, "built" if was_waiting else "unchanged", load)
