"""Loading from a folder on the running services: real rows of every layout, revised months, broken files."""

import gzip
import json
import subprocess
import sys

import pytest

from aero import hql
from aero.cluster import spark
from aero.datasets import FLIGHTS
from aero.settings import load_settings
from tests.command import aero, sql

pytestmark = pytest.mark.cluster

# Every column as text (Hive says TRUE, Spark true), hashed over all rows whatever their order.
HASH_JOB = """
import json, sys
from pyspark.sql import SparkSession
session = SparkSession.builder.appName("hash").enableHiveSupport().getOrCreate()
print(json.dumps([row.asDict() for row in session.sql(sys.argv[1]).collect()]))
"""


@pytest.fixture(scope="module")
def real_rows(cluster, shared_data):
    """The real rows of three months, loaded from their folder; the account of the load."""
    return _load(shared_data / "bts")


def _load(folder):
    return aero("load", "--from", "1988-01", "--to", "2026-04", "--source", str(folder), "--json").json


COUNTS = """
select year, source_family, count(*) as flights from aero_clean.flights
where year in (1988, 2020, 2026) group by year, source_family order by year
"""


def test_real_rows_of_every_family_are_clean_or_quarantined(real_rows):
    assert real_rows["steps"]["cleaning"] == {"cleaned": 3} and real_rows["rows"]["in"] == 228
    clean = {row["year"]: row["flights"] for row in sql(COUNTS)}
    quarantined = sql("select year, reason, count(*) as n from aero_clean.flights_quarantine"
                      " where year in (1988, 2020, 2026) group by year, reason")  # fmt: skip
    refused = {row["year"]: row["n"] for row in quarantined}
    assert all(row["reason"] for row in quarantined)
    assert {year: clean.get(year, 0) + refused.get(year, 0) for year in (1988, 2020, 2026)} == {
        1988: 9, 2020: 199, 2026: 20,
    }  # fmt: skip


def test_a_second_load_of_the_folder_leaves_the_counts(real_rows, shared_data):
    before = sql(COUNTS)
    steps = _load(shared_data / "bts")["steps"]
    assert steps["landing"]["unchanged"] == 3 and steps["cleaning"] == {"unchanged": 3}
    assert sql(COUNTS) == before


def test_hive_and_spark_read_the_same_orc_column_by_column(real_rows, tmp_path):
    names = [column.name for column in hql.columns(FLIGHTS.hql("create")) if column.name != "diversions"]
    sums = ", ".join(f"sum(cast(crc32(lower(cast({name} as string))) as bigint)) as {name}" for name in names)
    question = f"select count(*) as rows_read, {sums} from aero_clean.flights where year in (1988, 2020, 2026)"
    [by_hive] = sql(question)
    job = tmp_path / "hash_columns.py"
    job.write_text(HASH_JOB)
    _, environment = spark.application(load_settings(), "hash_columns")
    done = subprocess.run(
        [sys.executable, job, question], env=environment, capture_output=True, text=True, cwd=tmp_path
    )
    [by_spark] = json.loads(done.stdout.splitlines()[-1])
    differing = {name: (by_hive[name], by_spark[name]) for name in by_hive if by_hive[name] != by_spark[name]}
    assert by_hive["rows_read"] == 228 and differing == {}


def test_a_revised_month_replaces_the_old_one_and_is_counted_right(tmp_path, shared_data, real_rows):
    source = (shared_data / "bts" / "reporting_2020_12_199rows.csv").read_bytes().splitlines(keepends=True)
    month = tmp_path / "december.csv"
    count = "select count(*) as n, min(source_file) as file from aero_clean.flights where year = 2020 and month = 12"
    month.write_bytes(b"".join(source[: 150 + 1]))
    aero("load", "--from", "2020-12", "--to", "2020-12", "--source", str(tmp_path))
    assert sql(count) == [{"n": 150, "file": "december.csv"}]
    assert sql("select sum(total_flights) as n from aero_batch.airline_delays_monthly where year = 2020") == [
        {"n": 150}
    ]


def test_a_broken_file_is_named_and_the_other_months_are_loaded(tmp_path, shared_data, cluster):
    good = (shared_data / "bts" / "reporting_1988_01_9rows.csv").read_bytes()
    (tmp_path / "january.csv.gz").write_bytes(gzip.compress(good))
    (tmp_path / "february.csv").write_bytes(good.replace(b'"DepDelay"', b'"DepartureDelay"', 1))
    said = aero("load", "--from", "1988-01", "--to", "1988-02", "--source", str(tmp_path), fails=True)
    words = " ".join(said.err.split())
    assert "february.csv" in words and "unknown: DepartureDelay; missing: DepDelay" in words
    assert "Traceback" not in said.err
    assert sql("select count(*) as n from aero_clean.flights where year = 1988") == [{"n": 9}]
