"""Asking the past: the instant, the loads of then, the database of them, and what is refused."""

import os
import signal
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from aero import connections, hql, metastore
from aero.datasets import AIRLINE_DELAYS_MONTHLY, AS_OF, FLIGHTS, SWITCHED
from aero.errors import AeroError
from aero.ops import as_of, publications, tables
from aero.ops.publications import Switch, Why
from tests.hdfs_in_memory import HdfsInMemory

FEBRUARY, MARCH = (2013, 2), (2013, 3)
FIRST, SECOND = FLIGHTS.load_path("aaaa-1", *FEBRUARY), FLIGHTS.load_path("bbbb-1", *FEBRUARY)
OTHER = FLIGHTS.load_path("cccc-1", *MARCH)
VIEW = AIRLINE_DELAYS_MONTHLY.load_path("dddd", 2013)
COUNT = "SELECT count(*) FROM aero_clean.flights"


def day(number, hour=0):
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def switch(dataset, partition, at, before, after):
    name = "/".join(f"{column}={value}" for column, value in zip(dataset.partitions, partition, strict=True))
    return Switch(at, dataset.name, name, before, after, "run", Why.LOAD)


@pytest.fixture
def lake(monkeypatch):
    """February was loaded on the 2nd and again on the 4th, March on the 3rd; March was dropped on the 5th."""
    lake = HdfsInMemory({f"{folder}/part.orc": b"rows" for folder in (FIRST, SECOND, OTHER, VIEW)})
    switches = [
        switch(FLIGHTS, FEBRUARY, day(2), None, FIRST),
        switch(FLIGHTS, MARCH, day(3), None, OTHER),
        switch(FLIGHTS, FEBRUARY, day(4), FIRST, SECOND),
        switch(FLIGHTS, MARCH, day(5), OTHER, None),
    ]
    publications.record(lake, FLIGHTS, switches)
    publications.record(lake, AIRLINE_DELAYS_MONTHLY, [switch(AIRLINE_DELAYS_MONTHLY, (2013,), day(3), None, VIEW)])
    now = {FLIGHTS: {FEBRUARY: SECOND}, AIRLINE_DELAYS_MONTHLY: {(2013,): VIEW}}
    monkeypatch.setattr(metastore, "locations", lambda dataset: now.get(dataset, {}))
    return lake


class Hive:
    """What is asked of HiveServer2, where some databases are."""

    def __init__(self, *databases):
        self.databases, self.asked = [("default",), *((one,) for one in databases)], []

    def cursor(self):
        return SimpleNamespace(execute=self.asked.append, fetchall=lambda: self.databases)

    @contextmanager
    def opened(self):
        yield self


@pytest.fixture
def hive(monkeypatch):
    hive = Hive()
    monkeypatch.setattr(connections, "hive", hive.opened)
    return hive


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01", day(1)),
        ("2026-11-01 14:00", day(1, 14)),
        ("2026-11-01T14:00:05", day(1, 14) + timedelta(seconds=5)),
        ("2026-11-01T14:00Z", day(1, 14)),
        ("2026-11-01 14:00 UTC", day(1, 14)),
        ("2026-11-01 14:00+02:00", day(1, 12)),
        ("2026-11-01 14:00 America/New_York", day(1, 19)),
        ("2026-11-02 +02:00", day(1, 22)),
    ],
)
def test_an_instant_is_utc_unless_it_has_a_zone(text, expected):
    assert as_of.instant(text) == expected


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "2026-11-01 25:00", "01.11.2026", "2026-11-01 Nowhere", "2026-11-01 America"]
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(ValueError, match="."):
        as_of.instant(text)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (day(2), {FEBRUARY: FIRST}),
        (day(3, 23), {FEBRUARY: FIRST, MARCH: OTHER}),
        (day(4), {FEBRUARY: SECOND, MARCH: OTHER}),
        (day(5), {FEBRUARY: SECOND}),
    ],
)
def test_a_table_has_the_loads_that_were_served_at_that_instant(lake, at, expected):
    assert as_of.looked_up(lake, [COUNT], at).loads == {FLIGHTS: expected}


def test_the_tables_of_all_statements_are_looked_up_and_others_are_not(lake):
    statements = [
        COUNT,
        "SELECT 'aero_batch.route_delays_monthly' FROM AERO_BATCH.airline_delays_monthly, aero_ops.months",
    ]
    assert as_of.looked_up(lake, statements, day(4)).loads == {
        FLIGHTS: {FEBRUARY: SECOND, MARCH: OTHER},
        AIRLINE_DELAYS_MONTHLY: {(2013,): VIEW},
    }


def test_before_the_history_of_a_table_it_says_when_that_begins(lake):
    with pytest.raises(AeroError, match=r"aero_clean\.flights begins at 2026-11-02 00:00:00 UTC"):
        as_of.looked_up(lake, [COUNT], day(1, 23))
    with pytest.raises(AeroError, match=r"aero_batch\.airline_delays_monthly begins at 2026-11-03"):
        as_of.looked_up(lake, [COUNT, "SELECT 1 FROM aero_batch.airline_delays_monthly"], day(2))
    with pytest.raises(AeroError, match=r"aero_batch\.route_delays_monthly has no history"):
        as_of.looked_up(lake, ["SELECT 1 FROM aero_batch.route_delays_monthly"], day(2))


