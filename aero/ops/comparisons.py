"""What of a month is compared with months that readers see: the `compare` checks of checks.toml.

Each function takes a profile, the month's own or another's, and `Beside`, the months that it is compared with, and
gives values by key (an airline, a column, or "" where there is only one), which the limits learned from the other
months are for (aero/ops/likeness.py). No value: nothing to judge.
"""

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import chain
from statistics import median

from aero import airports
from aero.datasets import AIRLINES
from aero.month import Month
from aero.ops import likeness
from aero.ops.profile import Profile

# Fewer rows are a sample, which other months cannot be compared with.
LEAST_ROWS = 1000
# Months to compare with: a year before and after, and the month's own old load.
NEAR_MONTHS = 12
# What has fewer flights varies by chance.
LEAST_FLIGHTS = 300
# Columns: so many of the month's flights must usually be filled, or not 0, that none is no chance.
LEAST_FILLED = 50
# A column that is 0 more often than that is so because of what happened.
NEVER_ZERO = 0.01
# A flight of which the aircraft is unknown, as of most that were cancelled, often goes with the flight back.
BROKEN_BY_UNKNOWN = 0.5
HOURS = {"0-5": (0, 6), "6-8": (6, 9), "9-11": (9, 12), "12-14": (12, 15), "15-17": (15, 18), "18-20": (18, 21)}
HOURS |= {"21-24": (21, 25)}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
EVENTS = ("cancelled_share", "diverted_share", "delayed_share")
MEASURED = ("distance_miles", "scheduled_elapsed_minutes", "air_minutes", "taxi_out_minutes", "taxi_in_minutes")
# A source with only some of the flights of an aircraft, as departures from one town, has no whole rotations.
PARTS_OF_ROTATIONS = 0.3

Values = dict[str, float]


@dataclass(frozen=True)
class Others:
    """Profiles of months that readers see, those before the month and those after it, the nearest first."""

    before: tuple[Profile, ...] = ()
    after: tuple[Profile, ...] = ()

    @property
    def all(self) -> tuple[Profile, ...]:
        return (*self.before, *self.after)


def chosen(month: Month, comparable: Iterable[Month]) -> tuple[list[Month], list[Month]]:
    """Which of the comparable months a month is compared with: those before it, and those from it on, its own old load
    among these; the nearest first."""
    near = sorted((other for other in comparable if abs(other.index - month.index) <= NEAR_MONTHS), reverse=True)
    return [other for other in near if other < month], [other for other in reversed(near) if other >= month]


class Beside:
    """The months that one is compared with, and what they have in common with it."""

    def __init__(self, month: Profile, others: Others) -> None:
        self.month, self.others = month, others
        self.all: Sequence[Profile] = others.all
        seen = Counter(chain.from_iterable(other.airlines for other in self.all))
        # An airline that begins to report is nothing to compare.
        self.airlines = {airline for airline in month.airlines if seen[airline] * 2 >= len(self.all)}

    @cached_property
    def routes(self) -> Counter[str]:
        """How many of the months have a route."""
        return Counter(chain.from_iterable(other.routes for other in self.all))

    @cached_property
    def delays(self) -> dict[str, float]:
        return likeness.mean_shares(other.delay_groups for other in self.all)

    @cached_property
    def hours(self) -> dict[str, float]:
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


def _month_of(profile: Profile) -> Month | None:
    first = min(profile.days, default=None)
    return Month.of(date.fromisoformat(first)) if first else None


def _logarithms(counts: Mapping[str, float]) -> Values:
    """Of each count's share in all."""
    total = sum(counts.values())
    return {key: math.log(max(count, 0.5) / total) for key, count in counts.items()} if total else {}


def _rows(profile: Profile, beside: Beside) -> Values:
    """Flights a day of the airlines in common."""
    month = _month_of(profile)
    flights = sum(flights for airline, flights in profile.airlines.items() if airline in beside.airlines)
    return {"": math.log(flights / len(month.days))} if month and flights else {}


def _rows_by_airline(profile: Profile, beside: Beside) -> Values:
    return _logarithms({name: flights for name, flights in profile.airlines.items() if name in beside.airlines})


def _rows_by_hour(profile: Profile, beside: Beside) -> Values:
    hours = {int(hour): flights for hour, flights in profile.hours.items() if hour}
    bands = {
        name: sum(flights for hour, flights in hours.items() if first <= hour < last)
        for name, (first, last) in HOURS.items()
    }
    return _logarithms(bands)


def _rows_by_weekday(profile: Profile, beside: Beside) -> Values:
    """Flights of the middle one of the month's Mondays, Tuesdays, …: a holiday changes nothing."""
    return _logarithms({WEEKDAYS[day - 1]: median(counts) for day, counts in profile.weekdays.items()})


