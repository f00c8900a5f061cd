"""The way of a cleaned month to its readers: the quality gates, the partition, and what the ledger is to know of it."""

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from typing import Any

import hdfs

from aero import lease, metastore, webhdfs
from aero.datasets import CHECKS, FLIGHTS, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import acceptances, cleaning_report, gates, months, tables
from aero.ops.acceptances import Acceptance
from aero.ops.checks import ROWS_AS_LANDED
from aero.ops.cleaning_report import CleaningReport
from aero.ops.comparisons import LEAST_ROWS, Others, chosen
from aero.ops.gates import CheckOutcome, CheckRow, Verdict
from aero.ops.months import Ledger, MonthEntry
from aero.ops.profile import PROFILE, Profile
from aero.ops.publications import Why
from aero.steps import step
from luigi_tasks import partitions

# A month is compared with those of two years, and a profile takes three megabytes once it was compared.
PROFILES_KEPT = 60


class Publication:
    """The audit and the publishing of the months of one run.

    `accept` and `give_up` only keep what became of each month. `publish`, called once or after each batch, writes the
    checks, a file a run, has readers see the months that were accepted, and writes the ledger, in this order: killed in
    between, the next run judges again what readers do not see yet, and brings the ledger up to what they see.
    """

    def __init__(self, client: hdfs.Client, run_id: str, why: Why = Why.LOAD) -> None:
        self.client = client
        self.run_id = run_id
        self.why = why
        self.ledger: Ledger = months.read(client)
        self._seen = metastore.locations(FLIGHTS)
        self._accepted: dict[Month, dict[str, Any]] = {}
        self._checks: list[CheckRow] = []
        self._changes: dict[Month, Callable[[MonthEntry], MonthEntry]] = {}
        self._profiles: dict[str, Profile | None] = {}

    def accept(self, raw: RawMonth, report: CleaningReport) -> str:
        """Have a clean load published if it passes the gates. Returns why it may not be, or an empty string.

        A load that readers see already is not judged again.
        """
        known: dict[str, Any] = {"load_id": raw.load_id, **cleaning_report.counts(report)}
        if self._seen.get(raw.when) != raw.folder():
            verdicts = self._judge(raw, report)
            outcomes = [verdict.outcome for verdict in verdicts]
            known["checks_failed"] = outcomes.count(CheckOutcome.FAILED)
            known["checks_warned"] = outcomes.count(CheckOutcome.WARNED)
            refusal = gates.refusal(verdicts)
            if refusal:
                self._remember(raw.when, months.failed, message=refusal, loaded_at=tables.now(), **known)
                return refusal
        self._accepted[raw.when] = known
        self._remember(raw.when, months.published, at=tables.now(), **known)
        return ""

    def give_up(self, raw: RawMonth, message: str) -> None:
        """A month that could not be cleaned."""
        self._remember(raw.when, months.failed, message=message, load_id=raw.load_id, loaded_at=tables.now())

    def publish(self, cursor: Any) -> None:
        """Let readers see what was accepted, and write to aero_ops what was done.

        The checks are written first: killed after that, the next run judges again, and none of its verdicts is missing.
        """
        held = lease.hold(f"a publication of {FLIGHTS.name}")
        held.check()
        if self._checks:
            tables.add(self.client, CHECKS, self.run_id, self._checks)
        step("checks written")
        for dataset in (FLIGHTS_QUARANTINE, FLIGHTS):
            loads = {month: dataset.load_path(known["load_id"], *month) for month, known in self._accepted.items()}
            partitions.publish(cursor, self.client, dataset, loads, self.run_id, self.why)
        at = tables.now()
        for month, known in self._accepted.items():
            self._remember(month, months.published, at=at, **known)
        held.check()
        months.change(self.client, self._changes)
        step("publication in ledger")
        self._accepted, self._changes = {}, {}

    def _remember(self, month: Month, changed: Callable[..., MonthEntry], **known: Any) -> None:
        change = partial(changed, **known)
        self._changes[month] = change
        self.ledger[month] = change(self.ledger.get(month) or months.empty(month))

    def _judge(self, raw: RawMonth, report: CleaningReport) -> list[Verdict]:
        profile = self._profile(raw.folder())
        if profile is None:
            raise AeroError(
                f"hdfs:{raw.folder()} has a report but no {PROFILE}", "Delete its _report.json and load it again."
            )
        judged = gates.judge(raw.when, report, profile, self._others(raw), lacks=raw.lacks)
        verdicts = [counted(raw, report), *judged]
        verdicts = acceptances.overruled(self.client, raw.when, raw.load_id, verdicts)
        at = tables.now()
        self._checks += [CheckRow.judged(verdict, FLIGHTS, raw.when, raw.load_id, at) for verdict in verdicts]
        return verdicts

    def _others(self, raw: RawMonth) -> Others:
        """Months that readers see, or will when this run is done, of the family and from the source that the load was
        made from, the month's own old load among them.
        """
        month = raw.when
        source = months.source_of(self.ledger[month], raw.load_id) if month in self.ledger else None
        comparable = {
            other: FLIGHTS.load_path(entry.served_load_id, *other)
            for other, entry in self.ledger.items()
            if entry.is_served and entry.served_source == source and (entry.served_rows or 0) >= LEAST_ROWS
            if entry.served_load_id and entry.served_family in (None, raw.family)
        }
        before, after = chosen(month, comparable)
        overruled = {other: self._overruled(other) for other in (*before, *after)}
        return Others(self._profiles_of(before, comparable), self._profiles_of(after, comparable), overruled)

    def _overruled(self, month: Month) -> set[str]:
        """The checks that a person overruled for what readers see of a month."""
        return {one.check_name for one in acceptances.of_served(self._acceptances, self.ledger[month])}

    @cached_property
    def _acceptances(self) -> list[Acceptance]:
        return acceptances.read(self.client)

    def _profiles_of(self, side: list[Month], folders: dict[Month, str]) -> tuple[Profile, ...]:
        profiles = [self._profile(folders[other]) for other in side]
        return tuple(profile for profile in profiles if profile is not None)

    def _profile(self, folder: str) -> Profile | None:
        """The profile beside a load; None of one that was written before there were any, or whose is damaged."""
        if folder not in self._profiles:
            if len(self._profiles) >= PROFILES_KEPT:
                del self._profiles[next(iter(self._profiles))]
            path, self._profiles[folder] = f"{folder}/{PROFILE}", None
            if webhdfs.exists(self.client, path):
                with suppress(ValueError, TypeError, KeyError, AttributeError):
                    self._profiles[folder] = Profile.of(webhdfs.read_json(self.client, path))
        return self._profiles[folder]


def counted(raw: RawMonth, report: CleaningReport) -> Verdict:
    """Whether a load was cleaned of every line that landing counted, once each."""
    if raw.rows is None:
        return Verdict(ROWS_AS_LANDED, CheckOutcome.SKIPPED, None, "the landing did not count them by month")
    if raw.rows == report["rows_in"]:
        return Verdict(ROWS_AS_LANDED, CheckOutcome.PASSED, raw.rows, "", raw.rows, raw.rows)
    message = f"{report['rows_in']:,} lines were cleaned, of {raw.rows:,} that landing counted in {raw.file}"
    return Verdict(ROWS_AS_LANDED, CheckOutcome.FAILED, report["rows_in"], message, raw.rows, raw.rows)
