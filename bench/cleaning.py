"""How fast raw months are cleaned by two cores, without any service: in MB of CSV a second.

    .venv/bin/python -m bench.bts_months --from 2013-01 --to 2013-02 --rows-per-month 480000 --out /tmp/months
    .venv/bin/python -m bench.cleaning /tmp/months

Cleans the folder's CSV files as clean_flights.py does a plan, and again, for in a load of years Java has compiled what
it runs. Prints seconds on the wall and of the processor, what the ORC files take, and a digest of each column of both
tables: cleaning that writes the same prints the same.
"""

import gzip
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click
import psutil
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from aero import airports, hql
from aero.bts import recognise
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE, REPOSITORY
from aero.load_plan import RawMonth

sys.path.append(str(REPOSITORY / "jobs"))
import clean_flights


def plan(folder: Path, into: Path) -> list[RawMonth]:
    """The months of the folder's CSV files, packed as the raw layer has them."""
    months = []
    for file in sorted(folder.glob("*.csv")):
        found = re.search(r"_(\d{4})_(\d{1,2})\.csv$", file.name)
        if not found:
            raise click.UsageError(f"{file}: the name does not end in _YYYY_M.csv.")
        with file.open(encoding="latin-1") as lines:
            layout = recognise(lines.readline(), file.name)
        load = "-".join((layout.name, *found.groups()))
        packed = into / f"{load}.csv.gz"
        with file.open("rb") as text, gzip.open(packed, "wb", compresslevel=6) as raw:
            shutil.copyfileobj(text, raw, 1 << 20)
        when = map(int, found.groups())
        months.append(RawMonth(*when, packed.as_uri(), packed.name, layout.family, layout.name, load))
    return months


def session(cores: int) -> SparkSession:
    """As spark-defaults.conf has it, with the executor in the driver."""
    # Of the driver's Java, which is not started yet.
    os.environ |= {"PYSPARK_SUBMIT_ARGS": "--driver-memory 2g pyspark-shell", "PYSPARK_PYTHON": sys.executable}
    builder = SparkSession.builder.master(f"local[{cores}]").appName("bench/cleaning.py")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC",
    }.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def processor_seconds(spark: SparkSession) -> float:
    """What Java and its children took of the processor since they began."""
    assert spark._jvm is not None
    java = psutil.Process(spark._jvm.java.lang.ProcessHandle.current().pid())
    return sum(time.user + time.system for time in (one.cpu_times() for one in (java, *java.children(recursive=True))))


def digests(spark: SparkSession, months: list[RawMonth], lake: str) -> dict[str, str]:
    """By table and column a hash of the values that its lines have, in any order."""
    found = {}
    for table in (FLIGHTS, FLIGHTS_QUARANTINE):
        columns = hql.columns(table.hql("create"))[: -len(table.partitions)]
        schema = ", ".join(f"{column.name} {column.type}" for column in columns)
        rows = spark.read.schema(schema).orc([f"{lake}{raw.folder(table)}" for raw in months])
        hashes = {
            name: F.sum(F.xxhash64("load_id", "source_line", name).cast("decimal(38,0)")) for name in rows.columns
        }
        sums = rows.agg(F.count(F.lit(1)).alias("rows"), *[one.alias(name) for name, one in hashes.items()]).collect()
        found |= {f"{table.name} {name}": str(value) for name, value in sums[0].asDict().items()}
    return found


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: .venv/bin/python -m bench.cleaning /tmp/months")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--cores", default=2, show_default=True, type=click.IntRange(min=1))
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(min=1), help="The first one warms Java up.")
@click.option("--digests", "with_digests", is_flag=True, help="Print the digest of each column.")
def main(folder: Path, cores: int, rounds: int, with_digests: bool) -> None:
    """Clean the folder's months and time it."""
    with tempfile.TemporaryDirectory() as scratch:
        months = plan(folder, Path(scratch))
        size = sum(file.stat().st_size for file in folder.glob("*.csv")) / 1e6
        spark = session(cores)
        for turn in range(1, rounds + 1):
            lake, began, used = Path(scratch) / f"lake-{turn}", time.monotonic(), processor_seconds(spark)
            if failed := clean_flights.clean_months(spark, months, airports.time_zones(), cores, lake.as_uri()):
                raise click.ClickException("\n".join(failed))
            seconds, used = time.monotonic() - began, processor_seconds(spark) - used
            click.echo(
                f"round {turn}: {size:.0f} MB in {seconds:.1f} s, {size / seconds:.1f} MB/s; "
                f"{used:.1f} s of a processor, {size / used * cores:.1f} MB/s if {cores} were busy"
            )
        stored = sum(file.stat().st_size for file in lake.rglob("*.orc")) / 1e6
        click.echo(f"{stored:.2f} MB of ORC, {stored / size:.2%} of the CSV")
        found = digests(spark, months, str(lake))
        if with_digests:
            click.echo("\n".join(f"{name} {value}" for name, value in found.items()))
        click.echo(f"all: {hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]}")


if __name__ == "__main__":
    main()
