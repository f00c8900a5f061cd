"""Instants: now, and how one is written in events, delivery logs and process states."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


def instant_text(instant: datetime) -> str:
    """`2013-07-10T22:30:00.000Z` of an aware instant."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
