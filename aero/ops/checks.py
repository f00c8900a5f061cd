"""The checks of a table, as `checks.toml` beside its create.hql says them."""

import hashlib
import tomllib
from dataclasses import dataclass, fields
from functools import cache

from aero.datasets import FLIGHTS, Dataset
from aero.errors import AeroError

SOURCES = ("rows_where", "value", "refused", "compare")


@dataclass(frozen=True)
class Check:
    """One check. What its fields mean stands at the top of checks.toml; one of `rows_where`, `value`, `refused` and
    `compare` says what is measured."""

    name: str
    what: str
    severity: str
    rows_where: str | None = None
    among: str | None = None
    value: str | None = None
    refused: str | None = None
    compare: str | None = None
    lowest: float | None = None
    highest: float | None = None
    since: str | None = None
    until: str | None = None
    rows: int = 0
    excepted: tuple[str, ...] = ()

    def measure(self) -> str | None:
        """The SQL aggregate whose value is judged; None where it is not measured on the rows."""
        if self.rows_where is None:
            return self.value
        # NULL where there is nothing among: then nothing can be said.
        condition = f"if({self.rows_where}, 1.0, 0.0)"
        return f"avg(if({self.among}, {condition}, null))" if self.among else f"avg({condition})"

    def is_of(self, when: str) -> bool:
        """Whether it says anything of a month, YYYY-MM."""
        return (self.since or "") <= when <= (self.until or "9999")

    def passes(self, value: float) -> bool:
        return (self.lowest is None or value >= self.lowest) and (self.highest is None or value <= self.highest)


@cache
def of(dataset: Dataset = FLIGHTS) -> tuple[Check, ...]:
    """The table's checks. AeroError names the entry that is none."""
    path = _path(dataset)
    known = {field.name for field in fields(Check)}
    checks = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["check"]:
        entry = entry | {"excepted": tuple(entry.pop("except", ()))}
        if len([name for name in SOURCES if name in entry]) != 1 or not entry.keys() <= known:
            raise AeroError(
                f"{path}: {entry.get('name', entry)} is no check", "Its form stands at the top of the file."
            )
        checks.append(Check(**entry))
    return tuple(checks)


@cache
def version(dataset: Dataset = FLIGHTS) -> str:
    """Name of what the checks measure on the rows: other SQL is another version, another threshold is not."""
    measured = "\n".join(f"{check.name} {check.measure()}" for check in of(dataset) if check.measure())
    return hashlib.sha256(measured.encode()).hexdigest()[:12]


def _path(dataset: Dataset):
    return dataset.hql("create").with_name("checks.toml")
