"""The months that one is compared with, and what they have in common with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from aero.month import Month
from aero.ops import likeness
from aero.ops.profile import Profile

# Fewer rows are a sample, which other months cannot be compared with.
LEAST_ROWS = 1000
# Months to compare with: a year before and after, and the month's own old load.
NEAR_MONTHS = 12


Made = TypeVar("Made")


def once(make: Callable[..., Made]) -> Callable[..., Made]:
    """A function of a profile that keeps with the profile what it makes of it: many comparisons ask the same of a
    month, and many months are compared with it."""

    @wraps(make)
    def kept(profile: Profile, *rest: Any) -> Made:
        known: dict[Any, Made] = vars(profile).setdefault("_once", {})
        asked = make.__module__, make.__name__, rest
        if asked not in known:
            known[asked] = make(profile, *rest)
        return known[asked]

    return kept


class Route(NamedTuple):
    """Flights of an airline from one airport to another; `name` is the profile's key."""

    name: str
    airline: str
    origin: str
    destination: str
    flights: int


@once
def routes(profile: Profile) -> list[Route]:
    ends = ((name, name.rsplit(" ", 2)) for name in profile.routes)
    return [
        Route(name, airline, origin, destination, profile.routes[name]) for name, (airline, origin, destination) in ends
    ]


@dataclass(frozen=True)
class Others:
    """Profiles of months that readers see, those before the month and those after it, the nearest first; `overruled`
    are the checks that a person overruled for them: a month that was out of bounds teaches none."""

    before: tuple[Profile, ...] = ()
    after: tuple[Profile, ...] = ()
    overruled: Mapping[Month, Set[str]] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Profile, ...]:
        return (*self.before, *self.after)

    def of(self, check: str) -> tuple[tuple[Profile, ...], tuple[Profile, ...]]:
        """Those that tell what is usual to a check: before, and after."""
        out = {month for month, checks in self.overruled.items() if check in checks}
        if not out:
            return self.before, self.after
        before, after = (tuple(one for one in side if month_of(one) not in out) for side in (self.before, self.after))
        return before, after


def chosen(month: Month, comparable: Iterable[Month]) -> tuple[list[Month], list[Month]]:
    """Which of the comparable months a month is compared with: those before it, and those from it on, its own old load
    among these; the nearest first."""
    near = sorted((other for other in comparable if abs(other.index - month.index) <= NEAR_MONTHS), reverse=True)
    return [other for other in near if other < month], [other for other in reversed(near) if other >= month]


class Beside:
    """A month, and the others that it is compared with."""

    def __init__(self, month: Profile, others: Others) -> None:
        self.month, self.others = month, others
        self.all: Sequence[Profile] = others.all
        seen = Counter(chain.from_iterable(other.airlines for other in self.all))
        # An airline that begins to report is nothing to compare.
        self.airlines = {airline for airline in month.airlines if seen[airline] * 2 >= len(self.all)}

    def is_near(self, months: int) -> bool:
        """Whether one of the others is so many months away, or fewer."""
        own, others = month_of(self.month), filter(None, map(month_of, self.all))
        return own is not None and any(abs(own.index - other.index) <= months for other in others)

    @cached_property
    def routes(self) -> Counter[str]:
        """How many of the months have a route."""
        return Counter(chain.from_iterable(other.routes for other in self.all))

    @cached_property
    def route_flights(self) -> Counter[str]:
        """Flights of all other months on each route of the airlines in common."""
        flights: Counter[str] = Counter()
        for other in self.all:
            flights.update(other.routes)
        own = {route: count for route, count in flights.items() if route.rsplit(" ", 2)[0] in self.airlines}
        return Counter(own)

    @cached_property
    def delays(self) -> dict[str, float]:
        """The usual share of each delay group."""
        return likeness.mean_shares(other.delay_groups for other in self.all)

    @cached_property
    def hours(self) -> dict[str, float]:
        """The usual share of each hour."""
        return likeness.mean_shares(other.hours for other in self.all)

    @cached_property
    def sizes(self) -> dict[str, str]:
        """The size class of each airport: large ones have half of the departures together, small ones a sixth."""
        departures: Counter[str] = Counter()
        for other in self.all:
            departures.update(other.origins)
        total, so_far, sizes = departures.total() or 1, 0, {}
        for airport, flights in departures.most_common():
            sizes[airport] = "large" if so_far < total / 2 else "middle" if so_far < total * 5 / 6 else "small"
            so_far += flights
        return sizes


@once
def month_of(profile: Profile) -> Month | None:
    """The month of a profile; None of one without flights."""
    first = min(profile.days, default=None)
    return Month.of(date.fromisoformat(first)) if first else None
