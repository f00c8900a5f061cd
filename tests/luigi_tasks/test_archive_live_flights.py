"""The archiving of live states, on an HBase and an HDFS in memory; Hive's part is in tests/hive/aero_clean."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import connections, hql, lease, pipeline
from aero.cli import main
from aero.datasets import LIVE_FLIGHTS, REPOSITORY
from aero.live import old_states, store
from aero.ops.publications import Why
from luigi_tasks import archive_live_flights, partitions
from luigi_tasks.archive_live_flights import MOVING, ArchiveLiveFlights
from luigi_tasks.hdfs_file import HdfsFile
from tests.aero.live.test_old_states import TABLES, tell
from tests.hbase_in_memory import HBaseInMemory, Killed
from tests.hdfs_in_memory import HdfsInMemory
from tests.jobs.live_events import KEY, LANDED, event
from tests.printed import printed


@pytest.fixture
def hbase(monkeypatch):
    memory = HBaseInMemory()
    tell(memory, event(**LANDED))
    august = dict.fromkeys(("event_at", "scheduled_departure_at"), "2013-08-09T22:30:00.000Z")
    tell(memory, event(flight_id="new", flight_number="7", flight_date="2013-08-09", **august))
    memory.table("aero:stream_log").put(b"flights-9999999999", {b"d:batch_newest_event_at": b"2013-08-12 01:10:00.000"})
    monkeypatch.setattr(store, "opened", lambda: contextlib.nullcontext(memory))
    monkeypatch.setattr(old_states, "connected", lambda: memory)
    return memory


@pytest.fixture
def steps(monkeypatch, hbase):
    """What is done beside HBase, in its order; `write` is what the report says."""
    done = []
    client = HdfsInMemory()
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    monkeypatch.setattr(connections, "hive", lambda: contextlib.nullcontext(Cursor()))

    def loaded(on, path, parameters):
        assert isinstance(on, Cursor) and path == REPOSITORY / "hive/aero_clean/live_flights/load.hql"
        lines = client.files[MOVING].splitlines()
        done.append(("load", parameters, [json.loads(line)["row_key"] for line in lines]))

    monkeypatch.setattr(hql, "run", loaded)

    def published(on, hdfs, dataset, loads, run_id, why):
        assert isinstance(on, Cursor) and hdfs is client and dataset == LIVE_FLIGHTS
        assert (run_id, why) == ("r1", Why.ARCHIVE)
        done.append(("publish", loads))

    def reported(self, content):
        assert self.path == "/aero/ops/runs/r1/archive.json"
        done.append(("report", content))

    monkeypatch.setattr(partitions, "publish", published)
    monkeypatch.setattr(HdfsFile, "write", reported)
    return done


class Cursor:
    def cursor(self):
        return self


def run(days=30):
    ArchiveLiveFlights(run_id="r1", days=days, log_days=7).run()


def report(before, *months, flights=0, **older):
    """What a run says that found so much that is too old."""
    counts = {"flights": flights, "hours": 0, "notes": 0, "batches": 0, **older}
    return ("report", {"before": before, "months": [*months], **counts})


def test_old_states_are_merged_published_and_then_deleted(steps, hbase, monkeypatch):
    run()
    location = LIVE_FLIGHTS.load_path("r1", 2013, 7)
    assert steps == [
        ("load", {"location": location, "year": 2013, "month": 7}, [KEY]),
        ("publish", {(2013, 7): location}),
        report("2013-07-13T01:10:00+00:00", "2013-07", flights=1),
    ]
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: steps[-1][1])
    told = printed("archive", CliRunner().invoke(main, ["archive", "--json"]).stdout)
    assert (told["flights"], told["months"]) == (1, ["2013-07"])
    assert [row["flight_number"] for row in store.legs(hbase, "DL7")] == ["7"]
    assert store.legs(hbase, "DL1234") == []


def test_who_lost_the_lease_while_it_read_leaves_the_states_that_another_merges(steps, hbase, monkeypatch):
    class Anothers:
        def check(self):
            raise lease.Lost("lost")

    monkeypatch.setattr(lease, "hold", lambda _what: Anothers())
    client = connections.webhdfs()
    client.files[MOVING] = b"another's"
    with pytest.raises(lease.Lost):
        run()
    assert client.files[MOVING] == b"another's" and steps == []


def test_who_lost_the_lease_while_it_published_deletes_nothing(steps, hbase, monkeypatch):
    class Lost:
        """Held until the states are published."""

        def check(self):
            if any(kind == "publish" for kind, *_ in steps):
                raise lease.Lost("lost")

    monkeypatch.setattr(lease, "hold", lambda _what: Lost())
    before = {name: dict(hbase.tables[name]) for name in TABLES}
    with pytest.raises(lease.Lost):
        run()
    assert {name: dict(hbase.tables[name]) for name in TABLES} == before


def test_where_nothing_is_old_nothing_is_published(steps):
    run(days=60)
    assert steps == [report("2013-06-13T01:10:00+00:00")]


def test_departures_follow_the_days_of_the_live_flights_and_batches_those_of_the_log(steps, hbase):
    closed = {b"d:hour_at": b"2013-07-12 22:00:00", b"d:closed_at": b"2026-01-01 00:00:00"}
    for hour in ("2013071222", "2013071301"):
        hbase.table("aero:departures").put(f"airport-JFK-{hour}".encode(), {b"d:a flight": b"20"}, 1)
        hbase.table("aero:delays_hourly").put(f"airport-JFK-{hour}".encode(), closed)
    hbase.table("aero:departures").put(b"flight-JFK-201306010000-DL1-ATL", {b"d:flight_date": b"2013-06-01"}, 1)
    log, now = hbase.table("aero:stream_log"), datetime.now(UTC)
    for number in range(store.CLOCK_BATCHES + 3):  # The first ones stay however old they are.
        age = timedelta(days=6 if number <= store.CLOCK_BATCHES else 8)
        log.put(f"flights-{number:010d}".encode(), {b"d:started_at": str((now - age).replace(tzinfo=None)).encode()})
    log.put(b"flights-0000000000", {b"d:batch_newest_event_at": b"2013-08-12 01:10:00.000"})
    run(days=30)
    assert steps[-1] == report("2013-07-13T01:10:00+00:00", "2013-07", flights=1, hours=1, notes=1, batches=2)
    assert set(hbase.texts("aero:departures")) == {"airport-JFK-2013071301", f"flight-{KEY}"}


def test_before_the_stream_has_a_batch_there_is_no_day_to_count_back_from(steps, hbase, monkeypatch):
    asked = []
    monkeypatch.setattr(lease, "hold", lambda what: asked.append(what) or SimpleNamespace(check=lambda: None))
    hbase.tables["aero:stream_log"].clear()
    before = {name: dict(hbase.tables[name]) for name in TABLES}
    run()
    assert steps == [report("")]
    assert {name: dict(hbase.tables[name]) for name in TABLES} == before
    assert asked == ["an archiving of live flights"]


def test_an_event_that_comes_while_states_are_merged_is_not_deleted(steps, hbase, monkeypatch):
    late = {"event_at": "2013-08-12T01:11:00.000Z", "status": "diverted"}
    monkeypatch.setattr(partitions, "publish", lambda *_arguments: tell(hbase, event(**late)))
    run()
    [row] = store.legs(hbase, "DL1234")
    assert row["status"] == "diverted" and "arrival_at" not in row


@pytest.mark.parametrize("step", ["publish", "delete", "delete_places"])
def test_killed_at_any_step_and_run_again_each_state_is_archived_and_none_is_left(steps, hbase, monkeypatch, step):
    def killed(*_arguments):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(partitions if step == "publish" else old_states, step, killed)
        run()
    run()
    loads = [one for kind, *one in steps if kind == "load"]
    assert [keys for _, keys in loads] in ([[KEY]], [[KEY], [KEY]])
    assert {len(hbase.tables[name]) for name in TABLES} == {1}
    assert store.legs(hbase, "DL1234") == []


def test_the_file_is_where_its_table_is():
    assert MOVING.startswith(archive_live_flights.LIVE_FLIGHTS_MOVING.path)
