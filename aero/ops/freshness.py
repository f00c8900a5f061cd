"""How fresh each table is, aero_ops.freshness: its newest event and load, and whether these are new enough."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

import hdfs
from thriftpy2.thrift import TException

from aero import connections, metastore, process_state, webhdfs
from aero.datasets import BATCH_VIEWS, DELAY_FORECASTS, FLIGHTS, FRESHNESS, LIVE_VIEWS, WEATHER_HOURLY, Dataset
from aero.errors import AeroError
from aero.live import store
from aero.metastore import Partition
from aero.month import Month
from aero.ops import tables, view_loads
from aero.ops.cleaning_report import REPORT
from aero.ops.months import Ledger
from aero.settings import Settings

# BTS publishes a month about two months after its end; then it is the newest for a month, and it may come late.
MONTHLY_HOURS = 24 * (62 + 31 + 14)
# A batch view follows the master data at once.
VIEW_HOURS = 6
# NOAA has the hours of a day some days later.
WEATHER_HOURS = 24 * 7
# The stream writes a row of its log with every batch, as long as there are events.
LIVE_HOURS = 0.25


class Freshness(StrEnum):
    """Fresh or stale: the age is within the table's hours, or is not, or a view has rows of flights that are gone.
    Empty: nothing was ever loaded. Idle: a real-time view while the stream does not run."""

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
    """The freshness of every table now. Raises AeroError where the metastore does not answer."""
    now = tables.now()
    flights = metastore.locations(FLIGHTS, settings)
    views = {view: metastore.locations(view, settings) for view in BATCH_VIEWS}
    plan, behind = view_loads.expected(flights), view_loads.behind(flights, views)
    served = [entry for entry in ledger.values() if entry.is_served]
    event_at = max((_end_of(entry.when) for entry in served), default=None)
    load_at = max((entry.published_at for entry in served if entry.published_at), default=None)
    history = [judged(FLIGHTS.name, event_at, load_at, "event", MONTHLY_HOURS, now)]
    for view, partitions in views.items():
        missed = {load.partition for load in behind if load.view == view}
        left_over = view_loads.left_over(plan, view, partitions)
        built, old = partitions.keys() - missed - left_over, missed & partitions.keys()
        found = _view(view, built, old, missed, ledger, now)
        history.append(replace(found, state=Freshness.STALE) if left_over else found)
    if forecast := metastore.locations(DELAY_FORECASTS, settings):  # Who does not use it misses nothing.
        newest = _end_of(Month(*max(forecast)))
        history.append(judged(DELAY_FORECASTS.name, newest, None, "event", MONTHLY_HOURS, now))
    return [*history, *_weather(settings, now), *_live(settings, now)]


def write(client: hdfs.Client, rows: list[TableFreshness]) -> None:
    """Replace the rows of aero_ops.freshness."""
    tables.replace(client, FRESHNESS, rows)


def _view(
    view: Dataset, built: Set[Partition], old: Set[Partition], missed: Set[Partition], ledger: Ledger, now: datetime
) -> TableFreshness:
    """A view is as old as the oldest of its partitions that is not built from the flights that readers see.

    A `missed` partition is so since the newest publication of its months; since the oldest one where it is not there at
    all, and not just `old`. A view that is built from what is served is fresh; one that is new to this platform, and of
    which nothing is built, is empty for as long as a load may take, and then stale.
    """
    published: dict[Partition, list[datetime]] = {}
    newest: Month | None = None
    for month, entry in ledger.items():
        partition: Partition = tuple(month) if "month" in view.partitions else (month.year,)
        if entry.is_served and entry.published_at:
            published.setdefault(partition, []).append(entry.published_at)
            newest = month if partition in built else newest
    since = [(max if one in old else min)(published.get(one, [now])) for one in missed]
    age = (now - min(since)) / timedelta(hours=1) if since else 0.0
    state = _state(age if built or old or age > VIEW_HOURS else None, VIEW_HOURS)
    load_at = max((at for one in built for at in published.get(one, ())), default=None)
    event_at = _end_of(newest) if newest else None
    return TableFreshness(view.name, state, event_at, load_at, "load", round(age, 2), VIEW_HOURS, now)


def _weather(settings: Settings, now: datetime) -> Iterator[TableFreshness]:
    """The observed weather by its newest hour; nothing where none was ever loaded: not every site has it."""
    newest = max(metastore.locations(WEATHER_HOURLY, settings).items(), default=None)
    if newest is None:
        return
    client, path = connections.webhdfs(), f"{newest[1]}/{REPORT}"
    report = webhdfs.read_json(client, path) if webhdfs.exists(client, path) else {}
    hour, made = (report.get(name) for name in ("newest_hour_at", "made_at"))
    event_at, load_at = (datetime.fromisoformat(at) if at else None for at in (hour, made))
    yield judged(WEATHER_HOURLY.name, event_at, load_at, "event", WEATHER_HOURS, now)


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
