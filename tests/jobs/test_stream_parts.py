"""The steps of a micro-batch on an HBase in memory: whatever happens on the way, the tables end the same."""

import contextlib
import gc
import json
import math
from collections import Counter
from datetime import UTC, datetime
from functools import partial

import pytest
import stream_hbase
from hypothesis import given
from hypothesis import strategies as st
from stream_cells import Put, flights_of
from stream_delays import sums
from stream_events import Outgoing
from stream_hbase import Address, on_hbase, put, put_rows
from stream_parts import PartitionResult, judge, write_states
from stream_windows import sum_up

from aero.datasets import HBASE_FLIGHT_DAYS, HBASE_FLIGHT_STATE, TOPIC_PROCESSED, TOPIC_REJECTED
from aero.live import old_states
from tests.hbase_in_memory import HBaseInMemory, Killed
from tests.jobs.live_events import KEY, LANDED, LEFT, LEFT_LATER, event

HBASE = Address("localhost", 9090)
POSITION = {"event_at": "2013-07-10T23:00:00.000Z", "status": None, "source": "opensky", "latitude": 38.5}
CAME = {name: LANDED[name] for name in ("event_at", "status", "arrival_at")}
SECOND = {"flight_number": "7", "flight_id": "DL7-20130710-JFK-ATL-1830"}
EVENTS = [
    event(), event(**LEFT), event(**POSITION), event(**LEFT_LATER), event(**LEFT_LATER | CAME),
    event(**SECOND), event(**SECOND | LEFT), event(**SECOND | LANDED),
]  # fmt: skip


def records(events, first_offset=0, partition=0):
    return [
        Outgoing(TOPIC_PROCESSED, one["flight_id"], json.dumps(one), partition, first_offset + number)
        for number, one in enumerate(events)
    ]


@pytest.fixture
def hbase(monkeypatch):
    memory = HBaseInMemory()
    monkeypatch.setattr(stream_hbase, "connect", memory)
    return memory


def work_off(batch, watermark_at=""):
    """One micro-batch of one partition, as stream_batch.FlightBatches does it."""
    [result] = judge(HBASE, watermark_at, batch)
    on_hbase(HBASE, partial(sum_up, windows=result.windows, slots=result.slots))
    write_states(HBASE, batch)
    return result


def tables(hbase):
    """Every cell, with its timestamp where that is the event's; windows that count nothing are as good as none."""
    counted = {
        name: {row: cells for row, cells in hbase.texts(name).items() if cells["departures"] != "0"}
        for name in ("aero:delays_hourly", "aero:delays_five_minutes")
    }
    cells = {name: {row: dict(found) for row, found in hbase.tables[name].items()} for name in ("aero:flight_state",)}
    indexes = {name: hbase.texts(name) for name in ("aero:arrivals", "aero:flight_numbers", HBASE_FLIGHT_DAYS)}
    return cells | indexes | counted


@pytest.fixture
def expected():
    with pytest.MonkeyPatch.context() as patch:
        memory = HBaseInMemory()
        patch.setattr(stream_hbase, "connect", memory)
        work_off(records(EVENTS))
    return tables(memory)


def test_each_day_of_the_flights_is_there_once(hbase):
    next_day = {"flight_date": "2013-07-11", "scheduled_departure_at": "2013-07-11T22:30:00.000Z"}
    work_off(records([event(**LANDED), event(**SECOND | LEFT), event(**next_day)]))
    work_off(records([event(**SECOND | POSITION)]))
    assert hbase.texts(HBASE_FLIGHT_DAYS) == {
        "2013-07-10": {"flight_date": "2013-07-10"},
        "2013-07-11": {"flight_date": "2013-07-11"},
    }


def test_windows_count_each_departure_once_where_its_newest_event_has_it(hbase):
    for one in EVENTS:
        work_off(records([one]))
    window = {"kind": "airport", "code": "JFK", "on_time_departures": "0", "minor_delays": "0", "moderate_delays": "1",
              "major_delays": "0", "departures": "1"}  # fmt: skip
    windows = hbase.texts("aero:delays_hourly")
    assert windows["airport-JFK-2013071022"] == window | {
        "hour_at": "2013-07-10 22:00:00", "departure_delay_minutes": "20", "longest_departure_delay_minutes": "20",
    }  # fmt: skip
    assert windows["airport-JFK-2013071023"] == window | {
        "hour_at": "2013-07-10 23:00:00", "departure_delay_minutes": "40", "longest_departure_delay_minutes": "40",
    }  # fmt: skip


