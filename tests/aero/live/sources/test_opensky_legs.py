"""Which leg of a flight number a position of OpenSky belongs to."""

from datetime import UTC, datetime, timedelta

import pytest

from aero.live.sources.opensky import leg_in_the_air

AT = datetime(2013, 7, 10, 23, 0, tzinfo=UTC)


def test_of_two_legs_the_one_in_the_air_is_chosen(event):
    earlier = event(departure_at=AT - timedelta(hours=5), flight_id="earlier")
    flying = event(departure_at=AT - timedelta(hours=1), flight_id="flying")
    landed = event(departure_at=AT - timedelta(minutes=10), status="landed", flight_id="landed")
    later = event(departure_at=AT + timedelta(hours=1), flight_id="later")
    assert leg_in_the_air([landed, flying, later, earlier], AT) == flying


def test_a_leg_that_should_be_in_the_air_is_second_best(event):
    times = {"status": "scheduled", "departure_at": None, "scheduled_arrival_at": AT + timedelta(hours=1)}
    due = event(scheduled_departure_at=AT - timedelta(minutes=20), flight_id="due", **times)
    tonight = event(scheduled_departure_at=AT + timedelta(minutes=20), flight_id="tonight", **times)
    assert leg_in_the_air([tonight, due], AT) == due
    assert leg_in_the_air([tonight], AT) is None
    assert leg_in_the_air([], AT) is None


def test_a_leg_that_never_landed_flies_no_longer_than_it_was_expected_to(event):
    """Nobody said that yesterday's flight landed; today's aircraft under its number is not on it."""
    day = timedelta(days=1)
    planned = {"status": "scheduled", "departure_at": None, "scheduled_departure_at": AT - timedelta(minutes=20)}
    never_landed = event(
        flight_id="yesterday",
        scheduled_departure_at=AT - day - timedelta(hours=1),
        departure_at=AT - day,
        scheduled_arrival_at=AT - day + timedelta(hours=2),
    )
    today = event(flight_id="today", scheduled_arrival_at=AT + timedelta(hours=2), **planned)
    assert leg_in_the_air([never_landed], AT) is None
    assert leg_in_the_air([never_landed, today], AT) == today


@pytest.mark.parametrize(
    ("hours", "flies"),
    [({"scheduled": 2}, 5), ({"scheduled": 2, "estimated": 6}, 8), ({"scheduled": 2, "estimated": 1}, 5), ({}, 20 + 2)],
)
def test_a_leg_is_in_the_air_until_its_expected_arrival_and_two_hours(event, hours, flies):
    """It left an hour late, so it is expected an hour after its schedule; without any arrival, the longest flight."""
    arrivals = {f"{name}_arrival_at": AT + timedelta(hours=after) for name, after in hours.items()}
    times = {"scheduled_arrival_at": None, "scheduled_departure_at": AT - timedelta(hours=1), "departure_at": AT}
    leg = event(**times | arrivals)
    last = AT + timedelta(hours=flies)
    assert leg_in_the_air([leg], last) == leg
    assert leg_in_the_air([leg], last + timedelta(seconds=1)) is None


def test_a_planned_leg_without_an_arrival_is_not_due_for_ever(event):
    leg = event(status="scheduled", departure_at=None, scheduled_departure_at=AT, scheduled_arrival_at=None)
    assert leg_in_the_air([leg], AT + timedelta(hours=19)) == leg
    assert leg_in_the_air([leg], AT + timedelta(hours=21)) is None
