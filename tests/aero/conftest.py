"""The base rows of the tests of live flights: a flight of BTS and an event."""

from datetime import UTC, date, datetime

import pytest

from aero.live.event import FlightEvent

BASE_FLIGHT = {
    "flight_date": date(2013, 7, 10),
    "airline_id": "DL",
    "flight_number": "1234",
    "tail_number": "N123DL",
    "marketing_airline_id": None,
    "marketing_flight_number": None,
    "origin_id": "JFK",
    "destination_id": "ATL",
    "scheduled_departure_local": "18:30",
    "scheduled_departure_at": datetime(2013, 7, 10, 22, 30),
    "departure_at": datetime(2013, 7, 10, 22, 50),
    "scheduled_arrival_at": datetime(2013, 7, 11, 1, 0),
    "arrival_at": datetime(2013, 7, 11, 1, 5),
    "is_cancelled": False,
    "is_diverted": None,
    "ground_away_minutes": None,
}


@pytest.fixture(scope="session")
def flight():
    """A row of aero_clean.flights as PyHive gives it: a landed flight, with the columns that are named changed."""
    return lambda **changes: BASE_FLIGHT | changes


BASE_EVENT = {
    "schema_version": 1,
    "flight_id": "DL1234-20130710-JFK-ATL-1830",
    "event_at": datetime(2013, 7, 10, 22, 50, tzinfo=UTC),
    "source": "replay",
    "status": "active",
    "flight_date": date(2013, 7, 10),
    "airline_id": "DL",
    "flight_number": "1234",
    "origin_id": "JFK",
    "destination_id": "ATL",
    "scheduled_departure_at": datetime(2013, 7, 10, 22, 30, tzinfo=UTC),
    "departure_at": datetime(2013, 7, 10, 22, 50, tzinfo=UTC),
}


@pytest.fixture(scope="session")
def event():
    """An event of a flight in the air, with the fields that are named changed."""
    return lambda **changes: FlightEvent(**(BASE_EVENT | changes))
