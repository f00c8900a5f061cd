"""The platform's own rows as Parquet, for the engines that do not read its ORC: the same files, month by month."""

import shutil
from pathlib import Path
from typing import Any

from aero import connections, webhdfs
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from bench.performance.engines import SqlServer
from bench.performance.questions import TABLES

# DuckDB's own: a month of one group would be read by one thread.
ROW_GROUP = 122_880


def exported(server: SqlServer, folder: Path) -> dict[str, int]:
    """Write the tables of TABLES below a folder; rows and bytes of the flights. `server` says which loads are served.

    Raises AeroError where a month's file has other rows than the server counts.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name, dataset in TABLES.items():
        if dataset is not FLIGHTS:
            _write_small(server, dataset.name, folder / name / "rows.parquet")
    loads = f"SELECT year, month, MAX(load_id), COUNT(*) FROM {FLIGHTS.name} GROUP BY year, month ORDER BY year, month"
    rows = size = 0
    for year, month, load_id, count in server.ask(loads).rows:
        target = folder / "flights" / f"year={year}" / f"month={month}" / "rows.parquet"
        copied = _copy_month(FLIGHTS.load_path(load_id, year, month), target)
        if copied != count:
            raise AeroError(f"{target}: {copied:,} rows, where {server.name} counts {count:,}.", "Begin anew: --anew")
        rows, size = rows + copied, size + target.stat().st_size
    return {"rows": rows, "bytes": size}


def _write_small(server: SqlServer, table: str, target: Path) -> None:
    import pyarrow as pa

    answer = server.ask(f"SELECT * FROM {table}")
    columns = zip(*answer.rows, strict=True)
    write(pa.table(dict(zip(answer.columns, map(list, columns), strict=True))), target)


def _copy_month(path: str, target: Path) -> int:
    """Write the ORC files of a folder in HDFS as one of Parquet; how many rows it has."""
    import pyarrow as pa
    from pyarrow import orc

    client = connections.webhdfs()
    tables = []
    for name in sorted(webhdfs.names(client, path)):
        if not name.startswith(("_", ".")):
            with client.read(f"{path}/{name}") as file:
                tables.append(orc.read_table(pa.BufferReader(file.read())))
    table = pa.concat_tables(tables)
    write(table, target)
    return table.num_rows


def write(table: Any, target: Path) -> None:
    """A pyarrow.Table as a file of Parquet, whole or not at all."""
    from pyarrow import parquet

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(".part")
    # Nanoseconds, as pyarrow reads ORC, are no type of Spark's.
    parquet.write_table(table, part, compression="zstd", row_group_size=ROW_GROUP, coerce_timestamps="us")
    part.rename(target)
