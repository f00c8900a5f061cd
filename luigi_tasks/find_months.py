"""Which months of a range a source has that are not in place."""

from collections.abc import Iterable
from dataclasses import replace

import hdfs

from aero import connections, load_plan, metastore, raw_versions
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.errors import AeroError, Away
from aero.month import Month
from aero.ops import months, readers, view_loads
from aero.ops.months import MonthEntry
from aero.run_reports import Finding, Found
from luigi_tasks import clean_loads
from luigi_tasks.run import Records, Run
from luigi_tasks.sources.download import Refused
from luigi_tasks.sources.families import open_families, served
from luigi_tasks.sources.offers import Offer, Source

NOT_THERE = 404


class FindMonths(Run):
    """Ask the source for every month of the range, fetching none. Its report is a list of Founds."""

    def output(self) -> Records[Found]:
        return self.records("found", Found)

    def run(self) -> None:
        client, ledger = connections.webhdfs(), readers.reconciled()
        families = served(self.months(), self.family, ledger)
        source = open_families(self.source, self.family, families)
        found = []
        for offer in source.offers(self.months()).files:
            if offer.when is not None:
                one = _found(client, source, offer, offer.when, ledger.get(offer.when))
                found.append(replace(one, family=families[offer.when]))
        behind = _months_behind([one.when for one in found])
        found = [
            replace(one, outcome=Finding.UNFINISHED) if one.outcome == Finding.UNCHANGED and one.when in behind else one
            for one in found
        ]
        self.output().write_records(sorted(found, key=lambda one: one.when))


def _months_behind(asked: Iterable[Month]) -> set[Month]:
    """For each partition of a view that is not built from what readers see, one of the months asked for that builds it:
    the last one."""
    flights = metastore.locations(FLIGHTS)
    behind = view_loads.behind(flights, {view: metastore.locations(view) for view in BATCH_VIEWS})
    seen = sorted(month for month in asked if month in flights)
    touched = [[month for month in seen if month[: len(load.partition)] == load.partition] for load in behind]
    return {of_load[-1] for of_load in touched if of_load}


def _found(client: hdfs.Client, source: Source, offer: Offer, month: Month, entry: MonthEntry | None) -> Found:
    if entry and entry.pinned_load_id:
        return Found(month, Finding.UNCHANGED, months.pin_in_words(entry))
    try:
        revision = source.revision(offer)
    except AeroError as error:
        cause = error if isinstance(error, Refused) else error.__cause__
        is_absent = isinstance(cause, Refused) and cause.status == NOT_THERE
        return Found(month, Finding.ABSENT if is_absent else Finding.UNKNOWN, error.problem)
    try:
        landed = raw_versions.current(client, offer.dataset, *month)
    except Away:
        raise
    except AeroError as damage:  # One month's: it is known of the others.
        return Found(month, Finding.UNKNOWN, damage.problem)
    if landed is None:
        return Found(month, Finding.NEW)
    if not revision.is_still(landed.revision):
        return Found(month, Finding.REVISED)
    return Found(month, Finding.UNCHANGED if _is_in_place(entry, landed.sha256) else Finding.UNFINISHED)


def _is_in_place(entry: MonthEntry | None, sha256: str) -> bool:
    """Whether readers see the load that cleaning these bytes makes today, or a rebuild of it."""
    if entry is None or not entry.is_served or entry.served_load_id is None:
        return False
    return load_plan.content(entry.served_load_id) == clean_loads.load_id(sha256)
