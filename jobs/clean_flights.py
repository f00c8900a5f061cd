"""Cleans raw months into aero_clean.flights and aero_clean.flights_quarantine, all of a plan in one Spark application.

    spark-submit jobs/clean_flights.py --plan plan.json --parallel 2

The plan is a local JSON list of raw months:

    [{"year": 2013, "month": 1, "path": "hdfs://localhost:8020/aero/raw/…/flights_2013_1.csv.gz",
      "file": "flights_2013_1.csv.gz", "family": "reporting", "layout": "reporting", "load_id": "8c1f"}]

Each month becomes two folders, /aero/clean/<table>/year=YYYY/month=MM/load=<load id>/, with one ORC file at most. The
folder of flights comes last and holds `_profile.json` and `_report.json`, with what the quality gates are to judge: where
that is, the month is complete and is not cleaned again.
Pointing the tables' partitions at the folders is not done here (hive/publish_partition.hql).
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import click
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from aero import airports
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.ops import checks
from aero.ops.profile import PROFILE
from flight_cleaning import RawMonth, checked, flights, lines_of_month, lines_with_causes, quarantine
from flight_measures import measures, profile
from flight_rules import REASONS
from load_folders import exists, moved_into_place, write_text

REPORT = "_report.json"
Read = Callable[[], tuple[str, DataFrame]]
# A raw file is read by one task, whatever its size: line numbers and the first of two equal keys depend on it.
# A stage of 110 columns would become one method of over 8,000 bytes, which Java never compiles: a month of 486,000 rows
# took 167 s in stages compiled as a whole, and takes 25 s with its expressions compiled one by one.
SESSION = {"spark.sql.session.timeZone": "UTC", "spark.sql.codegen.wholeStage": "false"}
WHOLE_FILES = {"spark.sql.files.maxPartitionBytes": "1t", "spark.sql.files.openCostInBytes": "1t"}


def set_up(spark: SparkSession) -> None:
    """Set what cleaning needs of its session."""
    for name, value in SESSION.items():
        spark.conf.set(name, value)


def read_plan(path: Path) -> list[RawMonth]:
    """The months of a plan. AeroError names the entry that is not one, or the month that is there twice."""
    try:
        months = [RawMonth(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        form = f"{Path(__file__).name} says what a plan looks like."
        raise AeroError(f"{path}: this plan cannot be read: {error}", form) from error
    names = [str(month) for month in months]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AeroError(f"{path}: {', '.join(twice)} is there more than once", "A month is loaded from one file.")
    return months


def read_lines(spark: SparkSession, raw: RawMonth) -> tuple[str, DataFrame]:
    """The header of a raw file, and the lines of the month below it: (line, source_line), in one partition.

    Blank lines are no rows. AeroError if the file is empty or its header is not the one that the plan says.
    """
    for name, value in WHOLE_FILES.items():
        spark.conf.set(name, value)
    number = (F.monotonically_increasing_id() + 1).cast("int")
    lines = spark.read.text(raw.path).select(F.col("value").alias("line"), number.alias("source_line"))
    first = lines.first()
    if first is None:
        raise AeroError(f"{raw.path}: the file is empty", "Land the month again.")
    raw.check_header(first.line)
    rows = lines.where((F.col("source_line") > 1) & (F.trim("line") != ""))
    return first.line, lines_of_month(rows, first.line, raw)


def clean_month(
    spark: SparkSession, raw: RawMonth, zones: dict[str, str], prefix: str = "", read: Read | None = None
) -> dict | None:
    """Writes both folders of a month and returns its report; None if it was complete before.

    `zones` is the time zone of every known airport, `read` gives header and lines where they do not come from the raw
    file itself. AeroError, and nothing changed, unless every line of the month was written to the one folder or to the
    other.
    """
    clean, refused = (
        f"{prefix}{table.load_path(raw.load_id, raw.year, raw.month)}" for table in (FLIGHTS, FLIGHTS_QUARANTINE)
    )
    if exists(spark, f"{clean}/{REPORT}"):
        return None
    started = time.monotonic()
    header, lines = read() if read else read_lines(spark, raw)
    causes_collected = not lines_with_causes(lines, header, raw).isEmpty()
    counted = Observation()
    observed = lines.observe(counted, F.count(F.lit(1)).alias("rows_in"))
    zone_rows = spark.createDataFrame(list(zones.items()), "airport_id string, zone string")
    month = checked(observed, header, raw, zone_rows, causes_collected)
    with moved_into_place(spark, clean) as clean_folder:
        with moved_into_place(spark, refused) as refused_folder:
            reasons = _write(month, clean_folder, refused_folder)
            written = spark.read.orc(clean_folder)
            distributions = profile(written)
            rows_refused = spark.read.schema("reason string").orc(refused_folder).count()
            counts = {"rows_in": counted.get["rows_in"], "rows_clean": distributions.rows, "rows_quarantined": rows_refused}
            _check_sum(raw, **counts)
        report = {
            **counts,
            "reasons": reasons,
            "unknown_zones": sorted(distributions.airports - zones.keys()),
            "measures": measures(written),
            "checks": checks.version(),
            "seconds": round(time.monotonic() - started, 1),
            "load_id": raw.load_id,
            "source_file": raw.file,
        }
        write_text(spark, f"{clean_folder}/{PROFILE}", distributions.to_json())
        write_text(spark, f"{clean_folder}/{REPORT}", json.dumps(report))
    return report


def _check_sum(raw: RawMonth, rows_in: int, rows_clean: int, rows_quarantined: int) -> None:
    if rows_in != rows_clean + rows_quarantined:
        raise AeroError(
            f"{raw.file}: {rows_in:,} lines of {raw}, but {rows_clean:,} clean and {rows_quarantined:,} quarantined",
            "Nothing was published. Clean the month again; if it stays, it is a fault of jobs/.",
        )


def _write(month: DataFrame, clean_folder: str, refused_folder: str) -> dict[str, int]:
    """Writes the clean flights, and a second pass over the file writes the refused lines, if there are any.

    Returns how many lines each reason refused. Two passes of little memory: most months need only the first.
    """
    counted = Observation()
    counts = [F.count_if(F.col("problem.reason") == reason).alias(reason) for reason in REASONS]
    flights(month.drop("line").observe(counted, *counts)).write.mode("overwrite").orc(clean_folder)
    reasons = {reason: count for reason, count in counted.get.items() if count}
    if reasons:
        quarantine(month).write.mode("overwrite").orc(refused_folder)
    return reasons


def clean_months(
    spark: SparkSession, months: list[RawMonth], zones: dict[str, str], parallel: int, prefix: str = ""
) -> list[str]:
    """Cleans all months, `parallel` at a time, and prints a line for each. Returns those that failed, with why."""
    failed = []
    with ThreadPoolExecutor(parallel) as pool:
        running = {pool.submit(clean_month, spark, month, zones, prefix): month for month in months}
        for finished in as_completed(running):
            month = running[finished]
            if finished.exception():
                failed.append(f"{month}: {_first_line(finished.exception())}")
            click.echo(failed[-1] if finished.exception() else f"{month}: {sentence(finished.result())}")
    return sorted(failed)


def sentence(report: dict | None) -> str:
    """What became of a month, for a person."""
    if report is None:
        return "was complete before"
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in report["reasons"].items())
    unknown = f", no time zone for {' '.join(report['unknown_zones'])}" if report["unknown_zones"] else ""
    return (
        f"{report['rows_in']:,} rows, {report['rows_clean']:,} clean, {report['rows_quarantined']:,} quarantined"
        f"{f' ({reasons})' if reasons else ''}{unknown}, {report['seconds']} s"
    )


def _first_line(error: BaseException) -> str:
    """An AeroError whole; of Spark's errors the first line, for a plan and a stack follow it."""
    return str(error) if isinstance(error, AeroError) else f"{type(error).__name__}: {str(error).splitlines()[0]}"


@click.command()
@click.option("--plan", required=True, type=click.Path(path_type=Path), help="JSON list of the months to clean.")
@click.option("--parallel", default=2, show_default=True, type=click.IntRange(min=1), help="Months at a time.")
@click.option("--prefix", default="", help="Put before /aero in every folder written; for trials.")
def main(plan: Path, parallel: int, prefix: str) -> None:
    """Clean the raw months of a plan."""
    run(SparkSession.builder.appName("clean_flights").getOrCreate(), plan, parallel, prefix)


def run(spark: SparkSession, plan: Path, parallel: int = 2, prefix: str = "") -> None:
    """Clean the raw months of a plan, `parallel` at a time. AeroError with those that failed, after all others."""
    months = read_plan(plan)
    set_up(spark)
    failed = clean_months(spark, months, airports.time_zones(), parallel, prefix)
    if failed:
        raise AeroError(f"{len(failed)} of {len(months)} months failed:\n" + "\n".join(failed), "Mend and run again.")


if __name__ == "__main__":
    main()
