"""Damaged months, to judge the gates with: every kind of damage is a pure function of a month's rows.

    from bench.damage import DAMAGES, STRENGTHS, read, write
    for damage in DAMAGES:
        for strength in STRENGTHS:
            broken = write(damage.of(read(month), read(month_before), strength, seed=7))

A month is a table of the texts of a file of the reporting layout, by BTS' column names; an empty text is nothing.
Strength is the share of the month's rows that a damage touches, or takes away, as far as so many fit it: no more
flights are late than there are.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd

from bench.damages import lost, seen, together, values, written
from bench.damages.sample import Sample

STRENGTHS = (0.02, 0.10, 0.33)


@dataclass(frozen=True)
class Damage:
    """A kind of damage. `what` is the first line of the function's docstring."""

    name: str
    make: Callable[[Sample], pd.DataFrame]

    @property
    def what(self) -> str:
        return (self.make.__doc__ or "").split("\n")[0]

    def of(self, month: pd.DataFrame, before: pd.DataFrame, strength: float, seed: int) -> pd.DataFrame:
        """The damaged month; `month` and `before`, the month before it, stay as they are."""
        # The same rows are touched by a damage whatever others there are.
        random = np.random.default_rng([seed, *self.name.encode()])
        return self.make(Sample(month.copy(), before.copy(), strength, random))


def _kinds(*modules: ModuleType) -> tuple[Damage, ...]:
    return tuple(
        Damage(name, make)
        for module in modules
        for name, make in vars(module).items()
        if getattr(make, "__module__", None) == module.__name__ and not name.startswith("_")
    )


DAMAGES = _kinds(lost, values, written, together)
# Those that gates once let pass, each of one strength.
SEEN = _kinds(seen)
# Of these the one that was the first month of its source.
FIRST = "cut_at_70_percent"


def read(text: bytes) -> pd.DataFrame:
    """The table of a file's text."""
    table = pd.read_csv(io.BytesIO(text), dtype=object, keep_default_na=False, encoding="latin-1")
    return table.loc[:, [name for name in table.columns if not name.startswith("Unnamed")]]


def write(table: pd.DataFrame) -> bytes:
    """A file's text, with BTS' comma at the end of each line."""
    return table.to_csv(index=False, lineterminator=",\n").encode("latin-1")
