"""Cleans raw files of observations into aero_clean.weather_hourly and aero_clean.weather_quarantine.

    spark-submit jobs/clean_weather.py --plan plan.json

The plan is a local JSON list of years (aero/load_plan.py, WeatherYear). A month of one becomes two folders,
/aero/clean/<table>/year=YYYY/month=MM/load=<load id>/, with one ORC file at most; the folder of weather_hourly comes
last and holds `_report.json`, which the quality gates judge by. A month without a line becomes nothing.

Each file is read by one of Spark's workers, each month made by one (weather_month.py).
"""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click
import weather_month
from load_folders import FILE, moved_into_place, write_bytes, write_text
from pyspark.sql import Row, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from workers import hand_out

from aero import load_plan
from aero.datasets import WEATHER_HOURLY, WEATHER_QUARANTINE
from aero.load_plan import WeatherYear
from aero.ops import checks
from aero.ops.cleaning_report import REPORT

MODULES = ("orc_files", "weather_lines", "weather_month")
# A task takes a few files: their bytes are in memory, and some are 10 MB.
FEW_FILES = {"spark.sql.files.maxPartitionBytes": "16m"}


@click.command(help=__doc__.split("\n\n")[0] if __doc__ else None)
@click.option("--plan", required=True, type=click.Path(path_type=Path), help="JSON list of the years to clean.")
@click.option("--prefix", default="", help="Put before /aero in every folder written; for trials.")
def main(plan: Path, prefix: str) -> None:
    """Clean the years of a plan."""
    run(SparkSession.builder.appName("clean_weather").getOrCreate(), plan, prefix)


def run(spark: SparkSession, plan: Path, prefix: str = "") -> None:
    """Clean the months of a plan, year by year, and print what became of each."""
    for name, value in FEW_FILES.items():
        spark.conf.set(name, value)
    hand_out(spark.sparkContext, *MODULES)
    for year in load_plan.read(plan, WeatherYear):
        for row in cleaned(spark, year, prefix):
            click.echo(f"{year.year}-{row.month:02d}: {sentence(_put(spark, year, row, prefix))}")


def cleaned(spark: SparkSession, year: WeatherYear, prefix: str = "") -> list[Row]:
    """A row of weather_month.MADE for each month that has lines."""
    files = spark.read.format("binaryFile").load([f"{prefix}{path}" for path, *_ in year.files])
    lines = files.select("path", "content").mapInArrow(
        weather_month.Parsing(year, prefix), from_arrow_schema(weather_month.LINES)
    )
    return lines.groupBy("month").applyInArrow(weather_month.made, from_arrow_schema(weather_month.MADE)).collect()


def _put(spark: SparkSession, year: WeatherYear, row: Row, prefix: str) -> weather_month.Told:
    """Puts the files of a month into its folders; the hours last, for a month that has them is complete."""
    told: weather_month.Told = json.loads(row.told)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    report = told | {"load_id": year.load_id, "checks": checks.version(WEATHER_HOURLY), "made_at": made_at}
    with ExitStack() as opened:
        for table, file in ((WEATHER_HOURLY, row.hourly), (WEATHER_QUARANTINE, row.refused)):
            folder = opened.enter_context(moved_into_place(spark, f"{prefix}{year.folder(row.month, table)}"))
            if file is not None:
                write_bytes(spark, f"{folder}/{FILE}", file)
            if table == WEATHER_HOURLY:
                write_text(spark, f"{folder}/{REPORT}", json.dumps(report))
    return told


def sentence(told: weather_month.Told) -> str:
    """What became of a month, for a person."""
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(told["reasons"].items()))
    return (
        f"{told['rows_in']:,} lines, {told['rows_clean']:,} hours of {told['airports']:,} airports, "
        f"{told['rows_passed_over']:,} passed over, {told['rows_quarantined']:,} refused{reasons and f' ({reasons})'}"
    )


if __name__ == "__main__":
    main()
