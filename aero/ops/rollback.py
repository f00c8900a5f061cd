"""Going back: a month's flights, quarantine and views are pointed at a kept load again, and the month stays there.

Pinned first, switched then: killed anywhere, no other writer touches the month, and the same command ends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import hdfs

from aero import lease, metastore, raw_versions, webhdfs
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_DATAEXPO, FLIGHTS_QUARANTINE, Dataset, load_of
from aero.errors import AeroError
from aero.load_plan import ViewLoad
from aero.metastore import Partition
from aero.month import Month
from aero.ops import cleaning_report, months, publications, readers, tables, view_loads
from aero.ops.cleaning_report import REPORT, CleaningReport
from aero.ops.publications import History, Why


@dataclass(frozen=True)
class Rollback:
    """What a rollback of a month does: `switched` are the tables whose partitions move, `waiting` the partitions of
    views that are kept for these flights no longer, and must be built. `served` is the load that readers see now.
    """

    month: Month
    load_id: str
    served: str | None
    report: CleaningReport
    switched: dict[Dataset, dict[Partition, str]]
    waiting: list[ViewLoad]


def planned(client: hdfs.Client, month: Month, to: str | None = None) -> Rollback:
    """The rollback of a month to a load, by default to the one that it is pinned to, else to the one served before.

    Raises AeroError where that load is kept no longer, or none is, or readers never saw it: the gates may have refused
    it, or a killed run never asked them.
    """
    flights = metastore.locations(FLIGHTS)
    entry = months.read(client).get(month)
    served = load_of(flights.get(month, "")) or None
    load_id = to or (entry.pinned_load_id if entry else None) or _before(client, month, served)
    folder = FLIGHTS.load_path(load_id, *month)
    quarantine = FLIGHTS_QUARANTINE.load_path(load_id, *month)
    whole = (f"{folder}/{REPORT}", quarantine)
    if "/" in load_id or not all(webhdfs.exists(client, one) for one in whole) or not readers.has_rows(client, folder):
        raise AeroError(f"Load {load_id} of {month} is not kept.", f"See those that are: aero versions {month}")
    if folder not in {*locations(publications.read(client, FLIGHTS), month), flights.get(month)}:
        raise AeroError(
            f"Load {load_id} of {month} was never published.", f"See those that were: aero versions {month}"
        )
    wanted = view_loads.of_year({**flights, tuple(month): folder}, month.year)
    kept = [load for load in wanted if webhdfs.exists(client, load.location)]
    loads: dict[Dataset, dict[Partition, str]] = {
        FLIGHTS_QUARANTINE: {tuple(month): quarantine},
        FLIGHTS: {tuple(month): folder},
    }
    loads |= {view: {load.partition: load.location for load in kept if load.view == view} for view in BATCH_VIEWS}
    switched = {dataset: _moved(dataset, of_table) for dataset, of_table in loads.items()}
    report = webhdfs.read_json(client, f"{folder}/{REPORT}")
    return Rollback(month, load_id, served, report, switched, [load for load in wanted if load not in kept])


def _moved(dataset: Dataset, loads: publications.Locations) -> dict[Partition, str]:
    seen = metastore.locations(dataset)
    return {one: location for one, location in loads.items() if seen.get(one) != location}


def _before(client: hdfs.Client, month: Month, served: str | None) -> str:
    """The load that readers saw last before the one that they see, and that is kept."""
    for folder in reversed(locations(publications.read(client, FLIGHTS), month)):
        load_id = load_of(folder)
        if load_id != served and webhdfs.exists(client, f"{folder}/{REPORT}"):
            return load_id
    raise AeroError(f"No other load of {month} is kept.", f"See: aero versions {month}")


def locations(history: History, month: Month) -> list[str]:
    """The folders that readers saw of a month, each once, the newest last."""
    seen: dict[str, None] = {}
    for switch in history.of(tuple(month)):
        for folder in (switch.from_location, switch.to_location):
            if folder:
                seen.pop(folder, None)
                seen[folder] = None
    return list(seen)


def execute(cursor: Any, client: hdfs.Client, plan: Rollback, run_id: str, by: str, because: str | None) -> None:
    """Pin the month, switch its tables, and write the ledger, in this order.

    Raises lease.Lost where another writer took this process' place.
    """
    held = lease.hold(f"a rollback of {plan.month}")
    held.check()
    raw = _raw_of(client, plan.month, plan.load_id)  # A manifest that cannot be read is said before anything changes.
    pin = partial(_pinned, load_id=plan.load_id, by=by, because=because, served=plan.served)
    months.change(client, {plan.month: pin})
    seen = {dataset: metastore.locations(dataset) for dataset in plan.switched}
    publications.switch_together(cursor, client, plan.switched, seen, run_id, Why.ROLLBACK)
    held.check()
    counts, load_id, at = cleaning_report.counts(plan.report), plan.load_id, tables.now()
    months.change(client, {plan.month: lambda entry: replace(months.published(entry, load_id, at, **counts), **raw)})


def _raw_of(client: hdfs.Client, month: Month, load_id: str) -> dict[str, Any]:
    """The ledger's family, source and bytes of a load; nothing where the raw layer does not have them any more."""
    places = [(dataset, month.month) for dataset in raw_versions.MONTHLY.values()]
    for dataset, of_month in (*places, (FLIGHTS_DATAEXPO, None)):
        for version in raw_versions.versions(client, dataset, month.year, of_month):
            if version.sha256.startswith(load_id[:12]):
                return {
                    "served_family": version.family,
                    "served_source": version.source,
                    "served_raw_sha256": version.sha256,
                }
    return {}


def _pinned(entry: months.MonthEntry, load_id: str, by: str, because: str | None, served: str | None) -> Any:
    if entry.pinned_load_id == load_id and because is None:
        return entry
    return replace(
        entry, pinned_load_id=load_id, pinned_by=by, pinned_because=because or f"rolled back from {served or 'nothing'}"
    )


def unpin(client: hdfs.Client, month: Month) -> str | None:
    """Let the next load go on with a month. Returns the load that it was pinned to; None where it was not pinned."""
    entry = months.read(client).get(month)
    if entry is None or entry.pinned_load_id is None:
        return None
    let_all_go(client, [month])
    return entry.pinned_load_id


def let_all_go(client: hdfs.Client, pinned: Iterable[Month]) -> None:
    """Unpin these months, in one write of the ledger."""
    free = partial(replace, pinned_load_id=None, pinned_by=None, pinned_because=None)
    months.change(client, dict.fromkeys(pinned, free))


def pins(ledger: months.Ledger, asked: Iterable[Month]) -> dict[Month, str]:
    """Those of these months that are pinned, each with the sentence that says so."""
    entries = [ledger[month] for month in asked if month in ledger]
    return {entry.when: months.pin_in_words(entry) for entry in entries if entry.pinned_load_id}
