"""The month ledger, aero_ops.months: what is known of every month since October 1987.

The pipeline writes to it what became of a month; `reconciled` compares it with what readers really see. The ledger is
one file of a line a month, read and replaced whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import hdfs

from aero import webhdfs
from aero.datasets import FLIGHTS, MONTHS, load_of
from aero.month import Month, month_range
from aero.ops import tables
from aero.ops.tables import Damage

FIRST = Month(1987, 10)
# BTS publishes a month about two months after its end: by the fourth month after it, it should be there.
PUBLISHED_AFTER_MONTHS = 3
# Opens the message of a month that is served, and that its source could not give again.
LAST_LOOK = "last look: "


class MonthState(StrEnum):
    """How far a month has come. Missing: readers do not see it, and its files are not there either, or went by another
    hand. Landed: its bytes are there and are not published yet. Revised: published, and its bytes were replaced.
    """

    MISSING = "missing"
    LANDED = "landed"
    CLEAN = "clean"
    PUBLISHED = "published"
    REVISED = "revised"
    FAILED = "failed"


@dataclass(frozen=True)
class MonthEntry:
    """One month; fields as hive/aero_ops/months/create.hql says them, in its order.

    `served_…` is what readers see. The fields before are what was tried last, which readers may never see.
    """

    year: int
    month: int
    month_date: date
    state: MonthState = MonthState.MISSING
    message: str | None = None
    is_served: bool = False
    family: str | None = None
    source: str | None = None
    raw_file: str | None = None
    raw_bytes: int | None = None
    raw_sha256: str | None = None
    rows_in: int | None = None
    rows_clean: int | None = None
    rows_quarantined: int | None = None
    load_id: str | None = None
    served_load_id: str | None = None
    served_rows: int | None = None
    checks_failed: int | None = None
    checks_warned: int | None = None
    landed_at: datetime | None = None
    loaded_at: datetime | None = None
    published_at: datetime | None = None
    served_family: str | None = None
    served_source: str | None = None
    served_raw_sha256: str | None = None
    pinned_load_id: str | None = None
    pinned_by: str | None = None
    pinned_because: str | None = None
    raw_columns: str | None = None
    raw_lacks: str | None = None

    def __post_init__(self) -> None:
        if self.month_date != date(self.year, self.month, 1):  # Somebody changed the line.
            raise ValueError(f"{self.month_date} is not the first day of month {self.month} of {self.year}")

    @property
    def when(self) -> Month:
        return Month(self.year, self.month)


Ledger = dict[Month, MonthEntry]


def expected(today: date) -> list[Month]:
    """The months that should be there."""
    return month_range(FIRST, Month.of(today).plus(-PUBLISHED_AFTER_MONTHS))


def empty(month: Month) -> MonthEntry:
    """The entry of a month of which nothing is known."""
    return MonthEntry(*month, Month(*month).first_day)


def read(client: hdfs.Client, today: date | None = None) -> Ledger:
    """Every month that should be there, and all others that something is known of, in order.

    Lines that cannot be read are named in the log: of their months nothing is known, until a load writes them anew.
    """
    return look(client, today)[0]


def look(client: hdfs.Client, today: date | None = None) -> tuple[Ledger, list[Damage]]:
    """As `read`, and the lines that cannot be read."""
    entries, damages = tables.read(client, MONTHS, MonthEntry)
    known = {entry.when: _completed(entry) for entry in entries}
    months = known.keys() | set(expected(today or tables.now().date()))
    return {month: known.get(month) or empty(month) for month in sorted(months)}, damages


def update(client: hdfs.Client, month: Month, **changes: Any) -> MonthEntry:
    """Change what is known of one month; its new entry."""
    return change(client, {month: lambda entry: replace(entry, **changes)})[month]


def change(client: hdfs.Client, changes: dict[Month, Callable[[MonthEntry], MonthEntry]]) -> Ledger:
    """Put each month's entry through its function, in one write. Returns the ledger."""
    with tables.locked("months"):
        ledger, damages = look(client)
        before = dict(ledger)
        for month, changed in changes.items():
            ledger[month] = changed(ledger.get(month) or empty(month))
        write_changed(client, before, ledger, damages)
    return ledger


def write_changed(client: hdfs.Client, before: Ledger, ledger: Ledger, damages: Sequence[Damage]) -> None:
    """Write the ledger if it differs from `before`, as it was read, or was never written, or has damaged lines. These
    are kept beside it. Call it `tables.locked`.
    """
    if damages:
        tables.keep_damaged(client, MONTHS, damages)
    if damages or ledger != before or not webhdfs.exists(client, tables.path(MONTHS)):
        tables.replace(client, MONTHS, (ledger[month] for month in sorted(ledger)))


def landed(entry: MonthEntry, **raw: Any) -> MonthEntry:
    """After a landing. A month that is served as landed stays what it is; other bytes are `landed` until published, and
    what was said of those before is not said of them."""
    is_new = raw["raw_sha256"] != entry.raw_sha256 or entry.state == MonthState.MISSING
    is_looked_at = (entry.message or "").startswith(LAST_LOOK)
    return replace(
        entry,
        **raw,
        state=MonthState.LANDED if is_new else entry.state,
        message=None if is_new or is_looked_at else entry.message,
    )


def not_landed(entry: MonthEntry, message: str) -> MonthEntry:
    """After a landing that failed, as where the source did not answer. A served month is as good as before."""
    if not entry.is_served:
        return failed(entry, message)
    return entry if entry.state == MonthState.FAILED else replace(entry, message=LAST_LOOK + message)


