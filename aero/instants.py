"""How an instant is written in events, ledgers and reports."""

from datetime import UTC, datetime


def instant_text(instant: datetime) -> str:
    """`2013-07-10T22:30:00.000Z` of an aware instant."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