def test_a_departure_counts_in_the_five_minutes_in_which_its_newest_event_has_it(hbase):
    moved = LEFT | {"event_at": "2013-07-10T22:55:00.000Z", "departure_at": "2013-07-10T22:34:00.000Z"}
    work_off(records([event(**LEFT), event(**SECOND | LEFT)]))
    work_off(records([event(**moved | {"departure_delay_minutes": 4})]))
    rows = hbase.texts("aero:delays_five_minutes")
    assert {row: (cells["departures"], cells["departure_delay_minutes"]) for row, cells in rows.items()} == {
        "JFK-201307102250": ("1", "20"),
        "JFK-201307102230": ("1", "4"),
    }
    work_off(records([event(**SECOND | moved | {"departure_delay_minutes": 4})]))
    emptied = hbase.texts("aero:delays_five_minutes")["JFK-201307102250"]
    assert (emptied["departures"], emptied["longest_departure_delay_minutes"]) == ("0", "")


def test_a_departure_after_a_schedule_with_seconds_counts_in_its_own_hour(hbase):
    """The key of its flight has the minute alone, so key and delay say 22:59."""
    late = LEFT | {"scheduled_departure_at": "2013-07-10T22:30:30.000Z", "departure_at": "2013-07-10T23:00:10.000Z"}
    work_off(records([event(**late | {"departure_delay_minutes": 29})]))
    assert {row: cells["departures"] for row, cells in hbase.texts("aero:delays_five_minutes").items()} == {
        "JFK-201307102300": "1"
    }


@pytest.mark.parametrize("position", [{}, POSITION])
def test_a_departure_that_is_corrected_after_its_state_was_archived_counts_once(hbase, position):
    """Also where another event came first, so that there is a state again that knows no departure."""
    work_off(records([event(**LEFT)]))
    old_states.delete(hbase, list(old_states.read(hbase, datetime(2013, 8, 1, tzinfo=UTC))))
    assert not hbase.tables["aero:flight_state"]
    for one in (position, LEFT_LATER, LEFT_LATER):
        work_off(records([event(**one)]))
    windows = hbase.texts("aero:delays_hourly")
    assert {row: cells["departures"] for row, cells in windows.items() if "JFK" in row} == {
        "airport-JFK-2013071022": "0",
        "airport-JFK-2013071023": "1",
    }


def test_a_departure_that_is_told_again_after_its_state_was_archived_changes_no_window(hbase):
    work_off(records([event(**LEFT)]))
    before = hbase.texts("aero:delays_hourly")
    old_states.delete(hbase, list(old_states.read(hbase, datetime(2013, 8, 1, tzinfo=UTC))))
    assert work_off(records([event(**LANDED)])).windows == set()
    assert hbase.texts("aero:delays_hourly") == before


def test_a_window_that_lost_its_only_departure_counts_none(hbase):
    work_off(records([event(**LEFT)]))
    work_off(records([event(**LEFT_LATER)]))
    lost = hbase.texts("aero:delays_hourly")["airport-JFK-2013071022"]
    assert (lost["departures"], lost["departure_delay_minutes"], lost["longest_departure_delay_minutes"]) == (
        "0",
        "0",
        "",
    )


@given(st.permutations(EVENTS), st.lists(st.sampled_from(EVENTS), max_size=4), st.lists(st.integers(1, 6), max_size=5))
def test_order_copies_and_batches_do_not_matter(order, copies, sizes):
    with pytest.MonkeyPatch.context() as patch:
        memory = HBaseInMemory()
        patch.setattr(stream_hbase, "connect", memory)
        work_off(records(EVENTS))
        at_once = tables(memory)

        memory = HBaseInMemory()
        patch.setattr(stream_hbase, "connect", memory)
        sent = [*order, *copies]
        for size in [*sizes, len(sent)]:
            work_off(records(sent[:size]))
            sent = sent[size:]
        assert tables(memory) == at_once


