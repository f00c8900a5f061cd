"""docs/tables.md is what the `.hql` files say; what the catalog takes apart is theirs."""

import re

import pytest
from click.testing import CliRunner

from aero import hql
from aero.cli import main
from aero.datasets import AUDIT, FLIGHTS, FLIGHTS_QUARANTINE, LIVE_FLIGHT_STATE, REPOSITORY, ROUTE_DELAYS_MONTHLY
from aero.ops import catalog
from tests.printed import printed

TABLES = [catalog.table(dataset) for dataset in catalog.datasets_of()]


def test_the_page_is_what_the_command_writes():
    assert (REPOSITORY / "docs" / "tables.md").read_text() == catalog.markdown(TABLES)


def test_every_create_file_is_a_table_of_it():
    files = {f"{file.parent.parent.name}.{file.parent.name}" for file in REPOSITORY.glob("hive/aero_*/*/create.hql")}
    assert {one.name for one in TABLES} == files


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_its_purpose_its_grain_and_every_word_of_its_comments(table):
    database, name = table.name.split(".")
    declared = hql.columns(REPOSITORY / "hive" / database / name / "create.hql")
    assert table.purpose and table.grain.startswith("one row a")
    for column, its in zip(table.columns, declared, strict=True):
        assert (column.name, column.type) == (its.name, its.type) and column.what
        assert re.findall(r"\w+", f"{column.what} {column.null}") == re.findall(r"\w+", its.comment)


def test_what_null_means_stands_apart_from_what_a_column_is():
    columns = {column.name: column for column in catalog.table(FLIGHTS).columns}
    assert columns["departure_delay_minutes"].what == "Minutes, negative when early"
    assert columns["departure_delay_minutes"].null == "NULL if it did not depart"
    assert columns["flight_date"].null == "" and columns["month"].is_partition


@pytest.mark.parametrize(
    ("dataset", "writer", "role", "hours"),
    [
        (FLIGHTS, "CleanFlights", "reader", 107 * 24),
        (FLIGHTS_QUARANTINE, "CleanFlights", "analyst", None),
        (ROUTE_DELAYS_MONTHLY, "BuildViews", "reader", 6),
        (LIVE_FLIGHT_STATE, "the service stream", "reader", 0.25),
        (AUDIT, "the service scheduler", "operator", None),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_who_writes_and_reads_a_table_and_when_it_is_stale(dataset, writer, role, hours):
    table = catalog.table(dataset)
    assert (table.written_by, table.role, table.stale_after_hours) == (writer, role, hours)


def test_the_command_shows_one_table_or_all_of_them():
    shown = CliRunner().invoke(main, ["tables", ROUTE_DELAYS_MONTHLY.name, "--json"])
    [table] = printed("tables", shown.output)
    assert table["name"] == ROUTE_DELAYS_MONTHLY.name and table["columns"][0]["name"] == "month"
    assert "107 days" in CliRunner().invoke(main, ["tables"]).output
    assert "There is no table 'flights'" in CliRunner().invoke(main, ["tables", "flights"]).output


def test_durations_are_in_words():
    assert [catalog.duration(hours) for hours in (0.25, 6, 107 * 24)] == ["15 minutes", "6 hours", "107 days"]
