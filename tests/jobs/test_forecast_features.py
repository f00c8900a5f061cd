"""Every expected value is worked out by hand, the way to it written beside it."""

import math
import random
from datetime import timedelta

import pyarrow as pa
import pytest
from forecast_features import FEATURES, History, features
from forecast_rates import SMOOTHING

from tests.jobs.forecast_flights import flight, instants, table, utc

NOON = "2013-07-14 12:00"


def of(asked: dict, *known: dict, as_of: str = NOON) -> dict:
    """The features of one flight, where it and the `known` flights are the history."""
    one = table(asked)
    return features(one, History(table(asked, *known)), instants(as_of)).to_pylist()[0]


def shares(found: dict, kind: str, days: int, word: str = "late") -> float | None:
    return found[f"{word}_share_{kind}_{days}d"]


@pytest.mark.parametrize(
    ("day", "clock", "hour", "weekday", "month"),
    [
        ("2013-07-15", "23:59", 23, 1, 7),  # A Monday.
        ("2013-07-15", "24:00", 0, 2, 7),  # BTS' midnight at the end of Monday is Tuesday.
        ("2013-07-16", "00:01", 0, 2, 7),
        ("2013-01-31", "23:59", 23, 4, 1),  # A Thursday.
        ("2013-01-31", "24:00", 0, 5, 2),
        ("2013-12-31", "24:00", 0, 3, 1),
    ],
)
def test_hour_weekday_and_month_are_those_of_the_origin_s_clocks(day, clock, hour, weekday, month):
    asked = flight(day, clock)
    found = of(asked, as_of=asked["scheduled_departure_at"] - timedelta(days=1))
    assert (found["departure_hour"], found["weekday"], found["month"]) == (hour, weekday, month)


@pytest.mark.parametrize(
    ("day", "until", "since"),
    [
        ("2013-07-03", 1, 7),  # The holiday before was on May 27.
        ("2013-07-04", 0, 0),
        ("2013-07-06", 7, 2),
        ("2013-12-29", 3, 4),  # New Year is of the next year.
        ("2013-08-01", 7, 7),
    ],
)
def test_days_to_and_since_a_holiday_are_seven_at_most(day, until, since):
    asked = flight(day)
    found = of(asked, as_of=asked["scheduled_departure_at"])
    assert (found["days_to_holiday"], found["days_since_holiday"]) == (until, since)


def test_an_hour_that_clocks_show_twice_is_two_hours_of_the_plan():
    """On 2013-11-03 clocks in New York showed 01:30 at 05:30 and at 06:30 UTC."""
    first = flight("2013-11-03", "01:30")
    second = flight("2013-11-03", "01:30", fold=1, flight_number="2")
    third = flight("2013-11-03", "01:45", fold=1, flight_number="3", late=None)
    assert [one["scheduled_departure_at"].hour for one in (first, second, third)] == [5, 6, 6]
    rows = table(first, second, third)
    found = features(rows, History(rows), instants(*["2013-11-02 12:00"] * 3))
    assert found["planned_departures"].to_pylist() == [1, 2, 2]
    assert found["planned_arrivals"].to_pylist() == [1, 2, 2]
    assert found["departure_hour"].to_pylist() == [1, 1, 1]


def test_the_planned_minutes_are_those_that_pass_where_clocks_are_put_on():
    """On 2013-03-10 01:30 is 06:30 UTC, and an hour later clocks show 03:30."""
    asked = flight("2013-03-10", "01:30")
    assert of(asked, as_of="2013-03-09 12:00")["planned_minutes"] == 60
    assert of(asked | {"scheduled_arrival_at": None}, as_of="2013-03-09 12:00")["planned_minutes"] is None


@pytest.mark.parametrize(
    ("arrival", "share"),
    [
        (NOON, 1.0),
        ("2013-07-14 12:01", None),  # It was in the air.
        ("2013-07-07 12:01", 1.0),
        ("2013-07-07 12:00", None),  # It is seven days ago.
    ],
)
def test_a_flight_counts_from_its_arrival_for_as_many_days(arrival, share):
    known = flight("2013-07-14", "05:00", late=180, flight_number="2", arrival_at=utc(arrival))
    assert shares(of(flight(), known), "all", 7) == share


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({}, 1.0),
        ({"scheduled_arrival_at": utc("2013-07-14 12:01")}, None),
        ({"departure_at": utc("2013-07-14 12:01")}, None),  # It left, and came back to its gate.
    ],
)
def test_a_cancelled_flight_counts_from_its_scheduled_arrival_or_a_later_departure(fields, share):
    known = flight("2013-07-14", "07:00", late=None, flight_number="2", **fields)  # To arrive at 12:00 UTC.
    assert shares(of(flight(), known), "all", 1, "cancelled") == share
    assert shares(of(flight(), known), "all", 1) is None  # It was never late.


