"""Takes published months out of Kafka and cleans them as clean_flights.py does, into the same folders.

The plan is that of clean_flights.py, and each entry says where its records begin in the topic:

    [{"year": 2013, "month": 1, …, "load_id": "8c1f", "offsets": {"0": 0, "1": 512, "2": 0, "3": 17}}]

A month's records are staged in HDFS by a stream that ends when all is read; killed in between, it goes on where it was.
Only when the staged lines have the count and the hash of the end marker are they cleaned. If not, what was staged is
thrown away and the month fails: a half-consumed load never reaches the table.
"""

import json
from pathlib import Path

import click
from clean_flights import clean_file, is_complete, sentence
from flight_cleaning import lines_of_months
from load_folders import delete
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from aero import airports, kafka_clients, load_plan, monthly
from aero.datasets import TOPIC_MONTHLY
from aero.errors import AeroError
from aero.load_plan import RawMonth, SentMonth

# Some ten seconds of work: what a killed consumer has to do again.
RECORDS_A_BATCH = 100_000


def staged(records: DataFrame, load_id: str) -> DataFrame:
    """The records of one load as staging has them: `line` (number, or `end`) and `content` (bytes)."""
    key = F.col("key").cast("string")
    own = records.where(F.startswith(key, F.lit(f"{load_id}/")))
    return own.select(F.substring_index(key, "/", -1).alias("line"), F.col("value").alias("content"))


def complete_lines(rows: DataFrame, load_id: str) -> DataFrame:
    """The lines of staged rows: `line` (text) and `source_line`. AeroError unless they are what the end marker says.

    A line that was sent twice, by a producer that was killed and began again, is the same bytes: it is there once.
    """
    markers = {
        monthly.Marker.from_json(bytes(row.content)) for row in rows.where(F.col("line") == monthly.END).collect()
    }
    lines = rows.where(F.col("line") != monthly.END).distinct().persist()
    [(count, digests)] = lines.agg(F.count(F.lit(1)), F.sum(_digest())).collect()
    found = monthly.Marker(count, int(digests or 0))
    if markers != {found}:
        wanted = " and ".join(f"the marker says {_words(one)}" for one in markers) or "no end marker came"
        raise AeroError(f"load {load_id}: {_words(found)} came through Kafka, {wanted}", "Nothing of it was published.")
    return lines.select(F.col("content").cast("string").alias("line"), F.col("line").cast("int").alias("source_line"))


def _digest() -> Column:
    """monthly.digest of a staged row."""
    numbered = F.concat(F.encode(F.concat("line", F.lit(":")), "UTF-8"), F.col("content"))
    return F.conv(F.substring(F.sha2(numbered, 256), 1, monthly.HASH_DIGITS), 16, 10).cast("decimal(38,0)")


def _words(marker: monthly.Marker) -> str:
    return f"{marker.lines:,} lines with hash {marker.hash:x}"


def consume(spark: SparkSession, kafka: str, raw: RawMonth, offsets: dict[str, int]) -> DataFrame:
    """The complete lines of a month, staged from Kafka. AeroError, and nothing staged, where they are not complete."""
    folder = monthly.staging_path(raw.load_id)
    options: dict[str, str | int] = {
        **kafka_clients.spark_options(kafka_clients.MONTHS, kafka),
        "subscribe": TOPIC_MONTHLY,
        "startingOffsets": json.dumps({TOPIC_MONTHLY: offsets}),
        "maxOffsetsPerTrigger": RECORDS_A_BATCH,
    }
    try:
        records = spark.readStream.format("kafka").options(**options).load()
        writer = staged(records, raw.load_id).writeStream.format("orc").trigger(availableNow=True)
        query = writer.option("checkpointLocation", f"{folder}/checkpoint").start(f"{folder}/rows")
        query.awaitTermination()
        return complete_lines(spark.read.schema("line string, content binary").orc(f"{folder}/rows"), raw.load_id)
    except (AeroError, PySparkException):
        delete(spark, folder)
        raise


def month_of_lines(lines: DataFrame, raw: RawMonth) -> tuple[str, DataFrame]:
    """The header, and the lines of the month below it, as clean_flights.read_lines has them."""
    header = lines.where(F.col("source_line") == 1).first()
    if header is None:
        raise AeroError(f"{raw.file}: the file is empty", "Land the month again.")
    raw.check_header(header.line)
    rows = lines.where((F.col("source_line") > 1) & (F.trim("line") != "")).coalesce(1)
    return header.line, lines_of_months(rows, header.line, raw)


def run(spark: SparkSession, plan: Path, kafka: str, prefix: str = "") -> None:
    """Consume and clean the months of a plan. AeroError at the first that did not come whole."""
    zones = airports.time_zones()
    for sent in load_plan.read(plan, SentMonth):
        raw = sent.raw
        if is_complete(spark, raw, prefix):
            click.echo(f"{raw}: {sentence(None)}")
            continue
        lines = consume(spark, kafka, raw, sent.offsets)
        click.echo(f"{raw}: came whole through Kafka")
        header, of_month = month_of_lines(lines, raw)
        [(_, report)] = clean_file(spark, header, of_month, [raw], zones, prefix)
        click.echo(f"{raw}: {sentence(report)}")
