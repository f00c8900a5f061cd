"""Two engines' answers to one question, compared cell by cell and in order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from aero.errors import AeroError

# Engines add up numbers with a point in orders of their own.
RELATIVE = 1e-9


@dataclass(frozen=True)
class Answer:
    """What an engine answered: names of the columns, and rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def plain(cell: Any) -> Any:
    """A cell as each engine might have said it: dates as text, numbers with a point as float, flags as 0 and 1."""
    if isinstance(cell, bool):
        return int(cell)
    if isinstance(cell, Decimal):
        return float(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def is_same(one: Any, other: Any) -> bool:
    """Whether two cells are the same: whole numbers and texts exactly, others within RELATIVE; NULL is only NULL."""
    one, other = plain(one), plain(other)
    if {type(one), type(other)} in ({float}, {float, int}):
        return math.isclose(one, other, rel_tol=RELATIVE)
    return type(one) is type(other) and one == other


def must_be_same(question: str, engine: str, answer: Answer, truth_of: str, truth: Answer) -> None:
    """Raises AeroError that names the question, and the first row and column where `engine` answers another thing than
    `truth_of`, or how many columns or rows each has."""
    for what, ours, theirs in (
        ("columns", len(answer.columns), len(truth.columns)),
        ("rows", len(answer.rows), len(truth.rows)),
    ):
        if ours != theirs:
            raise _other(question, f"{engine} answers {ours} {what}, {truth_of} {theirs}.")
    for number, (row, true_row) in enumerate(zip(answer.rows, truth.rows), 1):
        for column, cell, true_cell in zip(truth.columns, row, true_row, strict=True):
            if not is_same(cell, true_cell):
                said = f"{engine} says {plain(cell)!r}, {truth_of} {plain(true_cell)!r}."
                raise _other(question, f"row {number}, column {column}: {said}")


def _other(question: str, what: str) -> AeroError:
    return AeroError(f"{question}: {what}", "No time counts until both say the same: ask both by hand.")
