"""The four instants of a flight in UTC, by the rules of jobs/flight_times.py, for rows of a file."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aero.live.zones import airport_zone

# As in jobs/flight_times.py: only used where the delay is not given.
EARLIEST_DEPARTURE = timedelta(minutes=-120)


def instants(flight: dict[str, Any]) -> dict[str, datetime | None]:
    """scheduled_departure_at, departure_at, scheduled_arrival_at and arrival_at of a flight with the local clocks and
    minutes of aero_clean.flights; None where they, or an airport's zone, do not tell."""
    origin, destination = airport_zone(flight["origin_id"]), airport_zone(flight["destination_id"])
    leaves = _scheduled_departure(flight, origin, destination)
    left = _first(
        _later(leaves, flight["departure_delay_minutes"]),
        _next(leaves and leaves + EARLIEST_DEPARTURE, flight["departure_local"], origin),
    )
    comes = _first(
        _later(leaves, flight["scheduled_elapsed_minutes"]),
        _next(leaves, flight["scheduled_arrival_local"], destination),
    )
    came = _first(
        _later(left, flight["elapsed_minutes"]),
        _later(comes, flight["arrival_delay_minutes"]),
        *_diverted_arrival(flight, left, comes),
        _next(left, flight["arrival_local"], destination),
    )
    return {"scheduled_departure_at": leaves, "departure_at": left, "scheduled_arrival_at": comes, "arrival_at": came}


def _scheduled_departure(flight: dict, origin: ZoneInfo | None, destination: ZoneInfo | None) -> datetime | None:
    """In the hour that a change to winter time repeats, the first, unless only the second fits the arrival."""
    if origin is None or flight["scheduled_departure_local"] is None:
        return None
    wall = _wall_clock(flight["flight_date"], flight["scheduled_departure_local"])
    first, second = (wall.replace(tzinfo=origin, fold=fold).astimezone(UTC) for fold in (0, 1))
    is_repeated = first < second
    fits = _arrives_on_schedule(flight, second, destination) and not _arrives_on_schedule(flight, first, destination)
    return second if is_repeated and fits else first


def _arrives_on_schedule(flight: dict, departure: datetime, destination: ZoneInfo | None) -> bool:
    arrival, clock = _later(departure, flight["scheduled_elapsed_minutes"]), flight["scheduled_arrival_local"]
    if arrival is None or clock is None or destination is None:
        return False
    return f"{arrival.astimezone(destination):%H:%M}" == clock.replace("24:00", "00:00")


def _diverted_arrival(flight: dict, left: datetime | None, comes: datetime | None) -> tuple[datetime | None, ...]:
    if not flight["is_diversion_destination_reached"]:
        return ()
    late_by, took = flight["diversion_arrival_delay_minutes"], flight["diversion_elapsed_minutes"]
    return _later(comes, late_by), _later(left, took)


def _next(after: datetime | None, clock: str | None, zone: ZoneInfo | None) -> datetime | None:
    """The first instant after `after` at which the clocks of `zone` show `clock`."""
    if after is None or clock is None or zone is None:
        return None
    today = after.astimezone(zone).date()
    readings = (_wall_clock(today + timedelta(days=days), clock).replace(tzinfo=zone) for days in (0, 1))
    first, second = (reading.astimezone(UTC) for reading in readings)
    return first if first > after else second


def _wall_clock(day: date, clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day) + timedelta(hours=hours, minutes=minutes)


def _later(instant: datetime | None, minutes: int | None) -> datetime | None:
    return None if instant is None or minutes is None else instant + timedelta(minutes=minutes)


def _first(*instants: datetime | None) -> datetime | None:
    return next((instant for instant in instants if instant is not None), None)
