"""Every expected value is worked out by hand. The flight asked for leaves JFK on 2013-07-15 at 09:00, 13:00 UTC."""

import forecast_backtest
import forecast_today
import pytest
from forecast_features import LATER, History, features, later
from forecast_guard import Leaked

from tests.jobs.forecast_flights import flight, instants, table, utc

TAIL = {"tail_number": "N1"}
# Its aircraft came from BOS: planned 10:30 to 12:00 UTC, 50 minutes late all the way.
INBOUND = flight(
    "2013-07-15", "06:30", 50, flight_number="2", origin_id="BOS", destination_id="JFK",
    scheduled_arrival_at=utc("2013-07-15 12:00"), arrival_at=utc("2013-07-15 12:40"), **TAIL,
)  # fmt: skip
ASKED = flight(late=20, **TAIL)


def of(as_of, *known, asked=ASKED):
    found = features(table(asked), History(table(asked, *known)), instants(as_of)).to_pylist()[0]
    assert {name: found[name] for name in LATER} == {
        name: values[0].as_py()
        for name, values in later(table(asked), History(table(asked, *known)), instants(as_of)).items()
    }
    return found


@pytest.mark.parametrize(
    ("as_of", "minutes"),
    [
        ("2013-07-15 10:30", None),  # It need not have left.
        ("2013-07-15 10:31", 1),  # It is overdue.
        ("2013-07-15 11:19", 49),
        ("2013-07-15 11:20", 50),  # It left.
        ("2013-07-15 12:39", 50),
        ("2013-07-15 12:40", 40),  # It came: ten minutes were made up for.
    ],
)
def test_the_inbound_aircraft_is_overdue_then_in_the_air_then_there(as_of, minutes):
    assert of(as_of, INBOUND)["inbound_delay_minutes"] == minutes


def test_the_aircraft_is_known_six_hours_before_the_scheduled_departure_and_not_a_minute_earlier():
    early = INBOUND | {"scheduled_departure_at": utc("2013-07-15 04:00"), "departure_at": utc("2013-07-15 05:00")}
    before, then = of("2013-07-15 06:59", early), of("2013-07-15 07:00", early)
    assert (before["inbound_delay_minutes"], before["inbound_spare_minutes"]) == (None, None)
    assert (then["inbound_delay_minutes"], then["inbound_spare_minutes"]) == (60, 30)


@pytest.mark.parametrize(
    ("fields", "spare"),
    [
        ({}, 30),  # An hour on the ground, of which it needs half of one.
        ({"scheduled_arrival_at": utc("2013-07-15 12:45")}, -15),
        # It ends in BOS: a flight back of 90 minutes and half an hour there are to fit in, too.
        ({"origin_id": "JFK", "destination_id": "BOS"}, 30 - 90 - 30),
        ({"scheduled_arrival_at": None}, None),
    ],
)
def test_what_is_to_spare_is_what_the_plan_has_beyond_the_turn(fields, spare):
    assert of("2013-07-15 07:00", INBOUND | fields)["inbound_spare_minutes"] == spare


@pytest.mark.parametrize(
    "fields",
    [
        {"tail_number": "N2"},
        {"tail_number": None},
        {"scheduled_departure_at": utc("2013-07-15 00:59")},  # More than twelve hours before.
        {"scheduled_departure_at": utc("2013-07-15 13:00")},
        {"scheduled_departure_at": None},
    ],
)
def test_another_aircraft_and_a_flight_of_long_ago_are_none(fields):
    found = of("2013-07-15 12:50", INBOUND | fields)
    assert (found["inbound_delay_minutes"], found["inbound_spare_minutes"]) == (None, None)


def test_of_several_flights_of_the_aircraft_the_last_counts():
    earlier = INBOUND | {"scheduled_departure_at": utc("2013-07-15 01:00"), "arrival_at": utc("2013-07-15 05:00")}
    assert of("2013-07-15 12:40", earlier, INBOUND, earlier)["inbound_delay_minutes"] == 40
    assert of("2013-07-15 12:40", INBOUND, asked=ASKED | {"tail_number": None})["inbound_delay_minutes"] is None


def left(clock, late, **fields):
    return flight("2013-07-15", "07:00", late, flight_number="9", departure_at=utc(f"2013-07-15 {clock}"), **fields)


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        ("10:00", None),  # Two hours ago.
        ("10:01", -59),
        ("12:00", 60),
        ("12:01", None),
    ],
)
def test_an_airport_is_as_late_as_what_left_it_in_the_two_hours_before(clock, minutes):
    """Planned to leave at 11:00 UTC."""
    assert of("2013-07-15 12:00", left(clock, 0))["origin_recent_delay_minutes"] == minutes
    of_boston = of("2013-07-15 12:00", left(clock, 0, origin_id="BOS", destination_id="ATL"))
    assert of_boston["origin_recent_delay_minutes"] is None
    assert of_boston["destination_recent_delay_minutes"] == minutes


def test_the_mean_is_of_all_that_left():
    found = of("2013-07-15 12:00", left("11:30", 30), left("11:45", 45), left("11:08", 8))
    assert found["origin_recent_delay_minutes"] == (30 + 45 + 8) / 3
    assert of("2013-07-15 12:00", flight("2013-07-15", "07:00", None))["origin_recent_delay_minutes"] is None


def test_the_own_delay_is_known_at_the_departure():
    assert of("2013-07-15 13:19")["departure_delay_minutes"] is None
    assert of("2013-07-15 13:20")["departure_delay_minutes"] == 20


def test_what_the_day_tells_knows_nothing_of_later():
    """The check of every training, as of an afternoon: the aircraft is in the air, or on the ground and late."""
    days = ("2013-07-14", "2013-07-15", "2013-07-16")
    rows = [flight(day, f"{hour:02d}:10", 7 * hour - 60, **TAIL) for day in days for hour in range(6, 20)]
    assert forecast_backtest.all_known(table(*rows)).size == len(rows)


@pytest.mark.parametrize("name", ["arrival", "departure"])
def test_a_later_arrival_of_the_aircraft_that_is_known_too_early_is_stopped(monkeypatch, name):
    def leaks(until, planned_departure, departure, planned_arrival, arrival):
        return {"arrival": arrival - planned_arrival, "departure": departure - planned_departure}[name]

    monkeypatch.setattr(forecast_today, "inbound_delay", leaks)
    with pytest.raises(Leaked, match="inbound_delay_minutes knows"):
        test_what_the_day_tells_knows_nothing_of_later()