@given(st.lists(st.integers(0, 12), max_size=10), st.integers(1, 8))
def test_killed_at_any_write_and_run_again_the_tables_are_the_same(kills, size):
    with pytest.MonkeyPatch.context() as patch:
        memory = HBaseInMemory()
        patch.setattr(stream_hbase, "connect", memory)
        work_off(records(EVENTS))
        unharmed = tables(memory)

        memory = HBaseInMemory()
        patch.setattr(stream_hbase, "connect", memory)
        for start in range(0, len(EVENTS), size):
            for writes in kills:
                memory.writes_left = writes
                with contextlib.suppress(Killed):
                    work_off(records(EVENTS[start : start + size]))
            memory.writes_left = math.inf
            work_off(records(EVENTS[start : start + size]))
        assert tables(memory) == unharmed


def test_sums_are_those_of_the_states(expected):
    left = [row for row in expected["aero:flight_state"].values() if b"d:departure_at" in row]
    minutes = [int(row[b"d:departure_delay_minutes"][1]) for row in left]
    counted = [row for key, row in expected["aero:delays_hourly"].items() if key.startswith("airport-JFK")]
    assert sum(int(row["departures"]) for row in counted) == len(minutes) == 2
    assert sum(int(row["departure_delay_minutes"]) for row in counted) == sums(minutes)["departure_delay_minutes"]


def test_an_event_older_than_the_state_changes_no_cell(hbase):
    work_off(records([event(**LANDED)]))
    before = tables(hbase)
    work_off(records([event(), event(**LEFT)]))
    assert tables(hbase) == before


def test_the_result_says_what_the_records_were(hbase):
    rejected = Outgoing(TOPIC_REJECTED, "flights.live-3-9", "{}", 3, 9)
    result = work_off(
        [*records([event(), event(**LEFT)], first_offset=7, partition=3), rejected], "2013-07-10 20:00:00.000"
    )
    assert result == PartitionResult(
        rows={3: 3},
        positions={3: 10},
        processed=2,
        late=1,
        flights=1,
        windows={"airport-JFK-2013071022", "airline-DL-2013071022"},
        slots={"JFK-201307102250"},
        told={KEY: 1373496600000},  # 22:50 UTC.
        newest_event_at="2013-07-10 22:50:00.000",
    )


def test_rows_are_written_as_their_cells_are(hbase):
    by_cell, flights = HBaseInMemory(), flights_of(EVENTS)
    put(by_cell, (Put(HBASE_FLIGHT_STATE, key, *cell) for key, flight in flights.items() for cell in flight.items()))
    put_rows(hbase, HBASE_FLIGHT_STATE, ((key, flight.items()) for key, flight in flights.items()))
    assert hbase.tables == by_cell.tables


def test_the_garbage_collector_is_off_for_the_batch_only(hbase, monkeypatch):
    was_on = []
    monkeypatch.setattr(HBaseInMemory, "close", lambda self: was_on.append(gc.isenabled()))
    hbase.writes_left = 3
    with pytest.raises(Killed):
        work_off(records(EVENTS))
    assert gc.isenabled()
    hbase.writes_left = math.inf
    was_on.clear()
    work_off(records(EVENTS))
    assert was_on == [False, True, False] and gc.isenabled()


def test_of_rejected_records_nothing_is_written(hbase):
    result = work_off([Outgoing(TOPIC_REJECTED, "flights.live-0-0", "{}", 0, 0)])
    assert (result.processed, result.newest_event_at) == (0, "")
    assert not any(hbase.tables.values())


def test_parts_add_up():
    first = PartitionResult(
        Counter({0: 2}), {0: 5}, 2, 1, 1, windows={"a"}, slots={"c"}, told={"x": 1}, newest_event_at="b"
    )
    second = PartitionResult(
        Counter({1: 1}), {1: 9}, 1, 0, 1, windows={"b"}, slots={"d"}, told={"y": 2}, newest_event_at="a"
    )
    assert sum([first, second], PartitionResult()) == PartitionResult(
        Counter({0: 2, 1: 1}),
        {0: 5, 1: 9},
        3,
        1,
        2,
        windows={"a", "b"},
        slots={"c", "d"},
        told={"x": 1, "y": 2},
        newest_event_at="b",
    )


def test_a_flight_known_keeps_its_places_in_the_indexes(hbase):
    work_off(records([event()]))
    del hbase.tables["aero:arrivals"], hbase.tables["aero:flight_numbers"]
    work_off(records([event(**LEFT)]))
    assert not hbase.tables["aero:arrivals"] and not hbase.tables["aero:flight_numbers"]
    assert hbase.texts("aero:flight_state")[KEY]["status"] == "active"
