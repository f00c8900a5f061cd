from datetime import UTC, date, datetime

import pytest

from aero.errors import AeroError
from aero.live.replay.history import (
    COLUMNS,
    events_in_order,
    events_of,
    expected_counts,
    final_state,
    final_status,
    is_playable,
)


def utc(hour, minute=0, day=10):
    return datetime(2013, 7, day, hour, minute, tzinfo=UTC)


def steps(flight):
    return [(event.status, event.event_at) for event in events_of(flight)]


def test_a_landed_flight_is_told_in_three_events(flight):
    scheduled, active, landed = events_of(flight())
    assert steps(flight()) == [("scheduled", utc(16, 30)), ("active", utc(22, 50)), ("landed", utc(1, 5, day=11))]
    assert {event.flight_id for event in (scheduled, active, landed)} == {"DL1234-20130710-JFK-ATL-1830"}
    assert scheduled.departure_at is None and scheduled.scheduled_arrival_at == utc(1, 0, day=11)
    assert active.departure_at == utc(22, 50) and active.arrival_at is None
    assert active.estimated_arrival_at == utc(1, 20, day=11)
    assert landed.departure_at == utc(22, 50) and landed.arrival_at == utc(1, 5, day=11)


CANCELLED = {"is_cancelled": True, "departure_at": None, "arrival_at": None}
RETURNED = {"is_cancelled": True, "arrival_at": None, "ground_away_minutes": 45}
DIVERTED = {"is_diverted": True, "arrival_at": None}
REACHED = {"is_diverted": True, "arrival_at": datetime(2013, 7, 11, 4, 0)}
VANISHED = {"arrival_at": None}
WAITING = {"departure_at": None, "arrival_at": None}


@pytest.mark.parametrize(
    ("changes", "status", "events"),
    [
        ({}, "landed", ["scheduled", "active", "landed"]),
        (CANCELLED, "cancelled", ["scheduled", "cancelled"]),
        (RETURNED, "cancelled", ["scheduled", "active", "cancelled"]),
        (DIVERTED, "diverted", ["scheduled", "active", "diverted"]),
        (REACHED, "diverted", ["scheduled", "active", "diverted"]),
        (VANISHED, "active", ["scheduled", "active"]),
        (WAITING, "scheduled", ["scheduled"]),
        (CANCELLED | {"is_diverted": True}, "cancelled", ["scheduled", "cancelled"]),
    ],
)
def test_the_last_status_is_what_bts_says(flight, changes, status, events):
    row = flight(**changes)
    assert [event.status for event in events_of(row)] == events
    assert final_status(row) == status
    assert final_state(row).status == status


@pytest.mark.parametrize(
    ("changes", "event_at"),
    [
        (CANCELLED, utc(21, 30)),
        (RETURNED, utc(23, 35)),
        (RETURNED | {"ground_away_minutes": None}, utc(23, 50)),
        (DIVERTED, utc(1, 20, day=11)),
        (DIVERTED | {"scheduled_arrival_at": None}, utc(23, 50)),
        (REACHED, utc(4, 0, day=11)),
    ],
)
def test_the_end_comes_when_the_table_says(flight, changes, event_at):
    assert events_of(flight(**changes))[-1].event_at == event_at


def test_the_final_state_holds_all_that_was_told(flight):
    state = final_state(flight())
    assert (state.status, state.event_at) == ("landed", utc(1, 5, day=11))
    assert state.estimated_arrival_at == utc(1, 20, day=11)
    assert final_state(flight(**RETURNED)).departure_at == utc(22, 50)


@pytest.mark.parametrize(
    ("changes", "announced_at"),
    [
        # 05:00 at JFK: six hours before would be yesterday there.
        (
            {"scheduled_departure_local": "05:00", "scheduled_departure_at": datetime(2013, 7, 10, 9, 0)},
            utc(4, 0),
        ),
        # Scheduled five minutes past midnight, left ten minutes early: announced before it left.
        (
            {
                "scheduled_departure_local": "00:05",
                "scheduled_departure_at": datetime(2013, 7, 10, 4, 5),
                "departure_at": datetime(2013, 7, 10, 3, 55),
            },
            utc(3, 54),
        ),
        # 24:00 ends the day that began at 04:00 UTC.
        (
            {"scheduled_departure_local": "24:00", "scheduled_departure_at": datetime(2013, 7, 11, 4, 0)} | WAITING,
            utc(22, 0),
        ),
    ],
)
def test_it_is_announced_on_its_day_and_before_anything_happens(flight, changes, announced_at):
    assert events_of(flight(**changes))[0].event_at == announced_at


def test_no_two_events_share_an_instant(flight):
    instants = [event.event_at for event in events_of(flight(arrival_at=datetime(2013, 7, 10, 22, 50)))]
    assert instants[-1] > instants[-2]
    assert events_of(flight(arrival_at=datetime(2013, 7, 10, 22, 50)))[-1].arrival_at == utc(22, 50)


def test_rows_as_pyhive_gives_them_as_text(flight):
    as_text = flight(
        flight_date="2013-07-10",
        scheduled_departure_at="2013-07-10 22:30:00",
        departure_at="2013-07-10 22:50:00.0",
        scheduled_arrival_at="2013-07-11 01:00:00",
        arrival_at="2013-07-11 01:05:00",
    )
    assert events_of(as_text) == events_of(flight())


def test_the_number_it_was_sold_under_is_a_code_share(flight):
    regional = flight(airline_id="9E", flight_number="3301", marketing_airline_id="DL", marketing_flight_number="3301")
    own = flight(marketing_airline_id="DL", marketing_flight_number="1234")
    assert final_state(regional).code_shares == "DL3301"
    assert final_state(regional).flight_id == "9E3301-20130710-JFK-ATL-1830"
    assert final_state(own).code_shares is None


def test_a_flight_to_what_is_no_airport_is_left_out(flight):
    nowhere = flight(destination_id="XX")
    assert not is_playable(nowhere)
    assert len(list(events_in_order([nowhere, flight()]))) == 3


def test_a_flight_without_a_schedule_is_left_out(flight):
    unscheduled = flight(scheduled_departure_local=None, scheduled_departure_at=None)
    assert not is_playable(unscheduled)
    assert expected_counts([flight(), unscheduled, flight(**CANCELLED)]) == {"landed": 1, "cancelled": 1}
    assert len(list(events_in_order([unscheduled, flight()]))) == 3


def test_events_come_in_order_over_days(flight):
    today = flight(flight_number="2")
    tomorrow = flight(
        flight_date=date(2013, 7, 11),
        scheduled_departure_at=datetime(2013, 7, 11, 4, 30),
        scheduled_departure_local="00:30",
        departure_at=datetime(2013, 7, 11, 0, 10),
        arrival_at=datetime(2013, 7, 11, 3, 0),
    )
    order = [(event.event_at, event.flight_id) for event in events_in_order([today, flight(), tomorrow])]
    assert len(order) == 9
    assert order == sorted(order)


def test_flights_of_an_earlier_day_are_refused(flight):
    with pytest.raises(AeroError, match="2013-07-09 comes after one of 2013-07-10"):
        list(events_in_order([flight(), flight(flight_date=date(2013, 7, 9))]))


def test_the_base_row_has_the_columns_that_are_read(flight):
    assert set(flight()) == set(COLUMNS)
