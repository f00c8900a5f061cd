"""HBase as the live tables use it, in memory: one version a cell, the one of the highest timestamp, through the
methods of happybase and of aero.hbase_thrift2. Its writer can be killed after a number of writes."""

import itertools
import math
from collections import defaultdict

from aero.hbase_thrift2 import TColumnValue, TDeleteType, TGet, TResult


class Killed(Exception):
    """The writer was killed at this point."""


class HBaseInMemory:
    """`tables`: table → row → column → (timestamp, value). Times of its own, where none is given, count upwards."""

    def __init__(self):
        self.tables = defaultdict(lambda: defaultdict(dict))
        self.writes_left = math.inf
        self._now = itertools.count(10**15)

    def __call__(self, *_address, **_options):
        """A connection to it."""
        return self

    def table(self, name):
        return _Table(self, name)

    def putMultiple(self, table, puts):
        for row in puts:
            for cell in row.columnValues:
                self.write(table.decode(), row.row, {cell.family + b":" + cell.qualifier: cell.value}, cell.timestamp)

    def getMultiple(self, table, gets):
        return [self._result(table.decode(), get) for get in gets]

    def getScannerResults(self, table, scan, count):
        keys = sorted(key for key in self.tables[table.decode()] if scan.startRow <= key < scan.stopRow)
        return [self._result(table.decode(), TGet(key)) for key in keys[:count]]

    def deleteMultiple(self, table, deletes):
        """As HBase does after a major compaction: its marks of deletions, which cover what comes later, are gone."""
        for row in deletes:
            stored = self.tables[table.decode()][row.row]
            if row.columns is None:
                stored.clear()
            for column in row.columns or ():
                name = column.family + b":" + column.qualifier
                at, _ = stored.get(name, (math.inf, None))
                is_older = at < column.timestamp and row.deleteType == TDeleteType.DELETE_COLUMNS
                if at == column.timestamp or is_older:
                    del stored[name]
            if not stored:
                del self.tables[table.decode()][row.row]
        return []

    def _result(self, table, get):
        wanted = None if get.columns is None else {column.qualifier for column in get.columns}
        cells = self.tables[table].get(get.row, {})
        found = [
            TColumnValue(b"d", column[2:], value, at)
            for column, (at, value) in cells.items()
            if wanted is None or column[2:] in wanted
        ]
        return TResult(get.row if found else None, found)

    def close(self):
        pass

    def write(self, table, row, cells, timestamp):
        if self.writes_left <= 0:
            raise Killed
        self.writes_left -= 1
        at = next(self._now) if timestamp is None else timestamp
        stored = self.tables[table][row]
        for column, value in cells.items():
            if column not in stored or stored[column][0] <= at:
                stored[column] = (at, value)

    def texts(self, table):
        """Row → column → value, as texts, without timestamps and the family."""
        return {
            row.decode(): {column.decode()[2:]: value.decode() for column, (_, value) in cells.items()}
            for row, cells in self.tables[table].items()
        }


class _Table:
    def __init__(self, hbase, name):
        self._hbase, self._name = hbase, name

    def put(self, row, cells, timestamp=None):
        self._hbase.write(self._name, row, cells, timestamp)

    def batch(self, timestamp=None, batch_size=None):
        return _Batch(self, timestamp)

    def delete(self, row):
        self._hbase.tables[self._name].pop(row, None)

    def row(self, row):
        return dict(self.rows([row])).get(row, {})

    def rows(self, rows, columns=None, include_timestamp=False):
        stored = self._hbase.tables[self._name]
        return [
            found
            for row in map(_bytes, rows)
            if row in stored and (found := self._read(row, columns, include_timestamp))
        ]

    def scan(
        self, row_start=None, row_stop=None, columns=None, limit=None, batch_size=None, include_timestamp=False,
        reverse=False, filter=None,
    ):  # fmt: skip
        """Rows are whole, whatever the filter: who asks for the first key only looks at no cell."""
        if reverse:
            keys = sorted(self._hbase.tables[self._name], reverse=True)
            wanted = [row for row in keys if row <= row_start and row > row_stop]
        else:
            keys = sorted(self._hbase.tables[self._name])
            wanted = [row for row in keys if (row_start or b"") <= row and (row_stop is None or row < row_stop)]
        rows = (found for row in wanted if (found := self._read(row, columns, include_timestamp)))
        yield from itertools.islice(rows, limit)

    def _read(self, row, columns, include_timestamp):
        cells = {
            column: (value, at) if include_timestamp else value
            for column, (at, value) in self._hbase.tables[self._name][row].items()
            if columns is None or column in columns
        }
        return (row, cells) if cells else None


class _Batch:
    def __init__(self, table, timestamp):
        self._table, self._timestamp, self._puts, self._deletes = table, timestamp, [], []

    def put(self, row, cells):
        self._puts.append((row, cells))

    def delete(self, row):
        self._deletes.append(row)

    def send(self):
        for row, cells in self._puts:
            self._table.put(row, cells, self._timestamp)
        for row in self._deletes:
            self._table.delete(row)
        self._puts.clear()
        self._deletes.clear()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_error):
        if kind is None:
            self.send()


def _bytes(row):
    return row.encode() if isinstance(row, str) else row
