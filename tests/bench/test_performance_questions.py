"""The questions: DuckDB and Spark answer each the same of flights that the platform cleaned."""

import csv
import re
from dataclasses import asdict

import pyarrow as pa
import pytest
from pyarrow import orc

from aero import airports
from aero.datasets import AIRLINES
from aero.load_plan import RawMonth
from aero.month import Month
from bench.performance import parquet
from bench.performance.answers import Answer
from bench.performance.asking import asked
from bench.performance.engines import DUCKDB, opened
from bench.performance.questions import TABLES, questions
from tests.bench.generated import text
from tests.jobs.bts_rows import clean_files

pytestmark = pytest.mark.long

MONTHS = (Month(2007, 1), Month(2007, 11))
ROWS = 4_000
# Of each row, so that there are as many flights as the questions ask for.
COPIES = 12
# No airline has a hundred thousand.
ANSWERED_BY_NONE = {"q10"}


class LocalSpark:
    """The tests' own Spark."""

    name = "Spark"

    def __init__(self, session):
        self.session, self.tables = session, {name: name for name in TABLES}

    def ask(self, sql):
        answer = self.session.sql(sql)
        return Answer(answer.columns, answer.collect())


@pytest.fixture(scope="module")
def folder(spark, tmp_path_factory):
    """The tables as Parquet, of the ORC that the cleaning writes, and as views of Spark over it."""
    place = tmp_path_factory.mktemp("performance")
    raws = []
    for month in MONTHS:
        path = place / f"{month}.csv"
        path.write_bytes(text(str(month), count=ROWS))
        raws.append(RawMonth(*month, str(path), path.name, "reporting", "reporting", f"load-{month}"))
    clean_files(spark, raws, str(place))
    for raw in raws:
        (file,) = (place / raw.folder().lstrip("/")).glob("*.orc")
        target = place / "flights" / f"year={raw.year}" / f"month={raw.month}" / "rows.parquet"
        parquet.write(pa.concat_tables([orc.read_table(file)] * COPIES), target)
    for name, rows in small_tables().items():
        parquet.write(pa.Table.from_pylist(rows), place / name / "rows.parquet")
    for name in TABLES:
        spark.read.parquet(str(place / name)).createOrReplaceTempView(name)
    return place


def small_tables():
    """Rows of the airlines and airports, by table."""
    with AIRLINES.hql("create").with_name("airlines.csv").open(encoding="utf-8", newline="") as file:
        airlines = list(csv.DictReader(file))
    return {"airlines": airlines, "airports": [asdict(one) for one in airports.load()]}


@pytest.fixture(scope="module")
def engines(spark, folder):
    with opened((DUCKDB,), folder) as peers:
        yield [*peers, LocalSpark(spark)]


@pytest.mark.parametrize("question", questions(), ids=lambda one: one.name)
def test_both_answer_the_same(question, engines):
    found = asked(question, engines, 2007, 0)
    assert (found["rows"] == 0) == (question.name in ANSWERED_BY_NONE)


def test_there_are_eleven_of_the_one_set_and_twenty_of_the_other():
    assert [one.name for one in questions(("ontime",))] == [f"q{number}" for number in range(11)]
    assert [one.name for one in questions(("analytics",))] == [f"a{number:02}" for number in range(1, 21)]


@pytest.mark.parametrize("question", questions(), ids=lambda one: one.name)
def test_no_question_rounds_or_leaves_its_order_open(question):
    """A number that is rounded, or one with a fraction that SQL calls a decimal, differs from engine to engine."""
    sql = question.file.text.partition("Usage:")[2]
    assert not re.search(r"\bROUND\b|\d\.\d", sql)
    assert question.name == "q0" or "ORDER BY" in sql
