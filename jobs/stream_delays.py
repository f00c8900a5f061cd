"""Departure delays of live flights: minutes, category, and the sums of an hourly window."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

# Category and its last minute, as in aero_batch.delay_categories_monthly.
# On-Time ≤ 0 < Minor ≤ 15 < Moderate ≤ 60 < Major.
CATEGORIES = {"On-Time": 0, "Minor": 15, "Moderate": 60, "Major": float("inf")}


def minutes_late(actual: datetime | None, scheduled: datetime) -> int | None:
    """Whole minutes from `scheduled` to `actual`, seconds dropped, negative when early; None without a departure."""
    return None if actual is None else minutes_between(scheduled, actual)


def minutes_between(scheduled: datetime, actual: datetime) -> int:
    """As minutes_late, of a departure that is known."""
    return (actual - scheduled) // timedelta(minutes=1)


def category(minutes: int | None) -> str | None:
    """On-Time, Minor, Moderate or Major; None without a departure."""
    return None if minutes is None else next(name for name, last in CATEGORIES.items() if minutes <= last)


def sums(minutes_of_flights: Iterable[int]) -> dict[str, int | None]:
    """The counts of a row of aero_live.delays_hourly, from the departure delays of its flights, one a flight."""
    minutes = Counter(minutes_of_flights)
    flights: Counter[str | None] = Counter()
    for late, count in minutes.items():
        flights[category(late)] += count
    return {
        "departures": minutes.total(),
        "on_time_departures": flights["On-Time"],
        "minor_delays": flights["Minor"],
        "moderate_delays": flights["Moderate"],
        "major_delays": flights["Major"],
        "departure_delay_minutes": sum(late * count for late, count in minutes.items()),
        "longest_departure_delay_minutes": max(minutes, default=None),
    }
