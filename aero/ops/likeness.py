"""Control limits learned from comparable months, as those of a control chart: what is usual, and how far from it is
still within what these months differ among themselves. Pure: numbers in, limits out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

# So many standard deviations, as the middle one of the months' own distances tells them, always pass.
SPREADS = 5
STANDARD = 1.4826
# So many of those that chance alone makes.
CHANCES = 4
# What is usual is the middle of so many months, those nearest in time: it follows a trend.
NEIGHBOURS = 4
# A schedule is made of flights that go every day: a count varies by chance as one of a ninth as many flights.
SERIES = 9


class Value(NamedTuple):
    """A value to compare, and the standard deviation that chance alone gives it."""

    value: float
    chance: float = 0.0


Values = Mapping[str, Value]


@dataclass(frozen=True)
class Distance:
    """How far a value is from what is usual: `times` as far as is let pass, over 1 is too far. `key` names the segment
    that the value is of, or is empty."""

    key: str
    value: float
    usual: float
    lowest: float
    highest: float
    times: float


def farthest(
    own: Values, before: Sequence[Values], after: Sequence[Values], within: float, side: str = "both"
) -> Distance | None:
    """Of a month's values by key, the one that is farthest from what is usual in other months that have the key; None
    where no other month has any. `before` and `after` are the other months, the nearest first.

    What is `within` of the usual value, and what chance makes, always passes; beside one month twice that, beside many
    hardly more. `side` "above" or "below": only that is wrong.
    """
    found: list[Distance] = []
    for key, (value, _) in own.items():
        earlier, later = ([one[key] for one in months if key in one] for months in (before, after))
        if earlier or later:
            found.append(_distance(key, value, earlier, later, within, side))
    return max(found, key=lambda one: one.times, default=None)


def _distance(
    key: str, value: float, before: Sequence[Value], after: Sequence[Value], within: float, side: str
) -> Distance:
    others = [*reversed(before), *after]
    values = [other.value for other in others]
    usual = _usual(values, len(before))
    spread = STANDARD * median(_own_distances(values)) if len(values) > 2 else 0.0
    chance = median(other.chance for other in others)
    allowed = max((within + CHANCES * chance) * (1 + 1 / len(others)), SPREADS * spread)
    lowest = -math.inf if side == "above" else usual - allowed
    highest = math.inf if side == "below" else usual + allowed
    is_judged = side != ("above" if value < usual else "below")
    return Distance(key, value, usual, lowest, highest, abs(value - usual) / allowed if is_judged else 0.0)


def _own_distances(values: Sequence[float]) -> list[float]:
    """How far each is from what the others make usual."""
    return [abs(value - _usual([*values[:at], *values[at + 1 :]], at)) for at, value in enumerate(values)]


def _usual(values: Sequence[float], at: int) -> float:
    """The middle of the values nearest to the place `at` in a series, half of them before it where it has so many."""
    first = max(0, min(at - NEIGHBOURS // 2, len(values) - NEIGHBOURS))
    return median(values[first : first + NEIGHBOURS])


def as_ratios(found: Distance) -> Distance:
    """Of logarithms: the value and its limits as shares of what is usual."""
    value, lowest, highest = (math.exp(one - found.usual) for one in (found.value, found.lowest, found.highest))
    return Distance(found.key, value, 1.0, lowest, highest, found.times)


def only(value: float, chance: float = 0.0) -> dict[str, Value]:
    """The values of a comparison that has one."""
    return {"": Value(value, chance)}


def logarithms(counts: Mapping[str, float]) -> dict[str, Value]:
    """Of each count's share in all."""
    total = sum(counts.values())
    known = {key: max(count, 0.5) for key, count in counts.items()} if total else {}
    return {key: Value(math.log(count / total), math.sqrt(SERIES / count)) for key, count in known.items()}


def of_share(count: float, among: int, series: int = 1) -> Value:
    """The share of so many flights `among` some, which come in `series`; of none, too, chance makes a little."""
    likely = (count + 1) / (among + 2)
    return Value(count / among, math.sqrt(series * likely * (1 - likely) / among))


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Each key's share of all; "" (NULL) is none."""
    known = {key: count for key, count in counts.items() if key}
    total = sum(known.values()) or 1
    return {key: count / total for key, count in known.items()}


def mean_shares(of: Iterable[Mapping[str, int]]) -> dict[str, float]:
    """The average of each key's shares."""
    every = [shares(counts) for counts in of]
    keys = {key for one in every for key in one}
    return {key: sum(one.get(key, 0.0) for one in every) / len(every) for key in keys}


def apart(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Total variation distance of two distributions: 0 the same, 1 nothing in common."""
    return sum(abs(one.get(key, 0) - other.get(key, 0)) for key in one.keys() | other.keys()) / 2
