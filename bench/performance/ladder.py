"""One question asked of a year's flights in four places, each step nearer to what is asked: a table of text, ORC as it
comes, the platform's ORC, and a view. What each step saves is to be seen: files, stripes, bytes and time.
"""

import io
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import hdfs

from aero import connections
from aero.cluster import probes
from aero.datasets import AIRLINE_DELAYS_MONTHLY, FLIGHTS
from aero.errors import AeroError
from aero.settings import load_settings
from bench.performance.answers import must_be_same
from bench.performance.engines import SqlServer

# Of one month by airline: flights, and how late they arrived.
OF_FLIGHTS = """
SELECT airline_id, COUNT(*) AS flights, SUM(CAST(arrival_delay_minutes AS BIGINT)) AS late_minutes
FROM {table} WHERE year = {year} AND month = {month} GROUP BY airline_id ORDER BY airline_id"""
OF_VIEW = """
SELECT airline_id, total_flights AS flights, total_arrival_delay_minutes AS late_minutes
FROM {table} WHERE year = {year} AND month = {month} ORDER BY airline_id"""
DATABASE = "bench"
# What Hadoop's pages say of metrics is a second old at most (hadoop/conf/hadoop-metrics2.properties).
METRICS_SECONDS = 1.5
_TEXT, _UNSORTED = f"{DATABASE}.flights_text", f"{DATABASE}.flights_unsorted"
_OF_YEAR = f"{FLIGHTS.name} WHERE year = {{year}}"
_MADE = (
    f"CREATE DATABASE IF NOT EXISTS {DATABASE}",
    f"DROP TABLE IF EXISTS {_TEXT}",
    f"DROP TABLE IF EXISTS {_UNSORTED}",
    f"CREATE TABLE {_TEXT} STORED AS TEXTFILE AS SELECT * FROM {_OF_YEAR}",
    f"CREATE TABLE {_UNSORTED} STORED AS ORC AS SELECT * FROM {_OF_YEAR} DISTRIBUTE BY rand()",
)


@dataclass(frozen=True)
class Rung:
    """A step: what it is called, the table that is asked, and how."""

    name: str
    table: str
    question: str = OF_FLIGHTS


RUNGS = (
    Rung("text", _TEXT),
    Rung("ORC, unsorted, one folder", _UNSORTED),
    Rung("ORC, sorted, a folder a month", FLIGHTS.name),
    Rung("batch view", AIRLINE_DELAYS_MONTHLY.name, OF_VIEW),
)


def climbed(hive: SqlServer, spark: SqlServer, year: int, month: int, rounds: int) -> list[dict[str, Any]]:
    """Each rung's name, seconds of each round, bytes that the DataNode read for the first, files, stripes and bytes on
    disk. Raises AeroError where two rungs answer differently."""
    for statement in _MADE:
        with closing(hive.connection.cursor()) as cursor:
            cursor.execute(statement.format(year=year))
    places = {
        _TEXT: _location(hive, _TEXT),
        _UNSORTED: _location(hive, _UNSORTED),
        FLIGHTS.name: FLIGHTS.partition_path(year),
        AIRLINE_DELAYS_MONTHLY.name: AIRLINE_DELAYS_MONTHLY.partition_path(year),
    }
    found, truth, known = [], None, _bytes_read()
    for rung in RUNGS:
        answer, before, known = spark.ask(_sql(rung, year, month)), known, _bytes_read()
        truth = truth or answer
        must_be_same(rung.name, spark.name, answer, RUNGS[0].name, truth)
        found.append({"name": rung.name, "read": known - before} | _on_disk(places[rung.table]))
    for one, rung in zip(found, RUNGS, strict=True):
        sql = _sql(rung, year, month)
        one["seconds"] = [_seconds(lambda sql=sql: spark.ask(sql)) for _ in range(rounds)]
    return found


def _sql(rung: Rung, year: int, month: int) -> str:
    return rung.question.format(table=rung.table, year=year, month=month)


def _seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _location(server: SqlServer, table: str) -> str:
    rows = server.ask(f"DESCRIBE FORMATTED {table}").rows
    [location] = [value for name, value, *_ in rows if str(name).strip() == "Location:"]
    return "/" + location.split("://", 1)[1].split("/", 1)[1]


def _bytes_read() -> int:
    """What the DataNode has read for others since it started."""
    time.sleep(METRICS_SECONDS)
    settings = load_settings()
    # The settings name no DataNode, for a cluster has many. Here the one is where the NameNode is.
    here = replace(settings, environment=settings.environment | {"DATANODE_HOST": settings.host("NAMENODE")})
    found = probes.bean(here, "DATANODE_HTTP", "Hadoop:service=DataNode,name=DataNodeActivity-*")
    if not found:
        raise AeroError("The DataNode's page does not say how much it has read.", "Is it ready? aero status")
    return int(found["BytesRead"])


def _on_disk(folder: str) -> dict[str, int]:
    """Files of rows below a folder, their bytes, and their stripes where they are ORC."""
    client = connections.webhdfs()
    files = [
        (f"{path}/{name}", client.status(f"{path}/{name}")["length"])
        for path, _, names in client.walk(folder)
        for name in names
        if not name.startswith(("_", "."))
    ]
    return {
        "files": len(files),
        "bytes": sum(size for _, size in files),
        "stripes": sum(stripes(client, path, size) for path, size in files),
    }


def stripes(client: hdfs.Client, path: str, size: int) -> int:
    """Stripes of a file of ORC; 0 of any other."""
    import pyarrow as pa
    from pyarrow import orc

    file = _Remote(client, path, size)
    if file.read(3) != b"ORC":
        return 0
    return orc.ORCFile(pa.PythonFile(file, mode="r")).nstripes


class _Remote(io.RawIOBase):
    """A file in HDFS of which pieces are read."""

    def __init__(self, client: hdfs.Client, path: str, size: int):
        self._client, self._path, self._size, self._at = client, path, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        size = self._size - self._at if size < 0 else min(size, self._size - self._at)
        if not size:
            return b""
        with self._client.read(self._path, offset=self._at, length=size) as pieces:
            content = pieces.read()
        self._at += len(content)
        return content
