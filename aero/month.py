"""A calendar month: what BTS publishes, and what a load, a partition and the ledger are of."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from aero.errors import AeroError

_WRITTEN = re.compile(r"(\d{4})-(\d{2})")


class Month(NamedTuple):
    """A year and a month from 1 to 12, in order of time. As text it is `2013-07`; it unpacks as (year, month)."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month that `2013-07` names. Raises AeroError for any other text."""
        match = _WRITTEN.fullmatch(text)
        if match is None or not 1 <= int(match[2]) <= 12:
            raise AeroError(f"{text!r} is not a month", "Write it as YYYY-MM, such as 2013-07.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def from_index(cls, index: int) -> "Month":
        """The month whose `index` this is."""
        return cls(index // 12, index % 12 + 1)

    @property
    def index(self) -> int:  # type: ignore[override]  # nobody searches a month as a tuple
        """Months since year 0: the difference of two is how many months lie between them."""
        return self.year * 12 + self.month - 1

    def plus(self, months: int) -> "Month":
        """The month so many months later; earlier for a negative number."""
        return Month.from_index(self.index + months)

    @property
    def next(self) -> "Month":
        return self.plus(1)

    @property
    def previous(self) -> "Month":
        return self.plus(-1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def days(self) -> list[date]:
        """Every day of the month, in order."""
        return [self.first_day + timedelta(days=number) for number in range(self.last_day.day)]


def in_words(first: Month, last: Month) -> str:
    """A range of months for people, `2013-01 to 2013-12`; one month by itself."""
    return str(first) if first == last else f"{first} to {last}"


def month_range(first: Month, last: Month) -> list[Month]:
    """Every month from the first to the last, both included; none where the last comes before the first."""
    return [Month.from_index(index) for index in range(first.index, last.index + 1)]
