"""States of live flights that are too old for HBase: read with the time of each cell, and deleted cell by cell.

What is deleted is what was read. An event that comes in between writes newer cells, and these stay.

Until HBase's next major compaction its mark of a deletion covers what comes later under an older time. Of an event that
is older than the state that was archived, only what the state lacked is seen then: a row without the flight's identity.
Readers pass over it (aero/live/store.py); the next archiving takes it along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from aero import hbase_thrift2
from aero.datasets import HBASE_ARRIVALS, HBASE_DEPARTURES, HBASE_FLIGHT_DAYS, HBASE_FLIGHT_NUMBERS, HBASE_FLIGHT_STATE
from aero.hbase_thrift2 import TColumn, TColumnValue, TDelete, TDeleteType, TPut
from aero.live import row_keys
from aero.live.store import instant
from aero.month import Month
from aero.settings import load_settings

if TYPE_CHECKING:
    import happybase
    from thriftpy2.thrift import TClient

FAMILY = b"d"
ROWS_A_CALL = 500
# What aero:departures keeps of a flight whose state was archived.
NOTED = ("flight_date", "departure_at")


@dataclass(frozen=True)
class State:
    """A flight's row as it was read: its values, and by column when each was told, in milliseconds since 1970."""

    row_key: str
    values: dict[str, str]
    told_at: dict[str, int]

    @property
    def month(self) -> Month:
        """The month of its flight_date."""
        return Month.parse(self.values["flight_date"][:7])

    def row(self) -> dict[str, Any]:
        """Its row of aero_clean.live_flights_moving."""
        return {"row_key": self.row_key, **self.values, "told_at": self.told_at}

    @classmethod
    def of(cls, row: dict[str, Any]) -> State:
        """The state of a `row()`."""
        values = dict(row)
        return cls(values.pop("row_key"), told_at=values.pop("told_at"), values=values)


def read(hbase: happybase.Connection, before: datetime, left: set[str] | None = None) -> Iterator[State]:
    """The flights of which nothing was told since `before`, and that were to leave on a day before its day. The days of
    the other flights are added to `left`."""
    for key, cells in hbase.table(HBASE_FLIGHT_STATE).scan(include_timestamp=True, batch_size=ROWS_A_CALL):
        values = {name.decode()[2:]: value.decode() for name, (value, _) in cells.items()}
        told_at = {name.decode()[2:]: told_at for name, (_, told_at) in cells.items()}
        if "flight_id" not in values:
            note = hbase.table(HBASE_DEPARTURES).row(row_keys.archived(key.decode()).encode())
            if b"d:flight_date" in note:
                yield State(key.decode(), values | {"flight_date": note[b"d:flight_date"].decode()}, told_at)
        elif instant(values["event_at"]) < before and values["flight_date"] < f"{before:%Y-%m-%d}":
            yield State(key.decode(), values, told_at)
        elif left is not None:
            left.add(values["flight_date"])


def connected() -> TClient:
    """A connection to HBase's second Thrift server, to be closed."""
    settings = load_settings()
    return hbase_thrift2.connect(settings.host("HBASE_THRIFT2"), settings.port("HBASE_THRIFT2"))


def delete(connection: TClient, states: Iterable[State]) -> int:
    """Delete the cells of the states, and older ones in their columns. Returns how many states.

    Before that it notes in aero:departures each flight's date, and when it left: a departure that is corrected later
    leaves the hour in which it counts (jobs/stream_parts.py).
    """
    count, left = 0, iter(states)
    while some := list(islice(left, ROWS_A_CALL)):
        if notes := [note for note in map(_note, some) if note.columnValues]:
            connection.putMultiple(HBASE_DEPARTURES.encode(), notes)
        connection.deleteMultiple(HBASE_FLIGHT_STATE.encode(), [_deletion(state) for state in some])
        count += len(some)
    return count


def days(hbase: happybase.Connection) -> dict[str, int]:
    """The rows of aero:flight_days, each with when it was last written, in milliseconds since 1970."""
    rows = hbase.table(HBASE_FLIGHT_DAYS).scan(include_timestamp=True)
    return {day.decode(): cells[b"d:flight_date"][1] for day, cells in rows}


def renew_days(connection: TClient, known: Mapping[str, int], left: Iterable[str]) -> None:
    """Make the rows of aero:flight_days those of the days `left`, which `read` has found. `known` are `days` as they
    were before it: a day that the stream has written since stays."""
    there = set(left)
    gone = [
        TDelete(day.encode(), [TColumn(FAMILY, b"flight_date", at)], deleteType=TDeleteType.DELETE_COLUMNS)
        for day, at in known.items()
        if day not in there
    ]
    if gone:
        connection.deleteMultiple(HBASE_FLIGHT_DAYS.encode(), gone)
    if lacking := sorted(there - known.keys()):
        puts = [TPut(day.encode(), [TColumnValue(FAMILY, b"flight_date", day.encode())]) for day in lacking]
        connection.putMultiple(HBASE_FLIGHT_DAYS.encode(), puts)


def _note(state: State) -> TPut:
    told = [(name, state.values[name], state.told_at[name]) for name in NOTED if name in state.told_at]
    cells = [TColumnValue(FAMILY, name.encode(), value.encode(), told_at) for name, value, told_at in told]
    return TPut(row_keys.archived(state.row_key).encode(), cells)


def _deletion(state: State) -> TDelete:
    cells = [TColumn(FAMILY, name.encode(), told_at) for name, told_at in state.told_at.items()]
    return TDelete(state.row_key.encode(), cells, deleteType=TDeleteType.DELETE_COLUMNS)


def delete_places(hbase: happybase.Connection, connection: TClient, before: datetime) -> None:
    """Delete the places in the indexes of flights that were to leave before `before` and have no state.

    A new flight is in the indexes a moment before its state is; it does not leave so long ago.
    """
    for index in (HBASE_ARRIVALS, HBASE_FLIGHT_NUMBERS):
        old = [
            (place, cells[b"d:flight"])
            for place, cells in hbase.table(index).scan(include_timestamp=True, batch_size=ROWS_A_CALL)
            if row_keys.scheduled_at(cells[b"d:flight"][0].decode()) < before.astimezone(UTC)
        ]
        rows = iter(old)
        while some := list(islice(rows, ROWS_A_CALL)):
            keys = [key for _, (key, _) in some]
            there = {key for key, _ in hbase.table(HBASE_FLIGHT_STATE).rows(keys, columns=[b"d:flight_id"])}
            gone = [
                TDelete(place, [TColumn(FAMILY, b"flight", told_at)], deleteType=TDeleteType.DELETE_COLUMN)
                for place, (key, told_at) in some
                if key not in there
            ]
            if gone:
                connection.deleteMultiple(index.encode(), gone)