def failed(entry: MonthEntry, message: str, **known: Any) -> MonthEntry:
    """After a load that could not be cleaned, or that the gates refused: readers keep what they had."""
    return replace(entry, **known, state=MonthState.FAILED, message=message)


def without_raw(entry: MonthEntry) -> MonthEntry:
    """After the raw layer was cleared."""
    state = entry.state if entry.is_served else MonthState.MISSING
    return replace(
        entry,
        raw_file=None,
        raw_bytes=None,
        raw_sha256=None,
        landed_at=None,
        raw_columns=None,
        raw_lacks=None,
        state=state,
    )


def published(entry: MonthEntry, load_id: str, at: datetime, **counts: Any) -> MonthEntry:
    """After a publication; `counts` are the load's. A month whose load was replaced is `revised` from then on."""
    is_new = entry.served_load_id != load_id
    is_revised = entry.state == MonthState.REVISED or (entry.served_load_id or load_id)[:12] != load_id[:12]
    # A load that readers saw before is not judged again: the verdicts that are known may be of another one.
    judged = {} if entry.load_id == load_id else {"checks_failed": None, "checks_warned": None}
    return replace(
        entry,
        **judged | counts,
        **_served_raw(entry, load_id),
        state=MonthState.REVISED if is_revised else MonthState.PUBLISHED,
        message=None,
        is_served=True,
        load_id=load_id,
        served_load_id=load_id,
        served_rows=counts["rows_clean"],
        loaded_at=at if is_new or entry.loaded_at is None else entry.loaded_at,
        published_at=at if is_new or entry.published_at is None else entry.published_at,
    )


def _served_raw(entry: MonthEntry, load_id: str) -> dict[str, Any]:
    """The served family, source and bytes where readers see `load_id`: those landed last, if it was made of them."""
    if (entry.raw_sha256 or "").startswith(load_id[:12]):
        return {
            "served_family": entry.family,
            "served_source": entry.source,
            "served_raw_sha256": entry.raw_sha256,
        }
    if (entry.served_load_id or "").startswith(load_id[:12]):
        return {}
    return {"served_family": None, "served_source": None, "served_raw_sha256": None}


def source_of(entry: MonthEntry, load_id: str) -> str | None:
    """The source whose bytes a load of the month is made of; None where the ledger does not know."""
    known = {"served_source": entry.served_source} | _served_raw(entry, load_id)
    return known["served_source"]


def pin_in_words(entry: MonthEntry) -> str:
    """Why a writer passes over a pinned month, and what ends that."""
    pin = f"{entry.when} is pinned to {entry.pinned_load_id} by {entry.pinned_by}: {entry.pinned_because}"
    return f"{pin}; aero unpin {entry.when}"


def _completed(entry: MonthEntry) -> MonthEntry:
    """The entry of a line that was written before there were the columns of what is served."""
    if entry.served_load_id is None or entry.served_raw_sha256 is not None:
        return entry
    return replace(entry, **_served_raw(entry, entry.served_load_id))


def reconciled(ledger: Ledger, locations: Mapping[Month, str], has_rows: Callable[[str], bool]) -> Ledger:
    """The ledger as it is true now: months whose partition or files went by another hand are missing, and those of
    which the ledger has no line are in it.

    `locations` are the partitions of aero_clean.flights and their folders, `has_rows` tells whether a folder of HDFS
    holds any.
    """
    known = {month: ledger.get(month) or empty(month) for month in sorted(ledger.keys() | locations.keys())}
    return {month: _reconciled(entry, locations.get(month), has_rows) for month, entry in known.items()}


def _reconciled(entry: MonthEntry, location: str | None, has_rows: Callable[[str], bool]) -> MonthEntry:
    if entry.served_load_id is None:
        return _unknown(entry, is_there=location is not None)
    if location is None:
        why = f"its partition is gone from {FLIGHTS.name}: load it again"
        unserved = replace(
            entry,
            served_load_id=None,
            served_rows=None,
            served_family=None,
            served_source=None,
            served_raw_sha256=None,
            published_at=None,
        )
        return replace(unserved, state=MonthState.MISSING, message=why, is_served=False)
    entry = _switched(entry, location)
    if not has_rows(location):
        return replace(
            entry, state=MonthState.MISSING, message="its files are gone from HDFS: load it again", is_served=False
        )
    return (
        replace(entry, state=MonthState.PUBLISHED, message=None, is_served=True)
        if entry.state == MonthState.MISSING
        else entry
    )


def _unknown(entry: MonthEntry, is_there: bool) -> MonthEntry:
    """A month of which the ledger knows no load, whether its partition is there or not."""
    if is_there == entry.is_served:
        return entry
    if is_there:
        why = "readers see rows that the ledger does not know: load the month again"
        return replace(entry, state=MonthState.PUBLISHED, is_served=True, message=why)
    state = MonthState.LANDED if entry.raw_file else MonthState.MISSING
    return replace(entry, state=state, is_served=False, message=None)


def _switched(entry: MonthEntry, location: str) -> MonthEntry:
    """The entry with the load that readers see: another one where a run was killed before it wrote the ledger."""
    load_id = load_of(location)
    if entry.served_load_id is None or location == FLIGHTS.load_path(entry.served_load_id, *entry.when):
        return entry
    is_revised = entry.served_load_id[:12] != load_id[:12] or entry.state == MonthState.REVISED
    return replace(
        entry,
        **_served_raw(entry, load_id),
        state=MonthState.REVISED if is_revised else MonthState.PUBLISHED,
        message=None,
        served_load_id=load_id,
        served_rows=entry.rows_clean if entry.load_id == load_id else None,
        published_at=tables.now(),
    )
