"""The month ledger: what becomes of a month's entry, and that its rows are the table's."""

import io
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from aero import hql
from aero.datasets import CHECKS, FLIGHTS, FRESHNESS, MONTHS, PUBLICATIONS
from aero.errors import AeroError
from aero.ops import months, tables
from aero.ops.freshness import TableFreshness
from aero.ops.months import MonthEntry
from aero.ops.publications import Switch
from luigi_tasks.publication import CheckRow

AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
COUNTS = {"rows_in": 10, "rows_clean": 9, "rows_quarantined": 1}
EMPTY = months.empty((2013, 2))
THERE = {(2013, 2): FLIGHTS.load_path("aaaaaaaaaaaa-1", 2013, 2)}
SERVED = months.published(EMPTY, "aaaaaaaaaaaa-1", AT, **COUNTS)


@pytest.mark.parametrize(
    ("dataset", "row"),
    [(MONTHS, MonthEntry), (CHECKS, CheckRow), (FRESHNESS, TableFreshness), (PUBLICATIONS, Switch)],
)
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
        (THERE, True, "published", "aaaaaaaaaaaa-1"),
        ({}, True, "missing", None),
        (THERE, False, "missing", "aaaaaaaaaaaa-1"),
    ],
)
def test_what_went_by_another_hand_is_missing(partitions, has_rows, state, served):
    ledger = months.reconciled({(2013, 2): SERVED}, partitions, lambda _folder: has_rows)
    entry = ledger[2013, 2]
    assert (entry.state, entry.served_load_id, entry.is_served) == (state, served, state == "published")
    assert months.reconciled(ledger, partitions, lambda _folder: has_rows) == ledger


def test_files_that_come_back_are_seen():
    gone = months.reconciled({(2013, 2): SERVED}, THERE, lambda _folder: False)
    assert months.reconciled(gone, THERE, lambda _folder: True) == {(2013, 2): SERVED}


def test_rows_that_came_by_another_hand_are_seen():
    entry = months.reconciled({(2013, 2): EMPTY}, THERE, lambda _folder: True)[2013, 2]
    assert entry.is_served and "load the month again" in entry.message


def test_a_partition_that_somebody_adds_and_drops_again_leaves_the_month_as_it_was():
    landed = months.landed(EMPTY, raw_sha256="a" * 64, raw_file="/aero/raw/february.csv.gz")
    for before in (EMPTY, landed):
        added = months.reconciled({(2013, 2): before}, THERE, lambda _folder: True)
        assert added[2013, 2].is_served
        assert months.reconciled(added, {}, lambda _folder: True) == {(2013, 2): before}


def test_a_landing_says_nothing_of_what_readers_see_until_it_is_published():
    first = {"raw_sha256": "a" * 64, "family": "marketing", "source": "bts"}
    served = months.published(months.landed(EMPTY, **first), "aaaaaaaaaaaa-1", AT, **COUNTS)
    landed = months.landed(served, raw_sha256="b" * 64, family="reporting", source="folder")
    assert _served(landed) == _served(served) == ("marketing", "bts", "a" * 64)
    assert _served(months.failed(landed, "a gate")) == ("marketing", "bts", "a" * 64)
    assert _served(months.published(landed, "bbbbbbbbbbbb-1", AT, **COUNTS)) == ("reporting", "folder", "b" * 64)
    assert _served(months.published(landed, "aaaaaaaaaaaa-1-r1", AT, **COUNTS)) == ("marketing", "bts", "a" * 64)


def _served(entry):
    return entry.served_family, entry.served_source, entry.served_raw_sha256


def test_a_landing_that_fails_leaves_a_month_that_readers_see_as_good_as_it_was():
    looked_at = months.not_landed(SERVED, "404 Not Found")
    assert looked_at == replace(SERVED, message="last look: 404 Not Found")
    assert months.landed(looked_at, raw_sha256=None) == SERVED
    refused = months.failed(SERVED, "a gate")
    assert months.not_landed(refused, "404 Not Found") == refused
    assert months.not_landed(EMPTY, "404 Not Found").state == "failed"


def test_a_load_that_a_killed_run_published_is_known_as_served():
    landed = months.landed(SERVED, raw_sha256="b" * 64, family="reporting", source="bts")
    switched = {(2013, 2): FLIGHTS.load_path("bbbbbbbbbbbb-1", 2013, 2)}
    entry = months.reconciled({(2013, 2): landed}, switched, lambda _folder: True)[2013, 2]
    assert (entry.state, entry.served_load_id, entry.served_rows) == ("revised", "bbbbbbbbbbbb-1", None)
    assert _served(entry) == ("reporting", "bts", "b" * 64)
    published = months.published(entry, "bbbbbbbbbbbb-1", AT, **COUNTS)
    assert (published.state, published.served_rows) == ("revised", 9)


def _read(monkeypatch, text):
    monkeypatch.setattr(tables.webhdfs, "exists", lambda _client, _path: True)
    client = SimpleNamespace(read=lambda _path, encoding: io.StringIO(text))
    return months.read(client)


def test_lines_of_a_ledger_before_there_were_the_served_columns_are_read(monkeypatch):
    entry = replace(SERVED, raw_sha256="a" * 64, family="marketing", source="bts")
    old = tables._line(entry).rstrip("\n").split("\t")[:22]
    ledger = _read(monkeypatch, "\t".join(old) + "\n")
    assert _served(ledger[2013, 2]) == ("marketing", "bts", "a" * 64) and ledger[2013, 2].pinned_load_id is None
    other = replace(entry, raw_sha256="b" * 64)
    old = tables._line(other).rstrip("\n").split("\t")[:22]
    assert _served(_read(monkeypatch, "\t".join(old) + "\n")[2013, 2]) == (None, None, None)


@pytest.mark.parametrize("damage", ["", "2013\tFebruary", "2013\t2\t2013-02-01\tpublished" + "\tx" * 40])
def test_a_damaged_line_is_named_with_its_file(monkeypatch, damage):
    with pytest.raises(AeroError, match=r"hdfs:/aero/ops/months/months.tsv, line 2: it cannot be read"):
        _read(monkeypatch, tables._line(SERVED) + damage + "\n")
