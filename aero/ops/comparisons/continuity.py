"""What goes on from flight to flight: a flight that goes again a week later, an aircraft that departs from where it
landed, an airport that is left as often as it is reached. A file that lost lines breaks all three, and needs no other
month to show it; fewer flights in the schedule, as in April 2020, break none."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from statistics import median

from aero.ops.comparisons.beside import Beside, month_of
from aero.ops.comparisons.counts import WEEKDAYS, parts_of_day
from aero.ops.likeness import SERIES, Value, Values, of_share, only
from aero.ops.profile import Profile

# What has fewer flights varies by chance.
LEAST_FLIGHTS = 200
# Of one airline's flights fewer tell.
LEAST_OF_AIRLINE = 50
# A file that has not more of the flights was made as a sample; what a file lost is less.
SAMPLE = 0.6
# A flight of which the aircraft is unknown, as of most that were cancelled, often goes with the flight back.
BROKEN_BY_UNKNOWN = 0.5
# A source with only some of the flights of an aircraft, as departures from one town, has no whole rotations.
PARTS_OF_ROTATIONS = 0.3


def absent(profile: Profile, beside: Beside) -> Values:
    """Share of the flights that are missing, of those that go a week before and a week after: on the middle day or of
    the middle airline, whichever is less. A holiday is not on most days, a new schedule not of most airlines; a loss is
    both."""
    due, gone = _by_airline(profile.due), _by_airline(profile.absent)
    total = sum(days.total() for days in due.values())
    if total < LEAST_FLIGHTS:
        return {}
    share = min(_middle(_by_day(due), _by_day(gone)), _middle(_totals(due), _totals(gone)))
    return {"": of_share(share * total, total)}


def absent_of_whole(profile: Profile, beside: Beside) -> Values:
    """As `absent`; none of a file that was made as a sample of the flights."""
    return {key: of for key, of in absent(profile, beside).items() if of.value < 1 - SAMPLE}


def absent_by_airline(profile: Profile, beside: Beside) -> Values:
    """On the airline's day that is worse than a quarter of its days: new schedules change many days."""
    due, gone = _by_airline(profile.due), _by_airline(profile.absent)
    enough = {airline: days for airline, days in due.items() if days.total() >= LEAST_OF_AIRLINE}
    found = {airline: (_middle(days, gone[airline], 0.25), days.total()) for airline, days in enough.items()}
    return {airline: of_share(share * total, total) for airline, (share, total) in found.items()}


def absent_by_part(profile: Profile, beside: Beside) -> Values:
    """By part of the day, and by size of the airport."""
    due, gone = _by_part(profile.due, beside), _by_part(profile.absent, beside)
    return {key: of_share(gone[key], count, SERIES) for key, count in due.items() if count >= LEAST_FLIGHTS}


def absent_by_weekday(profile: Profile, beside: Beside) -> Values:
    """Of the weekday's best day, or of the middle airline on these days, whichever is less."""
    month = month_of(profile)
    found: dict[str, Value] = {}
    for number, weekday in enumerate(WEEKDAYS):
        own = {f"{day.day:02d}" for day in month.days if day.weekday() == number} if month else set()
        due, gone = (_on(own, _by_airline(counts)) for counts in (profile.due, profile.absent))
        days, total = _by_day(due), _by_day(due).total()
        if total >= LEAST_FLIGHTS:
            share = min(_middle(days, _by_day(gone), 0.0), _middle(_totals(due), _totals(gone)))
            found[weekday] = of_share(share * total, total)
    return found


def _on(days: Set[str], counts: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    return {airline: Counter({day: of[day] for day in of.keys() & days}) for airline, of in counts.items()}


def _by_day(counts: Mapping[str, Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for days in counts.values():
        found.update(days)
    return found


def _totals(counts: Mapping[str, Counter[str]]) -> Counter[str]:
    return Counter({airline: days.total() for airline, days in counts.items()})


def _by_airline(counts: dict[str, int]) -> dict[str, Counter[str]]:
    """By airline and day."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for key, flights in counts.items():
        if key.startswith("airline "):
            airline, day = key.removeprefix("airline ").rsplit(" ", 1)
            found[airline][day] += flights
    return found


def _middle(due: Counter[str], gone: Counter[str], at: float = 0.5) -> float:
    """The share gone of the key at half of the flights due, or another part of them, from the key with least."""
    so_far = 0
    for key in sorted((key for key in due if due[key]), key=lambda key: gone[key] / due[key]):
        so_far += due[key]
        if so_far >= due.total() * at:
            return gone[key] / due[key]
    return 0.0


def _by_part(counts: dict[str, int], beside: Beside) -> Counter[str]:
    found: Counter[str] = Counter()
    hours = {key.removeprefix("hour "): flights for key, flights in counts.items() if key.startswith("hour ")}
    found.update({f"hours {part}": flights for part, flights in parts_of_day(hours).items()})
    for airport, size in beside.sizes.items():
        found[f"{size} airports"] += counts.get(f"origin {airport}", 0)
    return found


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
    balance: Counter[str] = Counter()
    for route, flights in profile.routes.items():
        airline, origin, destination = route.rsplit(" ", 2)
        balance[f"{airline} {origin}"] += flights
        balance[f"{airline} {destination}"] -= flights
    share = sum(map(abs, balance.values())) / 2 / (profile.rows or 1)
    # The sum of so many that are above or below 0 by chance varies by less, the more they are.
    return only(share, share / math.sqrt(len(balance) or 1)) if share < PARTS_OF_ROTATIONS else {}