def test_a_load_that_is_kept_no_longer_refuses_the_question_and_partial_names_what_is_left_out(lake, monkeypatch):
    monkeypatch.setenv("AERO_KEEP_LOADS", "3")
    lake.delete(FIRST)
    with pytest.raises(AeroError, match=r"(?s)aero_clean.flights 2013-02 \(aaaa-1\).*last 3 loads.*AERO_KEEP_LOADS"):
        as_of.looked_up(lake, [COUNT], day(3))
    past = as_of.looked_up(lake, [COUNT], day(3), is_partial=True)
    assert past.loads == {FLIGHTS: {MARCH: OTHER}} and past.gone == ["aero_clean.flights 2013-02 (aaaa-1)"]
    assert as_of.looked_up(lake, [COUNT], day(4)).loads[FLIGHTS][FEBRUARY] == SECOND


def test_a_load_that_is_deleted_while_it_is_asked_refuses_the_answer(lake):
    past = as_of.looked_up(lake, [COUNT], day(3))
    as_of.must_be_kept(lake, past)
    lake.delete(FIRST)
    with pytest.raises(AeroError, match="kept no longer"):
        as_of.must_be_kept(lake, past)


def test_the_database_has_tables_over_the_loads_of_then_and_is_dropped_even_when_the_question_fails(lake, hive):
    past = as_of.looked_up(lake, [COUNT], day(3))
    with pytest.raises(ZeroDivisionError), as_of.database(past) as name:
        assert name.startswith(AS_OF) and past.statement(COUNT, name) == f"SELECT count(*) FROM {name}.flights"
        1 / 0  # noqa: B018  # A question that fails.
    _, made, created, added, dropped = hive.asked
    assert made.startswith(f"CREATE DATABASE {name} ")
    assert created.startswith(f"CREATE EXTERNAL TABLE IF NOT EXISTS {name}.flights (")
    assert added == (
        f"ALTER TABLE {name}.flights ADD PARTITION (year=2013, month=2) LOCATION '{FIRST}'"
        f" PARTITION (year=2013, month=3) LOCATION '{OTHER}'"
    )
    assert dropped == f"DROP DATABASE IF EXISTS {name} CASCADE"


@pytest.fixture
def interrupted():
    """Ctrl-C ends, as at a terminal: what a shell starts in the background does not hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_drops_the_database_and_leaves_the_handlers_as_they_were(lake, hive, interrupted, number):
    before = signal.getsignal(number)
    with pytest.raises((SystemExit, KeyboardInterrupt)), as_of.database(as_of.looked_up(lake, [COUNT], day(3))) as name:
        os.kill(os.getpid(), number)
    assert hive.asked[-1] == f"DROP DATABASE IF EXISTS {name} CASCADE"
    assert signal.getsignal(number) == before


def test_databases_that_killed_questions_left_are_dropped_after_a_day_and_no_other(lake, hive):
    def named(age):
        return f"{AS_OF}{tables.now() - age:%Y%m%d%H%M%S}_1a2b3c4d"

    old, new = named(as_of.LONGEST * 2), named(as_of.LONGEST / 2)
    hive.databases += [(old,), (new,), (f"{AS_OF}my_own",), ("aero_clean",)]
    with as_of.database(as_of.looked_up(lake, [COUNT], day(3))):
        pass
    assert [one for one in hive.asked if "DROP" in one][:-1] == [f"DROP DATABASE IF EXISTS {old} CASCADE"]


@pytest.mark.parametrize("dataset", SWITCHED, ids=lambda dataset: dataset.name)
def test_dropping_a_table_of_the_past_deletes_no_file(lake, hive, dataset, monkeypatch):
    past = as_of.Past(day(3), {dataset: {}}, [], [])
    with as_of.database(past) as name:
        pass
    [created] = [one for one in hive.asked if f"{name}.{dataset.table} (" in one]
    assert created.startswith("CREATE EXTERNAL TABLE") and "'external.table.purge' = 'false'" in created

    monkeypatch.setattr(hql, "statements", lambda _: [created.replace("'false'", "'true'")])
    with pytest.raises(AeroError, match="would delete its files"), as_of.database(past):
        pass


def test_tables_of_the_past_have_a_name_each():
    assert len({dataset.table for dataset in SWITCHED}) == len(SWITCHED)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO aero_clean.flights SELECT * FROM x",
        "WITH a AS (SELECT 1) INSERT OVERWRITE TABLE x SELECT * FROM a",
        "FROM aero_clean.flights INSERT OVERWRITE DIRECTORY '/x' SELECT *",
        "CREATE TABLE mine AS SELECT * FROM aero_clean.flights",
        "DROP TABLE aero_clean.flights",
        "USE aero_clean",
        "SET hive.variable.substitute=true",
    ],
)
def test_the_past_is_not_changed(statement):
    with pytest.raises(AeroError, match="only be asked"):
        as_of.must_be_questions([COUNT, statement])


def test_questions_are_asked():
    as_of.must_be_questions(
        [COUNT, "-- insert\nwith a as (select 'insert') select * from a", "(SELECT 1)", "DESCRIBE x.y"]
    )
