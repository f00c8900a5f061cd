"""HBase for the driver and the executors of the stream.

Writes are upserts and idempotent: a cell is put under the time of its event, so a second put of it changes nothing. A
call that fails because the server is away is therefore repeated, on a fresh connection.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from stream_cells import Cell, Put
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential
from thriftpy2.thrift import TClient, TException

from aero.hbase_thrift2 import TColumn, TColumnValue, TGet, TPut, TResult, TScan, connect

FAMILY = b"d"
# Long enough for a Thrift server that is started again, short enough for a batch that the supervisor should restart.
PATIENCE_SECONDS = 120
ROWS_A_CALL = 500
Result = TypeVar("Result")
Item = TypeVar("Item")


class Address(NamedTuple):
    """Where the second Thrift server is."""

    host: str
    port: int


def on_hbase(address: Address, work: Callable[[TClient], Result]) -> Result:
    """What `work` returns. It gets a connection of its own, and is called again while HBase is away."""
    again = Retrying(
        retry=retry_if_exception_type((TException, OSError, EOFError)),
        wait=wait_random_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(PATIENCE_SECONDS),
        reraise=True,
    )
    return again(_connected, address, work)


def _connected(address: Address, work: Callable[[TClient], Result]) -> Result:
    connection = connect(*address)
    try:
        return work(connection)
    finally:
        connection.close()


def put(connection: TClient, puts: Iterable[Put]) -> None:
    """Write cells, each under its own time; one without a time under the server's."""
    tables: dict[str, dict[str, list[tuple[str, Cell]]]] = defaultdict(lambda: defaultdict(list))
    for table, row, column, cell in puts:
        tables[table][row].append((column, cell))
    for table, rows in tables.items():
        put_rows(connection, table, rows.items())


def put_rows(connection: TClient, table: str, rows: Iterable[tuple[str, Iterable[tuple[str, Cell]]]]) -> None:
    """Write rows of one table, each its key and its cells by column: as `put`, twice as fast for rows of many cells."""
    for some in _batched(rows):
        connection.putMultiple(table.encode(), [TPut(key.encode(), _values(cells)) for key, cells in some])


def _values(cells: Iterable[tuple[str, Cell]]) -> list[TColumnValue]:
    return [TColumnValue(FAMILY, column.encode(), text.encode(), timestamp) for column, (text, timestamp) in cells]


def read(
    connection: TClient, table: str, keys: Iterable[str], columns: Iterable[str] = ()
) -> dict[str, dict[str, Cell]]:
    """Of the rows with these keys that are there, the columns named, or all: row key → column → cell."""
    wanted = [TColumn(FAMILY, column.encode()) for column in columns] or None
    found = {}
    for some in _batched(keys):
        for row in connection.getMultiple(table.encode(), [TGet(key.encode(), wanted) for key in some]):
            if row.columnValues:
                found[row.row.decode()] = _cells(row)
    return found


def first(connection: TClient, table: str, start: str, end: str) -> dict[str, Cell]:
    """The cells of the first row whose key is `start` or behind it, and before `end`; none where there is no row."""
    rows = connection.getScannerResults(table.encode(), TScan(start.encode(), end.encode()), 1)
    return _cells(rows[0]) if rows else {}


def _cells(row: TResult) -> dict[str, Cell]:
    return {cell.qualifier.decode(): Cell(cell.value.decode(), cell.timestamp) for cell in row.columnValues}


def _batched(rows: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(rows)
    while some := list(islice(left, ROWS_A_CALL)):
        yield some