def test_a_diverted_flight_counts_when_it_reached_its_destination():
    on_the_way = flight("2013-07-14", "05:00", flight_number="2", arrival_delay_minutes=None, arrival_at=None)
    assert shares(of(flight(), on_the_way), "all", 7) is None
    there = on_the_way | {"diversion_arrival_delay_minutes": 90, "arrival_at": utc("2013-07-14 11:30")}
    assert shares(of(flight(), there), "all", 7) == 1.0


def test_days_are_those_before_the_instant_across_midnight_and_the_change_of_clocks():
    """24 hours before 2013-11-04 01:00 EST (06:00 UTC) clocks showed 01:00 EST, which they showed the second time."""
    second, first = (flight("2013-11-02", "22:00", late=30, flight_number=number) for number in "23")
    second |= {"arrival_at": utc("2013-11-03 06:01")}
    first |= {"arrival_at": utc("2013-11-03 05:59"), "arrival_delay_minutes": 0}
    found = of(flight("2013-11-05"), first, second, as_of="2013-11-04 06:00")
    assert shares(found, "all", 1) == 1.0
    assert shares(found, "all", 7) == 0.5


def test_a_rate_of_few_is_moved_towards_that_of_the_wider_kind():
    """Two of four were late: 0.5. Of B6's three, two: (2 + 20 * 0.5) / 23. Of its flights at 9 one, and it was."""
    known = [
        flight("2013-07-13", "09:10", late=15, flight_number="2"),
        flight("2013-07-13", "10:00", late=20, flight_number="3"),
        flight("2013-07-13", "10:00", late=14, flight_number="4"),
        flight("2013-07-13", "09:00", late=-5, airline_id="DL", origin_id="LGA"),
    ]
    found = of(flight(), *known)
    airline = (2 + SMOOTHING * 0.5) / (3 + SMOOTHING)
    assert shares(found, "all", 7) == 0.5
    assert shares(found, "airline", 7) == airline
    assert shares(found, "hour", 7) == (1 + SMOOTHING * 0.5) / (2 + SMOOTHING)
    assert shares(found, "airline_hour", 7) == (1 + SMOOTHING * airline) / (1 + SMOOTHING)
    assert shares(found, "flight", 7) == shares(found, "route", 7)  # None of its own number: as its route.
    assert shares(of(flight(airline_id="ZZ"), *known), "airline", 7) == 0.5  # Nobody knows it.


def test_asked_before_it_is_known_a_feature_is_null():
    asked = flight(late=33)  # Leaves at 13:00 UTC by schedule, and at 13:33.
    week, day, left = "2013-07-08 12:59", "2013-07-14 13:00", "2013-07-15 13:33"
    schedule = {one.name for one in FEATURES if "seven days" in one.known}
    assert {of(asked, as_of=week)[name] for name in schedule} == {None}
    assert None not in {of(asked, as_of="2013-07-08 13:00")[name] for name in schedule}
    assert of(asked, as_of=day)["departure_delay_minutes"] is None
    assert of(asked, as_of="2013-07-15 13:32")["departure_delay_minutes"] is None
    assert of(asked, as_of=left)["departure_delay_minutes"] == 33


@pytest.fixture(scope="module")
def month():
    """300 flights of three weeks, some of them cancelled."""
    dice = random.Random(24)
    return [
        flight(
            f"2013-07-{dice.randrange(1, 22):02d}",
            f"{dice.randrange(5, 24):02d}:{dice.randrange(60):02d}",
            late=dice.choice([None, -5, 0, 10, 20, 90, 300]),
            airline_id=dice.choice(["B6", "DL", "UA"]),
            origin_id=dice.choice(["JFK", "LGA"]),
            flight_number=str(number),
        )
        for number in range(300)
    ]


def same(one: pa.Table, other: pa.Table) -> bool:
    """Bit by bit, NULL the same as NULL."""
    return one.schema == other.schema and one.combine_chunks().equals(other.combine_chunks())


def test_a_flight_alone_has_the_features_that_it_has_among_all(month):
    rows = table(*month)
    as_of = [one["scheduled_departure_at"] - timedelta(hours=24) for one in month]
    history = History(rows)
    of_all = features(rows, history, instants(*as_of))
    for place in (0, 17, 299):
        assert same(features(rows.slice(place, 1), history, instants(as_of[place])), of_all.slice(place, 1))
    # Nor does the order in which the history comes change anything.
    assert same(features(rows, History(rows.take(list(range(299, -1, -1)))), instants(*as_of)), of_all)
    assert not any(math.isnan(value) for value in of_all["late_share_flight_28d"].to_pylist() if value is not None)


def test_no_flights_have_no_features(month):
    assert features(table(), History(table(*month)), instants()).num_rows == 0
    assert shares(features(table(flight()), History(table()), instants(NOON)).to_pylist()[0], "all", 7) is None