def _rows_by_airport_size(profile: Profile, beside: Beside) -> Values:
    counts: Counter[str] = Counter()
    for airport, flights in profile.origins.items():
        if airport in beside.sizes:
            counts[beside.sizes[airport]] += flights
    return _logarithms(counts)


def _days(profile: Profile, beside: Beside) -> Values:
    """The thinnest and the fullest day beside the middle one."""
    month = _month_of(profile)
    counts = [profile.days.get(day.isoformat(), 0) for day in month.days] if month else []
    middle = median(counts) if counts else 0
    if not middle:
        return {"thinnest": 0.0} if month else {}
    return {"thinnest": min(counts) / middle, "fullest": max(counts) / middle}


def _thinnest_day(profile: Profile, beside: Beside) -> Values:
    return {"": value for key, value in _days(profile, beside).items() if key == "thinnest"}


def _unknown_airlines(profile: Profile, beside: Beside) -> Values:
    known = _airlines()
    strange = sum(flights for airline, flights in profile.airlines.items() if airline not in known)
    return {"": strange / (profile.rows or 1)}


@cache
def _airlines() -> frozenset[str]:
    with AIRLINES.hql("create").with_name("airlines.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["airline_id"] for row in csv.DictReader(file))


def _unknown_airports(profile: Profile, beside: Beside) -> Values:
    known = _airports()
    strange = sum(flights for route, flights in profile.routes.items() if not known.issuperset(route.rsplit(" ", 2)[1:]))
    return {"": strange / (profile.rows or 1)}


@cache
def _airports() -> frozenset[str]:
    return frozenset(airports.time_zones())


def _airlines_gone(profile: Profile, beside: Beside) -> Values:
    """Share of the flights of the month before that airlines made which have none now."""
    return {"": _missing(profile, beside.others.before[0])} if beside.others.before else {}


def _airlines_between(profile: Profile, beside: Beside) -> Values:
    """Of these, airlines that have some again in the month after."""
    before, after = beside.others.before, beside.others.after
    return {"": min(_missing(profile, before[0]), _missing(profile, after[0]))} if before and after else {}


def _missing(profile: Profile, other: Profile) -> float:
    gone = sum(flights for airline, flights in other.airlines.items() if airline not in profile.airlines)
    return gone / (other.rows or 1)


def _new_routes(profile: Profile, beside: Beside) -> Values:
    """Share of the flights of airlines in common on routes that they fly in no other month."""
    own = 0 if profile is beside.month else 1
    flights = {route: count for route, count in profile.routes.items() if route.rsplit(" ", 2)[0] in beside.airlines}
    new = sum(count for route, count in flights.items() if beside.routes[route] <= own)
    return {"": new / sum(flights.values())} if flights and len(beside.all) > own else {}


def _delay_drift(profile: Profile, beside: Beside) -> Values:
    return {"": likeness.apart(likeness.shares(profile.delay_groups), beside.delays)} if beside.all else {}


def _hour_drift(profile: Profile, beside: Beside) -> Values:
    return {"": likeness.apart(likeness.shares(profile.hours), beside.hours)} if beside.all else {}


def _filled(profile: Profile, beside: Beside) -> Values:
    """Share of the flown flights in which a column is filled. A column that no month before has may begin at any time;
    months of a time that does not have it tell nothing."""
    if profile is not beside.month:
        return {name: column.filled for name, column in profile.columns.items() if column.filled}
    began = {name for other in beside.others.before for name, column in other.columns.items() if column.filled}
    return {
        name: column.filled
        for name, column in profile.columns.items()
        if name in began and (column.filled or _is_usual(name, beside))
    }


def _is_usual(name: str, beside: Beside) -> bool:
    """Whether so many flights of the months beside have the column that none is no chance."""
    filled = [other.columns[name].filled for other in beside.all if name in other.columns]
    return median(filled) * beside.month.rows >= LEAST_FILLED


def _zero(profile: Profile, beside: Beside) -> Values:
    """Share of the flown flights in which a column is 0 that next to never was."""
    zeros = {name: column.zero for name, column in profile.columns.items() if column.zero is not None}
    if profile is not beside.month:
        return zeros
    usual = {name: [zero for other in beside.all if (zero := _zero_of(other, name)) is not None] for name in zeros}
    return {name: zero for name, zero in zeros.items() if usual[name] and median(usual[name]) < NEVER_ZERO}


def _zero_of(profile: Profile, name: str) -> float | None:
    return profile.columns[name].zero if name in profile.columns else None


def _mean(profile: Profile, beside: Beside) -> Values:
    means = {name: column.mean for name, column in profile.columns.items() if name in MEASURED}
    return {name: math.log(mean) for name, mean in means.items() if mean is not None and mean > 0}


def _causes(profile: Profile, beside: Beside) -> Values:
    """Each cause's share of the minutes of delay that causes are given for."""
    columns = {cause: profile.columns.get(f"{cause}_delay_minutes") for cause in CAUSES}
    means = {cause: column.mean for cause, column in columns.items() if column and column.mean is not None}
    total = sum(means.values())
    return {cause: mean / total for cause, mean in means.items()} if total else {}


def _constant(profile: Profile, beside: Beside) -> Values:
    """1 of a column that is constant; none of one that has hardly any other value than 0 in the months beside."""
    others = [other.columns for other in beside.all if other.columns]
    found = {}
    for name, column in profile.columns.items():
        varied = [1 - (other[name].zero or 0.0) for other in others if name in other and other[name].filled]
        if column.filled and varied and median(varied) * beside.month.rows >= LEAST_FILLED:
            found[name] = float(column.is_constant)
    return found


def _events(profile: Profile, beside: Beside) -> Values:
    """Logarithms of the shares of flights that were cancelled, diverted and late."""
    shares = {name.partition("_")[0]: profile.measures.get(name) for name in EVENTS}
    least = 0.5 / (profile.rows or 1)
    return {name: math.log(max(share, least)) for name, share in shares.items() if share is not None}


def _broken_rotations(profile: Profile, beside: Beside) -> Values:
    """Share of an aircraft's flights that begin elsewhere than the one before ended, without those that flights of
    unknown aircraft account for."""
    usual = [value for other in beside.all if (value := _broken(other)) is not None]
    own = _broken(profile)
    return {"": own} if own is not None and usual and median(usual) < PARTS_OF_ROTATIONS else {}


def _broken(profile: Profile) -> float | None:
    legs = sum(profile.legs.values())
    unknown = BROKEN_BY_UNKNOWN * sum(profile.no_tail.values())
    return max(sum(profile.broken.values()) - unknown, 0.0) / legs if legs >= LEAST_FLIGHTS else None


def _torn(profile: Profile, beside: Beside) -> Values:
    """As `_broken`, of a file of flights there and back: needs no other month."""
    broken = _broken(profile)
    is_whole = broken is not None and _imbalance(profile, beside)[""] < PARTS_OF_ROTATIONS
    return {"": broken} if broken is not None and is_whole else {}


def _airlines_alike(profile: Profile, beside: Beside) -> Values:
    """How much larger an airline's share of broken rotations is than the middle airline's: a file that was cut in the
    middle of an airline's lines has one that is torn, needing no other month."""
    broken = {
        airline: profile.broken.get(airline, 0) / legs for airline, legs in profile.legs.items() if legs >= LEAST_FLIGHTS
    }
    middle = median(broken.values()) if len(broken) > 2 else 1.0
    return {airline: max(share - middle, 0.0) for airline, share in broken.items()}


def _imbalance(profile: Profile, beside: Beside) -> Values:
    """Share of the flights that an airline makes to an airport more than from it, or less."""
    balance: Counter[str] = Counter()
    for route, flights in profile.routes.items():
        airline, origin, destination = route.rsplit(" ", 2)
        balance[f"{airline} {origin}"] += flights
        balance[f"{airline} {destination}"] -= flights
    return {"": sum(map(abs, balance.values())) / 2 / profile.rows} if profile.rows else {}


def _dot_numbers(profile: Profile, beside: Beside) -> Values:
    """Share of the flights with another DOT number than their airline mostly has."""
    most: Counter[str] = Counter()
    known = {key: count for key, count in profile.dot_numbers.items() if not key.endswith(" ")}
    for key, count in known.items():
        airline = key.rsplit(" ", 1)[0]
        most[airline] = max(most[airline], count)
    total = sum(known.values())
    return {"": 1 - most.total() / total} if total else {}


COMPARISONS: dict[str, Callable[[Profile, Beside], Values]] = {
    "rows": _rows,
    "rows_by_airline": _rows_by_airline,
    "rows_by_hour": _rows_by_hour,
    "rows_by_weekday": _rows_by_weekday,
    "rows_by_airport_size": _rows_by_airport_size,
    "days": _days,
    "thinnest_day": _thinnest_day,
    "unknown_airlines": _unknown_airlines,
    "unknown_airports": _unknown_airports,
    "airlines_gone": _airlines_gone,
    "airlines_between": _airlines_between,
    "new_routes": _new_routes,
    "delay_drift": _delay_drift,
    "hour_drift": _hour_drift,
    "filled": _filled,
    "zero": _zero,
    "mean": _mean,
    "causes": _causes,
    "events": _events,
    "constant": _constant,
    "broken_rotations": _broken_rotations,
    "airlines_alike": _airlines_alike,
    "torn": _torn,
    "imbalance": _imbalance,
    "dot_numbers": _dot_numbers,
}
# Those whose values are logarithms of shares of the rows, which vary by chance, and of others.
SHARES = {"rows_by_airline", "rows_by_hour", "rows_by_weekday", "rows_by_airport_size", "events"}
RATIOS = {*SHARES, "rows", "mean"}
