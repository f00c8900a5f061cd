"""Judging a month's load by the checks of its table, before readers see it. Pure: numbers in, verdicts out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aero import bts_names
from aero.datasets import FLIGHTS, Dataset
from aero.month import Month
from aero.ops import checks, likeness
from aero.ops.checks import Check, Severity
from aero.ops.cleaning_report import CleaningReport
from aero.ops.comparisons import BY_COLUMN, COMPARISONS, LOGARITHMS, NEEDED, Beside, Others
from aero.ops.likeness import Distance, Values
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
    """The outcome of one check of one load. `value` is None where it was skipped, `message` empty where it passed.

    `lowest` and `highest` are the bounds that decided: those of the check, or those learned from other months.
    """

    check: Check
    outcome: CheckOutcome
    value: float | None
    message: str = ""
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class CheckRow:
    """A row of aero_ops.checks; fields as its create.hql says them, in its order."""

    checked_at: datetime
    table_name: str
    year: int
    month: int
    load_id: str
    check_name: str
    what: str
    severity: Severity
    outcome: CheckOutcome
    value: float | None
    lowest: float | None
    highest: float | None
    message: str | None

    @classmethod
    def judged(cls, verdict: Verdict, dataset: Dataset, month: Month, load_id: str, at: datetime) -> "CheckRow":
        """The row of a verdict on a month's load."""
        check = verdict.check
        return cls(
            checked_at=at,
            table_name=dataset.name,
            year=month.year,
            month=month.month,
            load_id=load_id,
            check_name=check.name,
            what=check.what,
            severity=check.severity,
            outcome=verdict.outcome,
            value=verdict.value,
            lowest=verdict.lowest,
            highest=verdict.highest,
            message=verdict.message or None,
        )


def judge(
    month: Month,
    report: CleaningReport,
    profile: Profile,
    others: Others,
    dataset: Dataset = FLIGHTS,
    lacks: Iterable[str] = (),
) -> list[Verdict]:
    """The verdict of every check on the load of a month.

    `others` are the profiles to compare with. A check that needs a column that the month's file `lacks` is skipped.
    """
    beside = Beside(profile, others)
    unknown = bts_names.unknown_to_clean(lacks)
    verdicts = [_verdict(check, month, report, profile, beside, unknown) for check in checks.of(dataset)]
    passed = {verdict.check.name for verdict in verdicts if verdict.outcome == CheckOutcome.PASSED}
    return [_explained(verdict, passed) for verdict in verdicts]


def refusal(verdicts: list[Verdict]) -> str:
    """Why the load may not be published, one sentence; empty if it may."""
    failed = [
        f"{verdict.check.name} ({verdict.message})" for verdict in verdicts if verdict.outcome == CheckOutcome.FAILED
    ]
    return f"not published, readers keep what they had: {'; '.join(failed)}" if failed else ""


def _verdict(
    check: Check, month: Month, report: CleaningReport, profile: Profile, beside: Beside, unknown: frozenset[str]
) -> Verdict:
    if not check.is_of(month):
        return Verdict(check, CheckOutcome.SKIPPED, None, "of another era")
    if needed := (check.columns | NEEDED.get(check.compare or "", frozenset())) & unknown:
        return Verdict(check, CheckOutcome.SKIPPED, None, f"not in this file: {', '.join(sorted(needed))}")
    if profile.rows < check.rows:
        return Verdict(check, CheckOutcome.SKIPPED, None, f"{profile.rows:,} rows are too few to tell")
    own = _told(check, _own(check, report, profile, beside), unknown)
    learned = _learned(check, own, beside)
    if not own or (learned is None and check.lowest is None and check.highest is None):
        reason = "nothing to compare with" if check.compare else "no row tells"
        return Verdict(check, CheckOutcome.SKIPPED, None, reason)
    for key, (value, _) in own.items():
        if not check.passes(value):
            return _not_passed(check, key, value, check.lowest, check.highest)
    if learned is None:
        worst = max(value for value, _ in own.values())
        return Verdict(check, CheckOutcome.PASSED, worst, "", check.lowest, check.highest)
    lowest, highest = (bound if math.isfinite(bound) else None for bound in (learned.lowest, learned.highest))
    if learned.times > 1:
        return _not_passed(check, learned.key, learned.value, lowest, highest, " in comparable months")
    return Verdict(check, CheckOutcome.PASSED, learned.value, "", lowest, highest)


def _not_passed(
    check: Check, key: str, value: float, lowest: float | None, highest: float | None, where: str = ""
) -> Verdict:
    message = f"{check.what}:{f' {key}' if key else ''} {value:.4g}, {_bounds(lowest, highest)}{where}"
    outcome = CheckOutcome.FAILED if check.severity == Severity.FAIL else CheckOutcome.WARNED
    return Verdict(check, outcome, value, message, lowest, highest)


def _explained(verdict: Verdict, passed: set[str]) -> Verdict:
    """The verdict, only a warning where the check passed that would not if the file was damaged."""
    if verdict.outcome != CheckOutcome.FAILED or verdict.check.unless not in passed:
        return verdict
    return replace(verdict, outcome=CheckOutcome.WARNED, message=f"{verdict.message}; {verdict.check.unless} passes")


def _own(check: Check, report: CleaningReport, profile: Profile, beside: Beside) -> Values:
    """The month's values by key; none where nothing tells."""
    if check.compare:
        return COMPARISONS[check.compare](profile, beside)
    if check.refused:
        lines = report["rows_quarantined"] if check.refused == "any" else report["reasons"].get(check.refused, 0)
        return likeness.only(lines / report["rows_in"]) if report["rows_in"] else {}
    return _given(report["measures"].get(check.name))


def _told(check: Check, values: Values, unknown: frozenset[str]) -> Values:
    """The values without those of columns that are not in the month's file."""
    if check.compare not in BY_COLUMN:
        return values
    return {key: value for key, value in values.items() if key.rpartition(" ")[2] not in unknown}


def _learned(check: Check, own: Values, beside: Beside) -> Distance | None:
    """How far the month is from what other months learn the limits from; None where the check learns none."""
    if check.usual_within is None:
        return None
    before, after = ([_of(check, other, beside) for other in side] for side in beside.others.of(check.name))
    found = likeness.farthest(own, before, after, check.usual_within, check.side)
    return likeness.as_ratios(found) if found and check.compare in LOGARITHMS else found


def _of(check: Check, other: Profile, beside: Beside) -> Values:
    """The values of a month that is compared with."""
    return COMPARISONS[check.compare](other, beside) if check.compare else _given(other.measures.get(check.name))


def _given(value: float | None) -> Values:
    return {} if value is None else likeness.only(value)


def _bounds(lowest: float | None, highest: float | None) -> str:
    at_least = "" if lowest is None else f"at least {lowest:.4g}"
    at_most = "" if highest is None else f"at most {highest:.4g}"
    return " and ".join(bound for bound in (at_least, at_most) if bound)
