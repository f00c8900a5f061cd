"""What the live tables in HBase hold, read by key or by range of keys.

A row is its columns as texts, `row_key` among them. Instants are `2013-07-10 22:30:00.000`, UTC; `instant` reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aero import connections
from aero.datasets import HBASE_ARRIVALS, HBASE_FLIGHT_NUMBERS, HBASE_FLIGHT_STATE, HBASE_STREAM_LOG
from aero.errors import Away
from aero.live import row_keys
from aero.live.event import FIELDS, SCHEMA_VERSION, FlightEvent
from aero.live.fields import InvalidEvent
from aero.settings import load_settings

if TYPE_CHECKING:
    import happybase

QUERY = "flights"
# How many batches back the clock of the live flights is looked for: one batch may hold late events only.
CLOCK_BATCHES = 20

Row = dict[str, str]


@contextmanager
def opened() -> Iterator[happybase.Connection]:
    """A connection for a few questions. Raises Away where HBase does not answer, or a live table is missing."""
    from thriftpy2.thrift import TException

    settings = load_settings()
    try:
        connection = connections.hbase()
        try:
            yield connection
        finally:
            connection.close()
    except (TException, OSError, EOFError) as error:
        raise Away(
            f"HBase does not answer at {settings.address('HBASE_THRIFT')}: {error}", "Start it: aero up hbase-thrift"
        ) from error


def departures(hbase: happybase.Connection, airport_id: str, start_at: datetime, end_at: datetime) -> list[Row]:
    """Flights out of an airport, scheduled from `start_at` until before `end_at`, in the order of their schedule."""
    first, end = row_keys.between(airport_id, start_at, end_at)
    return list(_states(_scan(hbase, HBASE_FLIGHT_STATE, first, end)))


def arrivals(hbase: happybase.Connection, airport_id: str, start_at: datetime, end_at: datetime) -> list[Row]:
    """Flights to an airport, scheduled to come from `start_at` until before `end_at`, in order of their schedule."""
    return _indexed(hbase, HBASE_ARRIVALS, *row_keys.between(airport_id, start_at, end_at))


def newest_departure(hbase: happybase.Connection, airport_id: str) -> datetime | None:
    """When the newest flight out of an airport was scheduled to leave; None where none is known."""
    first, end = row_keys.all_of(airport_id)
    table = hbase.table(HBASE_FLIGHT_STATE)
    rows = table.scan(row_start=end.encode(), row_stop=first.encode(), reverse=True, batch_size=10)
    return next((instant(row["scheduled_departure_at"]) for row in _states(rows)), None)


def legs(
    hbase: happybase.Connection, number: str, start_at: datetime | None = None, end_at: datetime | None = None
) -> list[Row]:
    """All legs known of a flight number, `DL1234`, or those scheduled to leave between two instants, oldest first."""
    if start_at is None or end_at is None:
        return _indexed(hbase, HBASE_FLIGHT_NUMBERS, *row_keys.all_of(number))
    return _indexed(hbase, HBASE_FLIGHT_NUMBERS, *row_keys.between(number, start_at, end_at))


def states(hbase: happybase.Connection, columns: Iterable[str]) -> Iterator[Row]:
    """Some columns of every flight, flight_id among them. Reads the whole table."""
    return _states(_scan(hbase, HBASE_FLIGHT_STATE, "", "", columns=columns))


def statuses(hbase: happybase.Connection) -> Counter[str]:
    """Flights by status; `position only` for those of which no source knows a status. Reads the whole table."""
    return Counter(row.get("status", "position only") for row in states(hbase, ["status", "flight_id"]))


def batches(hbase: happybase.Connection, count: int) -> list[Row]:
    """The last micro-batches of the stream, newest first."""
    rows = _scan(hbase, HBASE_STREAM_LOG, *row_keys.all_of(QUERY), limit=count)
    return [_row(key, cells) for key, cells in rows]


def clock(hbase: happybase.Connection) -> datetime | None:
    """The time in the world of the live flights: of the newest event of the last batches; None before there is one.

    Real traffic is a few seconds behind the real time; a replay's clock is in the past and runs at the replay's speed.
    """
    newest = max((row.get("batch_newest_event_at", "") for row in batches(hbase, CLOCK_BATCHES)), default="")
    return instant_if_any(newest)


def instant(text: str) -> datetime:
    """The instant of a cell's text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def instant_if_any(text: str | None) -> datetime | None:
    """The instant of a cell's text; None where there is none, or an empty one."""
    return instant(text) if text else None


def event(row: Row) -> FlightEvent:
    """The state of a flight as an event of it."""
    read: dict[str, Callable[[str], Any]] = {"number": float, "date": date.fromisoformat, "instant": instant}
    known = {field.name: read.get(field.kind, str)(row[field.name]) for field in FIELDS if field.name in row}
    return FlightEvent(schema_version=SCHEMA_VERSION, **known)


def states_around(hbase: happybase.Connection, number: str, at: datetime) -> list[FlightEvent]:
    """The states of the legs of a number that may be in the air at `at`."""
    found = []
    for row in legs(hbase, number, at - timedelta(hours=36), at + timedelta(hours=12)):
        with suppress(InvalidEvent):  # A state that was written before a rule was.
            found.append(event(row))
    return found


def _indexed(hbase: happybase.Connection, index: str, first: str, end: str) -> list[Row]:
    keys = [cells[b"d:flight"] for _, cells in _scan(hbase, index, first, end)]
    found = dict(hbase.table(HBASE_FLIGHT_STATE).rows(keys)) if keys else {}
    # A flight's place in the index is written a moment before its state.
    return list(_states((key, found[key]) for key in keys if key in found))


def _scan(
    hbase: happybase.Connection, table: str, first: str, end: str, columns: Iterable[str] = (), limit: int | None = None
) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    return hbase.table(table).scan(
        row_start=first.encode() or None,
        row_stop=end.encode() or None,
        columns=[f"d:{column}".encode() for column in columns] or None,
        limit=limit,
        batch_size=500,
    )


def _states(rows: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[Row]:
    """Rows of flight_state. One without the flight's identity is left out: it is a late event of an archived flight."""
    return (_row(key, cells) for key, cells in rows if b"d:flight_id" in cells)


def _row(key: bytes, cells: dict[bytes, bytes]) -> Row:
    return {"row_key": key.decode()} | {name.decode()[2:]: value.decode() for name, value in cells.items()}
