"""A month through Kafka is the month of the bulk load: the lines come whole or not at all, and are cleaned the same."""

from dataclasses import replace

import clean_flights
import consume_month
import pytest
from pyspark.sql import functions as F

from aero import airports, hql, monthly
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.load_plan import RawMonth
from luigi_tasks.landing import bounds
from tests.jobs import bts_rows
from tests.samples import BTS_FILES

SCHEMA = "line string, content binary"


@pytest.fixture(scope="module")
def odd_file(tmp_path_factory):
    """A file of every kind of line: good, refused, doubled, blank, with \\r\\n, not UTF-8, with a line end in it."""
    texts = [
        bts_rows.header(),
        bts_rows.line(),
        bts_rows.line(Flight_Number_Reporting_Airline='"2"') + "\r",
        "",
        bts_rows.line(),
        bts_rows.line(Flight_Number_Reporting_Airline='"3"', DepDelay="late"),
        bts_rows.line(Flight_Number_Reporting_Airline='"4"', Tail_Number='"N3\xe98"'),
        bts_rows.line(Flight_Number_Reporting_Airline='"5"', OriginCityName='"New\rYork"'),
    ]
    path = tmp_path_factory.mktemp("raw") / "flights.csv"
    path.write_bytes("\n".join(texts).encode("latin-1"))
    return path


def records(spark, content, load_id="load-1"):
    """The staged rows of a file as the producer sends it, the end marker among them."""
    lines = list(bounds.lines(content, "a", packed=1))
    rows = [(str(number), bytearray(line)) for number, line in enumerate(lines, 1)]
    marker = (monthly.END, bytearray(monthly.marker(lines).to_json()))
    return spark.createDataFrame([*rows, marker], SCHEMA)


def table_schema(table):
    columns = [column for column in hql.columns(table.hql("create")) if column.name not in table.partitions]
    return ", ".join(f"{column.name} {column.type}" for column in columns)


def month_of(path, year=2013, month=7, layout="reporting", family="reporting"):
    return RawMonth(year, month, str(path), path.name, family, layout, "load-1")


def both_ways(spark, raw, path):
    """Header and lines of a month, as read from its file and as they come through Kafka."""
    with path.open("rb") as content:
        lines = consume_month.complete_lines(records(spark, content), "load-1")
    return clean_flights.read_lines(spark, raw), consume_month.month_of_lines(lines, raw)


def test_a_month_through_kafka_equals_the_bulk_load_column_by_column(spark, odd_file, tmp_path):
    bulk, kafka = month_of(odd_file), replace(month_of(odd_file), load_id="load-2")
    (header, read), (sent_header, sent) = both_ways(spark, bulk, odd_file)
    assert header == sent_header
    reports = dict(
        told
        for raw, lines in ((bulk, read), (kafka, sent))
        for told in clean_flights.clean_file(spark, header, lines, [raw], airports.time_zones(), str(tmp_path))
    )
    assert reports[bulk] == {**reports[kafka], "load_id": "load-1"}
    assert reports[bulk]["rows_in"] == 7
    assert reports[bulk]["reasons"] == {"wrong_field_count": 2, "untypable": 1, "duplicate_key": 1}
    for table in (FLIGHTS, FLIGHTS_QUARANTINE):
        folders = [f"{tmp_path}{table.load_path(raw.load_id, raw.year, raw.month)}" for raw in (bulk, kafka)]
        of_bulk, of_kafka = (spark.read.schema(table_schema(table)).orc(folder) for folder in folders)
        assert of_kafka.select("load_id").distinct().collect() == [("load-2",)]
        assert of_kafka.withColumn("load_id", F.lit("load-1")).collect() == of_bulk.collect()


@pytest.mark.parametrize("file", BTS_FILES, ids=str)
def test_lines_of_every_family_are_byte_by_byte_those_of_the_file(spark, file):
    raw = month_of(file.path, file.year, file.month, file.layout, file.family)
    read, sent = both_ways(spark, raw, file.path)
    assert sent[0] == read[0]
    of_file, of_kafka = (
        lines.select("source_line", F.col("line").cast("binary")).collect() for _, lines in (read, sent)
    )
    assert sorted(of_kafka) == of_file and len(of_file) == file.rows


def test_lines_that_were_sent_twice_are_there_once(spark, odd_file):
    with odd_file.open("rb") as content:
        rows = records(spark, content)
    assert consume_month.complete_lines(rows.union(rows), "load-1").count() == rows.count() - 1


@pytest.mark.parametrize(
    ("kept", "message"), [("line <> '3'", "the marker says"), ("line <> 'end'", "no end marker came")]
)
def test_half_a_load_never_becomes_lines(spark, odd_file, kept, message):
    with odd_file.open("rb") as content:
        rows = records(spark, content)
    with pytest.raises(AeroError, match=f"load load-1: .* came through Kafka, {message}"):
        consume_month.complete_lines(rows.where(kept), "load-1")


def test_a_changed_line_is_noticed_though_the_count_is_right(spark, odd_file):
    with odd_file.open("rb") as content:
        rows = records(spark, content)
    other = "cast(replace(cast(content as string), '2475', '2474') as binary)"
    changed = rows.selectExpr("line", f"if(line = '2', {other}, content) AS content")
    with pytest.raises(AeroError, match="came through Kafka, the marker says"):
        consume_month.complete_lines(changed, "load-1")


def test_only_the_records_of_the_load_are_staged(spark):
    keys = [monthly.key("load-1", 1), monthly.key("load-10", 1), monthly.key("load-1", monthly.END)]
    records = spark.createDataFrame([(bytearray(key), bytearray(b"x")) for key in keys], "key binary, value binary")
    assert [row.line for row in consume_month.staged(records, "load-1").collect()] == ["1", "end"]
