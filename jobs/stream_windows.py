"""The hourly windows: each row of `aero:delays_hourly` is summed up anew from its row of `aero:departures`.

Sums are never added to, so nothing is counted twice when a batch runs again or an event comes again. A departure that
comes after the watermark counts as well; the log of the stream says how many such events there were.
"""

from collections.abc import Iterable, Iterator

from stream_cells import Cell, Put
from stream_delays import sums
from stream_hbase import put, read
from thriftpy2.thrift import TClient

from aero.datasets import HBASE_DELAYS_HOURLY, HBASE_DEPARTURES
from aero.live import row_keys


def sum_up(connection: TClient, windows: Iterable[str]) -> None:
    """Write the sums of the windows with these row keys."""
    departures = read(connection, HBASE_DEPARTURES, sorted(windows))
    put(connection, (cell for window, flights in departures.items() for cell in _puts(window, flights.values())))


def _puts(window: str, delays: Iterable[Cell]) -> Iterator[Put]:
    """A window's row. An empty delay is a flight that left in another hour after all; an empty cell is NULL in Hive."""
    kind, code, hour_at = row_keys.window_parts(window)
    counts = sums(int(delay.text) for delay in delays if delay.text)
    columns = {"kind": kind, "code": code, "hour_at": f"{hour_at:%Y-%m-%d %H:%M:%S}", **counts}
    for column, value in columns.items():
        yield Put(HBASE_DELAYS_HOURLY, window, column, Cell("" if value is None else str(value)))
