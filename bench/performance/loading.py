"""The same files loaded by others, all columns typed and sorted: by DuckDB as Parquet, by plain Spark as ORC.

Neither reads zips, as BTS publishes them: they get the same packed bytes as gzip files.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aero.bts import COLUMNS, LAYOUTS
from aero.cluster import java
from aero.errors import AeroError
from luigi_tasks.landing import zip_member

LAYOUT = LAYOUTS["reporting"]
# As the platform sorts its own.
SORTED_BY = ("Reporting_Airline", "Origin", "Dest", "Flight_Number_Reporting_Airline", "FlightDate")
# BTS writes whole numbers as `12.00`.
NUMBERS = ("integer", "flag")


def kinds() -> dict[str, str]:
    """Of each column of the files: number, date or text."""
    known = {source: column.kind for column in COLUMNS for source in column.sources}
    names = {name: known.get(name, "text") for name in LAYOUT.columns}
    return {name: "number" if kind in NUMBERS else "date" if kind == "date" else "text" for name, kind in names.items()}


def unwrapped(zips: Path, folder: Path) -> list[Path]:
    """A gzip file for each zip of a folder, with the same packed bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return [zip_member.rewrap(file, folder, file.name) for file in sorted(zips.glob("*.zip"))]


def by_duckdb(files: list[Path], folder: Path) -> None:
    """A file of Parquet for each, all columns typed, sorted by SORTED_BY; as many at a time as there are processors,
    for a gzip file is read by one."""
    import duckdb

    folder.mkdir(parents=True)
    types = {name: {"number": "DOUBLE", "date": "DATE", "text": "VARCHAR"}[kind] for name, kind in kinds().items()}
    numbers = [name for name, kind in kinds().items() if kind == "number"]
    selected = ", ".join(
        f'CAST("{name}" AS INTEGER) AS "{name}"' if name in numbers else f'"{name}"' for name in LAYOUT.columns
    )
    # The header ends with a comma: a column without a name.
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in (types | {"nothing": "VARCHAR"}).items())

    def load(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        rows = f"read_csv('{file}', header = true, auto_detect = false, quote = '\"', columns = {{{columns}}})"
        target = f"'{folder / file.name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
        connection.execute(f"COPY (SELECT {selected} FROM {rows} ORDER BY {', '.join(SORTED_BY)}) TO {target}")

    with duckdb.connect() as connection, ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda file: load(connection.cursor(), file), files))


def by_spark(files: list[Path], folder: Path) -> None:
    """The same as ORC, a folder a month, in a Spark of its own that has all processors."""
    job = Path(__file__).with_name("spark_plain.py")
    environment = os.environ | {
        "JAVA_HOME": str(java.home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYTHONPATH": str(job.parents[2]),
        "PYSPARK_SUBMIT_ARGS": f"--driver-memory 3g --conf spark.local.dir={folder.parent} pyspark-shell",
    }
    command = [sys.executable, str(job), str(files[0].parent / "*.csv.gz"), str(folder)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    if result.returncode:
        said = "\n".join(result.stderr.splitlines()[-15:])
        raise AeroError(f"Plain Spark ended with {result.returncode}:\n{said}", "Ask it by hand: " + " ".join(command))


def measured(load: Callable[[list[Path], Path], None], files: list[Path], folder: Path) -> dict[str, Any]:
    """Seconds of a load, and bytes that it wrote; what a killed one left is thrown away before, and the rows after."""
    shutil.rmtree(folder, ignore_errors=True)
    began = time.monotonic()
    load(files, folder)
    seconds = time.monotonic() - began
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.suffix in (".parquet", ".orc"))
    shutil.rmtree(folder)
    return {"seconds": seconds, "bytes": size}
