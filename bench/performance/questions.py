"""The questions: files of SQL that all engines understand, whose parameters are the tables and a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aero import hql
from aero.datasets import AIRLINES, AIRPORTS, FLIGHTS

FOLDER = Path(__file__).resolve().parents[1] / "questions"
ONTIME, ANALYTICS = "ontime", "analytics"
SETS = (ONTIME, ANALYTICS)
# The tables by the parameters that stand for them; each engine has names of its own for them.
TABLES = {"flights": FLIGHTS, "airlines": AIRLINES, "airports": AIRPORTS}


@dataclass(frozen=True)
class Question:
    """One question of a set. Its order is total, and no number in it is rounded, so all answers are the same rows."""

    set: str
    name: str
    file: hql.Hql

    @property
    def what(self) -> str:
        """What it asks, in words."""
        return self.file.purpose

    def sql(self, tables: Mapping[str, str], year: int) -> str:
        """The statement, of these names of TABLES' tables, and of a year where it asks of one."""
        known = {**tables, "year": year}
        (statement,) = hql.filled(self.file, {name: known[name] for name in self.file.parameters})
        return statement


def questions(sets: tuple[str, ...] = SETS) -> list[Question]:
    """All questions of some sets, in their order: q2 comes before q10."""
    files = [(name, file) for name in sets for file in (FOLDER / name).glob("*.sql")]
    every = [Question(name, file.stem, hql.read(file)) for name, file in files]
    return sorted(every, key=lambda one: (SETS.index(one.set), int(one.name[1:])))
