"""Live flights as the forecast reads them, of an HBase that the stream's own functions have filled."""

from datetime import date, datetime

import pytest
from stream_cells import flights_of
from stream_hbase import put_rows

from aero.datasets import HBASE_FLIGHT_STATE
from aero.live import as_flights
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import LANDED, event

CANCELLED = {"flight_id": "DL12-20130710-JFK-ATL-1830", "flight_number": "12", "status": "cancelled"}
MIDNIGHT = {
    "flight_id": "DL9-20130710-JFK-ATL-2400", "flight_number": "9",
    "scheduled_departure_at": "2013-07-11T04:00:00.000Z",
    "scheduled_arrival_at": None,
}  # fmt: skip
LATER = {"flight_id": "DL7-20130712-JFK-ATL-1830", "flight_number": "7", "flight_date": "2013-07-12"}


@pytest.fixture
def rows():
    """Those of July 10 and 11, by number."""
    memory = HBaseInMemory()
    for key, flight in flights_of([event(**LANDED), event(**CANCELLED), event(**MIDNIGHT), event(**LATER)]).items():
        put_rows(memory, HBASE_FLIGHT_STATE, [(key, flight.items())])
    found = as_flights.read(memory, date(2013, 7, 10), date(2013, 7, 11)).to_pylist()
    return {row["flight_number"]: row for row in found}


def test_what_is_known_of_a_flight_is_as_bts_has_it(rows):
    assert rows["1234"] == {
        "flight_date": date(2013, 7, 10),
        "airline_id": "DL",
        "flight_number": "1234",
        "origin_id": "JFK",
        "destination_id": "ATL",
        "scheduled_departure_local": "18:30",
        "scheduled_departure_at": datetime(2013, 7, 10, 22, 30),
        "departure_at": datetime(2013, 7, 10, 22, 50),
        "scheduled_arrival_at": datetime(2013, 7, 11, 1, 0),
        "arrival_at": datetime(2013, 7, 11, 1, 5),
        "departure_delay_minutes": 20,
        "arrival_delay_minutes": 5,
        "is_cancelled": False,
    }


def test_only_flights_of_the_days_are_read_and_what_is_not_known_is_null(rows):
    assert set(rows) == {"1234", "12", "9"}
    assert rows["12"]["is_cancelled"] and rows["12"]["arrival_delay_minutes"] is None
    assert rows["9"]["scheduled_departure_local"] == "24:00" and rows["9"]["scheduled_arrival_at"] is None
