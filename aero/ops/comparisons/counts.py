"""How many flights there are: in all, by airline, part of the day, weekday and size of the airport, and on each day."""

import csv
import math
from collections import Counter
from collections.abc import Set
from functools import cache
from statistics import median

from aero import airports
from aero.datasets import AIRLINES
from aero.ops import likeness
from aero.ops.comparisons.beside import Beside, Others, month_of, once, routes
from aero.ops.likeness import SERIES, Values, logarithms, only
from aero.ops.profile import Profile

PARTS_OF_DAY = {"0-5": (0, 6), "6-8": (6, 9), "9-11": (9, 12), "12-14": (12, 15), "15-17": (15, 18), "18-20": (18, 21)}
PARTS_OF_DAY |= {"21-24": (21, 25)}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Farther from each other, months have other airlines and another season's routes.
RECENT_MONTHS = 3
# A day is compared with so many days before it and after it: the week that it is in the middle of.
DAYS_AROUND = 3


def rows(profile: Profile, beside: Beside) -> Values:
    """The logarithm of the flights a day of the airlines in common."""
    month = month_of(profile)
    flights = sum(flights for airline, flights in profile.airlines.items() if airline in beside.airlines)
    return only(math.log(flights / len(month.days))) if month and flights else {}


def by_airline(profile: Profile, beside: Beside) -> Values:
    """Of the airlines in common, those that have no flight left among them."""
    return logarithms({airline: profile.airlines.get(airline, 0) for airline in beside.airlines})


def by_part_of_day(profile: Profile, beside: Beside) -> Values:
    return logarithms(parts_of_day(profile.hours))


def parts_of_day(hours: dict[str, int]) -> dict[str, int]:
    """Sums of counts by hour; "" (NULL) is in none."""
    told = {int(hour): count for hour, count in hours.items() if hour}
    return {
        name: sum(count for hour, count in told.items() if first <= hour < last)
        for name, (first, last) in PARTS_OF_DAY.items()
    }


def by_weekday(profile: Profile, beside: Beside) -> Values:
    """Flights of the middle one of the month's Mondays, Tuesdays, …: a holiday changes nothing."""
    return logarithms({WEEKDAYS[day - 1]: median(counts) for day, counts in profile.weekdays.items()})


def by_airport_size(profile: Profile, beside: Beside) -> Values:
    counts: Counter[str] = Counter(dict.fromkeys(beside.sizes.values(), 0))
    for airport, flights in profile.origins.items():
        if airport in beside.sizes:
            counts[beside.sizes[airport]] += flights
    return logarithms(counts)


def days(profile: Profile, beside: Beside) -> Values:
    """The thinnest and the fullest day beside the middle one of its week: flights may become more or fewer within a
    month."""
    found = _days(profile)
    return {"thinnest": likeness.Value(min(found)), "fullest": likeness.Value(max(found))} if found else {}


def thinnest_day(profile: Profile, beside: Beside) -> Values:
    found = _days(profile)
    return only(min(found)) if found else {}


@once
def _days(profile: Profile) -> list[float]:
    month = month_of(profile)
    counts = [profile.days.get(day.isoformat(), 0) for day in month.days] if month else []
    weeks = [median(counts[max(0, at - DAYS_AROUND) : at + DAYS_AROUND + 1]) for at in range(len(counts))]
    # A day that only days without flights are around has none, or is all there is.
    return [count / week if week else 0.0 for count, week in zip(counts, weeks)]


def unknown_airlines(profile: Profile, beside: Beside) -> Values:
    known = known_airlines()
    strange = sum(flights for airline, flights in profile.airlines.items() if airline not in known)
    return only(strange / (profile.rows or 1))


@cache
def known_airlines() -> frozenset[str]:
    """The codes of aero_clean.airlines."""
    with AIRLINES.hql("create").with_name("airlines.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["airline_id"] for row in csv.DictReader(file))


def unknown_airports(profile: Profile, beside: Beside) -> Values:
    known = known_airports()
    strange = sum(one.flights for one in routes(profile) if not {one.origin, one.destination} <= known)
    return only(strange / (profile.rows or 1))


@cache
def known_airports() -> frozenset[str]:
    """The codes of the airports whose time zone is known."""
    return frozenset(airports.time_zones())


def airlines_gone(profile: Profile, beside: Beside) -> Values:
    """Share of the flights of the month before that airlines made which have none now."""
    before = beside.others.before[:1]
    is_recent = before and Beside(profile, Others(before)).is_near(RECENT_MONTHS)
    return only(_missing(profile, before[0], before[0].airlines.keys())) if is_recent else {}


def airlines_between(profile: Profile, beside: Beside) -> Values:
    """Of the flights of the month before, those of airlines that fly in the month after, too, and not in this one."""
    before, after = beside.others.before, beside.others.after
    between = before[0].airlines.keys() & after[0].airlines.keys() if before and after else set()
    return only(_missing(profile, before[0], between)) if between else {}


def _missing(profile: Profile, other: Profile, among: Set[str]) -> float:
    gone = sum(other.airlines[airline] for airline in among if airline not in profile.airlines)
    return gone / (other.rows or 1)


def new_routes(profile: Profile, beside: Beside) -> Values:
    """Share of the flights of airlines in common on routes that they fly in no other month; none where the nearest
    month is of another season."""
    if not beside.is_near(RECENT_MONTHS):
        return {}
    own = 0 if profile is beside.month else 1
    flights = {one.name: one.flights for one in routes(profile) if one.airline in beside.airlines}
    new = sum(count for route, count in flights.items() if beside.routes[route] <= own)
    total = sum(flights.values())
    # A route of few flights is flown in one month and not in another.
    return only(new / total, math.sqrt(len(flights) / total) / 20) if flights and len(beside.all) > own else {}


def routes_gone(profile: Profile, beside: Beside) -> Values:
    """Share of the flights of airlines in common that the other months have on routes without any in this one; none
    where the nearest month is of another season."""
    total = beside.route_flights.total()
    if not beside.is_near(RECENT_MONTHS) or not total:
        return {}
    gone = total - sum(beside.route_flights[route] for route in profile.routes)
    return only(gone / total, math.sqrt(len(profile.routes) / (profile.rows or 1)) / 40)


def hour_drift(profile: Profile, beside: Beside) -> Values:
    distance = likeness.apart(likeness.shares(profile.hours), beside.hours)
    return only(distance, math.sqrt(SERIES / (profile.rows or 1)) / 2) if beside.all else {}
