"""Judging a month's load by the checks of its table, before readers see it. Pure: numbers in, verdicts out."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from aero.datasets import FLIGHTS, Dataset
from aero.month import Month
from aero.ops import checks, likeness
from aero.ops.checks import Check, Severity
from aero.ops.cleaning_report import CleaningReport
from aero.ops.comparisons import COMPARISONS, RATIOS, SHARES, Beside, Others
from aero.ops.likeness import Distance, Limits
from aero.ops.profile import Profile


class CheckOutcome(StrEnum):
    """How a load came out of a check. Only FAILED keeps it from readers; SKIPPED: the check does not apply to it."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check of one load. `value` is None where it was skipped, `message` empty where it passed.

    `lowest` and `highest` are the bounds that decided: those of the check, or those learned from other months.
    """

    check: Check
    outcome: CheckOutcome
    value: float | None
    message: str = ""
    lowest: float | None = None
    highest: float | None = None


def judge(
    month: Month, report: CleaningReport, profile: Profile, others: Others, dataset: Dataset = FLIGHTS
) -> list[Verdict]:
    """The verdict of every check on the load of a month.

    `others` are the profiles to compare with.
    """
    beside = Beside(profile, others)
    verdicts = [_verdict(check, month, report, profile, beside) for check in checks.of(dataset)]
    passed = {verdict.check.name for verdict in verdicts if verdict.outcome == CheckOutcome.PASSED}
    return [_explained(verdict, passed) for verdict in verdicts]


def refusal(verdicts: list[Verdict]) -> str:
    """Why the load may not be published, one sentence; empty if it may."""
    failed = [
        f"{verdict.check.name} ({verdict.message})" for verdict in verdicts if verdict.outcome == CheckOutcome.FAILED
    ]
    return f"not published, readers keep what they had: {'; '.join(failed)}" if failed else ""


def _verdict(check: Check, month: Month, report: CleaningReport, profile: Profile, beside: Beside) -> Verdict:
    if not check.is_of(month):
        return Verdict(check, CheckOutcome.SKIPPED, None, "of another era")
    if profile.rows < check.rows:
        return Verdict(check, CheckOutcome.SKIPPED, None, f"{profile.rows:,} rows are too few to tell")
    value = _value(check, report, profile, beside)
    learned = _learned(check, report, profile, beside)
    if value is None and learned is None:
        return Verdict(
            check, CheckOutcome.SKIPPED, None, "nothing to compare with" if check.compare else "no row tells"
        )
    if value is not None and not check.passes(value):
        return _not_passed(check, month, value, "", check.lowest, check.highest)
    if learned is None:
        return Verdict(check, CheckOutcome.PASSED, value, "", check.lowest, check.highest)
    bounds = tuple(bound if math.isfinite(bound) else None for bound in (learned.lowest, learned.highest))
    if learned.times > 1:
        return _not_passed(check, month, learned.value, learned.key, *bounds)
    return Verdict(check, CheckOutcome.PASSED, learned.value, "", *bounds)


def _not_passed(
    check: Check, month: Month, value: float, key: str, lowest: float | None, highest: float | None
) -> Verdict:
    of = f" of {key}" if key else ""
    learned = " in comparable months" if (lowest, highest) != (check.lowest, check.highest) else ""
    message = f"{check.what}:{of} {value:.4g}, {_bounds(lowest, highest)}{learned}"
    if month in check.excepted:
        message = f"{message}; this month is known to be otherwise"
    is_failed = check.severity == Severity.FAIL and month not in check.excepted
    return Verdict(check, CheckOutcome.FAILED if is_failed else CheckOutcome.WARNED, value, message, lowest, highest)


def _explained(verdict: Verdict, passed: set[str]) -> Verdict:
    """The verdict, only a warning where the check passed that would not if the file was damaged."""
    if verdict.outcome != CheckOutcome.FAILED or verdict.check.unless not in passed:
        return verdict
    return replace(verdict, outcome=CheckOutcome.WARNED, message=f"{verdict.message}; {verdict.check.unless} passes")


def _value(check: Check, report: CleaningReport, profile: Profile, beside: Beside) -> float | None:
    """The value for the check's own bounds; None if it has none, or no row tells."""
    if check.lowest is None and check.highest is None:
        return None
    if check.compare:
        # None of several passes unless the worst does.
        return max(COMPARISONS[check.compare](profile, beside).values(), default=None)
    if check.refused:
        lines = report["rows_quarantined"] if check.refused == "any" else report["reasons"].get(check.refused, 0)
        return lines / report["rows_in"] if report["rows_in"] else None
    return report["measures"].get(check.name)


def _learned(check: Check, report: CleaningReport, profile: Profile, beside: Beside) -> Distance | None:
    """How far the month is from what other months learn the limits from; None where the check learns none."""
    if check.usual_within is None:
        return None
    limits = Limits(check.usual_within, check.side, profile.rows if check.compare in SHARES else 0)
    values = partial(_values, check, beside)
    before, after = ([values(other) for other in side] for side in (beside.others.before, beside.others.after))
    own = values(profile) if check.compare else _given(report["measures"].get(check.name))
    found = likeness.farthest(own, before, after, limits)
    return likeness.as_ratios(found) if found and check.compare in RATIOS else found


def _values(check: Check, beside: Beside, profile: Profile) -> dict[str, float]:
    return COMPARISONS[check.compare](profile, beside) if check.compare else _given(profile.measures.get(check.name))


def _given(value: float | None) -> dict[str, float]:
    return {} if value is None else {"": value}


def _bounds(lowest: float | None, highest: float | None) -> str:
    at_least = "" if lowest is None else f"at least {lowest:.4g}"
    at_most = "" if highest is None else f"at most {highest:.4g}"
    return " and ".join(bound for bound in (at_least, at_most) if bound)
