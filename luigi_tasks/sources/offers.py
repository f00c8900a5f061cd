"""What every source of flights can be asked: what it has, whether that changed, and the file itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aero.datasets import Dataset

Month = tuple[int, int]

# Called with the bytes fetched so far and, where it is known, the bytes there will be.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Offer:
    """One file that a source has: a month's, or with `month` None a whole year's (Data Expo).

    `dataset` is the raw table it belongs to; `name` is the URL or path by which messages call it.
    """

    dataset: Dataset
    year: int
    month: int | None
    name: str

    def __str__(self) -> str:
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02d}"

    def covers(self, month: Month) -> bool:
        return month == (self.year, self.month) or (self.month is None and month[0] == self.year)


@dataclass(frozen=True)
class Fault:
    """Something that keeps a month from being offered; `month` is None where the file does not tell which."""

    message: str
    month: Month | None = None


@dataclass(frozen=True)
class Offers:
    """What a source has of the months asked for. A month in neither list is one that the source does not have."""

    files: tuple[Offer, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Revision:
    """What is known of a file before its bytes are read. None is: the source does not say.

    `size` in bytes; `last_modified` and `etag` as the source words them.
    """

    url: str
    size: int | None = None
    last_modified: str | None = None
    etag: str | None = None

    def is_still(self, landed: "Revision") -> bool:
        """Whether the source still has what was landed: all that it says now is what it said then.

        A size alone proves nothing: a revised month may be as long as before.
        """
        says = {field: value for field, value in vars(self).items() if value is not None}
        return bool(self.last_modified or self.etag) and all(getattr(landed, field) == says[field] for field in says)


class Source(Protocol):
    """A place flights come from. Its methods are called from several threads at once."""

    name: str

    def offers(self, months: Sequence[Month]) -> Offers:
        """What it has of these months, without fetching them."""

    def revision(self, offer: Offer) -> Revision:
        """A cheap description of the file as it is now. Raises AeroError where it cannot be had."""

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """The file, whole, under its own name in the folder `into`. Raises AeroError saying what came instead."""
