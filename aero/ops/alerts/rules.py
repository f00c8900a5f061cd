"""The rules, aero/ops/alerts.toml: the head of that file says what their fields mean."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aero.datasets import REPOSITORY
from aero.errors import AeroError

FILE = REPOSITORY / "aero" / "ops" / "alerts.toml"


class Severity(StrEnum):
    """Error: readers or loads are hindered. Warning: they will be, or may be."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One rule."""

    name: str
    severity: Severity
    looks: tuple[str, ...]
    after_seconds: int = 0
    limits: Mapping[str, float] = field(default_factory=dict)


def read() -> list[Rule]:
    """Raises AeroError for a file that holds no rules, or one twice."""
    try:
        content = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]
        rules = [Rule(**one | {"severity": Severity(one["severity"]), "looks": tuple(one["looks"])}) for one in content]
    except (ValueError, KeyError, TypeError) as fault:
        raise AeroError(f"{FILE} holds no rules: {fault}", "Its head says what a rule is.") from fault
    if twice := sorted({one.name for one in rules if [other.name for other in rules].count(one.name) > 1}):
        raise AeroError(f"{FILE} has rules twice: {', '.join(twice)}.", "Give each a name of its own.")
    return rules
