"""The month ledger: what becomes of a month's entry, and that its rows are the table's."""

import io
from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from aero import connections, hql, metastore
from aero.datasets import (
    ACCEPTANCES,
    BATCH_VIEWS,
    CHECKS,
    COLUMNS,
    FLIGHTS,
    FRESHNESS,
    MACHINE_SAMPLES,
    MONTHS,
    PUBLICATIONS,
    TABLES,
)
from aero.ops import freshness, months, readers, tables
from aero.ops.acceptances import Acceptance
from aero.ops.described import DescribedColumn, DescribedTable
from aero.ops.freshness import TableFreshness
from aero.ops.gates import CheckRow
from aero.ops.machine_samples import MachineSample
from aero.ops.months import MonthEntry
from aero.ops.publications import Switch
from aero.settings import load_settings
from tests.hdfs_in_memory import HdfsInMemory

AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
COUNTS = {"rows_in": 10, "rows_clean": 9, "rows_quarantined": 1}
EMPTY = months.empty((2013, 2))
THERE = {(2013, 2): FLIGHTS.load_path("aaaaaaaaaaaa-1", 2013, 2)}
SERVED = months.published(EMPTY, "aaaaaaaaaaaa-1", AT, **COUNTS)


@pytest.mark.parametrize(
    ("dataset", "row"),
    [
        (MONTHS, MonthEntry),
        (CHECKS, CheckRow),
        (FRESHNESS, TableFreshness),
        (PUBLICATIONS, Switch),
        (ACCEPTANCES, Acceptance),
        (TABLES, DescribedTable),
        (COLUMNS, DescribedColumn),
        (MACHINE_SAMPLES, MachineSample),
    ],
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


def test_where_the_raw_layer_was_cleared_nothing_is_said_of_its_file_and_readers_keep_the_month():
    raw = {"raw_file": "/aero/raw/a.gz", "raw_bytes": 9, "raw_sha256": "a" * 64, "landed_at": AT}
    landed = replace(SERVED, **raw, raw_columns="108 of 110", raw_lacks="TailNum")
    assert months.without_raw(landed) == SERVED
    assert months.without_raw(replace(EMPTY, **raw, state=months.MonthState.LANDED)) == EMPTY


def test_every_month_since_october_1987_is_expected_until_bts_may_still_be_at_it():
    expected = months.expected(date(2026, 11, 23))
    assert expected[0] == (1987, 10) and expected[-1] == (2026, 8) and len(expected) == 467


def test_the_ledger_has_what_is_expected_today_and_what_somebody_told_of_another_month(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    client, today = HdfsInMemory(), date(1988, 6, 1)
    assert list(months.read(client, today)) == months.expected(today)
    assert months.update(client, (1987, 9), source="bts").when == (1987, 9)
    assert next(iter(months.read(client, today))) == (1987, 9)


def test_a_change_is_one_write_under_the_ledgers_lock_and_one_that_changes_nothing_is_none(monkeypatch):
    written, locks, client = [], [], HdfsInMemory()
    replaced = tables.replace
    monkeypatch.setattr(tables, "locked", lambda name: locks.append(name) or nullcontext())
    monkeypatch.setattr(tables, "replace", lambda *of: written.append(of[1]) or replaced(*of))
    for _ in range(2):  # The first one finds no file.
        months.change(client, {(2013, 2): lambda entry: entry})
    assert written == [MONTHS] and locks == ["months"] * 2
    months.update(client, (2013, 2), message="a load writes")
    assert written == [MONTHS] * 2


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


@pytest.mark.parametrize("before", [EMPTY, SERVED])
def test_what_was_said_of_the_bytes_before_is_not_said_of_those_that_landed_now(before):
    refused = months.failed(months.landed(before, raw_sha256="a" * 64), "a gate")
    revised = months.landed(refused, raw_sha256="b" * 64)
    assert (revised.state, revised.message) == ("landed", None)
    again = months.landed(refused, raw_sha256="a" * 64)
    assert (again.state, again.message) == ("failed", "a gate"), "the same bytes are judged as they were"
    gone = replace(before, state=months.MonthState.MISSING, raw_sha256="a" * 64, message="load it again")
    assert months.landed(gone, raw_sha256="a" * 64).message is None


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


@pytest.mark.parametrize(
    "damage",
    [b"2013\t13\t2013-01-01\n", b"2013\t2\t2013-01-01\n", tables._line(SERVED).encode()[:60]],
    ids=["a 13th month", "two months", "cut in the middle"],
)
def test_a_line_that_is_cut_or_of_no_month_is_damaged(damage):
    ledger, damages = months.look(HdfsInMemory({tables.path(MONTHS): damage}))
    assert len(damages) == 1 and ledger[2013, 2] == EMPTY and (2013, 13) not in ledger


def test_the_failed_checks_of_a_refused_load_are_not_those_of_the_one_that_is_served_again():
    refused = months.failed(SERVED, "3 checks", load_id="bbbbbbbbbbbb-1", checks_failed=3, checks_warned=1)
    again = months.published(refused, "aaaaaaaaaaaa-1", AT, **COUNTS)
    assert (again.load_id, again.checks_failed, again.checks_warned) == ("aaaaaaaaaaaa-1", None, None)
    assert months.published(replace(SERVED, checks_failed=0), "aaaaaaaaaaaa-1", AT, **COUNTS).checks_failed == 0


def test_text_that_is_no_unicode_such_as_a_files_name_is_written_as_it_can_be():
    client = HdfsInMemory()
    tables.replace(client, MONTHS, [months.failed(EMPTY, "caf\udce9.csv: damaged")])
    assert months.look(client)[0][2013, 2].message == "caf\\udce9.csv: damaged"


def test_a_month_of_which_the_ledger_has_no_line_is_seen_where_readers_see_it():
    newest = months.reconciled({}, THERE, lambda _: True)[2013, 2]
    assert newest.is_served and "readers see rows that the ledger does not know" in newest.message


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
    client = SimpleNamespace(read=lambda _path: io.BytesIO(text.encode()))
    return months.read(client)


def test_lines_of_a_ledger_before_there_were_the_served_columns_are_read(monkeypatch):
    entry = replace(SERVED, raw_sha256="a" * 64, family="marketing", source="bts")
    old = tables._line(entry).rstrip("\n").split("\t")[:22]
    ledger = _read(monkeypatch, "\t".join(old) + "\n")
    assert _served(ledger[2013, 2]) == ("marketing", "bts", "a" * 64) and ledger[2013, 2].pinned_load_id is None
    other = replace(entry, raw_sha256="b" * 64)
    old = tables._line(other).rstrip("\n").split("\t")[:22]
    assert _served(_read(monkeypatch, "\t".join(old) + "\n")[2013, 2]) == (None, None, None)


@pytest.mark.parametrize("damage", ["", "2013\tFebruary", "2013\t2\t2013-02-01\tpublished" + "\tx" * 40, b"20\xff3\t1"])
def test_a_damaged_line_is_named_and_kept_and_all_others_are_read(tmp_path, monkeypatch, caplog, damage):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    tables._warn.cache_clear()
    damage = damage.encode() if isinstance(damage, str) else damage
    client = HdfsInMemory({tables.path(MONTHS): tables._line(SERVED).encode() + damage + b"\n"})
    assert months.read(client)[2013, 2] == months.read(client)[2013, 2] == SERVED
    [said] = caplog.messages
    assert said.startswith("hdfs:/aero/ops/months/months.tsv, line 2: it cannot be read: ")
    months.update(client, (2013, 3), message="a load writes")
    assert months.look(client)[1] == [] and months.read(client)[2013, 2] == SERVED
    [kept] = [text for path, text in client.files.items() if path.startswith("/aero/ops/months/_damaged-")]
    assert kept.decode() == damage.decode(errors="replace") + "\n"


def test_the_watch_and_those_who_look_go_on_beside_a_damaged_line_and_the_watch_heals_the_ledger(tmp_path, monkeypatch):
    """Of the damaged month nothing is known but that readers see it; the other is what it was."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    served = THERE | {(2013, 3): FLIGHTS.load_path("bbbbbbbbbbbb-1", 2013, 3)}
    client = HdfsInMemory({f"{folder}/part-0.orc": b"rows" for folder in served.values()})
    client.files[tables.path(MONTHS)] = tables._line(SERVED).encode() + b"2013\t3\tgibberish\n"
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    monkeypatch.setattr(metastore, "locations", lambda dataset, settings=None: served if dataset == FLIGHTS else {})
    monkeypatch.setattr(freshness, "_live", lambda *_: [])
    for look in (readers.reconciled, readers.reconcile, readers.reconcile):
        ledger = look()
        assert ledger[2013, 2] == SERVED
        assert ledger[2013, 3].is_served and "load the month again" in ledger[2013, 3].message
        assert len(freshness.found(load_settings(), ledger)) == 1 + len(BATCH_VIEWS)
    assert months.look(client)[1] == []
    assert len([path for path in client.files if "_damaged-" in path]) == 1


def test_a_partition_that_is_none_is_named_once_and_the_others_are_found(monkeypatch, caplog):
    """What Hive makes of a month that is NULL, and a digit that is no number."""
    metastore._warn.cache_clear()
    of_hive = [("2013", "2"), ("2013", "__HIVE_DEFAULT_PARTITION__"), ("2013", "²")]
    rows = [SimpleNamespace(values=values, sd=SimpleNamespace(location="hdfs://a:1/b")) for values in of_hive]
    client = SimpleNamespace(get_partitions=lambda *_: rows)
    monkeypatch.setattr(metastore, "_connected", lambda _settings: nullcontext(client))
    assert metastore.locations(FLIGHTS) == metastore.locations(FLIGHTS) == {(2013, 2): "/b"}
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "aero_clean.flights has a partition that is none of its",
        "aero_clean.flights has a partition that is none of its",
    ]
    assert "2013, __HIVE_DEFAULT_PARTITION__. Readers see its rows: drop it." in caplog.messages[0]
