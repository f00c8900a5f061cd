"""What the gates say of true months, in every order, and of damaged ones."""

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aero.month import Month
from aero.ops import gates
from aero.ops.comparisons import LEAST_ROWS, Others, chosen
from aero.ops.gates import CheckOutcome
from bench.damage import FIRST, SEEN
from bench.judged.loads import Load, Wanted
from bench.judged.months import Key

Loads = Mapping[Key, Load]


def refused_by(key: Key, load: Load, beside: Iterable[Key], true: Loads) -> list[str]:
    """The gates that refuse a month's load beside months that readers see, as luigi_tasks/publication.py asks them."""
    comparable: dict[Month, Load] = {
        other.month: true[other]
        for other in beside
        if other != key and other.series == key.series and true[other].profile.rows >= LEAST_ROWS
    }
    sides = chosen(key.month, comparable)
    others = Others(*(tuple(comparable[month].profile for month in side) for side in sides))
    verdicts = gates.judge(key.month, load.report, load.profile, others)
    return [verdict.check.name for verdict in verdicts if verdict.outcome == CheckOutcome.FAILED]


def orders(keys: list[Key], seed: int) -> dict[str, list[Key]]:
    """Orders in which the months are loaded."""
    shuffled = sorted(keys)
    random.Random(seed).shuffle(shuffled)
    return {"oldest first": sorted(keys), "newest first": sorted(keys, reverse=True), "shuffled": shuffled}


def of_true_months(true: Loads, wanted: set[Key], seed: int) -> dict[str, dict[str, list[str]]]:
    """By order and month the gates that refuse it beside the months that came before it in that order; and beside all
    others."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, order in orders(list(true), seed).items():
        found[name] = {
            str(key): refused_by(key, true[key], order[:at], true) for at, key in enumerate(order) if key in wanted
        }
    found["beside all"] = {str(key): refused_by(key, true[key], true, true) for key in true if key in wanted}
    return found


def of_damaged(wanted: Wanted, loads: Mapping[float, Load], true: Loads) -> Iterator[dict[str, Any]]:
    """By strength the gates that refuse a damaged month beside all true ones; one damaged as SEEN_IN only beside the
    months before and after it, or beside none."""
    key, kind = wanted.key, wanted.damage.name if wanted.damage else ""
    beside = list(true)
    if kind in {damage.name for damage in SEEN}:
        beside = [] if kind == FIRST else [other for other in true if abs(other.month.index - key.month.index) == 1]
    for strength, load in loads.items():
        gates_of = refused_by(key, load, beside, true)
        yield {"kind": kind, "month": str(key), "strength": strength, "refused_by": gates_of}
