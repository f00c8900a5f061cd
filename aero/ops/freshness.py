"""How fresh each table is, aero_ops.freshness: its newest event and load, and whether these are new enough."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

import hdfs
from thriftpy2.thrift import TException

from aero import connections, process_state
from aero.datasets import BATCH_VIEWS, FLIGHTS, FRESHNESS, LIVE_VIEWS, Dataset
from aero.errors import AeroError
from aero.live import store
from aero.month import Month
from aero.ops import tables
from aero.ops.months import Ledger
from aero.settings import Settings

# BTS publishes a month about two months after its end; then it is the newest for a month, and it may come late.
MONTHLY_HOURS = 24 * (62 + 31 + 14)
# A batch view follows the master data at once.
VIEW_HOURS = 6
# The stream writes a row of its log with every batch, as long as there are events.
LIVE_HOURS = 0.25


class Freshness(StrEnum):
    """Fresh or stale: the age is within the table's hours, or is not. Empty: nothing was ever loaded. Idle: a real-time
    view while the stream does not run."""

    FRESH = "fresh"
    STALE = "stale"
    EMPTY = "empty"
    IDLE = "idle"


@dataclass(frozen=True)
class TableFreshness:
    """One table; fields as hive/aero_ops/freshness/create.hql says them, in its order."""

    table_name: str
    state: Freshness
    newest_event_at: datetime | None
    newest_load_at: datetime | None
    judged_by: str
    age_hours: float | None
    expected_hours: float
    checked_at: datetime


def judged(
    table: str, event_at: datetime | None, load_at: datetime | None, by: str, expected_hours: float, now: datetime
) -> TableFreshness:
    """A table's freshness by the age of its newest event or load."""
    at = event_at if by == "event" else load_at
    age = (now - at) / timedelta(hours=1) if at else None
    return TableFreshness(
        table, _state(age, expected_hours), event_at, load_at, by, age and round(age, 2), expected_hours, now
    )


def _state(age_hours: float | None, expected_hours: float) -> Freshness:
    if age_hours is None:
        return Freshness.EMPTY
    return Freshness.FRESH if age_hours <= expected_hours else Freshness.STALE


def found(settings: Settings, ledger: Ledger) -> list[TableFreshness]:
    """The freshness of every table now. Raises AeroError where HDFS does not answer."""
    now = tables.now()
    client = connections.webhdfs()
    served = [entry for entry in ledger.values() if entry.is_served]
    event_at = max((_end_of(entry.when) for entry in served), default=None)
    load_at = max((entry.published_at for entry in served if entry.published_at), default=None)
    history = [judged(FLIGHTS.name, event_at, load_at, "event", MONTHLY_HOURS, now)]
    return [*history, *(_view(client, view, ledger, now) for view in BATCH_VIEWS), *_live(settings, now)]


def write(client: hdfs.Client, rows: list[TableFreshness]) -> None:
    """Replace the rows of aero_ops.freshness."""
    tables.replace(client, FRESHNESS, rows)


def _view(client: hdfs.Client, view: Dataset, ledger: Ledger, now: datetime) -> TableFreshness:
    """A view is as old as the oldest published month that it does not hold yet. One that holds all is fresh."""
    built = _newest_builds(client, view)
    event_at, missed = None, []
    for month, entry in ledger.items():
        if not entry.is_served or entry.published_at is None:
            continue
        built_at = built.get(month if "month" in view.partitions else (month.year,))
        if built_at is not None and built_at >= entry.published_at:
            event_at = max(event_at or _end_of(month), _end_of(month))
        else:
            missed.append(entry.published_at)
    load_at = max(built.values(), default=None)
    age = (now - min(missed)) / timedelta(hours=1) if missed else 0.0
    state = _state(age if load_at else None, VIEW_HOURS)
    return TableFreshness(view.name, state, event_at, load_at, "load", round(age, 2), VIEW_HOURS, now)


def _newest_builds(client: hdfs.Client, view: Dataset) -> dict[tuple[int, ...], datetime]:
    """When each partition's newest folder was written: it is renamed into place, which changes its parent's time."""
    builds: dict[tuple[int, ...], datetime] = {}
    for year in _partitions(client, view.path, "year="):
        folders: list[tuple[int, ...]] = [(year,)]
        if "month" in view.partitions:
            folders = [(year, month) for month in _partitions(client, view.partition_path(year), "month=")]
        for partition in folders:
            status = client.status(view.partition_path(*partition))
            builds[partition] = datetime.fromtimestamp(-(-status["modificationTime"] // 1000), UTC)
    return builds


def _partitions(client: hdfs.Client, folder: str, prefix: str) -> list[int]:
    if client.status(folder, strict=False) is None:
        return []
    return [int(name.removeprefix(prefix)) for name in client.list(folder) if name.startswith(prefix)]


def _live(settings: Settings, now: datetime) -> list[TableFreshness]:
    """The real-time views, by the stream's last batch; idle while it does not run."""
    try:
        with store.opened() as hbase:
            newest = store.batches(hbase, 1)
    except (AeroError, TException, OSError):
        newest = []
    row = newest[0] if newest else {}
    event_at, load_at = store.instant_if_any(row.get("newest_event_at")), store.instant_if_any(row.get("started_at"))
    rows = [judged(table.name, event_at, load_at, "load", LIVE_HOURS, now) for table in LIVE_VIEWS]
    if process_state.read(settings, "stream").get("state") == process_state.RUNNING:
        return rows
    return [TableFreshness(**vars(row) | {"state": Freshness.IDLE}) for row in rows]


def _end_of(month: Month) -> datetime:
    return datetime.combine(month.next.first_day, time(), UTC)
