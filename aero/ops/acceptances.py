"""What people let through, aero_ops.acceptances: gates of a month's load that somebody overruled, and why.

An acceptance is for what was refused: the same bytes of the month, cleaned by the same version, a rebuild of them too.
Other bytes, another cleaning version and every other gate are judged as ever. It is kept before the month is loaded
again: killed in between, the next load of the month publishes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

import hdfs

from aero import lease, load_plan, webhdfs
from aero.datasets import ACCEPTANCES, FLIGHTS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import checks, months, tables
from aero.ops.gates import CheckOutcome, Verdict
from aero.ops.months import MonthState
from aero.steps import step

# The gates that nobody can overrule, and why.
NOT_OVERRULED = {
    "rows_as_landed": "lines of the file are missing from the load, or in it twice, whatever the flights were like"
}


@dataclass(frozen=True)
class Acceptance:
    """One gate that was overruled; fields as hive/aero_ops/acceptances/create.hql says them, in its order."""

    accepted_at: datetime
    table_name: str
    year: int
    month: int
    month_date: date
    load_id: str
    raw_sha256: str
    check_name: str
    message: str | None
    accepted_by: str
    because: str

    def is_of(self, month: Month, load_id: str) -> bool:
        """Whether it holds for a load of the month."""
        return (self.year, self.month) == month and load_plan.content(self.load_id) == load_plan.content(load_id)


@dataclass(frozen=True)
class Plan:
    """What `aero accept` is to do for a month. `load_id` is the load that was refused, `new` the gates to overrule with
    what each said, `known` what was overruled before, as by a command that was killed, and `left` the gates that refuse
    the load nevertheless.
    """

    month: Month
    load_id: str
    family: str | None
    raw_sha256: str
    new: dict[str, str | None]
    known: list[Acceptance]
    left: list[str]

    @property
    def rebuild(self) -> str | None:
        """The stamp of the rebuild that made the load; None if none did."""
        return load_plan.rebuild_of(self.load_id)


def read(client: hdfs.Client, month: Month | None = None) -> list[Acceptance]:
    """All acceptances, or those of one month, the newest last."""
    suffix = f"-{month}.tsv" if month else ".tsv"
    names = sorted(name for name in webhdfs.names(client, ACCEPTANCES.path) if name.endswith(suffix))
    return [one for name in names for one in tables.read_file(client, f"{ACCEPTANCES.path}/{name}", Acceptance)[0]]


def overruled(client: hdfs.Client, month: Month, load_id: str, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts on a load, `accepted` where a gate failed that somebody overruled for it."""
    if not any(verdict.outcome == CheckOutcome.FAILED for verdict in verdicts):
        return list(verdicts)
    held = {one.check_name: one for one in read(client, month) if one.is_of(month, load_id)}
    return [_overruled(verdict, held.get(verdict.check.name)) for verdict in verdicts]


def _overruled(verdict: Verdict, by: Acceptance | None) -> Verdict:
    if by is None or verdict.outcome != CheckOutcome.FAILED or verdict.check.name in NOT_OVERRULED:
        return verdict
    message = f"{verdict.message}; accepted by {by.accepted_by}: {by.because}"
    return replace(verdict, outcome=CheckOutcome.ACCEPTED, message=message)


