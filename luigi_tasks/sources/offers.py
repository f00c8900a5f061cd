"""What every source of flights can be asked: what it has, whether that changed, and the file itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from aero.datasets import Dataset
from aero.month import Month
from aero.raw_versions import Revision
from luigi_tasks.landing.looking import Entry
from luigi_tasks.landing.table import Reading

# Called with the bytes fetched so far and, where it is known, the bytes there will be.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Offer:
    """One file that a source has: a month's, or with `month` None a whole year's (Data Expo).

    `dataset` is the raw table it belongs to; `name` is the URL or path by which messages call it. Of files on this
    machine: its `entry`, whether it is only a piece of that file, which holds other months too,
    whether it can land as it is, and how it is to be read.
    """

    dataset: Dataset
    year: int
    month: int | None
    name: str
    entry: Entry | None = field(default=None, compare=False)
    is_piece: bool = field(default=False, compare=False)
    is_plain: bool = field(default=True, compare=False)
    reading: Reading = field(default=Reading(), compare=False)

    def __str__(self) -> str:
        return str(self.year if self.when is None else self.when)

    @property
    def when(self) -> Month | None:
        """Its month; None of a year's file."""
        return None if self.month is None else Month(self.year, self.month)

    def covers(self, month: Month) -> bool:
        """Whether it is to hold flights of a month."""
        return month == self.when or (self.when is None and month[0] == self.year)


@dataclass(frozen=True)
class Fault:
    """Something that keeps a month from being offered; `month` is None where the file does not tell which."""

    message: str
    month: Month | None = None


@dataclass(frozen=True)
class Offers:
    """What a source has of the months asked for. A month in neither list is one that the source does not have. `notes`
    say what is left alone, and why."""

    files: tuple[Offer, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """A place flights come from. Its methods are called from several threads at once."""

    name: str

    def offers(self, months: Sequence[Month]) -> Offers:
        """What it has of these months, without fetching them."""

    def revision(self, offer: Offer) -> Revision:
        """A cheap description of the file as it is now. Raises AeroError where it cannot be had."""

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """The file, whole, under its own name in the folder `into`. Raises AeroError saying what came instead."""
