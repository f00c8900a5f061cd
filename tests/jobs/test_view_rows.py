"""The rows of each view, as a load makes them, are those that Spark's own SQL makes of the same load.hql."""

import pytest
import view_rows

from aero import hql
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.load_plan import RawMonth, ViewLoad
from aero.month import Month
from bench.damage import DAMAGES, write
from bench.judged.months import REAL, REPORTING, Key, texts
from tests.jobs.bts_rows import clean_files

MONTHS = [Key(REPORTING, Month(1998, 5)), Key(REPORTING, Month(1998, 6)), Key(REAL, Month(2013, 2))]
# Fields that are NULL where they mostly are not.
EMPTY = ("causes_empty", "cancellation_codes_empty", "actual_clocks_empty")


def months_of(year):
    return [key.month.month for key in MONTHS if key.month.year == year]


@pytest.fixture(scope="module")
def flights(spark, tmp_path_factory):
    """aero_clean.flights, with three months of two eras."""
    folder = tmp_path_factory.mktemp("views")
    raws = {}
    for key in MONTHS:
        table = texts(key, 0.003, 7, folder)
        for damage in DAMAGES:
            if damage.name in EMPTY:
                table = damage.of(table, table, 0.1, seed=7)
        path = folder / f"{key.month}.csv"
        path.write_bytes(write(table))
        raws[key] = RawMonth(*key.month, str(path), path.name, "reporting", "reporting", "one")
    clean_files(spark, raws.values(), str(folder))
    spark.sql("CREATE DATABASE aero_clean")
    columns = ", ".join(f"{column.name} {column.type}" for column in hql.columns(FLIGHTS.hql("create")))
    spark.sql(f"CREATE TABLE {FLIGHTS.name} ({columns}) USING orc PARTITIONED BY (year, month) LOCATION '{folder}/no'")
    for raw in raws.values():
        place = f"{folder}{raw.folder()}"
        spark.sql(f"ALTER TABLE {FLIGHTS.name} ADD PARTITION (year={raw.year}, month={raw.month}) LOCATION '{place}'")
    yield
    spark.sql("DROP DATABASE aero_clean CASCADE")


@pytest.fixture(scope="module")
def made(spark, flights, tmp_path_factory):
    years = sorted({key.month.year for key in MONTHS})
    wanted = {ViewLoad(view, year, None, ""): months_of(year) for view in BATCH_VIEWS for year in years}
    return view_rows.make(spark, wanted, tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize("key", MONTHS, ids=str)
@pytest.mark.parametrize("view", BATCH_VIEWS, ids=lambda view: view.table)
def test_the_rows_are_those_of_sparks_sql(spark, made, view, key):
    year, month = key.month
    rows = spark.read.orc(str(made[view.table, year, month]))
    asked = spark.sql(ViewLoad(view, year, None, "").statement([month]))
    assert rows.columns == asked.columns
    assert [field.dataType for field in rows.schema] == [field.dataType for field in asked.schema]
    assert rows.collect() == asked.collect() != []


def test_nothing_is_made_of_what_is_not_wanted(made):
    assert set(made) == {(view.table, *key.month) for view in BATCH_VIEWS for key in MONTHS}