def planned(client: hdfs.Client, month: Month, judged: Iterable[Mapping[str, Any]], named: Sequence[str] = ()) -> Plan:
    """What there is to overrule of a month that was refused: the `named` gates, by default all that refused it.

    `judged` are its rows of aero_ops.checks. Raises AeroError where the month was not refused, is pinned, or a gate is
    named that did not refuse it or cannot be overruled.
    """
    entry = _refused(months.read(client).get(month) or months.empty(month))
    failed = _failed([row for row in judged if row["load_id"] == entry.load_id])
    if not failed or entry.load_id is None:
        raise AeroError(f"No gate refused {month}: {entry.message}", "Mend that, and load the month again.")
    if not entry.raw_file or not entry.raw_sha256:
        raise AeroError(f"The raw file of {month} is there no longer.", "Land it again: aero load")
    for name in failed.keys() & NOT_OVERRULED.keys():
        raise AeroError(
            f"{month}: {name} cannot be overruled: {failed[name]}; {NOT_OVERRULED[name]}.",
            f"Load the month again: aero rebuild --from {month} --to {month}",
        )
    if strange := [name for name in named if name not in failed]:
        raise AeroError(
            f"{', '.join(strange)} did not refuse {month} when it was judged last.",
            f"These gates did: {', '.join(failed)}",
        )
    known = [one for one in read(client, month) if one.is_of(month, entry.load_id)]
    open_ = {name: message for name, message in failed.items() if name not in {one.check_name for one in known}}
    new = {name: message for name, message in open_.items() if not named or name in named}
    left = [name for name in open_ if name not in new]
    return Plan(month, entry.load_id, entry.family, entry.raw_sha256, new, known, left)


def _refused(entry: months.MonthEntry) -> months.MonthEntry:
    """The entry of a month whose newest load was not published. Raises AeroError for every other."""
    month = entry.when
    if entry.pinned_load_id:
        raise AeroError(months.pin_in_words(entry), "Loads pass it over until then; accept it after that.")
    if entry.state != MonthState.FAILED:
        raise AeroError(
            f"{month} is {entry.state}: no gate refused it last, so there is nothing to accept.",
            "See what was refused: aero months --failed",
        )
    return entry


def _failed(rows: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The gates that refused a load when it was judged last, or would have if nobody had overruled them, as where the
    run was killed after that; with what each said.
    """
    return {
        row["check_name"]: row["message"]
        for row in checks.newest(rows)
        if row["outcome"] in (CheckOutcome.FAILED, CheckOutcome.ACCEPTED)
    }


def keep(client: hdfs.Client, plan: Plan, by: str, because: str) -> list[Acceptance]:
    """Write down that somebody overrules what the plan says. Returns all that holds for the load then.

    Raises lease.Lost where another writer took this process' place.
    """
    now = datetime.now(UTC)
    new = [
        Acceptance(
            accepted_at=now.replace(microsecond=0),
            table_name=FLIGHTS.name,
            year=plan.month.year,
            month=plan.month.month,
            month_date=plan.month.first_day,
            load_id=plan.load_id,
            raw_sha256=plan.raw_sha256,
            check_name=name,
            message=message,
            accepted_by=by,
            because=because,
        )
        for name, message in plan.new.items()
    ]
    if new:
        lease.hold(f"an acceptance of {plan.month}").check()
        tables.add(client, ACCEPTANCES, f"{now:%Y%m%dT%H%M%S.%fZ}-{plan.month}", new)
        step("acceptance kept")
    return [*plan.known, *new]


def published(client: hdfs.Client, plan: Plan) -> months.MonthEntry:
    """The month's entry after its load. Raises AeroError where readers do not see what was accepted."""
    entry = months.read(client).get(plan.month)
    if entry is None or entry.served_load_id != plan.load_id:
        raise AeroError(
            f"The load did not publish {plan.load_id} of {plan.month}, for which the gates are overruled.",
            "Something else was landed meanwhile, or is cleaned otherwise by now: see aero months.",
        )
    return entry


def of_served(known: Iterable[Acceptance], entry: months.MonthEntry) -> list[Acceptance]:
    """Those of these acceptances that the load has which readers see of a month."""
    served = entry.served_load_id if entry.is_served else None
    return [one for one in known if served and one.is_of(entry.when, served)]


def in_words(known: Iterable[Acceptance]) -> str:
    """`accepted by ann: strike of the controllers (delayed_share, rows_as_expected)`; empty without any."""
    by_whom = groupby(known, key=lambda one: (one.accepted_by, one.because))
    return "; ".join(
        f"accepted by {by}: {because} ({', '.join(one.check_name for one in of_one)})"
        for (by, because), of_one in by_whom
    )
