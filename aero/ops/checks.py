"""The checks of a table, as `checks.toml` beside its create.hql says them."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from aero.bts import COLUMNS
from aero.datasets import FLIGHTS, Dataset
from aero.errors import AeroError
from aero.month import Month
from aero.ops import profile


class Severity(StrEnum):
    """What a load that does not pass a check comes to: it is not published, or it is, with a warning."""

    FAIL = "fail"
    WARN = "warn"


# What Spark's SQL calls otherwise, or DuckDB has under the name of something else.
MACROS = (
    "CREATE OR REPLACE MACRO pmod(number, divisor) AS ((number % divisor) + divisor) % divisor",
    "CREATE OR REPLACE MACRO weekday(day) AS isodow(day) - 1",
    "CREATE OR REPLACE MACRO unix_timestamp(instant) AS epoch(instant)",
)
SOURCES = ("rows_where", "refused", "compare")


@dataclass(frozen=True)
class Check:
    """One check. What its fields mean stands at the top of checks.toml; one of `rows_where`, `refused` and `compare`
    says what is measured."""

    name: str
    what: str
    severity: Severity
    rows_where: str | None = None
    among: str | None = None
    refused: str | None = None
    compare: str | None = None
    lowest: float | None = None
    highest: float | None = None
    usual_within: float | None = None
    side: str = "both"
    unless: str | None = None
    since: Month | None = None
    until: Month | None = None
    rows: int = 0

    def measure(self) -> dict[str, str]:
        """SQL conditions of the rows that it is `asked` of, and of those of them that are `bad`: its value is their
        share. Empty where it is not measured on the rows."""
        if self.rows_where is None:
            return {}
        among = self.among or "true"
        return {"asked": among, "bad": f"({among}) and ({self.rows_where})"}

    @property
    def columns(self) -> frozenset[str]:
        """The columns of aero_clean.flights, filled by BTS, that its conditions name."""
        names = set(re.findall(r"\w+", f"{self.rows_where or ''} {self.among or ''}"))
        return frozenset(names & {column.name for column in COLUMNS})

    def is_of(self, month: Month) -> bool:
        """Whether it says anything of a month."""
        return (self.since is None or self.since <= month) and (self.until is None or month <= self.until)

    def passes(self, value: float) -> bool:
        return (self.lowest is None or value >= self.lowest) and (self.highest is None or value <= self.highest)


# A gate that is none of checks.toml: it compares the load with its file, not with what a month is like.
ROWS_AS_LANDED = Check("rows_as_landed", "every line that landing counted is cleaned, once", Severity.FAIL)


@cache
def of(dataset: Dataset = FLIGHTS) -> tuple[Check, ...]:
    """The table's checks. AeroError names the entry that is none."""
    path = _path(dataset)
    return tuple(_check(path, entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["check"])


def _check(path: Path, entry: dict[str, Any]) -> Check:
    known = {field.name for field in fields(Check)}
    if len([name for name in SOURCES if name in entry]) != 1 or not entry.keys() <= known:
        raise AeroError(f"{path}: {entry.get('name', entry)} is no check", "Its form stands at the top of the file.")
    typed: dict[str, Any] = {name: Month.parse(entry[name]) for name in ("since", "until") if name in entry}
    return Check(**entry | typed | {"severity": Severity(entry["severity"])})


@cache
def version(dataset: Dataset = FLIGHTS) -> str:
    """Name of what is measured on the rows: other SQL or another profile is another version, other limits are not."""
    measured = "\n".join(f"{check.name} {check.measure()}" for check in of(dataset) if check.measure())
    measured += f"\nprofile {profile.VERSION}"
    return hashlib.sha256(measured.encode()).hexdigest()[:12]


def newest(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The verdicts of the newest judgement among rows of aero_ops.checks, as PyHive or a test has them."""
    last = max((str(row["checked_at"]) for row in rows), default=None)
    return [row for row in rows if str(row["checked_at"]) == last]


def _path(dataset: Dataset) -> Path:
    return dataset.hql("create").with_name("checks.toml")
