"""What is measured: which months, with how many rows, asked what, and by whom."""

from dataclasses import dataclass

from aero.month import Month, month_range
from bench.generator import history
from bench.performance.engines import ENGINES, HIVE
from bench.performance.questions import ANALYTICS, ONTIME

# The year that the questions of one year are asked of: every size has months of it.
YEAR = 2007
SEED = 7
# Of a month that is replaced by another of as many flights.
OTHER_SEED = 8
# A month of the pandemic, which the gates refuse: a third of the routes of other months have no flight.
STOOD_STILL = Month(2020, 5)


@dataclass(frozen=True)
class Months:
    """A range of months: `rows_a_month` in each, or as many as there really were where it is None."""

    first: Month
    last: Month
    rows_a_month: int | None = None

    @property
    def every(self) -> list[Month]:
        return month_range(self.first, self.last)

    @property
    def rows(self) -> int:
        """Rows of all months together."""
        return sum(self.rows_a_month or history.flights(month) for month in self.every)

    def options(self) -> list[str]:
        """As bench/bts_months.py is told of them."""
        size = ["--rows-per-month", str(self.rows_a_month)] if self.rows_a_month else ["--scale", "1"]
        return ["--from", str(self.first), "--to", str(self.last), *size]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def pieces(self, most: int) -> "list[Months]":
        """Ranges of at most so many months, one after the other."""
        every = self.every
        starts = [every[number : number + most] for number in range(0, len(every), most)]
        return [Months(piece[0], piece[-1], self.rows_a_month) for piece in starts]

    def without(self, known: "Months | None") -> "list[Months]":
        """The ranges that are left when `known`, which lies inside, is taken out."""
        if known is None:
            return [self]
        before = Months(self.first, known.first.previous, self.rows_a_month)
        after = Months(known.last.next, self.last, self.rows_a_month)
        return [one for one in (before, after) if one.every]


@dataclass(frozen=True)
class Size:
    """`asked` says which engines are asked which set of questions."""

    name: str
    months: Months
    asked: dict[str, tuple[str, ...]]
    # Bytes on disk for a row: its zip, that as gzip, both in the raw layer, ORC twice and Parquet twice.
    bytes_a_row: int = 400


EVERYBODY = {ONTIME: ENGINES, ANALYTICS: ENGINES}
# HiveServer2 alone would take half of the ten minutes for the second set.
WITHOUT_HIVE = tuple(name for name in ENGINES if name != HIVE)
QUICK = Size("quick", Months(Month(2007, 7), Month(2007, 12), 500_000), {ONTIME: ENGINES, ANALYTICS: WITHOUT_HIVE})
FULL = Size("full", Months(Month(2003, 1), Month(2009, 12)), EVERYBODY)
SIZES = {size.name: size for size in (QUICK, FULL)}

# Each holds the one before: 1, 12, 49 and 223 million rows, the last all months there are.
HISTORY = (
    Months(Month(2007, 1), Month(2007, 2)),
    Months(Month(2007, 1), Month(2008, 8)),
    Months(Month(2003, 1), Month(2009, 12)),
    Months(history.FIRST, Month(2024, 12)),
)
