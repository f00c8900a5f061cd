"""The whole entry of a month after each thing that can become of it: every field that changes, and no other."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from aero.datasets import FLIGHTS
from aero.month import Month
from aero.ops import months, readers, tables
from aero.ops.months import MonthState
from tests.hdfs_in_memory import HdfsInMemory

AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
LATER = AT + timedelta(days=1)
MONTH = Month(2013, 2)
OLD, NEW = "aaaaaaaaaaaa-1", "bbbbbbbbbbbb-1"
RAW = {"family": "reporting", "source": "bts", "raw_file": "/a.csv", "raw_bytes": 9, "raw_sha256": "a" * 64}
COUNTS = {"rows_in": 10, "rows_clean": 9, "rows_quarantined": 1}
EMPTY = months.empty(MONTH)
LANDED = months.landed(EMPTY, **RAW, landed_at=AT)
SERVED = months.published(LANDED, OLD, AT, **COUNTS, checks_failed=0, checks_warned=1)
PINNED = replace(SERVED, pinned_load_id=OLD, pinned_by="ann", pinned_because="the new one is half")
UNSERVED = dict.fromkeys(
    ("served_load_id", "served_rows", "served_family", "served_source", "served_raw_sha256", "published_at")
)


def changed(before, after):
    """The fields that differ, as they are after."""
    return {name: value for name, value in asdict(after).items() if asdict(before)[name] != value}


def reconciled(entry, load_id, has_rows=True):
    location = {} if load_id is None else {MONTH: FLIGHTS.load_path(load_id, *MONTH)}
    return months.reconciled({MONTH: entry}, location, lambda _folder: has_rows)[MONTH]


def test_a_publication_for_the_first_time_says_all_of_it():
    assert changed(LANDED, SERVED) == COUNTS | {
        "state": "published",
        "is_served": True,
        "load_id": OLD,
        "served_load_id": OLD,
        "served_rows": 9,
        "served_family": "reporting",
        "served_source": "bts",
        "served_raw_sha256": "a" * 64,
        "checks_failed": 0,
        "checks_warned": 1,
        "loaded_at": AT,
        "published_at": AT,
    }


def test_what_readers_see_already_keeps_its_times_and_what_was_said_of_another_load_goes():
    assert changed(SERVED, months.published(SERVED, OLD, LATER, **COUNTS)) == {}
    refused = months.failed(SERVED, "a gate", load_id=NEW, loaded_at=LATER, checks_failed=3)
    assert changed(SERVED, refused) == {
        "state": "failed", "message": "a gate", "load_id": NEW, "loaded_at": LATER, "checks_failed": 3,
    }  # fmt: skip
    again = months.published(refused, OLD, LATER, **COUNTS)
    assert changed(refused, again) == {
        "state": "published", "message": None, "load_id": OLD, "checks_failed": None, "checks_warned": None,
    }  # fmt: skip


@pytest.mark.parametrize("of_before", [{}, {"loaded_at": None}, {"published_at": None}])
def test_a_load_that_replaces_another_has_its_own_times_and_is_a_revision_where_its_bytes_are_others(of_before):
    before = replace(SERVED, raw_sha256="b" * 64, **of_before)
    after = months.published(before, NEW, LATER, **COUNTS)
    assert (after.state, after.loaded_at, after.published_at) == ("revised", LATER, LATER)
    rebuilt = months.published(replace(SERVED, **of_before), f"{OLD}-r1", LATER, **COUNTS)
    assert (rebuilt.state, rebuilt.loaded_at, rebuilt.published_at) == ("published", LATER, LATER)


def test_a_month_whose_times_are_not_known_has_those_of_now():
    unknown = replace(SERVED, loaded_at=None, published_at=None)
    assert changed(unknown, months.published(unknown, OLD, LATER, **COUNTS)) == {
        "loaded_at": LATER, "published_at": LATER,
    }  # fmt: skip


@pytest.mark.parametrize("before", [SERVED, PINNED, months.failed(SERVED, "a gate")])
def test_a_partition_that_is_gone_leaves_what_was_tried_and_what_was_landed(before):
    gone = reconciled(before, None)
    why = {
        "state": "missing",
        "is_served": False,
        "message": "its partition is gone from aero_clean.flights: load it again",
    }
    assert changed(before, gone) == UNSERVED | why


def test_files_that_are_gone_leave_the_load_known_until_they_are_back():
    gone = reconciled(SERVED, OLD, has_rows=False)
    why = "its files are gone from HDFS: load it again"
    assert changed(SERVED, gone) == {"state": "missing", "is_served": False, "message": why}
    assert reconciled(gone, OLD) == SERVED


def test_a_partition_that_nobody_knows_is_said_and_forgotten_when_it_goes():
    seen = reconciled(LANDED, NEW)
    why = "readers see rows that the ledger does not know: load the month again"
    assert changed(LANDED, seen) == {"state": "published", "is_served": True, "message": why}
    assert reconciled(seen, None) == LANDED
    assert reconciled(replace(seen, raw_file=None), None) == replace(LANDED, raw_file=None, state=MonthState.MISSING)


@pytest.mark.parametrize(
    ("before", "load_id", "state", "rows", "raw"),
    [
        (SERVED, f"{OLD}-r1", "published", None, "a"),
        (replace(SERVED, state=MonthState.REVISED), f"{OLD}-r1", "revised", None, "a"),
        (SERVED, NEW, "revised", None, None),
        (replace(SERVED, raw_sha256="b" * 64), NEW, "revised", None, "b"),
        (replace(SERVED, load_id=NEW, rows_clean=5, message="a gate"), NEW, "revised", 5, None),
        # The bytes before are named alike but for the last letters of their names.
        (replace(SERVED, served_load_id="aaaaaaaaaaab-1"), OLD, "revised", 9, "a"),
    ],
)
def test_another_load_that_readers_see_is_known_by_its_name(monkeypatch, before, load_id, state, rows, raw):
    monkeypatch.setattr(tables, "now", lambda: LATER)
    after = reconciled(before, load_id)
    assert (after.state, after.message, after.served_load_id, after.served_rows) == (state, None, load_id, rows)
    assert (after.published_at, after.loaded_at) == (LATER, before.loaded_at)
    assert after.served_raw_sha256 == (raw and raw * 64) and (after.served_source is None) == (raw is None)


def test_a_landing_that_fails_says_why_of_a_month_that_nobody_sees():
    assert changed(LANDED, months.not_landed(LANDED, "404 Not Found")) == {
        "state": "failed",
        "message": "404 Not Found",
    }
    assert changed(SERVED, months.not_landed(SERVED, "404")) == {"message": "last look: 404"}


def test_the_raw_layer_that_is_cleared_leaves_what_readers_see():
    forgotten = dict.fromkeys(("raw_file", "raw_bytes", "raw_sha256", "landed_at"))
    assert changed(SERVED, months.without_raw(SERVED)) == forgotten
    assert changed(LANDED, months.without_raw(LANDED)) == forgotten | {"state": "missing"}
    failed = months.failed(LANDED, "a gate")
    assert changed(failed, months.without_raw(failed)) == forgotten | {"state": "missing"}


def test_the_source_of_a_load_is_that_of_the_bytes_it_is_made_of():
    landed = months.landed(SERVED, **RAW | {"raw_sha256": "b" * 64, "source": "folder"})
    assert months.source_of(landed, NEW) == "folder"
    assert months.source_of(landed, OLD) == months.source_of(landed, f"{OLD}-r1") == "bts"
    assert months.source_of(landed, "cccccccccccc-1") is None
    assert months.source_of(EMPTY, NEW) is None


def test_a_pin_is_told_with_what_ends_it():
    said = "2013-02 is pinned to aaaaaaaaaaaa-1 by ann: the new one is half; aero unpin 2013-02"
    assert months.pin_in_words(PINNED) == said


def test_a_change_is_written_under_the_lock_that_the_watch_takes_too(monkeypatch):
    client, locked, taken = HdfsInMemory(), tables.locked, []

    def noted(name):
        taken.append((name, dict(client.files)))
        return locked(name)

    monkeypatch.setattr(tables, "locked", noted)
    monkeypatch.setattr(readers.connections, "webhdfs", lambda: client)
    monkeypatch.setattr(readers.metastore, "locations", lambda _dataset: {})
    months.change(client, {MONTH: lambda _entry: SERVED})
    readers.reconcile()
    assert [name for name, _ in taken] == ["months", "months"] and taken[0][1] == {}


def test_the_ledger_has_the_months_that_should_be_there_on_a_day_and_any_other_that_is_told_of():
    client = HdfsInMemory()
    assert list(months.read(client, AT.date())) == months.expected(AT.date())
    assert list(months.read(client, LATER.date().replace(year=2027)))[-1] == Month(2027, 8)
    before_all = Month(1970, 1)
    ledger = months.change(client, {before_all: lambda entry: entry})
    assert ledger[before_all] == months.empty(before_all) == months.read(client)[before_all]


def test_a_ledger_is_written_where_there_is_none_and_where_it_changes_and_else_left_alone(monkeypatch):
    client, written, replace_ = HdfsInMemory(), [], tables.replace

    def noted(*arguments):
        written.append(arguments)
        replace_(*arguments)

    monkeypatch.setattr(tables, "replace", noted)
    for changed_, writes in ((EMPTY, 1), (EMPTY, 1), (SERVED, 2), (SERVED, 2), (EMPTY, 3)):
        months.change(client, {MONTH: lambda _entry, changed_=changed_: changed_})
        assert len(written) == writes
