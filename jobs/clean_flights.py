"""Cleans raw months into aero_clean.flights and aero_clean.flights_quarantine, all of a plan in one Spark application.

    spark-submit jobs/clean_flights.py --plan plan.json --parallel 2

The plan is a local JSON list of raw months:

    [{"year": 2013, "month": 1, "path": "hdfs://localhost:8020/aero/raw/…/flights_2013_1.csv.gz",
      "file": "flights_2013_1.csv.gz", "family": "reporting", "layout": "reporting", "load_id": "8c1f"}]

Each month becomes two folders, /aero/clean/<table>/year=YYYY/month=MM/load=<load id>/, with one ORC file at most. The
folder of flights comes last and holds `_profile.json` and `_report.json`, which the quality gates judge by: a month
whose folder has them is complete and is not cleaned again.
Pointing the tables' partitions at the folders is not done here (luigi_tasks/partitions.py).

Months of one header are cleaned a batch at a time, in one query: planning a query of 110 columns takes as many seconds
as reading a small month.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import click
from flight_cleaning import (
    checked,
    flights,
    gathered,
    lines_of_batch,
    lines_of_months,
    quarantine,
)
from flight_measures import profiles
from load_folders import ORC, beside, delete, exists, loading, move, write_text
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from aero import airports, load_plan
from aero.bts import LAYOUTS
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.ops import checks
from aero.ops.cleaning_report import REPORT, CleaningReport
from aero.ops.profile import PROFILE

# What is done again when a load is killed: five minutes of the fullest months on two cores.
MONTHS_A_BATCH = 12
LEAST_PARALLEL = 2
FAULTS = (AeroError, PySparkException, Py4JError)
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


def clean_batch(
    spark: SparkSession, header: str, months: dict[RawMonth, DataFrame], zones: dict[str, str], prefix: str = ""
) -> dict[RawMonth, CleaningReport]:
    """Writes both folders of every month and returns the months' reports.

    `months` has the lines of each (read_lines), which months of one file share; all have the same header and layout.
    `zones` is the time zone of every known airport. AeroError, and nothing changed, unless every line was written to
    one of its month's folders.
    """
    layout = LAYOUTS[next(iter(months)).layout]
    slots = range(len(months))
    lines = lines_of_batch(months)
    counted = Observation()
    rows_in = [F.count_if(F.col("slot") == slot).alias(str(slot)) for slot in slots]
    zone_rows = spark.createDataFrame(list(zones.items()), "airport_id string, zone string")
    observed = gathered(lines, len(months)).observe(counted, *rows_in)
    rows = checked(observed, header, layout, zone_rows)
    places = [tuple(f"{prefix}{raw.folder(table)}" for table in (FLIGHTS, FLIGHTS_QUARANTINE)) for raw in months]
    for left in places:
        for place in left:
            delete(spark, loading(place))
    # Beside the month that is complete last: when this is killed, the next run has it in its plan and finds it.
    with beside(spark, places[-1][0]) as clean, beside(spark, places[-1][1]) as refused:
        reasons = _write(rows, clean, refused)
        written = spark.read.schema(flights(rows).schema).orc(clean)
        reports: dict[RawMonth, CleaningReport] = {}
        for raw, slot, profile in zip(months, slots, profiles(written, slots)):
            unknown_zones = sorted(profile.airports - zones.keys())
            counts = counted.get[str(slot)], profile.rows
            reports[raw] = _report(raw, *counts, reasons[slot], profile.measures, unknown_zones)
            write_text(spark, f"{clean}/slot={slot}/{PROFILE}", profile.to_json())
            write_text(spark, f"{clean}/slot={slot}/{REPORT}", json.dumps(reports[raw]))
        for slot, (clean_place, refused_place) in zip(slots, places):
            move(spark, f"{refused}/slot={slot}", refused_place)
            move(spark, f"{clean}/slot={slot}", clean_place)
    return reports


def is_complete(spark: SparkSession, raw: RawMonth, prefix: str = "") -> bool:
    """Whether a month was cleaned before."""
    return exists(spark, f"{prefix}{raw.folder()}/{REPORT}")


def _report(
    raw: RawMonth,
    lines: int,
    clean: int,
    reasons: dict[str, int],
    measured: dict[str, float | None],
    unknown_zones: list[str],
) -> CleaningReport:
    """What is kept beside a month. AeroError unless each of its lines is a clean flight or a refused line."""
    refused = sum(reasons.values())
    if lines != clean + refused:
        raise AeroError(
            f"{raw.file}: {lines:,} lines of {raw}, but {clean:,} clean and {refused:,} quarantined",
            "Nothing was published. Clean the month again; if it stays, it is a fault of jobs/.",
        )
    return {
        "rows_in": lines,
        "rows_clean": clean,
        "rows_quarantined": refused,
        "reasons": reasons,
        "unknown_zones": unknown_zones,
        "measures": measured,
        "checks": checks.version(),
        "load_id": raw.load_id,
        "source_file": raw.file,
    }


def _write(rows: DataFrame, clean_folder: str, refused_folder: str) -> dict[int, dict[str, int]]:
    """Writes the clean flights, and a second pass over the files writes the refused lines, if there are any.

    Returns how many lines each reason refused, by slot. Two passes of little memory: most batches need only the first.
    """
    counted = Observation()
    refused = F.count_if(F.col("problem").isNotNull()).alias("refused")
    clean = flights(rows.drop("line").observe(counted, refused))
    clean.write.options(**ORC).partitionBy("slot").mode("append").orc(clean_folder)
    reasons: dict[int, dict[str, int]] = defaultdict(dict)
    if counted.get["refused"]:
        quarantine(rows).write.options(**ORC).partitionBy("slot").mode("append").orc(refused_folder)
        written = rows.sparkSession.read.schema("reason string, slot int").orc(refused_folder)
        for row in written.groupBy("slot", "reason").count().collect():
            reasons[row.slot][row.reason] = row["count"]
    return reasons


def clean_months(
    spark: SparkSession, months: list[RawMonth], zones: dict[str, str], parallel: int, prefix: str = ""
) -> list[str]:
    """Cleans all months, `parallel` batches at a time, printing a line for each. Returns those that failed and why."""
    failed = []

    def clean(batch: list[RawMonth]) -> None:
        for raw, became in _cleaned(spark, batch, zones, prefix):
            if isinstance(became, Exception):
                failed.append(f"{raw}: {_in_words(became)}")
            click.echo(failed[-1] if isinstance(became, Exception) else f"{raw}: {sentence(became)}")

    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(clean, _batches(months)))
    return sorted(failed)


def _batches(months: list[RawMonth]) -> Iterator[list[RawMonth]]:
    """Months of one layout in the order of time, those of one file together."""
    in_order = sorted(months, key=lambda raw: (raw.layout, raw.year, raw.month))
    for _, of_layout in groupby(in_order, key=lambda raw: raw.layout):
        batch: list[RawMonth] = []
        for of_file in _files(of_layout):
            if batch and len(batch) + len(of_file) > MONTHS_A_BATCH:
                yield batch
                batch = []
            batch = batch + of_file
        yield batch


def _files(months: Iterable[RawMonth]) -> Iterator[list[RawMonth]]:
    return (list(of_file) for _, of_file in groupby(months, key=lambda raw: raw.path))


def _cleaned(
    spark: SparkSession, months: Sequence[RawMonth], zones: dict[str, str], prefix: str
) -> Iterator[tuple[RawMonth, CleaningReport | Exception | None]]:
    """The report of each month, the error it failed with, or None where it was complete before."""
    done = [raw for raw in months if is_complete(spark, raw, prefix)]
    yield from ((raw, None) for raw in done)
    by_header: dict[str, dict[RawMonth, DataFrame]] = defaultdict(dict)
    for of_file in _files(raw for raw in months if raw not in done):
        try:
            header, lines = read_lines(spark, *of_file)
            by_header[header] |= dict.fromkeys(of_file, _kept(lines, of_file))
        except FAULTS as error:
            yield from ((raw, error) for raw in of_file)
    for header, batch in by_header.items():
        try:
            yield from clean_batch(spark, header, batch, zones, prefix).items()
        except FAULTS as error:
            if len(batch) == 1:
                yield next(iter(batch)), error
            else:  # It need not be everyone's.
                for raw in batch:
                    yield from _cleaned(spark, [raw], zones, prefix)
        finally:
            for lines in batch.values():
                lines.unpersist()


def _kept(lines: DataFrame, months: list[RawMonth]) -> DataFrame:
    """The lines of a year are kept on disk until their batch is done: to unpack a year's bzip2 takes most of a minute,
    and refused lines take a second pass. A month's are unpacked again in a second.
    """
    return lines.persist(StorageLevel.DISK_ONLY) if len(months) > 1 else lines


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


def _in_words(error: BaseException) -> str:
    """An AeroError whole; of one of Spark's the first lines of its root cause and of the error that this one caused."""
    if isinstance(error, AeroError):
        return str(error)
    if not isinstance(error, Py4JJavaError):
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    messages, cause = [], error.java_exception
    while cause:
        messages.append((cause.getMessage() or cause.getClass().getName()).partition("\n")[0])
        cause = cause.getCause()
    return ": ".join(messages[-2:])


@click.command()
@click.option("--plan", required=True, type=click.Path(path_type=Path), help="JSON list of the months to clean.")
@click.option("--parallel", type=click.IntRange(min=1), help="Batches of months at a time; else as cores are there.")
@click.option("--prefix", default="", help="Put before /aero in every folder written; for trials.")
def main(plan: Path, parallel: int | None, prefix: str) -> None:
    """Clean the raw months of a plan."""
    run(SparkSession.builder.appName("clean_flights").getOrCreate(), plan, parallel, prefix)


def run(spark: SparkSession, plan: Path, parallel: int | None = None, prefix: str = "") -> None:
    """Clean the raw months of a plan, `parallel` batches at a time. AeroError at the end with those that failed."""
    parallel = parallel or max(LEAST_PARALLEL, spark.sparkContext.defaultParallelism // MONTHS_A_BATCH)
    months = read_plan(plan)
    set_up(spark)
    failed = clean_months(spark, months, airports.time_zones(), parallel, prefix)
    if failed:
        raise AeroError(f"{len(failed)} of {len(months)} months failed:\n" + "\n".join(failed), "Mend and run again.")


if __name__ == "__main__":
    main()
