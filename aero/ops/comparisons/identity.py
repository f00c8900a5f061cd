"""Whether an airline is who it says: it flies its own routes with its own aircraft. Codes that were exchanged in every
line of a file agree with each other and with the dates, and say the routes of another airline."""

from collections import Counter
from itertools import combinations

from aero.ops.comparisons.beside import Beside, once, routes
from aero.ops.likeness import Value, Values, of_share
from aero.ops.profile import Profile

# An airline with fewer flights may fly another's routes by chance.
LEAST_FLIGHTS = 100


def exchanged(profile: Profile, beside: Beside) -> Values:
    """Of two airlines, how much more each one's routes are those that the other has in the other months than those that
    it has itself: 2 where they have each other's code, -2 where they have nothing in common; by "DL WN"."""
    known: dict[str, Counter[str]] = {}
    for other in beside.all:
        for airline, flights in _routes(other).items():
            known.setdefault(airline, Counter()).update(flights)
    own = {name: of for name, of in _routes(profile).items() if name in known and of.total() >= LEAST_FLIGHTS}
    like = {(name, other): _overlap(own[name], known[other]) for name in own for other in own}
    return {
        f"{one} {other}": Value(like[one, other] + like[other, one] - like[one, one] - like[other, other])
        for one, other in combinations(sorted(own), 2)
    }


@once
def _routes(profile: Profile) -> dict[str, Counter[str]]:
    """By airline its flights on each route."""
    found: dict[str, Counter[str]] = {}
    for route in routes(profile):
        found.setdefault(route.airline, Counter())[f"{route.origin} {route.destination}"] += route.flights
    return found


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    """Share of the flights that two airlines have in common: 0 no route, 1 all."""
    total, others = one.total(), other.total()
    return sum(min(flights / total, other[route] / others) for route, flights in one.items())


def foreign(profile: Profile, beside: Beside) -> Values:
    """Share of the flights that an aircraft makes after one of another airline on the day. Months that were measured
    before this was tell none: nothing is `given` in them."""
    legs = sum(profile.legs.values())
    return {"": of_share(sum(profile.foreign.values()), legs)} if profile.given and legs else {}
