"""What the live tables keep of hours and batches long gone: aero:departures, of which the hourly windows are summed up,
and the Live Log. The sums themselves stay: they are few.

An hour is closed first: its window says so (`closed_at`), and the stream counts no departure in it any more
(jobs/stream_parts.py). Its departures are deleted by a run some time later, when no batch that began before can still
be about to write: a window that is summed up of a part of its departures would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from aero.datasets import HBASE_DELAYS_HOURLY, HBASE_DEPARTURES, HBASE_STREAM_LOG
from aero.hbase_thrift2 import TColumn, TColumnValue, TDelete, TDeleteType, TGet, TPut, TResult
from aero.live import row_keys
from aero.live.old_states import FAMILY
from aero.live.store import CLOCK_BATCHES, QUERY, instant

if TYPE_CHECKING:
    import happybase
    from thriftpy2.thrift import TClient

# Rows of aero:departures have a cell for each flight of an hour.
ROWS_A_CALL = 100
# For how long an hour is closed before its departures are deleted; no batch takes so long.
CLOSED_FOR = timedelta(hours=1)
# A departure two weeks off its schedule is refused (docs/live.md), so behind these days the hours of all departures
# that may still be told of a flight are closed. HBase has forgotten the deletion of its state by then, too.
NOTED_FOR = timedelta(days=15)


def delete_departures(hbase: happybase.Connection, connection: TClient, before: datetime, now: datetime) -> int:
    """Close the hours that ended until `before`, a time of the live flights, and delete the departures of those that
    have been closed for a while at `now`. Returns how many hours of an airport or airline lost theirs."""
    ended_before = before - timedelta(hours=1)
    keys = (
        key
        for kind in ("airline", "airport")
        for key in _old_keys(hbase, kind, lambda key: row_keys.window_parts(key)[2] <= ended_before)
    )
    count = 0
    while some := [key.encode() for key in islice(keys, ROWS_A_CALL)]:
        wanted = [TColumn(FAMILY, b"hour_at"), TColumn(FAMILY, b"closed_at")]
        windows = connection.getMultiple(HBASE_DELAYS_HOURLY.encode(), [TGet(key, wanted) for key in some])
        closed = {window.row: _closed_at(window) for window in windows if window.columnValues}
        if still_open := [key for key, at in closed.items() if at is None]:
            says = [TColumnValue(FAMILY, b"closed_at", f"{now:%Y-%m-%d %H:%M:%S}".encode())]
            connection.putMultiple(HBASE_DELAYS_HOURLY.encode(), [TPut(key, says) for key in still_open])
        gone = [key for key, at in closed.items() if at and at <= now - CLOSED_FOR]
        rows = connection.getMultiple(HBASE_DEPARTURES.encode(), [TGet(key) for key in gone]) if gone else []
        _delete_as_read(connection, rows)
        count += len(gone)
    return count


def delete_notes(hbase: happybase.Connection, connection: TClient, before: datetime) -> int:
    """Delete what is noted of flights whose states were archived, NOTED_FOR before `before` and more. Returns of how
    many."""
    limit = before - NOTED_FOR
    keys = _old_keys(hbase, "flight", lambda key: row_keys.scheduled_at(key.partition("-")[2]) < limit)
    count = 0
    while some := [key.encode() for key in islice(keys, ROWS_A_CALL)]:
        rows = connection.getMultiple(HBASE_DEPARTURES.encode(), [TGet(key) for key in some])
        # Of a flight that was told of long after it was to leave, the state was archived long after, too.
        old = [row for row in rows if all(cell.timestamp < limit.timestamp() * 1000 for cell in row.columnValues)]
        _delete_as_read(connection, old)
        count += len(old)
    return count


def delete_batches(hbase: happybase.Connection, connection: TClient, before: datetime) -> int:
    """Delete the rows of the Live Log of batches that started before `before`. Returns how many. The newest stay: they
    tell where the stream goes on, and what time it is for the live flights."""
    log = hbase.table(HBASE_STREAM_LOG)
    first, end = (key.encode() for key in row_keys.all_of(QUERY))
    newest = [key for key, _ in log.scan(row_start=first, row_stop=end, columns=[b"d:started_at"], limit=CLOCK_BATCHES)]
    count = 0
    if newest:
        oldest_first = log.scan(
            row_start=end, row_stop=newest[-1], columns=[b"d:started_at"], reverse=True, batch_size=500
        )
        old = takewhile(lambda row: instant(row[1][b"d:started_at"].decode()) < before, oldest_first)
        while some := [TDelete(key) for key, _ in islice(old, 500)]:
            connection.deleteMultiple(HBASE_STREAM_LOG.encode(), some)
            count += len(some)
    return count


def _old_keys(hbase: happybase.Connection, kind: str, is_old: Callable[[str], bool]) -> Iterator[str]:
    """The keys of this kind in aero:departures that are old. Behind a code its times follow each other, so at the first
    that is not old it goes on with the next code."""
    table, (start, end) = hbase.table(HBASE_DEPARTURES), row_keys.all_of(kind)
    while start:
        rows = table.scan(
            row_start=start.encode(), row_stop=end.encode(), filter="FirstKeyOnlyFilter()", batch_size=ROWS_A_CALL
        )
        start = ""
        for key in (key.decode() for key, _ in rows):
            if not is_old(key):
                start = row_keys.all_of("-".join(key.split("-")[:2]))[1]
                break
            yield key


def _closed_at(window: TResult) -> datetime | None:
    told = {cell.qualifier: cell.value.decode() for cell in window.columnValues}
    return instant(told[b"closed_at"]) if b"closed_at" in told else None


def _delete_as_read(connection: TClient, rows: list[TResult]) -> None:
    """Delete the cells of these rows of aero:departures that were read, and no newer ones."""
    deletions = [
        TDelete(
            row.row,
            [TColumn(FAMILY, cell.qualifier, cell.timestamp) for cell in row.columnValues],
            deleteType=TDeleteType.DELETE_COLUMNS,
        )
        for row in rows
        if row.columnValues
    ]
    if deletions:
        connection.deleteMultiple(HBASE_DEPARTURES.encode(), deletions)
