"""The row keys of the live tables (hbase/tables.toml), and the ranges of keys that answer a question.

A key begins with what is asked for: an airport, a flight's number, a window's kind. The time, in UTC, comes behind it.
So the rows of one airport lie in the order of their times, and the rows of one instant in many regions.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

# The first character behind `-`: the end of a range of keys that begin alike.
_BEHIND_DASH = "."
_MOST_BATCHES = 10**10 - 1
SLOT_MINUTES = 5


def flight(
    origin_id: str, scheduled_departure_at: datetime, airline_id: str, flight_number: str, destination_id: str
) -> str:
    """Key of a flight's state, `JFK-201307102230-DL1234-ATL`, made of what all events of the flight share."""
    return f"{origin_id}-{_minute(scheduled_departure_at)}-{airline_id}{flight_number}-{destination_id}"


def arrival(destination_id: str, scheduled_arrival_at: datetime, flight_key: str) -> str:
    """Key in the index of arrivals, `ATL-201307110100-JFK-201307102230-DL1234-ATL`."""
    return f"{destination_id}-{_minute(scheduled_arrival_at)}-{flight_key}"


def number(airline_id: str, flight_number: str, scheduled_departure_at: datetime, flight_key: str) -> str:
    """Key in the index of flight numbers, `DL1234-201307102230-JFK-201307102230-DL1234-ATL`."""
    return f"{airline_id}{flight_number}-{_minute(scheduled_departure_at)}-{flight_key}"


def between(name: str, start_at: datetime, end_at: datetime) -> tuple[str, str]:
    """First key of a range and the first behind it: what is scheduled from `start_at` until before `end_at`.

    `name` is an airport for departures and arrivals, an airline with a number for flight numbers.
    """
    return f"{name}-{_minute(start_at)}", f"{name}-{_minute(end_at)}"


def all_of(name: str) -> tuple[str, str]:
    """First key of a range and the first behind it: every key that begins with `name` and a dash."""
    return f"{name}-", f"{name}{_BEHIND_DASH}"


def window(kind: str, code: str, hour: str) -> str:
    """Key of an hourly window, `airport-JFK-2013071022`. `kind`: airport or airline; `hour`: `yyyymmddHH` in UTC."""
    return f"{kind}-{code}-{hour}"


def window_parts(key: str) -> tuple[str, str, datetime]:
    """Kind, code, and the instant at which the hour of a window's key begins."""
    kind, code, hour = key.split("-")
    return kind, code, datetime.strptime(hour, "%Y%m%d%H").replace(tzinfo=UTC)


@lru_cache(4096)  # The stream asks for the same few again for each flight of an hour.
def slot(airport_id: str, hour_at: datetime, left_at: datetime) -> str:
    """Key of the five minutes in which a flight left, `JFK-201307102235`. They are of the hour in which it
    counts, which begins at `hour_at`: a schedule with seconds, which the key of a flight has not, changes no hour."""
    at = max(left_at, hour_at)
    return f"{airport_id}-{_minute(at - timedelta(minutes=at.minute % SLOT_MINUTES))}"


def slot_parts(key: str) -> tuple[str, datetime]:
    """Airport, and the instant at which the five minutes of a key begin."""
    airport_id, minute = key.split("-")
    return airport_id, _at(minute)


def archived(flight_key: str) -> str:
    """Key in aero:departures of when a flight left whose state was archived, `flight-JFK-201307102230-DL1234-ATL`."""
    return f"flight-{flight_key}"


def scheduled_at(flight_key: str) -> datetime:
    """When the flight of a key was to leave."""
    return _at(flight_key.split("-", 2)[1])


def batch(query: str, batch_id: int) -> str:
    """Key in the log of the stream, `flights-9999999994` for batch 5: the newest batch comes first."""
    return f"{query}-{_MOST_BATCHES - batch_id:010d}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M}"


@lru_cache(4096)  # Many flights have the same minute, and to read it takes long.
def _at(minute: str) -> datetime:
    return datetime.strptime(minute, "%Y%m%d%H%M").replace(tzinfo=UTC)
