"""`aero explain`: a flight of aero_clean.flights, with the line that it was made from and the rows that count it."""

import json
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

import pytest
from click.testing import CliRunner

from aero import connections
from aero.cli import main
from aero.datasets import FLIGHTS_REPORTING
from aero.raw_versions import Manifest
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed

FOLDER = FLIGHTS_REPORTING.partition_path(2013, 1)
VERSION = f"{FOLDER}/landed=20261122T122500Z-aaaaaaaa"
MANIFEST = Manifest(
    *("flights_reporting", "reporting", "reporting", 2013, 1, (1,), 1, True, "january.csv", "january.csv", 1, "a" * 64),
    landed_at="2026-11-22T12:25:00+00:00",
    version=VERSION,
)
COUNTED = {"view_name": "airline_delays_monthly", "counted_in": "UA", "flights": 7}


class Cursor:
    """Spark in the place of Hive, for aero_clean.flights; no view is built here, so one row stands for those of all."""

    def __init__(self, spark):
        self.spark = spark

    def cursor(self):
        return self

    def execute(self, statement):
        if "view_name" in statement:
            self.found, self.names = [tuple(COUNTED.values())], list(COUNTED)
        else:
            answer = self.spark.sql(statement)
            self.found, self.names = [tuple(row) for row in answer.collect()], answer.columns

    @property
    def description(self):
        return [(f"flights.{name}",) for name in self.names]

    def fetchall(self):
        return self.found


@pytest.fixture
def hive(spark, flights, monkeypatch):
    flights(
        {
            "source_layout": "reporting",
            "source_file": "january.csv",
            "source_line": 2,
            "load_id": "aaaaaaaaaaaa-1",
            "scheduled_departure_at": datetime(2013, 1, 1, 10, 15),
        }
    )

    @contextmanager
    def opened():
        yield Cursor(spark)

    files = {f"{VERSION}/_manifest.json": json.dumps(asdict(MANIFEST)).encode(), MANIFEST.path: b"Year,Month\n2013,1\n"}
    monkeypatch.setattr(connections, "webhdfs", lambda: HdfsInMemory(files))
    monkeypatch.setattr(connections, "hive", opened)


def test_scripts_have_the_line_the_row_and_where_it_counts(hive):
    shown = CliRunner().invoke(main, ["explain", "UA1545", "--day", "2013-01-01", "--json"])
    [one] = printed("explain", shown.stdout)
    assert (one["raw"]["text"], one["raw"]["manifest"]["sha256"], one["views"]) == ("2013,1", "a" * 64, [COUNTED])
    assert (one["flight"]["scheduled_departure_at"], one["flight"]["tail_number"]) == ("2013-01-01 10:15:00", None)
