"""What goes on from flight to flight: a flight that goes again a week later, an aircraft that departs from where it
landed, an airport that is left as often as it is reached. A file that lost lines breaks all three, and needs no other
month to show it; fewer flights in the schedule, as in April 2020, break none."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import median

from aero.ops.comparisons.beside import Beside, month_of, once, routes
from aero.ops.comparisons.counts import WEEKDAYS, parts_of_day
from aero.ops.likeness import SERIES, Value, Values, of_share, only
from aero.ops.profile import Profile

# What has fewer flights varies by chance.
LEAST_FLIGHTS = 200
# Of one airline's flights fewer tell.
LEAST_OF_AIRLINE = 30
# A file that has not more of the flights was made as a sample; what a file lost is less.
SAMPLE = 0.6
# A flight of which the aircraft is unknown, as of most that were cancelled, often goes with the flight back.
BROKEN_BY_UNKNOWN = 0.5
# A source with only some of the flights of an aircraft, as departures from one town, has no whole rotations.
PARTS_OF_ROTATIONS = 0.3


def absent(profile: Profile, beside: Beside) -> Values:
    """Share of the flights that are missing, of those that go a week before and a week after. Of each airline its worst
    week is left out: a new schedule, a holiday or a storm does not last longer, and a loss does."""
    return _told({"": [flights for days in _returns(profile).values() for flights in days.values()]}, LEAST_FLIGHTS)


def absent_of_whole(profile: Profile, beside: Beside) -> Values:
    """As `absent`; none of a file that was made as a sample of the flights."""
    return {key: of for key, of in absent(profile, beside).items() if of.value < 1 - SAMPLE}


def absent_by_airline(profile: Profile, beside: Beside) -> Values:
    return _told({airline: list(days.values()) for airline, days in _returns(profile).items()}, LEAST_OF_AIRLINE)


def absent_by_part(profile: Profile, beside: Beside) -> Values:
    """By part of the day, and by size of the airport."""
    due, gone = _by_part(profile.due, beside), _by_part(profile.absent, beside)
    return {key: of_share(gone[key], count, SERIES) for key, count in due.items() if count >= LEAST_FLIGHTS}


def absent_by_weekday(profile: Profile, beside: Beside) -> Values:
    month, found = month_of(profile), defaultdict(list)
    for days in _returns(profile).values():
        for day, flights in days.items():
            if month:
                found[WEEKDAYS[month.days[day - 1].weekday()]].append(flights)
    return _told(found, LEAST_FLIGHTS)


def _told(flights: Mapping[str, list[tuple[int, int]]], least: int) -> dict[str, Value]:
    """The share of those absent of those due, by key, where so many are due."""
    sums = {key: (sum(due for due, _ in of), sum(gone for _, gone in of)) for key, of in flights.items()}
    return {key: of_share(gone, due) for key, (due, gone) in sums.items() if due >= least}


@once
def _returns(profile: Profile) -> dict[str, dict[int, tuple[int, int]]]:
    """By airline and day the flights that are due, and those of them absent, without the airline's worst week."""
    due: dict[str, dict[int, int]] = defaultdict(dict)
    for key, flights in profile.due.items():
        if key.startswith("airline "):
            airline, day = key.removeprefix("airline ").rsplit(" ", 1)
            due[airline][int(day)] = flights
    found = {}
    for airline, days in due.items():
        gone = {day: profile.absent.get(f"airline {airline} {day:02d}", 0) for day in days}
        worst = max(days, key=lambda first: sum(gone.get(day, 0) for day in range(first, first + 7)))
        found[airline] = {day: (days[day], gone[day]) for day in days if not worst <= day < worst + 7}
    return found


def _by_part(counts: dict[str, int], beside: Beside) -> Counter[str]:
    found: Counter[str] = Counter()
    hours = {key.removeprefix("hour "): flights for key, flights in counts.items() if key.startswith("hour ")}
    found.update({f"hours {part}": flights for part, flights in parts_of_day(hours).items()})
    for airport, size in beside.sizes.items():
        found[f"{size} airports"] += counts.get(f"origin {airport}", 0)
    return found


def legs(profile: Profile, beside: Beside) -> Values:
    """Share of the flights that an aircraft makes after another one of the day."""
    told = profile.rows - sum(profile.no_tail.values())
    return only(sum(profile.legs.values()) / told) if told >= LEAST_FLIGHTS else {}


def broken_rotations(profile: Profile, beside: Beside) -> Values:
    """Share of an aircraft's flights that begin elsewhere than the one before ended, without those that flights of
    unknown aircraft account for."""
    usual = [value for other in beside.all if (value := _broken(other)) is not None]
    own = _broken(profile)
    return only(own) if own is not None and usual and median(usual) < PARTS_OF_ROTATIONS else {}


def _broken(profile: Profile) -> float | None:
    legs = sum(profile.legs.values())
    unknown = BROKEN_BY_UNKNOWN * sum(profile.no_tail.values())
    return max(sum(profile.broken.values()) - unknown, 0.0) / legs if legs >= LEAST_FLIGHTS else None


def torn(profile: Profile, beside: Beside) -> Values:
    """As `broken_rotations`, of a file of flights there and back: needs no other month."""
    broken = _broken(profile)
    return only(broken) if broken is not None and imbalance(profile, beside) else {}


def broken_by_airline(profile: Profile, beside: Beside) -> Values:
    """How much larger an airline's share of broken rotations is than the middle airline's: a file that was cut in the
    middle of an airline's lines has one that is torn."""
    enough = {airline: legs for airline, legs in profile.legs.items() if legs >= LEAST_OF_AIRLINE}
    broken = {airline: of_share(profile.broken.get(airline, 0), legs) for airline, legs in enough.items()}
    middle = median(share.value for share in broken.values()) if len(broken) > 2 else 1.0
    return {airline: Value(max(share - middle, 0.0), chance) for airline, (share, chance) in broken.items()}


def imbalance(profile: Profile, beside: Beside) -> Values:
    """Share of the flights that an airline makes to an airport more than from it, or less; none of a file of flights
    one way."""
    return _imbalance(profile)


@once
def _imbalance(profile: Profile) -> Values:
    balance: Counter[tuple[str, str]] = Counter()
    for route in routes(profile):
        balance[route.airline, route.origin] += route.flights
        balance[route.airline, route.destination] -= route.flights
    share = sum(map(abs, balance.values())) / 2 / (profile.rows or 1)
    # The sum of so many that are above or below 0 by chance varies by less, the more they are.
    return only(share, share / math.sqrt(len(balance) or 1)) if share < PARTS_OF_ROTATIONS else {}
