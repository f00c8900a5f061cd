"""What the gates say of true months, in every order, and of damaged ones."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from aero.month import Month
from aero.ops import gates
from aero.ops.comparisons import LEAST_ROWS, Others, chosen
from aero.ops.gates import CheckOutcome
from bench.damage import FIRST, SEEN
from bench.judged.loads import Load, Wanted
from bench.judged.months import Key

Loads = Mapping[Key, Load]


class Case(NamedTuple):
    """A month's load to be judged beside others."""

    key: Key
    load: Load
    beside: Sequence[Key]


# What a process of a pool judges beside.
_TRUE: dict[Key, Load] = {}


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


def refusals(cases: Sequence[Case], true: Loads, processes: int) -> list[list[str]]:
    """The gates that refuse each case."""
    if processes == 1:
        return [refused_by(*case, true) for case in cases]
    with ProcessPoolExecutor(processes, initializer=_TRUE.update, initargs=(true,)) as pool:
        return list(pool.map(_refused_by, cases, chunksize=8))


def _refused_by(case: Case) -> list[str]:
    return refused_by(*case, _TRUE)


def of_true_months(true: Loads, wanted: set[Key], seed: int, processes: int = 1) -> dict[str, dict[str, list[str]]]:
    """By order and month the gates that refuse it beside the months that came before it in that order; and beside all
    others."""
    cases = [
        (name, Case(key, true[key], order[:at]))
        for name, order in orders(list(true), seed).items()
        for at, key in enumerate(order)
        if key in wanted
    ]
    cases += [("beside all", Case(key, true[key], list(true))) for key in true if key in wanted]
    found: dict[str, dict[str, list[str]]] = {name: {} for name, _ in cases}
    for (name, case), gates_of in zip(cases, refusals([case for _, case in cases], true, processes)):
        found[name][str(case.key)] = gates_of
    return found


def of_damaged(
    loads: Mapping[Wanted, Mapping[float, Load]], true: Loads, processes: int = 1
) -> Iterator[dict[str, Any]]:
    """By damage and strength the gates that refuse a damaged month beside all true ones; one damaged as SEEN_IN only
    beside the months before and after it, or beside none."""
    every = [(wanted, strength, load) for wanted, of in loads.items() for strength, load in of.items()]
    cases = [Case(wanted.key, load, _beside(wanted, true)) for wanted, _, load in every]
    for (wanted, strength, _), gates_of in zip(every, refusals(cases, true, processes)):
        kind = wanted.damage.name if wanted.damage else ""
        yield {"kind": kind, "month": str(wanted.key), "strength": strength, "refused_by": gates_of}


def _beside(wanted: Wanted, true: Loads) -> list[Key]:
    if wanted.damage not in SEEN:
        return list(true)
    near = [other for other in true if abs(other.month.index - wanted.key.month.index) == 1]
    return [] if wanted.damage.name == FIRST else near
