"""Loading from a folder on the running services: rows of every layout, revised months, broken files."""

import gzip

import pytest

from aero import hql
from aero.datasets import FLIGHTS
from tests.command import aero, sql
from tests.samples import ALL

pytestmark = pytest.mark.cluster
# What a load does beside the rows themselves, whose layouts and families are then of no matter.
of_own = pytest.mark.parametrize("samples", ALL[:1], ids=lambda each: each.name, scope="session", indirect=True)


@pytest.fixture(scope="module")
def loaded(cluster, samples):
    """The months of the samples, loaded from their folder; the report of the load."""
    return _load(samples)


def _load(samples):
    months = sorted(file.when for file in samples.bts.values())
    folder = samples.folder / "bts"
    return aero("load", "--from", months[0], "--to", months[-1], "--source", str(folder), "--json").json


@pytest.fixture(scope="module")
def rows(samples):
    """How many rows the samples have of each year."""
    return {file.year: file.rows for file in samples.bts.values()}


def _of_years(rows):
    return f"year in ({', '.join(map(str, rows))})"


def _counts(rows):
    return sql(f"select year, source_family, count(*) as flights from aero_clean.flights where {_of_years(rows)}"
               " group by year, source_family order by year")  # fmt: skip


def test_rows_of_every_family_are_clean_or_quarantined(loaded, rows):
    assert loaded["steps"]["cleaning"] == {"cleaned": len(rows)} and loaded["rows"]["in"] == sum(rows.values())
    clean = {row["year"]: row["flights"] for row in _counts(rows)}
    quarantined = sql("select year, reason, count(*) as n from aero_clean.flights_quarantine"
                      f" where {_of_years(rows)} group by year, reason")  # fmt: skip
    refused = {row["year"]: row["n"] for row in quarantined}
    assert all(row["reason"] for row in quarantined)
    assert {year: clean.get(year, 0) + refused.get(year, 0) for year in rows} == rows


def test_a_second_load_of_the_folder_leaves_the_counts(loaded, samples, rows):
    before = _counts(rows)
    steps = _load(samples)["steps"]
    assert steps["landing"]["unchanged"] == len(rows) and steps["cleaning"] == {"unchanged": len(rows)}
    assert _counts(rows) == before


def test_hive_and_spark_read_the_same_orc_column_by_column(loaded, rows):
    """Every column as text (Hive says TRUE, Spark true), hashed over all rows whatever their order."""
    names = [column.name for column in hql.columns(FLIGHTS.hql("create")) if column.name != "diversions"]
    sums = ", ".join(f"sum(cast(crc32(lower(cast({name} as string))) as bigint)) as {name}" for name in names)
    question = f"select count(*) as rows_read, {sums} from aero_clean.flights where {_of_years(rows)}"
    [by_hive] = sql(question)
    [by_spark] = aero("sql", "--engine", "spark", "-e", question, "--format", "json").json
    differing = {name: (by_hive[name], by_spark[name]) for name in by_hive if by_hive[name] != by_spark[name]}
    assert by_hive["rows_read"] == sum(rows.values()) and differing == {}


@of_own
def test_a_revised_month_replaces_the_old_one_and_is_counted_right(tmp_path, samples, loaded):
    file, kept = samples.bts["reporting"], samples.bts["reporting"].rows - 14
    source = file.path.read_bytes().splitlines(keepends=True)
    (tmp_path / "revised.csv").write_bytes(b"".join(source[: kept + 1]))
    aero("load", "--from", file.when, "--to", file.when, "--source", str(tmp_path))
    assert sql(
        "select count(*) as n, min(source_file) as file from aero_clean.flights"
        f" where year = {file.year} and month = {file.month}"
    ) == [{"n": kept, "file": "revised.csv"}]
    assert sql(f"select sum(total_flights) as n from aero_batch.airline_delays_monthly where year = {file.year}") == [
        {"n": kept}
    ]


@of_own
def test_a_broken_file_is_named_and_the_other_months_are_loaded(tmp_path, samples, cluster):
    file = samples.bts["reporting_old"]
    good = file.path.read_bytes()
    (tmp_path / "good.csv.gz").write_bytes(gzip.compress(good))
    (tmp_path / "broken.csv").write_bytes(good.replace(b'"DepDelay"', b'"SomeDelay"', 1))
    next_month = f"{file.year}-{file.month + 1:02d}"
    result = aero("load", "--from", file.when, "--to", next_month, "--source", str(tmp_path), fails=True)
    words = " ".join(result.err.split())
    assert "broken.csv" in words and "unknown columns: SomeDelay" in words
    assert "Traceback" not in result.err
    assert sql(f"select count(*) as n from aero_clean.flights where year = {file.year}") == [{"n": file.rows}]
