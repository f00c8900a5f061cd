"""Who flies: the carriers of carriers.csv, with their years, sizes, hubs and tail numbers."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from aero.month import Month

CARRIERS = Path(__file__).with_name("carriers.csv")


@dataclass(frozen=True)
class Kind:
    """`turn`: least minutes on the ground, and how many more on average. `miles`: least, middle and most of a flight.
    `spread` of the distance's logarithm. `routes`: most of a carrier."""

    turn: tuple[int, int]
    miles: tuple[int, int, int]
    spread: float
    routes: int


KINDS = {
    "main": Kind((42, 20), (150, 700, 2800), 0.85, 420),
    "point": Kind((27, 10), (140, 520, 2300), 0.75, 900),
    "regional": Kind((27, 17), (55, 290, 1050), 0.65, 420),
}


@dataclass(frozen=True)
class Carrier:
    """One line of carriers.csv. A carrier of the family `marketing` is not in the reporting family.

    `since`, `until`: its months. `flights`: `year:thousands a month` at some years, in between on a straight line.
    `hubs`: `airport:strength`, with `:first year-last year` where it was not always one. `sold_as`: whose flights a
    regional flies, `code:weight`. `tails`: forms of its tail numbers, # a digit and @ a letter.
    """

    code: str
    dot_id: int
    iata: str
    since: str
    until: str
    kind: str
    family: str
    sold_as: str
    flights: str
    hubs: str
    tails: str

    @property
    def is_regional(self) -> bool:
        return self.kind == "regional"

    def reports(self, month: Month, family: str) -> bool:
        """Whether its flights are in that month of a family."""
        return self.since <= str(month) <= self.until and self.family in ("reporting", family)

    def thousands(self, month: Month) -> float:
        """Its flights a month, in thousands: only the proportion to others counts."""
        years, counts = zip(*(map(float, point.split(":")) for point in self.flights.split()))
        return float(np.interp(month.year + (month.month - 1) / 12, years, counts))

    def hubs_of(self, year: int) -> dict[str, float]:
        """Strength of its hubs in a year, by airport."""
        hubs = {}
        for text in self.hubs.split():
            name, strength, *years = text.split(":")
            since, until = years[0].split("-") if years else ("", "")
            if int(since or 0) <= year <= int(until or 9999):
                hubs[name] = float(strength)
        return hubs

    @property
    def sellers(self) -> list[tuple[str, float]]:
        """Codes of the carriers that sell its flights, each with the sum of the shares so far; else its own code."""
        parts = [f"{part}:1".split(":")[:2] for part in (self.sold_as or self.iata).split()]
        sums = np.cumsum([float(weight) for _, weight in parts])
        return [(code, float(so_far / sums[-1])) for (code, _), so_far in zip(parts, sums)]


@cache
def carriers() -> tuple[Carrier, ...]:
    """All carriers, in the order of the file."""
    with CARRIERS.open(encoding="utf-8", newline="") as file:
        return tuple(Carrier(dot_id=int(row.pop("dot_id")), **row) for row in csv.DictReader(file))


def of(month: Month, family: str) -> list[Carrier]:
    """The carriers of a month of a family."""
    return [carrier for carrier in carriers() if carrier.reports(month, family)]
