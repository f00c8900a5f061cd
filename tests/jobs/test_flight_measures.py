"""What is measured of a few flights; tests/jobs/test_twin.py does it of months."""

from datetime import date, datetime

import flight_measures
import pyarrow as pa
import pytest

from aero.bts import COLUMNS
from aero.month import Month

TYPES = {"text": pa.string(), "clock": pa.string(), "date": pa.date32(), "integer": pa.int32()}
FLIGHT = {"airline_id": "AA", "flight_number": "1", "origin_id": "JFK", "destination_id": "LAX"}


def flights(*changes):
    """A table of flights of American from New York to Los Angeles."""
    columns = [(column.name, TYPES.get(column.kind, pa.bool_())) for column in COLUMNS]
    schema = pa.schema(
        [*columns, *[(f"scheduled_{end}_at", pa.timestamp("us", "UTC")) for end in ("departure", "arrival")]]
    )
    return pa.Table.from_pylist([FLIGHT | one for one in changes], schema=schema)


@pytest.mark.parametrize(
    ("month", "thursdays", "absent"),
    [("2007-11", (8, 15, 29), {}), ("2007-03", (8, 15, 29), {"origin JFK": 1, "hour ": 1, "airline AA 22": 1})],
)
def test_a_flight_that_does_not_go_on_a_thursday_is_missing_but_at_thanksgiving(month, thursdays, absent):
    when = Month.parse(month)

    profile = flight_measures.profile(flights(*[{"flight_date": date(*when, day)} for day in thursdays]), when)

    assert profile.absent == absent


def test_aircraft_go_on_where_they_came_down_and_for_their_airline():
    def leg(hour, origin, destination, **changes):
        day = datetime(2013, 7, 15, hour)
        told = {"flight_date": day.date(), "scheduled_departure_at": day, "tail_number": "N1"}
        return told | {"origin_id": origin, "destination_id": destination} | changes

    profile = flight_measures.profile(
        flights(
            leg(12, "JFK", "LAX"),
            leg(18, "LAX", "SFO"),
            leg(20, "OAK", "SEA"),
            leg(22, "SEA", "JFK", airline_id="UA"),
            leg(23, "JFK", "BOS", tail_number=None),
        ),
        Month(2013, 7),
    )

    assert (profile.legs, profile.broken) == ({"AA": 2, "UA": 1}, {"AA": 1})
    assert (profile.foreign, profile.no_tail) == ({"UA": 1}, {"AA": 1})


def test_nothing_is_measured_of_no_flights():
    assert flight_measures.profile(flights(), Month(2013, 7)) == flight_measures.NO_FLIGHTS
