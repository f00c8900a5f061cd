"""Clean what was landed, and publish the months that pass the quality gates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import hdfs
import luigi

from aero import connections, lease, metastore
from aero.bts import RAW_FLIGHTS
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.ops import checks
from aero.ops.cleaning_report import CleaningReport
from aero.ops.publications import Why
from aero.run_reports import BuiltView, Cleaning, CleaningOutcome, Landing
from aero.steps import step
from luigi_tasks import clean_loads, partitions, spark_job, views
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.publication import Publication
from luigi_tasks.run import Records, Run


class CleanFlights(Run):
    """Clean every landed month of the range that is not clean yet, in one Spark application; publish those that pass
    the quality gates, and the views that they touch, year by year, oldest first.

    A month that fails does not fail the task, nor keep others from readers: LoadFlights raises for it in the end. Where
    Spark itself fails, the years before are published, and their views are built.
    """

    def requires(self) -> luigi.Task:
        return self.clone(LandFlights)

    def output(self) -> Records[Cleaning]:
        return self.records("cleaning", Cleaning)

    def run(self) -> None:
        self.hold_lease()
        landings = self.input().records()
        client = connections.webhdfs()
        plan = clean_loads.planned(client, landings, self.rebuild)
        reports = {raw: clean_loads.read_report(client, raw) for raw in plan}
        waiting = _waiting(client, reports)
        with connections.hive() as hive:
            _publish_raw(hive.cursor(), client, landings, self.run_id, self.why)
        publication = Publication(client, self.run_id, self.why)
        cleanings: list[Cleaning] = []
        built: list[BuiltView] = []
        fault = ""
        years = max(1, spark_job.cores() // 12) if waiting else 1
        for batch in _batches(plan, waiting, years):
            own = [raw for raw in batch if raw in waiting]
            output, fault = (f"Not tried: {fault}", fault) if fault else _cleaned(own)
            step("months cleaned")
            reports |= {raw: clean_loads.read_report(client, raw) for raw in own}
            cleanings += [_judged(publication, raw, reports[raw], raw in own, output) for raw in batch]
            with connections.hive() as hive:  # Spark may have taken longer than HiveServer2 keeps a session.
                publication.publish(hive.cursor())
            if own and not fault:
                built += self._views(client, {raw.year for raw in own})
        views.built_by_year(self).write_records(built)
        self.output().write_records(cleanings)

    def _views(self, client: hdfs.Client, years: Iterable[int]) -> list[BuiltView]:
        """Build the views of these years. What fails is tried again by BuildViews, which says why."""
        try:
            return views.build(client, years, self.run_id, self.why)
        except lease.Lost:
            raise
        except AeroError:
            return []


def _batches(plan: Sequence[RawMonth], waiting: Sequence[RawMonth], years: int) -> Iterator[list[RawMonth]]:
    """The months in the order of time, cut after each year of which some are waiting, or after so many `years`: as many
    as keep all cores busy, a month each.

    What is published together costs a few statements, whether little or much: a load with nothing new is one batch.
    """
    batch: list[RawMonth] = []
    begun = 0
    for _, months in groupby(sorted(plan, key=lambda raw: raw.when), key=lambda raw: raw.year):
        of_year = list(months)
        batch += of_year
        begun += any(raw in waiting for raw in of_year)
        if begun == years:
            yield batch
            batch, begun = [], 0
    if batch:
        yield batch


def _cleaned(waiting: Sequence[RawMonth]) -> tuple[str, str]:
    """Clean these months. Returns what the job printed of those that failed, and why Spark itself did, if it did."""
    try:
        return (spark_job.run("clean_flights", waiting) if waiting else ""), ""
    except AeroError as fault:
        return str(fault), fault.problem


def _waiting(client: hdfs.Client, reports: Mapping[RawMonth, CleaningReport | None]) -> list[RawMonth]:
    """The months to clean: those that are not complete, and those to be judged whose report lacks a measure of today's
    checks.
    """
    incomplete = [raw for raw, report in reports.items() if report is None]
    unmeasured = [raw for raw, report in reports.items() if report and report.get("checks") != checks.version()]
    seen = metastore.locations(FLIGHTS) if unmeasured else {}
    waiting = incomplete + [raw for raw in unmeasured if seen.get(raw.when) != raw.folder()]
    for raw in waiting:
        client.delete(clean_loads.report_path(raw))  # The job takes a month that has one for complete.
        clean_loads.sweep(client, raw)
    return waiting


def _publish_raw(cursor: Any, client: hdfs.Client, landings: Sequence[Landing], run_id: str, why: Why) -> None:
    """Point the partitions of the raw tables at the versions that were landed."""
    for dataset in dict.fromkeys(RAW_FLIGHTS.values()):  # Two layouts share a table.
        versions = {
            landing.when[: len(dataset.partitions)]: landing.version
            for landing in landings
            if landing.when and landing.version and landing.dataset == dataset.table
        }
        partitions.publish(cursor, client, dataset, versions, run_id, why)


def _judged(
    publication: Publication, raw: RawMonth, report: CleaningReport | None, was_waiting: bool, output: str
) -> Cleaning:
    if report is None:
        message = _about(raw, output)
        publication.give_up(raw, message)
        return Cleaning(raw.year, raw.month, CleaningOutcome.FAILED, raw.load_id, message=message)
    refusal = publication.accept(raw, report)
    done = CleaningOutcome.CLEANED if was_waiting else CleaningOutcome.UNCHANGED
    return Cleaning(
        raw.year,
        raw.month,
        CleaningOutcome.FAILED if refusal else done,
        raw.load_id,
        message=refusal,
        rows_in=report["rows_in"],
        rows_clean=report["rows_clean"],
        rows_quarantined=report["rows_quarantined"],
        reasons=report["reasons"],
    )


def _about(raw: RawMonth, output: str) -> str:
    """The line of the job's output that is about one month, or all of it."""
    own = [line.strip() for line in output.splitlines() if line.strip().startswith(f"{raw}:")]
    return own[0].partition(": ")[2] if own else output
