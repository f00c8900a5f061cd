"""The platform's rows are copied whole, from the loads that its readers see, and its loads are timed by its reports."""

import io
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from pyarrow import orc

from aero import connections
from aero.datasets import AIRLINES, AIRPORTS, FLIGHTS
from aero.errors import AeroError
from bench.performance import cluster, parquet
from bench.performance.answers import Answer
from bench.performance.engines import DUCKDB, opened
from tests.hdfs_in_memory import HdfsInMemory

AT = datetime(2007, 7, 1, 12, 30)


def orc_file(*rows):
    file = io.BytesIO()
    orc.write_table(pa.Table.from_pylist([{"flight_number": number, "departure_at": AT} for number in rows]), file)
    return file.getvalue()


class Server:
    """Says which loads are served, and what is in the small tables."""

    name = "Spark Thrift Server"

    def __init__(self, *months):
        self.months = months

    def ask(self, sql):
        if FLIGHTS.name in sql:
            return Answer(["year", "month", "load_id", "rows"], self.months)
        name = AIRLINES.name if AIRLINES.name in sql else AIRPORTS.name
        return Answer([f"{name[11:-1]}_id", "city"], [("WN", None), ("AA", "Ürümqi")])


@pytest.fixture
def hdfs(monkeypatch):
    client = HdfsInMemory(
        {
            f"{FLIGHTS.load_path('new', 2007, 7)}/_report.json": b"{}",
            f"{FLIGHTS.load_path('new', 2007, 7)}/part-1.orc": orc_file("1", None),
            f"{FLIGHTS.load_path('old', 2007, 7)}/part-1.orc": orc_file("9", "9", "9"),
            f"{FLIGHTS.load_path('new', 2007, 8)}/part-1.orc": orc_file("3"),
        }
    )
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    return client


def test_the_served_loads_are_copied_with_their_months_and_no_other(hdfs, tmp_path):
    found = parquet.exported(Server((2007, 7, "new", 2), (2007, 8, "new", 1)), tmp_path / "parquet")

    with opened((DUCKDB,), tmp_path / "parquet") as (duckdb,):
        flights = duckdb.ask("SELECT year, month, flight_number, departure_at FROM flights ORDER BY ALL").rows
        airlines = duckdb.ask("SELECT * FROM airlines ORDER BY ALL").rows
    assert flights == [(2007, 7, "1", AT), (2007, 7, None, AT), (2007, 8, "3", AT)]
    assert airlines == [("AA", "Ürümqi"), ("WN", None)]
    assert found["rows"] == 3 and found["bytes"] > 0


def test_a_month_of_which_the_server_counts_other_rows_is_named(hdfs, tmp_path):
    with pytest.raises(AeroError, match=r"month=7/rows.parquet: 2 rows, where Spark Thrift Server counts 3"):
        parquet.exported(Server((2007, 7, "new", 3)), tmp_path / "parquet")


def test_each_task_of_the_newest_run_took_from_the_report_before_to_its_own(monkeypatch):
    written = {"landing": 5.0, "cleaning": 30.0, "views": 37.5, "load": 38.0, "dimensions": 36.0}
    began = datetime(2026, 11, 28, 12, 0, 0, 250_000, UTC).timestamp()

    class Hdfs(HdfsInMemory):
        def list(self, folder, status=False):
            names = super().list(folder)
            if not status:
                return names
            return [(f"{name}.json", {"modificationTime": (began + at) * 1000}) for name, at in written.items()]

    runs = ("20261128T120000.250000Z", "20261128T115959.250000Z")
    client = Hdfs({f"/aero/ops/runs/{run}/load.json": b"{}" for run in runs})
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    assert cluster._stages() == {"landing": 5.0, "cleaning": 25.0, "views": 7.5, "load": 0.5}
