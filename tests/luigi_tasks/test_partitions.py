"""What publishing loads asks of HiveServer2, what it writes into the history, and which loads it deletes."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from aero import metastore
from aero.datasets import AIRLINE_DELAYS_MONTHLY, FLIGHTS, FLIGHTS_REPORTING
from aero.errors import AeroError
from aero.ops import publications, tables
from aero.ops.publications import Why
from luigi_tasks import partitions
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory

MONTH = (2013, 2)
FOLDER = "/aero/clean/flights/year=2013/month=02"
HISTORY = "/aero/ops/publications/aero_clean.flights.tsv"


@pytest.fixture
def hive(monkeypatch):
    hive = HiveInMemory()
    monkeypatch.setattr(metastore, "locations", hive.locations)
    return hive


@pytest.fixture
def client():
    return HdfsInMemory()


@pytest.fixture
def clock(monkeypatch):
    """The hour it is, in a list of one: a test moves it on."""
    clock = [datetime(2026, 11, 27, 12, tzinfo=UTC)]
    monkeypatch.setattr(tables, "now", lambda: clock[0])
    return clock


def publish(hive, client, load, run_id="run", why=Why.LOAD):
    """Have readers see a load of the month, after it was written."""
    client.files[f"{FOLDER}/{load}/part-0.orc"] = b"rows"
    partitions.publish(hive, client, FLIGHTS, {MONTH: f"{FOLDER}/{load}"}, run_id, why)


def test_new_partitions_come_in_one_statement_moved_ones_each_in_its_own_and_the_same_in_none(hive, client):
    hive.tables[FLIGHTS.name] = {(2013, 1): "/a/load=1", (2013, 2): "/b/load=1", (2012, 12): "/c/load=1"}
    loads = {(2013, 1): "/a/load=1", (2013, 2): "/b/load=2", (2013, 3): "/d/load=1", (2013, 12): "/e/load=1"}
    partitions.publish(hive, client, FLIGHTS, loads, "run")
    added = "PARTITION (year=2013, month=3) LOCATION '/d/load=1' PARTITION (year=2013, month=12) LOCATION '/e/load=1'"
    assert hive.done == [
        f"ALTER TABLE aero_clean.flights ADD {added}",
        "ALTER TABLE aero_clean.flights PARTITION (year=2013, month=2) SET LOCATION '/b/load=2'",
    ]


def test_a_table_by_year_has_partitions_of_years(hive, client):
    hive.tables[AIRLINE_DELAYS_MONTHLY.name] = {(2013,): "/a/load=1"}
    partitions.publish(hive, client, AIRLINE_DELAYS_MONTHLY, {(2012,): "/b/load=1"}, "run")
    table = "aero_batch.airline_delays_monthly"
    assert hive.done == [f"ALTER TABLE {table} ADD PARTITION (year=2012) LOCATION '/b/load=1'"]


def test_a_folder_that_could_end_its_statement_is_refused_before_any(hive, client):
    with pytest.raises(AeroError, match='The folder of a load of aero_clean.flights is "/a/load=o\'x"'):
        partitions.publish(hive, client, FLIGHTS, {(2013, 1): "/b/load=1", (2013, 2): "/a/load=o'x"}, "run")
    assert hive.done == []


def test_each_switch_is_written_down_once_with_what_was_before(hive, client, clock):
    publish(hive, client, "load=a", "first")
    clock[0] += timedelta(hours=2)
    publish(hive, client, "load=b", "second", Why.REBUILD)
    publish(hive, client, "load=b", "third")
    rows = publications.read(client, FLIGHTS).of(MONTH)
    assert [(row.from_location, row.to_location, row.run_id, row.why) for row in rows] == [
        (None, f"{FOLDER}/load=a", "first", "load"),
        (f"{FOLDER}/load=a", f"{FOLDER}/load=b", "second", "rebuild"),
    ]
    assert rows[1].published_at - rows[0].published_at == timedelta(hours=2)


def test_a_table_s_history_is_one_file_of_all_its_partitions_and_runs(hive, client):
    publish(hive, client, "load=a", "first")
    partitions.publish(hive, client, FLIGHTS, {(2013, 3): "/c/load=1"}, "first")
    partitions.publish(hive, client, FLIGHTS, {(2013, 4): "/d/load=1"}, "second")
    partitions.publish(hive, client, FLIGHTS_REPORTING, {(2013, 4): "/e/landed=1"}, "second")
    assert [row.partition for row in publications.read(client, FLIGHTS).switches] == [(2013, 2), (2013, 3), (2013, 4)]
    files = ["aero_clean.flights.tsv", "aero_raw.flights_reporting.tsv"]
    assert client.list("/aero/ops/publications") == files


def test_a_publication_opens_as_many_files_after_fifty_runs_as_after_one(hive, client, monkeypatch):
    opened, read = [], client.read
    monkeypatch.setattr(client, "read", lambda path, **how: opened.append(path) or read(path, **how))
    counts = []
    for number in range(51):
        opened.clear()
        partitions.publish(hive, client, FLIGHTS, {(1970 + number, 1): "/a/load=1"}, f"run {number}")
        counts.append(len(opened))
    assert set(counts[1:]) == {counts[1]}
    assert len(publications.read(client, FLIGHTS).switches) == 51


@pytest.mark.parametrize("is_killed", [False, True], ids=["", "killed before they went"])
def test_the_files_that_runs_had_of_their_own_go_into_the_table_s(hive, client, clock, monkeypatch, is_killed):
    publish(hive, client, "load=a", "old")
    client.rename(HISTORY, "/aero/ops/publications/old.aero_clean.flights.tsv")
    assert [row.run_id for row in publications.read(client, FLIGHTS).switches] == ["old"]
    if is_killed:
        with monkeypatch.context() as killed, pytest.raises(OSError):
            killed.setattr(client, "delete", Mock(side_effect=OSError("killed")))
            publish(hive, client, "load=b", "new")
        assert [row.run_id for row in publications.read(client, FLIGHTS).switches] == ["old", "new"]
    clock[0] += timedelta(hours=2)
    publish(hive, client, "load=c", "next")
    assert client.list("/aero/ops/publications") == ["aero_clean.flights.tsv"]
    runs = ["old", "new", "next"] if is_killed else ["old", "next"]
    assert [row.run_id for row in publications.read(client, FLIGHTS).switches] == runs


def test_a_switch_that_nobody_recorded_and_a_dropped_partition_are_found_by_the_next_publication(hive, client, clock):
    publish(hive, client, "load=a")
    clock[0] += timedelta(minutes=1)
    hive.tables[FLIGHTS.name] = {MONTH: f"{FOLDER}/load=hand", (2012, 1): "/e/load=1"}
    publish(hive, client, "load=b", "next")
    partitions.publish(hive, client, FLIGHTS, {(2012, 1): "/e/load=1"}, "next")
    rows = publications.read(client, FLIGHTS)
    assert [(row.to_location, row.why) for row in rows.of(MONTH)] == [
        (f"{FOLDER}/load=a", "load"),
        (f"{FOLDER}/load=hand", "found"),
        (f"{FOLDER}/load=b", "load"),
    ]
    assert [(row.to_location, row.why) for row in rows.of((2012, 1))] == [("/e/load=1", "found")]
    del hive.tables[FLIGHTS.name][(2012, 1)]
    clock[0] += timedelta(minutes=1)
    publish(hive, client, "load=b", "later")
    assert publications.read(client, FLIGHTS).of((2012, 1))[-1].to_location is None


def test_a_damaged_line_of_the_history_is_named_and_its_switch_found_anew(hive, client, clock, caplog):
    tables._warn.cache_clear()
    publish(hive, client, "load=a", "first")
    client.files[HISTORY] = b"gibberish\n"
    clock[0] += timedelta(hours=2)
    publish(hive, client, "load=b", "second")
    assert [(row.to_location, row.why) for row in publications.read(client, FLIGHTS).of(MONTH)] == [
        (f"{FOLDER}/load=a", "found"),
        (f"{FOLDER}/load=b", "load"),
    ]
    assert "aero_clean.flights.tsv, line 1: it cannot be read" in caplog.text
    [kept] = [data for path, data in client.files.items() if "/_damaged-" in path]
    assert kept == b"gibberish\n"


def test_a_statement_that_fails_leaves_those_before_it_recorded(hive, client, monkeypatch):
    hive.tables[FLIGHTS.name] = {(2013, 1): "/a/load=1", (2013, 2): "/b/load=1"}
    execute = hive.execute

    def fail_on_february(statement):
        if "month=2" in statement:
            raise OSError("gone")
        execute(statement)

    monkeypatch.setattr(hive, "execute", fail_on_february)
    with pytest.raises(OSError):
        partitions.publish(hive, client, FLIGHTS, {(2013, 1): "/a/load=2", (2013, 2): "/b/load=2"}, "run")
    served = publications.read(client, FLIGHTS).served()
    assert served == {(2013, 1): "/a/load=2", (2013, 2): "/b/load=1"} == hive.tables[FLIGHTS.name]


@pytest.mark.parametrize(
    "damage", ["year=2013/month=x", "year=2013", "", "month=2/year=2013", "year=2013/month=2/day=1"]
)
def test_a_line_of_the_history_whose_partition_is_none_keeps_no_publication_back(hive, client, clock, damage):
    publish(hive, client, "load=a", "first")
    [path] = [path for path in client.files if path.endswith("flights.tsv")]
    client.files[path] = client.files[path].replace(b"year=2013/month=2", damage.encode())
    publish(hive, client, "load=b", "second")
    assert publications.read(client, FLIGHTS).served() == {MONTH: f"{FOLDER}/load=b"}


def test_where_a_clock_went_back_the_history_keeps_the_order_of_the_switches(hive, client, clock, monkeypatch):
    for token, load, run_id in ((1, "load=a", "2"), (2, "load=b", "1"), (3, "load=b", "0")):
        monkeypatch.setattr(publications.lease, "token", lambda token=token: token)
        publish(hive, client, load, run_id)
        clock[0] -= timedelta(hours=3)
    history = publications.read(client, FLIGHTS)
    assert [(row.to_location, row.why) for row in history.of(MONTH)] == [
        (f"{FOLDER}/load=a", Why.LOAD),
        (f"{FOLDER}/load=b", Why.LOAD),
    ]
    assert history.served() == {MONTH: f"{FOLDER}/load=b"}


def test_the_last_loads_of_the_history_are_kept_and_older_ones_go(hive, client, clock, monkeypatch):
    for load in "abcdefg":
        clock[0] += timedelta(hours=2)
        publish(hive, client, f"load={load}")
    assert client.list(FOLDER) == ["load=c", "load=d", "load=e", "load=f", "load=g"]
    clock[0] += timedelta(hours=2)
    monkeypatch.setenv("AERO_KEEP_LOADS", "2")
    publish(hive, client, "load=g")
    assert client.list(FOLDER) == ["load=f", "load=g"]


def test_what_is_switched_to_again_counts_as_one_load_and_is_kept(hive, client, clock, monkeypatch):
    monkeypatch.setenv("AERO_KEEP_LOADS", "2")
    for load in "abab":
        clock[0] += timedelta(hours=2)
        publish(hive, client, f"load={load}")
    assert client.list(FOLDER) == ["load=a", "load=b"]


def test_the_hour_of_grace_counts_from_the_switch_not_from_when_the_load_was_written(hive, client, clock, monkeypatch):
    """The load that readers left was written days ago, as everything in this HDFS: a query may be in it still."""
    monkeypatch.setenv("AERO_KEEP_LOADS", "1")
    publish(hive, client, "load=a")
    clock[0] += timedelta(days=9)
    publish(hive, client, "load=b")
    assert client.list(FOLDER) == ["load=a", "load=b"]
    clock[0] += timedelta(minutes=59, seconds=59)
    publish(hive, client, "load=b")
    assert client.list(FOLDER) == ["load=a", "load=b"]
    clock[0] += timedelta(seconds=1)
    publish(hive, client, "load=b")
    assert client.list(FOLDER) == ["load=b"]


def test_what_a_killed_run_left_half_and_loads_of_no_history_go_and_nothing_else(hive, client, clock):
    client.files |= {f"{FOLDER}/{name}/part-0": b"" for name in ("_loading-x", "load=refused", "other")}
    client.files[f"{FOLDER}3/load=z/part-0"] = b""
    publish(hive, client, "load=a")
    assert client.list(FOLDER) == ["load=a", "other"]
    assert client.list(f"{FOLDER}3") == ["load=z"]


def test_raw_versions_all_stay(hive, client, clock, monkeypatch):
    monkeypatch.setenv("AERO_KEEP_LOADS", "1")
    folder = "/aero/raw/flights_reporting/year=2013/month=02"
    for version in ("landed=1", "landed=2", "landed=2"):
        clock[0] += timedelta(days=1)
        client.files[f"{folder}/{version}/file.csv"] = b""
        partitions.publish(hive, client, FLIGHTS_REPORTING, {MONTH: f"{folder}/{version}"}, "run")
    assert client.list(folder) == ["landed=1", "landed=2"]


def test_what_readers_saw_at_an_instant(hive, client, clock):
    began = clock[0]
    for load in "ab":
        publish(hive, client, f"load={load}")
        clock[0] += timedelta(hours=1)
    history = publications.read(client, FLIGHTS)
    assert history.served(began - timedelta(seconds=1)) == {}
    assert history.served(began + timedelta(minutes=59)) == {MONTH: f"{FOLDER}/load=a"}
    assert history.served(began + timedelta(hours=1)) == {MONTH: f"{FOLDER}/load=b"} == history.served()


def test_where_the_history_knows_nothing_the_load_that_readers_see_stays(hive, client, monkeypatch):
    monkeypatch.setattr(publications, "switch", lambda *_: publications.History())
    client.files[f"{FOLDER}/load=old/part-0.orc"] = b"rows"
    publish(hive, client, "load=a")
    assert client.list(FOLDER) == ["load=a"]


def test_what_is_withdrawn_is_seen_no_more_and_written_down_and_its_folders_stay(hive, client, clock, monkeypatch):
    publish(hive, client, "load=a", "first")
    partitions.publish(hive, client, FLIGHTS, {(2013, 1): "/c/load=1", (2012, 12): "/d/load=1"}, "first")
    hive.done.clear()
    clock[0] += timedelta(minutes=1)
    asked = []
    monkeypatch.setattr(publications.lease, "hold", lambda what: asked.append(what) or SimpleNamespace(check=list))
    publications.withdraw(hive, client, FLIGHTS, {}, "second", Why.REBUILD)
    assert hive.done == asked == []
    gone = {MONTH: f"{FOLDER}/load=a", (2013, 1): "/c/load=1"}
    publications.withdraw(hive, client, FLIGHTS, gone, "second", Why.REBUILD)
    dropped = "PARTITION (year=2013, month=1), PARTITION (year=2013, month=2)"
    assert hive.done == [f"ALTER TABLE aero_clean.flights DROP IF EXISTS {dropped}"]
    history = publications.read(client, FLIGHTS)
    assert history.served() == {(2012, 12): "/d/load=1"}
    assert [(row.published_at, row.from_location, row.to_location, row.run_id, row.why) for row in history.of(MONTH)][
        1:
    ] == [(clock[0], f"{FOLDER}/load=a", None, "second", Why.REBUILD)]
    assert client.list(FOLDER) == ["load=a"] and asked == ["a publication of aero_clean.flights"]


def test_who_lost_the_lease_withdraws_nothing(hive, client, monkeypatch):
    class Anothers:
        def check(self):
            raise publications.lease.Lost("lost")

    publish(hive, client, "load=a")
    hive.done.clear()
    monkeypatch.setattr(publications.lease, "hold", lambda _what: Anothers())
    with pytest.raises(publications.lease.Lost):
        publications.withdraw(hive, client, FLIGHTS, {MONTH: f"{FOLDER}/load=a"}, "run", Why.LOAD)
    assert hive.done == [] and MONTH in publications.read(client, FLIGHTS).served()
