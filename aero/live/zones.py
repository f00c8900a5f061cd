"""Local clocks of airports and instants in UTC."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import airportsdata


@cache
def _airports() -> dict:
    return airportsdata.load("IATA")


@cache
def airport_zone(airport_id: str) -> ZoneInfo | None:
    """Time zone of an airport by its IATA code; None if it is not known."""
    airport = _airports().get(airport_id)
    return named_zone(airport["tz"]) if airport else None


@cache
def named_zone(name: str) -> ZoneInfo | None:
    """`America/New_York`; None if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def instant(local_date: date, minutes: int, zone: ZoneInfo) -> datetime:
    """UTC instant of a local clock, `minutes` after the start of `local_date`; 1440 is the next midnight.

    Of an hour that a change to winter time repeats it is the first.
    """
    clock = datetime(local_date.year, local_date.month, local_date.day) + timedelta(minutes=minutes)
    return clock.replace(tzinfo=zone).astimezone(UTC)
