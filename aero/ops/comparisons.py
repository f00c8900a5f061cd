"""Comparing a month with itself and with months that readers see: the `compare` checks of checks.toml.

Each function takes the month's profile and those of other months, all of the same source, and gives a value to judge,
or None where there is nothing to compare with.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import median

from aero.datasets import AIRLINES
from aero.month import Month
from aero.ops.profile import Profile

# Fewer rows are a sample, which other months cannot be compared with.
LEAST_ROWS = 1000
# Months to compare with: the nearest two before and after, and the same month of the nearest three years.
NEAR_MONTHS = 3
OTHER_YEARS = 5


@dataclass(frozen=True)
class Others:
    """Profiles of months that readers see: the same month of the nearest years, and the nearest months."""

    same_month: tuple[Profile, ...] = ()
    near: tuple[Profile, ...] = ()

    @property
    def all(self) -> tuple[Profile, ...]:
        return (*self.same_month, *self.near)


def chosen(month: Month, comparable: Iterable[Month]) -> tuple[list[Month], list[Month]]:
    """Which of the comparable months a month is compared with: the same month of the nearest years, and those near."""
    distance = {other: other.index - month.index for other in comparable}
    near = [other for other in distance if abs(distance[other]) <= NEAR_MONTHS]
    before = sorted((other for other in near if distance[other] < 0), reverse=True)[:2]
    after = sorted(other for other in near if distance[other] >= 0)[:2]
    years = [
        other for other in distance if other.month == month.month and 0 < abs(other.year - month.year) <= OTHER_YEARS
    ]
    return sorted(years, key=lambda other: abs(distance[other]))[:3], [*before, *after]


def _rows(month: Profile, others: Others) -> float | None:
    return _nearest_ratio(month, others.all)


def _rows_in_other_years(month: Profile, others: Others) -> float | None:
    return _nearest_ratio(month, others.same_month)


def _nearest_ratio(month: Profile, others: Iterable[Profile]) -> float | None:
    ratios = [month.rows / other.rows for other in others]
    return min(ratios, key=lambda ratio: max(ratio, 1 / ratio) if ratio else float("inf"), default=None)


def _thinnest_day(month: Profile, others: Others) -> float | None:
    first = min(month.days, default=None)
    if first is None:
        return None
    days = Month.of(date.fromisoformat(first)).days
    counts = [month.days.get(day.isoformat(), 0) for day in days]
    return min(counts) / median(counts) if median(counts) else 0.0


def _unknown_airlines(month: Profile, others: Others) -> float | None:
    known = _airlines()
    return sum(flights for airline, flights in month.airlines.items() if airline not in known) / (month.rows or 1)


@cache
def _airlines() -> frozenset[str]:
    with AIRLINES.hql("create").with_name("airlines.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["airline_id"] for row in csv.DictReader(file))


def _airlines_gone(month: Profile, others: Others) -> float | None:
    """The best case: compared with the month that has least of them."""
    gone = [
        sum(flights for airline, flights in other.airlines.items() if airline not in month.airlines) / other.rows
        for other in others.near
    ]
    return min(gone, default=None)


def _new_routes(month: Profile, others: Others) -> float | None:
    if not others.all:
        return None
    known = {route for other in others.all for route in other.routes}
    return sum(flights for route, flights in month.routes.items() if route not in known) / (month.rows or 1)


def _delay_drift(month: Profile, others: Others) -> float | None:
    return _least_distance(month.delay_groups, [other.delay_groups for other in others.all])


def _hour_drift(month: Profile, others: Others) -> float | None:
    return _least_distance(month.hours, [other.hours for other in others.all])


def _least_distance(counts: dict[str, int], others: list[dict[str, int]]) -> float | None:
    """Total variation distance to the most similar of the others: 0 the same shares, 1 nothing in common."""
    shares = _shares(counts)
    distances = []
    for other in map(_shares, others):
        keys = shares.keys() | other.keys()
        distances.append(sum(abs(shares.get(key, 0) - other.get(key, 0)) for key in keys) / 2)
    return min(distances, default=None)


def _shares(counts: dict[str, int]) -> dict[str, float]:
    known = {key: count for key, count in counts.items() if key}
    total = sum(known.values()) or 1
    return {key: count / total for key, count in known.items()}


def _filled(month: Profile, others: Others) -> float | None:
    """Of each column the least difference, of these the greatest: empty in one month, filled in all others."""
    if not others.near:
        return None
    differences = (
        min(abs(share - other.filled.get(name, share)) for other in others.near) for name, share in month.filled.items()
    )
    return max(differences, default=None)


COMPARISONS: dict[str, Callable[[Profile, Others], float | None]] = {
    "rows": _rows,
    "rows_in_other_years": _rows_in_other_years,
    "thinnest_day": _thinnest_day,
    "unknown_airlines": _unknown_airlines,
    "airlines_gone": _airlines_gone,
    "new_routes": _new_routes,
    "delay_drift": _delay_drift,
    "hour_drift": _hour_drift,
    "filled": _filled,
}
