"""Control limits learned from comparable months, as those of a control chart: what is usual, and how far from it is
still within what these months differ among themselves. Pure: numbers in, limits out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

# So many standard deviations, as the middle one of the months' own distances tells them, always pass.
SPREADS = 6
STANDARD = 1.4826
# What is usual is the middle of so many months, those nearest in time: it follows a trend.
NEIGHBOURS = 4
# A schedule is made of flights that go every day: a count varies by chance more than its root.
CHANCE = 12

Values = Mapping[str, float]


@dataclass(frozen=True)
class Distance:
    """How far a value is from what is usual: `times` as far as is let pass, over 1 is too far. `key` names the segment
    that the value is of, or is empty."""

    key: str
    value: float
    lowest: float
    highest: float
    times: float


@dataclass(frozen=True)
class Limits:
    """How limits are learned. What is `within` of the usual value always passes; where there are few months to learn
    from, up to three times that. `side` "above" or "below": only that is wrong. `rows`: values are logarithms of
    shares of so many rows, which vary by chance where they are few; 0: they are none."""

    within: float
    side: str = "both"
    rows: int = 0


def farthest(own: Values, before: Sequence[Values], after: Sequence[Values], limits: Limits) -> Distance | None:
    """Of a month's values by key, the one that is farthest from what is usual in other months that have the key; None
    where no other month has any. `before` and `after` are the other months, the nearest first."""
    distances = (
        _distance(key, value, [one[key] for one in before if key in one], [one[key] for one in after if key in one], limits)
        for key, value in own.items()
    )
    return max((one for one in distances if one), key=lambda one: one.times, default=None)


def _distance(
    key: str, value: float, before: Sequence[float], after: Sequence[float], limits: Limits
) -> Distance | None:
    others = [*reversed(before), *after]
    if not others:
        return None
    usual = _usual(others, len(before))
    spread = STANDARD * median(_own_distances(others)) if len(others) > 2 else 0.0
    chance = CHANCE / math.sqrt(max(math.exp(usual) * limits.rows, 1)) if limits.rows else 0.0
    allowed = max(limits.within * (1 + 2 / len(others)), SPREADS * spread, chance)
    lowest = -math.inf if limits.side == "above" else usual - allowed
    highest = math.inf if limits.side == "below" else usual + allowed
    is_judged = limits.side != ("above" if value < usual else "below")
    return Distance(key, value, lowest, highest, abs(value - usual) / allowed if is_judged else 0.0)


def _own_distances(values: Sequence[float]) -> list[float]:
    """How far each is from what the others make usual."""
    return [abs(value - _usual([*values[:at], *values[at + 1 :]], at)) for at, value in enumerate(values)]


def _usual(values: Sequence[float], at: int) -> float:
    """The middle of the nearest values to the place `at` in a series, half of them before it where there are so many."""
    first = max(0, min(at - NEIGHBOURS // 2, len(values) - NEIGHBOURS))
    return median(values[first : first + NEIGHBOURS])


def as_ratios(found: Distance) -> Distance:
    """Of logarithms: the value and its limits as shares of what is usual."""
    known = [limit for limit in (found.lowest, found.highest) if math.isfinite(limit)]
    usual = sum(known) / 2 if len(known) == 2 else max(found.value, *known)
    value, lowest, highest = (math.exp(one - usual) for one in (found.value, found.lowest, found.highest))
    return Distance(found.key, value, lowest, highest, found.times)


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
