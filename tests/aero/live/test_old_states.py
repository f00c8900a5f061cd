"""Taking old states out of HBase: by the newest event of each flight, and cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from stream_cells import day_puts, flights_of, index_puts
from stream_hbase import put, put_rows

from aero.datasets import (
    HBASE_ARRIVALS,
    HBASE_DEPARTURES,
    HBASE_FLIGHT_DAYS,
    HBASE_FLIGHT_NUMBERS,
    HBASE_FLIGHT_STATE,
)
from aero.hbase_thrift2 import TDeleteType
from aero.live import old_states, store
from aero.live.old_states import State
from aero.month import Month
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import KEY, LANDED, event

BEFORE = datetime(2013, 7, 12, tzinfo=UTC)
OTHER = {"flight_id": "other", "flight_number": "7"}
TABLES = (HBASE_FLIGHT_STATE, HBASE_ARRIVALS, HBASE_FLIGHT_NUMBERS)
# Months later another source tells of the gate, and takes it for a flight to come.
LATE = {"event_at": "2013-09-01T10:00:00.000Z", "status": "scheduled", "departure_gate": "B4"}


def tell(hbase, *events):
    for key, flight in flights_of(events).items():
        is_new = key.encode() not in hbase.tables[HBASE_FLIGHT_STATE]
        put_rows(hbase, HBASE_FLIGHT_STATE, [(key, flight.items())])
        if is_new:
            put(hbase, index_puts(key, flight))
        put(hbase, day_puts([flight]))


@pytest.fixture
def hbase():
    memory = HBaseInMemory()
    tell(memory, event(**LANDED))
    return memory


def read(hbase, before=BEFORE):
    return list(old_states.read(hbase, before))


def test_a_state_has_the_time_of_each_cell_and_comes_back_from_its_row(hbase):
    tell(hbase, event(event_at="2013-07-11T02:00:00.000Z", status=None, latitude=38.5))
    [state] = read(hbase)
    assert (state.row_key, state.month, state.values["status"]) == (KEY, Month(2013, 7), "landed")
    assert state.told_at["latitude"] > state.told_at["status"] == 1373504700000
    assert state.told_at.keys() == state.values.keys()
    assert State.of(state.row()) == state


@pytest.mark.parametrize(
    ("change", "is_old"),
    [
        ({}, True),
        # It was to leave long ago, and news of it is new.
        ({"event_at": "2013-07-12T00:00:00.000Z"}, False),
        # It was told of long ago, and is still to leave.
        ({"flight_date": "2013-07-12"}, False),
    ],
)
def test_a_flight_is_old_by_its_own_newest_event(change, is_old):
    hbase = HBaseInMemory()
    tell(hbase, event(**LANDED | change))
    assert bool(read(hbase)) == is_old


def test_what_was_read_is_deleted_with_its_places_in_the_indexes(hbase):
    tell(hbase, event(flight_id="new", flight_number="7", flight_date="2013-07-20",
                      scheduled_departure_at="2013-07-20T22:30:00.000Z"))  # fmt: skip
    assert old_states.delete(hbase, read(hbase)) == 1
    old_states.delete_places(hbase, hbase, BEFORE)
    assert [len(hbase.tables[table]) for table in TABLES] == [1, 1, 1]
    assert [row["flight_number"] for row in store.legs(hbase, "DL7")] == ["7"]


@pytest.mark.parametrize(
    ("others", "days"),
    [
        ([], []),
        ([{"event_at": "2013-07-12T00:00:00.000Z"}], ["2013-07-10"]),
        ([{"flight_date": "2013-07-12", "scheduled_departure_at": "2013-07-12T22:30:00.000Z"}], ["2013-07-12"]),
    ],
)
@pytest.mark.parametrize("is_upgraded", [False, True])
def test_the_days_are_those_of_the_flights_that_are_left(hbase, others, days, is_upgraded):
    tell(hbase, *(event(**LANDED | OTHER | one) for one in others))
    if is_upgraded:  # From a version that wrote no days.
        hbase.tables[HBASE_FLIGHT_DAYS].clear()
    archive(hbase)
    assert sorted(hbase.texts(HBASE_FLIGHT_DAYS)) == days
    assert {row["flight_date"] for row in store.states(hbase, ["flight_id", "flight_date"])} == set(days)


def test_a_day_that_is_told_of_while_its_flights_are_archived_stays(hbase):
    archive(hbase, meanwhile=event(**LANDED | OTHER))
    assert hbase.texts(HBASE_FLIGHT_DAYS) == {"2013-07-10": {"flight_date": "2013-07-10"}}


def archive(hbase, meanwhile=None):
    known, left = old_states.days(hbase), set()
    old = list(old_states.read(hbase, BEFORE, left))
    if meanwhile:
        tell(hbase, meanwhile)
    old_states.delete(hbase, old)
    old_states.renew_days(hbase, known, left)


def test_a_flight_that_is_to_leave_at_that_instant_keeps_its_places(hbase):
    old_states.delete(hbase, read(hbase))
    for before, left in (
        (datetime(2013, 7, 10, 22, 30, tzinfo=UTC), 1),
        (datetime(2013, 7, 10, 22, 31, tzinfo=UTC), 0),
    ):
        old_states.delete_places(hbase, hbase, before)
        assert [len(hbase.tables[index]) for index in TABLES[1:]] == [left, left]


def test_a_row_without_the_flights_identity_is_no_state_that_keeps_its_places(hbase):
    old_states.delete(hbase, read(hbase))
    hbase.table(HBASE_FLIGHT_STATE).put(KEY.encode(), {b"d:departure_gate": b"B4"}, 1373496600000)
    old_states.delete_places(hbase, hbase, BEFORE)
    assert not hbase.tables[HBASE_ARRIVALS] and not hbase.tables[HBASE_FLIGHT_NUMBERS]


def test_of_a_flight_its_date_and_departure_are_noted_with_the_times_of_their_events(hbase):
    [state] = read(hbase)
    old_states.delete(hbase, [state])
    [noted] = hbase.tables[HBASE_DEPARTURES].values()
    assert noted == {
        f"d:{name}".encode(): (state.told_at[name], state.values[name].encode())
        for name in ("flight_date", "departure_at")
    }


def test_older_cells_of_a_column_that_was_read_go_too_and_of_a_place_only_the_one_that_was_read(hbase):
    """A mark on a place that covered older ones would hide it from an index written anew."""
    [state] = read(hbase)
    deletes = []
    deleted = hbase.deleteMultiple
    hbase.deleteMultiple = lambda table, rows: deletes.extend(rows) or deleted(table, rows)
    old_states.delete(hbase, [replace(state, told_at={name: at + 1 for name, at in state.told_at.items()})])
    assert not hbase.tables[HBASE_FLIGHT_STATE]
    old_states.delete_places(hbase, hbase, BEFORE)
    kinds = [one.deleteType for one in deletes]
    assert kinds == [TDeleteType.DELETE_COLUMNS, TDeleteType.DELETE_COLUMN, TDeleteType.DELETE_COLUMN]


def test_many_are_deleted_some_a_call(hbase, monkeypatch):
    tell(hbase, *(event(**LANDED | {"flight_id": str(one), "flight_number": str(one)}) for one in range(1, 5)))
    monkeypatch.setattr(old_states, "ROWS_A_CALL", 2)
    calls, deleted = [], hbase.deleteMultiple
    hbase.deleteMultiple = lambda table, rows: calls.append(len(rows)) or deleted(table, rows)
    assert old_states.delete(hbase, read(hbase)) == 5
    old_states.delete_places(hbase, hbase, BEFORE)
    assert calls == [2, 2, 1] * 3 and not any(hbase.tables[table] for table in TABLES)


def test_it_is_connected_to_hbases_second_thrift_server(monkeypatch):
    monkeypatch.setenv("HBASE_THRIFT2_HOST", "hbase-2")
    monkeypatch.setenv("HBASE_THRIFT2_PORT", "9999")
    monkeypatch.setattr(old_states.hbase_thrift2, "connect", lambda host, port: (host, port))
    assert old_states.connected() == ("hbase-2", 9999)


def test_an_event_that_comes_after_the_reading_stays(hbase):
    states = read(hbase)
    tell(hbase, event(**LATE))
    old_states.delete(hbase, states)
    old_states.delete_places(hbase, hbase, BEFORE)
    [row] = store.legs(hbase, "DL1234")
    assert (row["status"], row["departure_gate"]) == ("scheduled", "B4")
    assert "arrival_at" not in row and "departure_at" not in row
    assert read(hbase) == []


def test_run_again_after_a_kill_it_deletes_the_rest(hbase):
    states = read(hbase)
    old_states.delete(hbase, states)
    old_states.delete(hbase, states)
    assert len(hbase.tables[HBASE_ARRIVALS]) == 1
    old_states.delete_places(hbase, hbase, BEFORE)
    assert not any(hbase.tables[table] for table in TABLES)


def test_what_a_late_event_adds_to_an_archived_state_is_taken_along(hbase):
    """HBase's mark of the deletion covers the rest of that event, its identity too."""
    old_states.delete(hbase, read(hbase))
    hbase.table(HBASE_FLIGHT_STATE).put(KEY.encode(), {b"d:departure_gate": b"B4"}, 1373496600000)
    hbase.table(HBASE_FLIGHT_STATE).put(b"JFK-201307102240-DL9-ATL", {b"d:departure_gate": b"C1"}, 1373496600000)
    [state] = read(hbase)
    assert (state.row_key, state.month) == (KEY, Month(2013, 7))
    assert state.told_at == {"departure_gate": 1373496600000}
    old_states.delete(hbase, [state])
    assert KEY.encode() not in hbase.tables[HBASE_FLIGHT_STATE]
