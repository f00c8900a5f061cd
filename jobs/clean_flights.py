"""Cleans raw months into aero_clean.flights and aero_clean.flights_quarantine, all of a plan in one Spark application.

    spark-submit jobs/clean_flights.py --plan plan.json --parallel 2

The plan is a local JSON list of raw months:

    [{"year": 2013, "month": 1, "path": "hdfs://localhost:8020/aero/raw/…/flights_2013_1.csv.gz",
      "file": "flights_2013_1.csv.gz", "family": "reporting", "layout": "reporting", "load_id": "8c1f"}]

Each month becomes two folders, /aero/clean/<table>/year=YYYY/month=MM/load=<load id>/, with one ORC file at most. The
folder of flights comes last and holds `_profile.json` and `_report.json`, which the quality gates judge by: a month
whose folder has them is complete and is not cleaned again.
Pointing the tables' partitions at the folders is not done here (luigi_tasks/partitions.py).

A file's months are cleaned by Spark's workers, and come to the driver as files of a twentieth of its size.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import click
import orc_stripes
from flight_cleaning import cleaned, lines_of_months
from flight_measures import NO_FLIGHTS
from flight_month import Told
from load_folders import FILE, WHOLE_FILES, exists, moved_into_place, write_bytes, write_text
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from spark_errors import in_words

from aero import airports, load_plan
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE, Dataset
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.ops import checks
from aero.ops.cleaning_report import REPORT, CleaningReport
from aero.ops.profile import PROFILE, Profile

# Every file waits for the driver at times.
LEAST_PARALLEL = 2
FAULTS = (AeroError, PySparkException, Py4JError)


def read_plan(path: Path) -> list[RawMonth]:
    """The months of a plan. AeroError names the entry that is not one, or the month that is there twice."""
    months = load_plan.read(path, RawMonth)
    names = [str(month) for month in months]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AeroError(f"{path}: {', '.join(twice)} is there more than once", "A month is loaded from one file.")
    return months


def read_lines(spark: SparkSession, *months: RawMonth) -> tuple[str, DataFrame]:
    """The header of the raw file of some months, and their lines below it: (line, source_line, month), in one
    partition.

    Blank lines are no rows. AeroError if the file is empty or its header is not the one that the plan says.
    """
    for name, value in WHOLE_FILES.items():
        spark.conf.set(name, value)
    raw = months[0]
    number = (F.monotonically_increasing_id() + 1).cast("int")
    lines = spark.read.text(raw.path).select(F.col("value").alias("line"), number.alias("source_line"))
    first = lines.first()
    if first is None:
        raise AeroError(f"{raw.path}: the file is empty", "Land the month again.")
    raw.check_header(first.line)
    rows = lines.where((F.col("source_line") > 1) & (F.trim("line") != ""))
    return first.line, lines_of_months(rows, first.line, *months)


def clean_file(
    spark: SparkSession,
    header: str,
    lines: DataFrame,
    months: Sequence[RawMonth],
    zones: Mapping[str, str],
    prefix: str = "",
) -> Iterator[tuple[RawMonth, CleaningReport]]:
    """Writes both folders of every month of a file, one month after the other, and tells the report of each.

    `lines` are those of the months (read_lines), `zones` is the time zone of every known airport. AeroError, and
    nothing changed of a month, unless every line was written to one of its folders.
    """
    waiting = dict(enumerate(months))
    # All months of a file at once, a core each: the driver has 6 MB a month of a year's file, 12 of a month's own.
    for row in cleaned(lines, months, header, zones).collect():
        raw = waiting.pop(row.slot)
        files = {FLIGHTS: row.flights, FLIGHTS_QUARANTINE: row.refused}
        yield raw, _put(spark, raw, files, Told(**json.loads(row.told)), zones, prefix)
    for raw in waiting.values():  # They have no lines.
        yield raw, _put(spark, raw, {}, Told(), zones, prefix)


def _put(
    spark: SparkSession,
    raw: RawMonth,
    files: Mapping[Dataset, bytes | None],
    told: Told,
    zones: Collection[str],
    prefix: str,
) -> CleaningReport:
    """Puts the files of a month into its folders; flights last, for a month that has them is complete."""
    profile = Profile.from_json(told.profile) if told.profile else NO_FLIGHTS
    with ExitStack() as opened:
        folders = {
            table: opened.enter_context(moved_into_place(spark, f"{prefix}{raw.folder(table)}"))
            for table in (FLIGHTS, FLIGHTS_QUARANTINE)  # They are moved in the other order.
        }
        rows = {table: _write(spark, folder, files.get(table)) for table, folder in folders.items()}
        report = _report(raw, told, rows[FLIGHTS], rows[FLIGHTS_QUARANTINE], profile, zones)
        write_text(spark, f"{folders[FLIGHTS]}/{PROFILE}", profile.to_json())
        write_text(spark, f"{folders[FLIGHTS]}/{REPORT}", json.dumps(report))
    return report


def _write(spark: SparkSession, folder: str, file: bytes | None) -> int:
    """Writes an ORC file, if there is one, and reads its rows' number back."""
    if file is None:
        return 0
    write_bytes(spark, f"{folder}/{FILE}", file)
    return orc_stripes.rows(spark, f"{folder}/{FILE}")


