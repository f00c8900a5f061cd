"""Judging a month's load by the checks of its table, before readers see it. Pure: numbers in, verdicts out."""

from dataclasses import dataclass

from aero.datasets import FLIGHTS, Dataset
from aero.ops import checks
from aero.ops.checks import Check
from aero.ops.comparisons import COMPARISONS, Others
from aero.ops.profile import Profile

PASSED, WARNED, FAILED, SKIPPED = "passed", "warned", "failed", "skipped"


@dataclass(frozen=True)
class Verdict:
    """What one check said of one load. `value` is None where it was skipped; `message` is empty where it passed."""

    check: Check
    outcome: str
    value: float | None
    message: str = ""


def judge(when: str, report: dict, profile: Profile, others: Others, dataset: Dataset = FLIGHTS) -> list[Verdict]:
    """The verdict of every check on the load of a month (YYYY-MM).

    `report` is the cleaning's: its counts, `reasons` and `measures`; `others` are the profiles to compare with.
    """
    return [_verdict(check, when, report, profile, others) for check in checks.of(dataset)]


def refusal(verdicts: list[Verdict]) -> str:
    """Why the load may not be published, one sentence; empty if it may."""
    failed = [f"{verdict.check.name} ({verdict.message})" for verdict in verdicts if verdict.outcome == FAILED]
    return f"not published, readers keep what they had: {'; '.join(failed)}" if failed else ""


def _verdict(check: Check, when: str, report: dict, profile: Profile, others: Others) -> Verdict:
    if not check.is_of(when):
        return Verdict(check, SKIPPED, None, "of another era")
    if profile.rows < check.rows:
        return Verdict(check, SKIPPED, None, f"{profile.rows:,} rows are too few to tell")
    value = _value(check, report, profile, others)
    if value is None:
        return Verdict(check, SKIPPED, None, "nothing to compare with" if check.compare else "no row tells")
    if check.passes(value):
        return Verdict(check, PASSED, value)
    said = f"{check.what}: {value:.4g}, {_bounds(check)}"
    if when in check.excepted:
        return Verdict(check, WARNED, value, f"{said}; this month is known to be otherwise")
    return Verdict(check, FAILED if check.severity == "fail" else WARNED, value, said)


def _value(check: Check, report: dict, profile: Profile, others: Others) -> float | None:
    if check.compare:
        return COMPARISONS[check.compare](profile, others)
    if check.refused:
        lines = report["rows_quarantined"] if check.refused == "any" else report["reasons"].get(check.refused, 0)
        return lines / report["rows_in"] if report["rows_in"] else None
    return report["measures"].get(check.name)


def _bounds(check: Check) -> str:
    at_least = "" if check.lowest is None else f"at least {check.lowest:g}"
    at_most = "" if check.highest is None else f"at most {check.highest:g}"
    return " and ".join(bound for bound in (at_least, at_most) if bound)
