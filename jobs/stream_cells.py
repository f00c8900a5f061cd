"""The cells of the live tables that the events of a micro-batch make: plain values, no Spark and no HBase.

Events come as the records of `flights.processed`. Every value is a cell under the time of its event, so the newest wins
wherever two meet, in whatever order and however often they come.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from stream_delays import minutes_between

from aero.datasets import HBASE_ARRIVALS, HBASE_DEPARTURES, HBASE_FLIGHT_DAYS, HBASE_FLIGHT_NUMBERS
from aero.live import row_keys

# The columns of a flight's state that decide what a batch changes.
JUDGED_BY = ("flight_id", "departure_at")
# The field of an event that is no column of the state.
NOT_KEPT = "schema_version"
# The columns of a flight that its departures and its index rows are made of.
PLACED_BY = (
    "flight_id", "airline_id", "flight_number", "origin_id", "destination_id", "scheduled_departure_at",
    "scheduled_arrival_at", "departure_at", "departure_delay_minutes",
)  # fmt: skip


class Cell(NamedTuple):
    """A value as text under the cell's timestamp in HBase: milliseconds since 1970, None for HBase's own clock."""

    text: str
    timestamp: int | None = None


class Put(NamedTuple):
    """One cell on its way to HBase."""

    table: str
    row: str
    column: str
    cell: Cell


# The columns of one flight, by name.
Flight = dict[str, Cell]


def flights_of(events: Iterable[Mapping[str, Any]], columns: Iterable[str] | None = None) -> dict[str, Flight]:
    """The flights of the events, by row key: the newest value of each column (all, or those named) that is not null.

    Of two values of one instant the later event's stays, as in HBase.
    """
    flights: dict[str, Flight] = {}
    # Texts of instants sort as the instants do.
    for event in sorted(events, key=itemgetter("event_at")):
        timestamp = milliseconds(event["event_at"])
        flights.setdefault(flight_key(event), {}).update(
            {
                # An instant as Hive reads it, `2013-07-10 22:30:00.000`.
                column: Cell(value[:-1].replace("T", " ") if column.endswith("_at") else str(value), timestamp)
                for column in columns or event
                if (value := event.get(column)) is not None and column != NOT_KEPT
            }
        )
    return flights


def flight_key(event: Mapping[str, str]) -> str:
    """Row key in flight_state of an event's flight: row_keys.flight, cut from the text of the instant."""
    at = event["scheduled_departure_at"]
    minute = f"{at[:4]}{at[5:7]}{at[8:10]}{at[11:13]}{at[14:16]}"
    return f"{event['origin_id']}-{minute}-{event['airline_id']}{event['flight_number']}-{event['destination_id']}"


def index_puts(key: str, flight: Flight) -> Iterator[Put]:
    """The flight's rows in the two indexes. They never change, so they are written once, when the flight is new."""
    departure_at = instant(flight["scheduled_departure_at"].text)
    arrival_at = instant(flight["scheduled_arrival_at"].text) if "scheduled_arrival_at" in flight else departure_at
    place = Cell(key, flight["flight_id"].timestamp)
    yield Put(HBASE_ARRIVALS, row_keys.arrival(flight["destination_id"].text, arrival_at, key), "flight", place)
    number = row_keys.number(flight["airline_id"].text, flight["flight_number"].text, departure_at, key)
    yield Put(HBASE_FLIGHT_NUMBERS, number, "flight", place)


def day_puts(flights: Iterable[Flight]) -> Iterator[Put]:
    """The rows of the days that the flights are of. They have HBase's own time, so one that is deleted comes back with
    any event (aero/live/old_states.py)."""
    for day in sorted({flight["flight_date"].text for flight in flights}):
        yield Put(HBASE_FLIGHT_DAYS, day, "flight_date", Cell(day))


def departure_puts(key: str, flight: Flight, before: Mapping[str, Cell]) -> Iterator[Put]:
    """The cells of one flight in aero:departures, for the windows it counts in and those that it no longer counts in.

    `before` is JUDGED_BY's columns of its state. No cells where the departure there is newer or the same.
    """
    departure, known = flight.get("departure_at"), before.get("departure_at")
    if departure is None or (known and (known.text == departure.text or _is_newer(known, departure))):
        return
    windows = _windows(flight, departure)
    for window in windows:
        yield Put(HBASE_DEPARTURES, window, key, Cell(flight["departure_delay_minutes"].text, departure.timestamp))
    for window in _windows(flight, known) if known else ():
        if window not in windows:
            yield Put(HBASE_DEPARTURES, window, key, Cell("", departure.timestamp))


def slots(key: str, flight: Flight, before: Mapping[str, Cell]) -> Iterator[str]:
    """The keys in aero:delays_five_minutes of when the flight left, and of when it did as far as was known before."""
    scheduled_at, airport_id = instant(flight["scheduled_departure_at"].text), flight["origin_id"].text
    for departure in (flight["departure_at"], before.get("departure_at")):
        if departure:
            minutes = minutes_between(scheduled_at, instant(departure.text))
            hour_at = instant(departure.text[:13] + ":00")
            yield row_keys.slot(airport_id, hour_at, left_at(key, minutes))


def left_at(key: str, minutes: int) -> datetime:
    """The minute in which a flight left, from its key and its delay: what a cell of aero:departures has of it."""
    return row_keys.scheduled_at(key) + timedelta(minutes=minutes)


def _is_newer(cell: Cell, other: Cell) -> bool:
    return (cell.timestamp or 0) > (other.timestamp or 0)


def _windows(flight: Flight, departure: Cell) -> tuple[str, str]:
    hour = departure.text[:13].replace("-", "").replace(" ", "")
    return (
        row_keys.window("airport", flight["origin_id"].text, hour),
        row_keys.window("airline", flight["airline_id"].text, hour),
    )


def milliseconds(text: str) -> int:
    """Milliseconds since 1970 of `2013-07-10T22:30:00.000Z`."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def instant(text: str) -> datetime:
    """The instant of a cell, `2013-07-10 22:30:00.000` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stored_instant(at: datetime) -> str:
    """The text of a cell, as Hive reads a TIMESTAMP, of an instant in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")