def is_complete(spark: SparkSession, raw: RawMonth, prefix: str = "") -> bool:
    """Whether a month was cleaned before."""
    return exists(spark, f"{prefix}{raw.folder()}/{REPORT}")


def _report(
    raw: RawMonth, told: Told, clean: int, refused: int, profile: Profile, zones: Collection[str]
) -> CleaningReport:
    """What is kept beside a month. AeroError unless each of its lines is a clean flight or a refused line."""
    if told.lines != clean + refused or refused != sum(told.reasons.values()):
        raise AeroError(
            f"{raw.file}: {told.lines:,} lines of {raw}, but {clean:,} clean and {refused:,} quarantined",
            "Nothing was published. Clean the month again; if it stays, it is a fault of jobs/.",
        )
    return {
        "rows_in": told.lines,
        "rows_clean": clean,
        "rows_quarantined": refused,
        "reasons": dict(told.reasons),
        "unknown_zones": sorted(profile.airports - set(zones)),
        "measures": profile.measures,
        "checks": checks.version(),
        "load_id": raw.load_id,
        "source_file": raw.file,
    }


def clean_months(
    spark: SparkSession, months: list[RawMonth], zones: dict[str, str], parallel: int, prefix: str = ""
) -> list[str]:
    """Cleans all months, `parallel` files at a time, printing a line for each. Returns those that failed and why."""
    failed = []

    def clean(of_file: list[RawMonth]) -> None:
        for raw, became in _cleaned(spark, of_file, zones, prefix):
            if isinstance(became, Exception):
                failed.append(f"{raw}: {in_words(became)}")
            click.echo(failed[-1] if isinstance(became, Exception) else f"{raw}: {sentence(became)}")

    in_order = sorted(months, key=lambda raw: (raw.year, raw.month, raw.path))
    files = [list(of_file) for _, of_file in groupby(in_order, key=lambda raw: raw.path)]
    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(clean, files))
    return sorted(failed)


def _cleaned(
    spark: SparkSession, months: Sequence[RawMonth], zones: dict[str, str], prefix: str
) -> Iterator[tuple[RawMonth, CleaningReport | Exception | None]]:
    """Of each month of a file its report, the error it failed with, or None where it was complete before."""
    done = [raw for raw in months if is_complete(spark, raw, prefix)]
    yield from ((raw, None) for raw in done)
    waiting = [raw for raw in months if raw not in done]
    if not waiting:
        return
    told = set()
    try:
        header, lines = read_lines(spark, *waiting)
        for raw, report in clean_file(spark, header, lines, waiting, zones, prefix):
            told.add(raw)
            yield raw, report
    except FAULTS as error:
        left = [raw for raw in waiting if raw not in told]
        if len(waiting) == 1:
            yield waiting[0], error
        else:  # It need not be everyone's.
            for raw in left:
                yield from _cleaned(spark, [raw], zones, prefix)


def sentence(report: CleaningReport | None) -> str:
    """What became of a month, for a person."""
    if report is None:
        return "was complete before"
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(report["reasons"].items()))
    unknown = f", no time zone for {' '.join(report['unknown_zones'])}" if report["unknown_zones"] else ""
    return (
        f"{report['rows_in']:,} rows, {report['rows_clean']:,} clean, {report['rows_quarantined']:,} quarantined"
        f"{f' ({reasons})' if reasons else ''}{unknown}"
    )


@click.command()
@click.option("--plan", required=True, type=click.Path(path_type=Path), help="JSON list of the months to clean.")
@click.option("--parallel", type=click.IntRange(min=1), help="Files at a time; else as many as cores.")
@click.option("--prefix", default="", help="Put before /aero in every folder written; for trials.")
def main(plan: Path, parallel: int | None, prefix: str) -> None:
    """Clean the raw months of a plan."""
    run(SparkSession.builder.appName("clean_flights").getOrCreate(), plan, parallel, prefix)


def run(spark: SparkSession, plan: Path, parallel: int | None = None, prefix: str = "") -> None:
    """Clean the raw months of a plan, `parallel` files at a time. AeroError at the end with those that failed."""
    parallel = parallel or max(LEAST_PARALLEL, spark.sparkContext.defaultParallelism)
    months = read_plan(plan)
    failed = clean_months(spark, months, airports.time_zones(), parallel, prefix)
    if failed:
        raise AeroError(f"{len(failed)} of {len(months)} months failed:\n" + "\n".join(failed), "Mend and run again.")


if __name__ == "__main__":
    main()
