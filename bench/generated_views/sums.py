"""What the generated flights add up to, counted without any view: what a dashboard's answers are checked against."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.generator import carriers, world
from bench.generator.arrays import Array

MEASURES = (
    "total_flights", "cancelled_flights", "on_time_arrivals", "arrived_flights", "total_arrival_delay_minutes",
)  # fmt: skip
AIRLINES = [carrier.code for carrier in carriers.carriers()]
AIRPORTS = [record["airport"] for record in world.records()]


@dataclass
class Sums:
    """`counts` by year, airline, origin and measure; `years` are those of its first axis."""

    years: list[int]
    counts: Array

    @classmethod
    def none(cls, years: list[int]) -> "Sums":
        return cls(years, np.zeros((len(years), len(AIRLINES), len(AIRPORTS), len(MEASURES)), dtype=np.int64))

    def add(self, year: int, airline: Array, origin: Array, measures: dict[str, Array]) -> None:
        """Count flights, each by its places in AIRLINES and AIRPORTS."""
        place, shape = airline * len(AIRPORTS) + origin, self.counts.shape[1:3]
        for at, name in enumerate(MEASURES):
            counted = np.bincount(place, weights=measures[name], minlength=shape[0] * shape[1])
            self.counts[self.years.index(year), :, :, at] += np.rint(counted).astype(np.int64).reshape(shape)

    def put(self, of_years: "Sums") -> None:
        """Take over the counts of some years."""
        for at, year in enumerate(of_years.years):
            self.counts[self.years.index(year)] = of_years.counts[at]

    def of(self, airline: str | None = None, origin: str | None = None, years: range | None = None) -> dict[str, int]:
        """Each measure of the flights of an airline, out of an airport, and of years; of all where none is named."""
        found = self.counts[[at for at, year in enumerate(self.years) if years is None or year in years]]
        found = found[:, [AIRLINES.index(airline)]] if airline else found
        found = found[:, :, [AIRPORTS.index(origin)]] if origin else found
        return dict(zip(MEASURES, map(int, found.sum(axis=(0, 1, 2))), strict=True))

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(file, years=self.years, counts=self.counts)

    @classmethod
    def read(cls, file: Path) -> "Sums":
        with np.load(file) as found:
            return cls([int(year) for year in found["years"]], found["counts"])
