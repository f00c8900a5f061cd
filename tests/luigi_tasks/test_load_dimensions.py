"""Loading the small tables: killed before any of its writes, and run again, each row is there once."""

import math
from itertools import count

import pytest

from aero import connections
from aero.datasets import AIRLINES, AIRPORTS
from luigi_tasks import load_dimensions
from luigi_tasks.load_dimensions import LoadDimensions
from tests.hdfs_in_memory import HdfsInMemory

ROWS = {AIRPORTS: b"JFK\n", AIRLINES: b"AA\n"}
BEFORE = [
    {},
    {"airports.tsv": b"LGA\n"},
    {"airports-0123456789ab.tsv": b"LGA\n"},  # As earlier versions named it,
    {"airports-0123456789ab.tsv": b"LGA\n", "airports-ba9876543210.tsv": b"JFK\n"},  # and left it doubled.
    {"airports.tsv": b"LGA\n", "airports-0123456789ab.tsv": b"LGA\n"},
]


class Killed(BaseException):
    """What a kill is here: nothing may catch it."""


class Hdfs(HdfsInMemory):
    """It is killed before the write that comes after `writes_left`."""

    writes_left = math.inf

    def write(self, path, data):
        self._count()
        super().write(path, data)

    def delete(self, path, recursive=False):
        self._count()
        super().delete(path, recursive)

    def rename(self, source, destination):
        self._count()
        super().rename(source, destination)

    def _rename(self, source, destination, renameoptions):
        self._count()
        super()._rename(source, destination, renameoptions)

    def _count(self):
        if not self.writes_left:
            raise Killed
        self.writes_left -= 1

    def rows(self, table):
        """What readers see of a table."""
        return [self.files[f"{table.path}/{name}"] for name in self.list(table.path) if not name.startswith("_")]


@pytest.fixture
def start(monkeypatch):
    """A function that makes an HDFS with these files of airports."""
    monkeypatch.setattr(load_dimensions, "ROWS", {table: lambda rows=rows: rows for table, rows in ROWS.items()})

    def make(files):
        hdfs = Hdfs({f"{AIRPORTS.path}/{name}": data for name, data in files.items()})
        monkeypatch.setattr(connections, "webhdfs", lambda: hdfs)
        return hdfs

    return make


@pytest.mark.parametrize("before", BEFORE, ids=" ".join)
def test_killed_before_any_write_and_run_again_each_row_is_there_once(start, before):
    for writes in count():
        hdfs = start(before)
        hdfs.writes_left = writes
        try:
            LoadDimensions().run()
        except Killed:
            if len(before) == 1:
                assert hdfs.rows(AIRPORTS) in ([b"LGA\n"], [b"JFK\n"])  # Never both, and never none.
        was_killed, hdfs.writes_left = not hdfs.writes_left, math.inf
        if not LoadDimensions().complete():
            LoadDimensions().run()
        assert LoadDimensions().complete()
        assert {table: hdfs.rows(table) for table in ROWS} == {table: [rows] for table, rows in ROWS.items()}
        if not was_killed:
            break
    assert writes > 3


def test_rows_that_are_there_are_not_written_again(start):
    hdfs = start({})
    LoadDimensions().run()
    hdfs.writes_left = 0
    LoadDimensions().run()


def test_two_runs_have_a_task_each():
    """luigid would keep a run back whose task another one has begun, which waits for the lease of the first."""
    assert LoadDimensions(run_id="one").task_id != LoadDimensions(run_id="other").task_id
