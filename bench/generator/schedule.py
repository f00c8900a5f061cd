"""The schedule of a month: its legs, and the rotations that are flown, exactly as many flights as are wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from aero.month import Month
from bench.generator import carriers
from bench.generator.arrays import Array, Columns
from bench.generator.carriers import Carrier
from bench.generator.rotations import Rotations
from bench.generator.world import DAY, World

LEG = ("origin", "dest", "departs", "lasts", "slack", "flight")
DIGITS, LETTERS = "0123456789", "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Lines:
    """A carrier's lines in a month, a piece of it each. `legs`: the columns of LEG and `seller`, one row a leg.
    `first`: a line's first leg. `count`: how many it has. `operates`: by line and day."""

    legs: Columns
    first: Array
    count: Array
    operates: Array


class Schedule:
    """The flights of a month of a family, `rows` of them.

    `legs`: the columns of Lines.legs and `carrier` (place in `carriers`), one row a leg of the schedule. `line` (its
    first leg), `day` (from 0), `count` (of legs) and `tail` (place in `tails`): one row a rotation, longest first.
    """

    def __init__(self, month: Month, family: str, rows: int, seed: int):
        self.month, self.world, self._seed = month, World(month), seed
        self.carriers = carriers.of(month, family)
        self.tails: list[str] = []
        thousands = np.array([carrier.thousands(month) for carrier in self.carriers])
        ends = np.rint(np.concatenate([[0], np.cumsum(thousands / thousands.sum())]) * rows)
        legs: list[Columns] = []
        rotations: list[tuple[Array, ...]] = []
        for place, (carrier, wanted) in enumerate(zip(self.carriers, np.diff(ends).astype(int))):
            if wanted:
                lines = self._lines(carrier, int(wanted))
                first_leg = sum(len(part["origin"]) for part in legs)
                legs.append(lines.legs | {"carrier": np.full(len(lines.legs["origin"]), place, dtype=np.int16)})
                rotations.append(self._rotations(carrier, int(wanted), lines, first_leg))
        self.legs = {name: np.concatenate([part[name] for part in legs]) for name in legs[0]}
        line, day, legs_of, tail = (np.concatenate(columns) for columns in zip(*rotations))
        order = np.argsort(-legs_of, kind="stable")
        self.line, self.day, self.count, self.tail = line[order], day[order], legs_of[order], tail[order]

    def _lines(self, carrier: Carrier, wanted: int) -> Lines:
        """The carrier's first lines with at least so many flights in the month."""
        size = wanted // len(self.month.days) // 3 + 16
        for doubled in count():
            rotations = Rotations(carrier, self.world, self.month, size << doubled, self._seed)
            lines = self._of_month(carrier, rotations, wanted)
            if lines is not None:
                return lines
        raise AssertionError("there are always more lines")

    def _of_month(self, carrier: Carrier, rotations: Rotations, wanted: int) -> Lines | None:
        """The lines' pieces of the month: most lines change once or twice in it. None where they are too few."""
        days, pieces = len(self.month.days), rotations.pieces
        random = np.random.default_rng([self._seed, 3, carrier.dot_id, *self.month])
        changes = np.array([0, *(days * (np.array([0.15, 0.55]) + 0.3 * random.random(2))).astype(int), days])
        base = np.repeat(np.arange(len(pieces)), pieces)
        piece = np.arange(len(base)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        ends = np.where(piece == pieces[base] - 1, days, changes[piece + 1])
        of_piece = (np.arange(days) >= changes[piece][:, None]) & (np.arange(days) < ends[:, None])
        operates = rotations.operates(self.month)[base] & of_piece
        flights = np.cumsum(rotations.legs[base] * operates.sum(axis=1))
        enough = int(np.searchsorted(flights, wanted)) + 1
        if enough > len(base):
            return None
        base, piece = base[:enough], piece[:enough]
        drawn = random.random((len(pieces), 3, 3))[base, piece].T
        legs_of = rotations.legs[base]
        legs = self._legs(carrier, rotations, base, piece, drawn)
        return Lines(legs, np.cumsum(legs_of) - legs_of, legs_of, operates[:enough])

    def _legs(self, carrier: Carrier, rotations: Rotations, base: Array, piece: Array, drawn: Array) -> Columns:
        """The legs of each piece: later in the month often at other times, some with other numbers."""
        legs_of = rotations.legs[base]
        line = np.repeat(np.arange(len(base)), legs_of)
        of = base[line], np.arange(len(line)) - np.repeat(np.cumsum(legs_of) - legs_of, legs_of)
        legs = {name: rotations.table[name][of] for name in LEG}
        is_changed = (piece > 0)[line]
        shift = np.rint((drawn[0] - 0.5) * 10).astype(np.int32)[line] * 5
        legs["flight"] = np.where(
            (drawn[1] < 0.45)[line] & is_changed, rotations.table["other_flight"][of], legs["flight"]
        )
        legs["departs"] = np.clip(legs["departs"] + shift * is_changed, 1, DAY - 1)
        legs["lasts"] += np.rint((drawn[2][line] - 0.5) * 7).astype(np.int32) * is_changed
        if carrier.code == "WN":
            legs["lasts"] = legs["lasts"] // 5 * 5
        # No schedule arrives at midnight sharp.
        legs["lasts"] -= (legs["departs"] + legs["lasts"] + self.world.ahead(legs["origin"], legs["dest"])) % DAY == 0
        legs["seller"] = rotations.seller[base[line]]
        _tell_apart(legs, base[line])
        return legs

    def _rotations(self, carrier: Carrier, wanted: int, lines: Lines, first_leg: int) -> tuple[Array, ...]:
        """First leg, day, number of legs and tail of each rotation flown, with `wanted` flights in all."""
        line, day = np.nonzero(lines.operates)
        rank = (np.cumsum(lines.operates, axis=0) - 1)[line, day]
        # The last rotations are cut short where the flights are more than wanted.
        before = np.cumsum(lines.count[line]) - lines.count[line]
        legs_of = np.clip(wanted - before, 0, lines.count[line])
        fleet = int(lines.operates.sum(axis=0).max() * 1.06) + 3
        random = np.random.default_rng([self._seed, 4, carrier.dot_id, *self.month])
        of_day = np.argsort(random.random((lines.operates.shape[1], fleet)), axis=1)
        tail = of_day[day, rank] + len(self.tails)
        self.tails += registrations(carrier, self.month.year, fleet, self._seed)
        kept = legs_of > 0
        return (lines.first[line] + first_leg)[kept], day[kept], legs_of[kept], tail[kept]


def _tell_apart(legs: Columns, line: Array) -> None:
    """Two lines never have the same key: the second gets a number of its own."""
    key = ("departs", "dest", "origin", "flight")
    order = np.lexsort((line, *(legs[name] for name in key)))
    same = line[order[1:]] != line[order[:-1]]
    for name in key:
        same &= legs[name][order[1:]] == legs[name][order[:-1]]
    legs["flight"][order[1:][same]] = legs["flight"].max() + 1 + np.arange(same.sum())


def registrations(carrier: Carrier, year: int, fleet: int, seed: int) -> list[str]:
    """The tail numbers of a carrier's aircraft, all different; a larger fleet begins with those of a smaller one."""
    random = np.random.default_rng([seed, 5, carrier.dot_id])
    forms = ["N###"] if carrier.code == "WN" and year < 2004 else carrier.tails.split()
    made: dict[str, None] = {}
    while len(made) < fleet:
        form = forms[int(random.integers(len(forms)))] if len(made) < 600 * len(forms) else "N#####"
        made["".join(_marks(form, random))] = None
    return list(made)


def _marks(form: str, random: np.random.Generator) -> Iterator[str]:
    for place, mark in enumerate(form):
        known = {"#": DIGITS[place == 1 :], "@": LETTERS}.get(mark)
        yield known[int(random.integers(len(known)))] if known else mark
