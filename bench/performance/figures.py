"""Figures of a measurement that was kept: medians, ratios and sums."""

import math
import statistics
from typing import Any

from bench.performance.questions import SETS


def median(times: dict[str, Any]) -> float:
    """The median of an engine's rounds, in seconds."""
    return statistics.median(times["seconds"])


def medians(questions: dict[str, Any], engine: str, set_of: str) -> list[float]:
    """The medians of an engine for the questions of a set that it was asked, in their order."""
    return [
        median(one["engines"][engine])
        for one in questions.values()
        if one["set"] == set_of and engine in one["engines"]
    ]


def middle(values: list[float]) -> float:
    """The geometric mean: what half as long in one question and twice in another leaves as it is."""
    return math.exp(statistics.fmean(math.log(value) for value in values))


def sets(questions: dict[str, Any]) -> list[str]:
    """The sets that were asked."""
    return [name for name in SETS if any(one["set"] == name for one in questions.values())]


def ratio(questions: dict[str, Any], engine: str, peer: str, set_of: str) -> float:
    """How many times as long an engine takes as a peer, the geometric mean of a set's questions."""
    pairs = zip(medians(questions, engine, set_of), medians(questions, peer, set_of), strict=True)
    return middle([ours / theirs for ours, theirs in pairs])


def rows_a_second(rows: int, load: dict[str, Any]) -> float:
    """What a load made of the rows."""
    return rows / load["seconds"]
