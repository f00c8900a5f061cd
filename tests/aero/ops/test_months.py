"""The month ledger: what becomes of a month's entry, and that its rows are the table's."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest

from aero import hql
from aero.datasets import CHECKS, FRESHNESS, MONTHS
from aero.ops import months, tables
from aero.ops.freshness import TableFreshness
from aero.ops.months import MonthEntry
from luigi_tasks.publication import CheckRow

AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
COUNTS = {"rows_in": 10, "rows_clean": 9, "rows_quarantined": 1}
EMPTY = months.empty((2013, 2))
SERVED = months.published(EMPTY, "aaaaaaaaaaaa-1", AT, **COUNTS)


@pytest.mark.parametrize(("dataset", "row"), [(MONTHS, MonthEntry), (CHECKS, CheckRow), (FRESHNESS, TableFreshness)])
def test_a_row_has_the_columns_of_its_table_in_their_order(dataset, row):
    columns = [column.name for column in hql.columns(dataset.hql("create"))]
    assert [field.name for field in fields(row)] == columns


def test_a_row_is_read_as_it_was_written():
    entry = replace(SERVED, message="two\nlines\tand a tab", landed_at=AT, checks_failed=0)
    line = tables._line(entry)
    assert line.count("\n") == 1 and r"\N" in line and "true" in line
    kinds = [MonthEntry.__annotations__[field.name] for field in fields(MonthEntry)]
    read = MonthEntry(*map(tables._value, kinds, line.rstrip("\n").split("\t")))
    assert read == replace(entry, message="two lines and a tab")


def test_every_month_since_october_1987_is_expected_until_bts_may_still_be_at_it():
    expected = months.expected(date(2026, 11, 23))
    assert expected[0] == (1987, 10) and expected[-1] == (2026, 8) and len(expected) == 467


def test_a_month_goes_from_missing_to_landed_to_published():
    landed = months.landed(EMPTY, raw_sha256="a" * 64)
    assert (EMPTY.state, landed.state, landed.is_served) == ("missing", "landed", False)
    published = months.published(landed, "aaaaaaaaaaaa-1", AT, **COUNTS)
    assert (published.state, published.served_rows, published.published_at) == ("published", 9, AT)


def test_a_month_whose_bytes_were_replaced_is_revised_and_stays_so():
    landed = months.landed(SERVED, raw_sha256="b" * 64)
    assert (landed.state, landed.is_served) == ("landed", True)
    revised = months.published(landed, "bbbbbbbbbbbb-1", AT, **COUNTS)
    assert revised.state == "revised"
    assert months.published(revised, "bbbbbbbbbbbb-2", AT, **COUNTS).state == "revised"
    assert months.published(SERVED, "aaaaaaaaaaaa-1-r1", AT, **COUNTS).state == "published"


def test_a_failed_month_keeps_what_readers_see():
    failed = months.failed(SERVED, "a gate", load_id="bbbbbbbbbbbb-1")
    assert (failed.state, failed.message, failed.is_served) == ("failed", "a gate", True)
    assert failed.served_load_id == "aaaaaaaaaaaa-1"


@pytest.mark.parametrize(
    ("partitions", "has_rows", "state", "served"),
    [
        ([(2013, 2)], True, "published", "aaaaaaaaaaaa-1"),
        ([], True, "missing", None),
        ([(2013, 2)], False, "missing", "aaaaaaaaaaaa-1"),
    ],
)
def test_what_went_by_another_hand_is_missing(partitions, has_rows, state, served):
    ledger = months.reconciled({(2013, 2): SERVED}, partitions, lambda _folder: has_rows)
    entry = ledger[2013, 2]
    assert (entry.state, entry.served_load_id, entry.is_served) == (state, served, state == "published")
    assert months.reconciled(ledger, partitions, lambda _folder: has_rows) == ledger


def test_files_that_come_back_are_seen():
    gone = months.reconciled({(2013, 2): SERVED}, [(2013, 2)], lambda _folder: False)
    assert months.reconciled(gone, [(2013, 2)], lambda _folder: True) == {(2013, 2): SERVED}


def test_rows_that_came_by_another_hand_are_seen():
    entry = months.reconciled({(2013, 2): EMPTY}, [(2013, 2)], lambda _folder: True)[2013, 2]
    assert entry.is_served and "load the month again" in entry.message
