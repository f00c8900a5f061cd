"""The hourly windows and, for airports, the five minutes that the sliding hour is made of: each row is summed up anew
from the hour's row of `aero:departures`.

Sums are never added to, so nothing is counted twice when a batch runs again or an event comes again. A departure that
comes after the watermark counts as well; the log of the stream says how many such events there were.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from stream_cells import Cell, Flight, Put, left_at
from stream_delays import sums
from stream_hbase import put, read
from thriftpy2.thrift import TClient

from aero.datasets import HBASE_DELAYS_FIVE_MINUTES, HBASE_DELAYS_HOURLY, HBASE_DEPARTURES
from aero.live import row_keys

INSTANT = "%Y-%m-%d %H:%M:%S"


def sum_up(connection: TClient, windows: Iterable[str], slots: Collection[str] = ()) -> None:
    """Write the sums of the windows with these row keys, and of the slots, each of which is of one of the windows."""
    departures = read(connection, HBASE_DEPARTURES, sorted(windows))
    put(connection, (cell for window, flights in departures.items() for cell in _puts(window, flights.values())))
    delays = _by_slot(departures)
    put(connection, (cell for slot in sorted(slots) for cell in _slot_puts(slot, delays.get(slot, []))))


def _by_slot(departures: Mapping[str, Flight]) -> dict[str, list[int]]:
    """The delays of the flights of the airports' windows, by slot."""
    delays = defaultdict(list)
    for window, flights in departures.items():
        kind, code, hour_at = row_keys.window_parts(window)
        for key, delay in flights.items() if kind == "airport" else ():
            if delay.text:
                minutes = int(delay.text)
                delays[row_keys.slot(code, hour_at, left_at(key, minutes))].append(minutes)
    return delays


def _puts(window: str, delays: Iterable[Cell]) -> Iterator[Put]:
    """A window's row. An empty delay is a flight that left in another hour after all."""
    kind, code, hour_at = row_keys.window_parts(window)
    counts = sums(int(delay.text) for delay in delays if delay.text)
    place = {"kind": kind, "code": code, "hour_at": f"{hour_at:{INSTANT}}"}
    yield from _row(HBASE_DELAYS_HOURLY, window, {**place, **counts})


def _slot_puts(slot: str, minutes: Iterable[int]) -> Iterator[Put]:
    """A slot's row; of none, where its flights left at another time after all."""
    airport_id, slot_at = row_keys.slot_parts(slot)
    place = {"airport_id": airport_id, "slot_at": f"{slot_at:{INSTANT}}"}
    yield from _row(HBASE_DELAYS_FIVE_MINUTES, slot, {**place, **sums(minutes)})


def _row(table: str, key: str, columns: Mapping[str, str | int | None]) -> Iterator[Put]:
    """An empty cell is NULL in Hive."""
    for column, value in columns.items():
        yield Put(table, key, column, Cell("" if value is None else str(value)))
