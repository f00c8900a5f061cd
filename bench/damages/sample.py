"""A month to be damaged, and what the damages of a kind share."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Mask = Any  # one truth value a row: numpy's array or pandas' column


@dataclass(frozen=True)
class Sample:
    """`rows` of the month and of the one `before`, both by BTS' column names, and the share of rows to touch."""

    rows: pd.DataFrame
    before: pd.DataFrame
    strength: float
    random: np.random.Generator

    @property
    def wanted(self) -> int:
        """How many rows to touch."""
        return round(len(self.rows) * self.strength)

    def some(self, among: Mask | None = None) -> Mask:
        """So many rows as are wanted, drawn from those `among`; all of these where they are fewer."""
        places = np.arange(len(self.rows)) if among is None else np.flatnonzero(np.asarray(among))
        chosen = self.random.choice(places, min(self.wanted, len(places)), replace=False)
        return np.isin(np.arange(len(self.rows)), chosen)

    def without(self, gone: Mask) -> pd.DataFrame:
        """The rows but those."""
        return self.rows[~np.asarray(gone)]

    def changed(self, chosen: Mask, **columns: Any) -> pd.DataFrame:
        """The rows with other values in columns of those chosen: a text for all, or a column to take them from."""
        for name, value in columns.items():
            self.rows[name] = np.where(chosen, value, self.rows[name])
        return self.rows

    def numbers(self, name: str) -> pd.Series:
        """A column's numbers; NaN is nothing."""
        return pd.to_numeric(self.rows[name], errors="coerce")

    def clock_later(self, name: str, minutes: Any) -> pd.Series:
        """A column of clocks, later by so many minutes; nothing stays nothing."""
        clock = self.numbers(name)
        at = (clock // 100 * 60 + clock % 100 + minutes) % 1440
        text = (at // 60 * 100 + at % 60).fillna(0).astype(int).astype(str).str.zfill(4)
        return text.where(clock.notna(), "")


def written(numbers: pd.Series) -> pd.Series:
    """Numbers as BTS writes them; NaN is nothing."""
    return numbers.map(lambda number: "" if pd.isna(number) else f"{round(number)}.00")
