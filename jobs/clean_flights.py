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
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import click
from flight_cleaning import checked, flights, lines_of_batch, lines_of_months, quarantine
from flight_measures import NO_FLIGHTS
from flight_month import OfEach
from load_folders import ORC, WHOLE_FILES, beside, delete, exists, loading, move, write_text
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from spark_errors import in_words

from aero import airports, load_plan
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.ops import checks
from aero.ops.cleaning_report import REPORT, CleaningReport
from aero.ops.profile import PROFILE, Profile

# What is done again when a load is killed: five minutes of the fullest months on two cores.
MONTHS_A_BATCH = 12
LEAST_PARALLEL = 2
FAULTS = (AeroError, PySparkException, Py4JError)
# A stage of 110 columns would become one method of over 8,000 bytes, which Java never compiles.
SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.codegen.wholeStage": "false",
    # A task has one month or few, in order: each is written as it comes, and no row is sorted for it once more.
    "spark.sql.maxConcurrentOutputFileWriters": "12",
    # A month is a task: the union of single partitions would be a single one.
    "spark.sql.unionOutputPartitioning": "false",
}


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
    lines_in = Observation()
    lines = lines_of_batch(months).observe(lines_in, *_counts(months))
    profiles = spark.sparkContext.accumulator({}, OfEach())
    rows = checked(lines, list(months), header, zones, profiles)
    places = [tuple(f"{prefix}{raw.folder(table)}" for table in (FLIGHTS, FLIGHTS_QUARANTINE)) for raw in months]
    for left in places:
        for place in left:
            delete(spark, loading(place))
    # Beside the month that is complete last: when this is killed, the next run has it in its plan and finds it.
    with beside(spark, places[-1][0]) as clean, beside(spark, places[-1][1]) as refused:
        written, reasons = _write(rows, months, clean, refused)
        reports: dict[RawMonth, CleaningReport] = {}
        for slot, raw in enumerate(months):
            profile = Profile.from_json(profiles.value[slot]) if slot in profiles.value else NO_FLIGHTS
            unknown_zones = sorted(profile.airports - zones.keys())
            counts = lines_in.get[str(slot)], written[str(slot)]
            reports[raw] = _report(raw, *counts, reasons[slot], profile.measures, unknown_zones)
            write_text(spark, f"{clean}/slot={slot}/{PROFILE}", profile.to_json())
            write_text(spark, f"{clean}/slot={slot}/{REPORT}", json.dumps(reports[raw]))
        for slot, (clean_place, refused_place) in enumerate(places):
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


def _counts(months: Collection[RawMonth]) -> list[Column]:
    """The rows of each slot, to be observed."""
    return [F.count_if(F.col("slot") == slot).alias(str(slot)) for slot in range(len(months))]


def _write(
    rows: DataFrame, months: Collection[RawMonth], clean_folder: str, refused_folder: str
) -> tuple[dict[str, int], dict[int, dict[str, int]]]:
    """Writes the clean flights, and a second pass over the files writes the refused lines, if there are any.

    Returns by slot how many flights were written, and how many lines each reason refused. Two passes of little memory:
    most batches need only the first.
    """
    seen, written = Observation(), Observation()
    refused = F.count_if(F.col("problem").isNotNull()).alias("refused")
    clean = flights(rows.observe(seen, refused)).observe(written, *_counts(months))
    clean.write.options(**ORC).partitionBy("slot").mode("append").orc(clean_folder)
    reasons: dict[int, dict[str, int]] = defaultdict(dict)
    if seen.get["refused"]:
        quarantine(rows).write.options(**ORC).partitionBy("slot").mode("append").orc(refused_folder)
        lines = rows.sparkSession.read.schema("reason string, slot int").orc(refused_folder)
        for row in lines.groupBy("slot", "reason").count().collect():
            reasons[row.slot][row.reason] = row["count"]
    return written.get, reasons


def clean_months(
    spark: SparkSession, months: list[RawMonth], zones: dict[str, str], parallel: int, prefix: str = ""
) -> list[str]:
    """Cleans all months, `parallel` batches at a time, printing a line for each. Returns those that failed and why."""
    failed = []

    def clean(batch: list[RawMonth]) -> None:
        for raw, became in _cleaned(spark, batch, zones, prefix):
            if isinstance(became, Exception):
                failed.append(f"{raw}: {in_words(became)}")
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
