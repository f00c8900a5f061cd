"""Clean what was landed, and publish the months that pass the quality gates."""

from dataclasses import asdict, dataclass, field

import hdfs
import luigi

from aero import connections, datasets
from aero.datasets import FLIGHTS
from aero.ops import checks, months, readers
from aero.ops.months import MonthEntry
from luigi_tasks import partitions, spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.publication import Publication
from luigi_tasks.run import Run

# Part of every load id: raise it when jobs/clean_flights.py makes something else of the same bytes, and the next load
# cleans every month of its range again.
CLEANING_VERSION = 1


@dataclass(frozen=True)
class Cleaning:
    """What became of one month. `outcome`: cleaned, unchanged or failed (see `message`). Rows are of the month's load."""

    year: int
    month: int
    outcome: str
    load_id: str
    message: str = ""
    rows_in: int = 0
    rows_clean: int = 0
    rows_quarantined: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def when(self) -> str:
        return f"{self.year}-{self.month:02d}"


class CleanFlights(Run):
    """Clean every landed month of the range that is not clean yet, in one Spark application; publish those that pass
    the quality gates.

    A month that fails does not fail the task, nor keep others from readers: LoadFlights raises for it in the end.
    """

    def requires(self) -> luigi.Task:
        return self.clone(LandFlights)

    def output(self) -> HdfsFile:
        return self.report("cleaning")

    def run(self) -> None:
        landings = [landing for landing in self.input().read() if landing["path"]]
        client = connections.webhdfs()
        plan = plan_of(client, landings, self.rebuild)
        with connections.hive() as hive:
            waiting = _waiting(hive.cursor(), client, plan)
        said = spark_job.run("clean_flights", waiting) if waiting else ""
        with connections.hive() as hive:
            cursor = hive.cursor()
            _publish_raw(cursor, client, landings)
            publication = Publication(cursor, client, self.run_id, [_month(entry) for entry in plan])
            cleanings = [_judged(publication, entry, entry in waiting, said) for entry in plan]
            publication.publish()
        self.output().write([asdict(cleaning) for cleaning in cleanings])


def load_id(sha256: str) -> str:
    """The name of the load that cleaning these bytes makes: the same bytes, cleaned the same way, are the same load."""
    return f"{sha256[:12]}-{CLEANING_VERSION}"


def read_report(client: hdfs.Client, entry: dict) -> dict | None:
    """The counts and measures that a complete month has beside its rows, None where it is not complete."""
    file = HdfsFile(f"{_location(entry)}/_report.json")
    report = file.read() if file.exists() else None
    return report if report and (readers.has_rows(client, _location(entry)) or not report["rows_clean"]) else None


def _location(entry: dict) -> str:
    return FLIGHTS.load_path(entry["load_id"], entry["year"], entry["month"])


def _month(entry: dict) -> tuple[int, int]:
    return entry["year"], entry["month"]


def _waiting(cursor, client: hdfs.Client, plan: list[dict]) -> list[dict]:
    """The months to be cleaned: those not complete, and those to be judged that lack what the checks measure now."""
    reports = [(entry, read_report(client, entry)) for entry in plan]
    incomplete = [entry for entry, report in reports if report is None]
    unmeasured = [entry for entry, report in reports if report and report.get("checks") != checks.version()]
    seen = partitions.locations(cursor, FLIGHTS, map(_month, unmeasured)) if unmeasured else {}
    waiting = incomplete + [entry for entry in unmeasured if seen.get(_month(entry)) != _location(entry)]
    for entry in waiting:
        client.delete(f"{_location(entry)}/_report.json")  # The job takes a month that has one for complete.
    return waiting


def plan_of(client: hdfs.Client, landings: list[dict], rebuild: str = "") -> list[dict]:
    """The plan of jobs/clean_flights.py for these landings. A rebuild's loads are new; else a load that readers see and
    that was made of the same bytes in the same way is the load, whether a rebuild wrote it or not.
    """
    ledger = months.read(client)
    return [_entry(landing, ledger.get((landing["year"], landing["month"])), rebuild) for landing in landings]


def _entry(landing: dict, known: MonthEntry | None, rebuild: str) -> dict:
    load, served = load_id(landing["sha256"]), known.served_load_id if known else None
    if rebuild:
        load = f"{load}-r{rebuild}"
    elif served and served.startswith(f"{load}-r"):
        load = served
    return {
        "year": landing["year"],
        "month": landing["month"],
        "path": landing["path"],
        "file": landing["path"].rpartition("/")[2],
        "family": landing["family"],
        "layout": landing["layout"],
        "load_id": load,
    }


def _publish_raw(cursor, client: hdfs.Client, landings: list[dict]) -> None:
    for raw in dict.fromkeys(datasets.RAW_FLIGHTS.values()):  # Two layouts share a table.
        own = [landing for landing in landings if landing["dataset"] == raw.table]
        versions = {tuple(landing[name] for name in raw.partitions): landing["version"] for landing in own}
        partitions.publish(cursor, client, raw, versions)


def _judged(publication: Publication, entry: dict, was_waiting: bool, said: str) -> Cleaning:
    year, month, load = entry["year"], entry["month"], entry["load_id"]
    report = read_report(publication.client, entry)
    if report is None:
        message = _about(f"{year}-{month:02d}", said)
        publication.give_up(year, month, load, message)
        return Cleaning(year, month, "failed", load, message=message)
    counts = {name: report[name] for name in ("rows_in", "rows_clean", "rows_quarantined", "reasons")}
    refusal = publication.accept(year, month, load, report)
    if refusal:
        return Cleaning(year, month, "failed", load, message=refusal, **counts)
    return Cleaning(year, month, "cleaned" if was_waiting else "unchanged", load, **counts)


def _about(when: str, said: str) -> str:
    """What the job said of one month, or all it said."""
    own = [line.strip() for line in said.splitlines() if line.strip().startswith(f"{when}:")]
    return own[0].partition(": ")[2] if own else said
