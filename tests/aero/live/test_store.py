"""Reading the live tables, on an HBase in memory that the stream's own functions have filled."""

from datetime import UTC, datetime

import pytest
from stream_cells import flights_of, index_puts
from stream_hbase import put, put_rows

from aero.datasets import HBASE_FLIGHT_STATE
from aero.live import store
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import KEY, LANDED, LEFT, event

SECOND_LEG = {
    "flight_id": "DL1234-20130710-ATL-MIA-2200",
    "origin_id": "ATL",
    "destination_id": "MIA",
    "scheduled_departure_at": "2013-07-11T02:00:00.000Z",
    "scheduled_arrival_at": "2013-07-11T04:00:00.000Z",
}
OTHER = {"flight_id": "DL12-20130710-JFK-ATL-1830", "flight_number": "12", "status": None, "source": "opensky"}


@pytest.fixture
def hbase():
    memory = HBaseInMemory()
    for key, flight in flights_of([event(**LANDED), event(**SECOND_LEG), event(**OTHER)]).items():
        put_rows(memory, HBASE_FLIGHT_STATE, [(key, flight.items())])
        put(memory, index_puts(key, flight))
    return memory


def at(day, hour):
    return datetime(2013, 7, day, hour, tzinfo=UTC)


def test_departures_and_arrivals_are_those_scheduled_in_the_range(hbase):
    assert [row["flight_id"] for row in store.departures(hbase, "JFK", at(10, 22), at(10, 23))] == [
        "DL12-20130710-JFK-ATL-1830", "DL1234-20130710-JFK-ATL-1830",
    ]  # fmt: skip
    assert store.departures(hbase, "JFK", at(10, 20), at(10, 22)) == []
    assert [row["row_key"] for row in store.arrivals(hbase, "MIA", at(11, 4), at(11, 5))] == [
        "ATL-201307110200-DL1234-MIA"
    ]


def test_legs_are_those_of_the_number_and_of_no_longer_one(hbase):
    assert [row["origin_id"] for row in store.legs(hbase, "DL1234")] == ["JFK", "ATL"]
    assert [row["flight_number"] for row in store.legs(hbase, "DL12")] == ["12"]
    assert [row["origin_id"] for row in store.legs(hbase, "DL1234", at(11, 0), at(11, 3))] == ["ATL"]


def test_a_flight_whose_state_is_still_to_be_written_is_left_out(hbase):
    del hbase.tables["aero:flight_state"][KEY.encode()]
    assert [row["origin_id"] for row in store.legs(hbase, "DL1234")] == ["ATL"]


def test_flights_are_counted_by_status(hbase):
    assert store.statuses(hbase) == {"landed": 1, "scheduled": 1, "position only": 1}


def test_the_clock_is_the_newest_of_the_last_batches(hbase):
    log = hbase.table("aero:stream_log")
    assert store.clock(hbase) is None
    for key, newest in (
        ("flights-9999999998", "2013-07-10 22:50:00.000"),
        ("flights-9999999999", "2013-07-10 23:00:00.000"),
    ):
        log.put(key.encode(), {b"d:batch_newest_event_at": newest.encode()})
    assert store.clock(hbase) == at(10, 23)
    assert store.batches(hbase, 1) == [
        {"row_key": "flights-9999999998", "batch_newest_event_at": "2013-07-10 22:50:00.000"}
    ]


def test_a_state_is_an_event_again(hbase):
    [state, _] = store.states_around(hbase, "DL1234", at(10, 23))
    assert state.status == "landed" and state.flight_id == "DL1234-20130710-JFK-ATL-1830"
    assert state.departure_at == datetime.fromisoformat(LEFT["departure_at"])
    assert state.tail_number is None


def test_a_state_of_before_a_rule_is_no_event(hbase):
    hbase.table(HBASE_FLIGHT_STATE).put(KEY.encode(), {b"d:destination_id": b"?"}, at(20, 1).timestamp() * 1000)
    assert [state.origin_id for state in store.states_around(hbase, "DL1234", at(10, 23))] == ["ATL"]


def test_a_row_without_the_flights_identity_is_passed_over(hbase):
    """What a late event of an archived flight told beyond the archived state."""
    key = b"JFK-201307102240-DL9-ATL"
    hbase.table("aero:flight_state").put(key, {b"d:departure_gate": b"B4"}, 1)
    hbase.table("aero:arrivals").put(b"ATL-201307110100-" + key, {b"d:flight": key}, 1)
    assert len(store.departures(hbase, "JFK", at(10, 22), at(10, 23))) == 2
    assert len(store.arrivals(hbase, "ATL", at(11, 1), at(11, 2))) == 2
    assert sum(store.statuses(hbase).values()) == 3
