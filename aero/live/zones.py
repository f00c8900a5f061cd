"""Time zones of airports."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aero import airports


@cache
def _time_zones() -> dict[str, str]:
    return airports.time_zones()


def airport_zone(airport_id: str) -> ZoneInfo | None:
    """Time zone of an airport by its code; None if it is not known."""
    name = _time_zones().get(airport_id)
    return named_zone(name) if name else None


@cache
def named_zone(name: str) -> ZoneInfo | None:
    """`America/New_York`; None if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
