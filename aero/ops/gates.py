"""Judging a month's load by the checks of its table, before readers see it. Pure: numbers in, verdicts out."""

from dataclasses import dataclass
from enum import StrEnum

from aero.datasets import FLIGHTS, Dataset
from aero.month import Month
from aero.ops import checks
from aero.ops.checks import Check, Severity
from aero.ops.cleaning_report import CleaningReport
from aero.ops.comparisons import COMPARISONS, Others
from aero.ops.profile import Profile


class CheckOutcome(StrEnum):
    """How a load came out of a check. Only FAILED keeps it from readers; ACCEPTED: it failed, and a person overruled it
    (aero/ops/acceptances.py); SKIPPED: the check does not apply to it.
    """

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check of one load. `value` is None where it was skipped, `message` empty where it passed."""

    check: Check
    outcome: CheckOutcome
    value: float | None
    message: str = ""


def judge(
    month: Month, report: CleaningReport, profile: Profile, others: Others, dataset: Dataset = FLIGHTS
) -> list[Verdict]:
    """The verdict of every check on the load of a month.

    `others` are the profiles to compare with.
    """
    return [_verdict(check, month, report, profile, others) for check in checks.of(dataset)]


def refusal(verdicts: list[Verdict]) -> str:
    """Why the load may not be published, one sentence; empty if it may."""
    failed = [
        f"{verdict.check.name} ({verdict.message})" for verdict in verdicts if verdict.outcome == CheckOutcome.FAILED
    ]
    return f"not published, readers keep what they had: {'; '.join(failed)}" if failed else ""


def _verdict(check: Check, month: Month, report: CleaningReport, profile: Profile, others: Others) -> Verdict:
    if not check.is_of(month):
        return Verdict(check, CheckOutcome.SKIPPED, None, "of another era")
    if profile.rows < check.rows:
        return Verdict(check, CheckOutcome.SKIPPED, None, f"{profile.rows:,} rows are too few to tell")
    value = _value(check, report, profile, others)
    if value is None:
        return Verdict(
            check, CheckOutcome.SKIPPED, None, "nothing to compare with" if check.compare else "no row tells"
        )
    if check.passes(value):
        return Verdict(check, CheckOutcome.PASSED, value)
    message = f"{check.what}: {value:.4g}, {_bounds(check)}"
    if month in check.excepted:
        return Verdict(check, CheckOutcome.WARNED, value, f"{message}; this month is known to be otherwise")
    return Verdict(
        check, CheckOutcome.FAILED if check.severity == Severity.FAIL else CheckOutcome.WARNED, value, message
    )


def _value(check: Check, report: CleaningReport, profile: Profile, others: Others) -> float | None:
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
