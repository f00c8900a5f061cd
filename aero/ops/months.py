"""The month ledger, aero_ops.months: what is known of every month since October 1987.

The pipeline writes down what it did with a month; `reconciled` compares that with what readers really see. The ledger is
one file of a line a month, read and replaced whole.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

import hdfs

from aero.datasets import FLIGHTS, MONTHS
from aero.ops import tables

Month = tuple[int, int]
FIRST: Month = (1987, 10)
# BTS publishes a month about two months after its end: by the fourth month after it, it should be there.
PUBLISHED_AFTER_MONTHS = 3
MISSING, LANDED, CLEAN, PUBLISHED, REVISED, FAILED = "missing", "landed", "clean", "published", "revised", "failed"


@dataclass(frozen=True)
class MonthEntry:
    """One month; fields as hive/aero_ops/months/create.hql says them, in its order."""

    year: int
    month: int
    month_date: date
    state: str = MISSING
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

    @property
    def when(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def folder(self) -> str | None:
        """HDFS folder that readers see."""
        return self.served_load_id and FLIGHTS.load_path(self.served_load_id, self.year, self.month)


Ledger = dict[Month, MonthEntry]


def expected(today: date) -> list[Month]:
    """The months that should be there."""
    last = today.year * 12 + today.month - 1 - PUBLISHED_AFTER_MONTHS
    return [(number // 12, number % 12 + 1) for number in range(FIRST[0] * 12 + FIRST[1] - 1, last + 1)]


def empty(month: Month) -> MonthEntry:
    """The entry of a month of which nothing is known."""
    return MonthEntry(*month, date(*month, 1))


def read(client: hdfs.Client, today: date | None = None) -> Ledger:
    """Every month that should be there, and all others that something is known of, in order."""
    known = {(entry.year, entry.month): entry for entry in tables.read(client, MONTHS, MonthEntry)}
    months = known.keys() | set(expected(today or tables.now().date()))
    return {month: known.get(month) or empty(month) for month in sorted(months)}


def update(client: hdfs.Client, month: Month, **changes) -> MonthEntry:
    """Change what is known of one month; its new entry."""
    return change(client, {month: lambda entry: replace(entry, **changes)})[month]


def change(client: hdfs.Client, changes: dict[Month, Callable[[MonthEntry], MonthEntry]]) -> Ledger:
    """Put each month's entry through its function, in one write. Returns the ledger."""
    with tables.alone("months"):
        ledger = read(client)
        before = dict(ledger)
        for month, changed in changes.items():
            ledger[month] = changed(ledger.get(month) or empty(month))
        write_changed(client, before, ledger)
    return ledger


def write_changed(client: hdfs.Client, before: Ledger, ledger: Ledger) -> None:
    """Write the ledger where it is another than `before`, as it was read, or was never written. Held `tables.alone`."""
    if ledger != before or client.status(f"{MONTHS.path}/{MONTHS.table}.tsv", strict=False) is None:
        tables.replace(client, MONTHS, (ledger[month] for month in sorted(ledger)))


def landed(entry: MonthEntry, **raw) -> MonthEntry:
    """After a landing. A month that is served as landed stays what it is; other bytes are `landed` until published."""
    is_new = raw["raw_sha256"] != entry.raw_sha256
    return replace(entry, **raw, state=LANDED if is_new or entry.state == MISSING else entry.state)


def failed(entry: MonthEntry, message: str, **known) -> MonthEntry:
    """After a failure of any kind: readers keep what they had."""
    return replace(entry, **known, state=FAILED, message=message)


def without_raw(entry: MonthEntry) -> MonthEntry:
    """After the raw layer was cleared."""
    gone = dict.fromkeys(("raw_file", "raw_bytes", "raw_sha256", "landed_at"))
    return replace(entry, **gone, state=entry.state if entry.is_served else MISSING)


def published(entry: MonthEntry, load_id: str, at: datetime, **counts) -> MonthEntry:
    """After a publication; `counts` are the load's. A month whose load was replaced is `revised` from then on."""
    is_new = entry.served_load_id != load_id
    is_revised = entry.state == REVISED or (entry.served_load_id or load_id)[:12] != load_id[:12]
    return replace(
        entry,
        **counts,
        state=REVISED if is_revised else PUBLISHED,
        message=None,
        is_served=True,
        load_id=load_id,
        served_load_id=load_id,
        served_rows=counts["rows_clean"],
        loaded_at=at if is_new or entry.loaded_at is None else entry.loaded_at,
        published_at=at if is_new or entry.published_at is None else entry.published_at,
    )


def reconciled(ledger: Ledger, partitions: Iterable[Month], has_rows: Callable[[str], bool]) -> Ledger:
    """The ledger as it is true now: months whose partition or files went by another hand are missing.

    `partitions` are those of aero_clean.flights, `has_rows` tells whether a folder of HDFS holds any.
    """
    there = set(partitions)
    return {month: _reconciled(entry, month in there, has_rows) for month, entry in ledger.items()}


def _reconciled(entry: MonthEntry, has_partition: bool, has_rows: Callable[[str], bool]) -> MonthEntry:
    if entry.served_load_id is None:
        unknown = has_partition and not entry.is_served
        said = "readers see rows that the ledger does not know: load the month again"
        return replace(entry, state=PUBLISHED, is_served=True, message=said) if unknown else entry
    if not has_partition:
        gone = {"served_load_id": None, "served_rows": None, "published_at": None}
        why = f"its partition is gone from {FLIGHTS.name}: load it again"
        return replace(entry, state=MISSING, message=why, is_served=False, **gone)
    if not has_rows(entry.folder):
        return replace(entry, state=MISSING, message="its files are gone from HDFS: load it again", is_served=False)
    return replace(entry, state=PUBLISHED, message=None, is_served=True) if entry.state == MISSING else entry
