"""The way of a cleaned month to its readers: the quality gates, the partition, and what the ledger is to know of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import hdfs

from aero.datasets import CHECKS, FLIGHTS, FLIGHTS_QUARANTINE
from aero.ops import gates, months, tables
from aero.ops.comparisons import LEAST_ROWS, Others
from aero.ops.gates import Verdict
from aero.ops.months import Ledger, Month, MonthEntry
from aero.ops.profile import PROFILE, Profile
from luigi_tasks import partitions

# Months to compare with: the nearest two before and one after, and the same month of the nearest three years.
NEAR_MONTHS = 3
OTHER_YEARS = 5


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
    severity: str
    outcome: str
    value: float | None
    lowest: float | None
    highest: float | None
    message: str | None


class Publication:
    """Publishes `candidates`, the months of one run. `accept` and `give_up` only keep what became of each; `publish` says it
    to aero_ops in one go, a file of checks a run and the ledger, and has readers see the months that were accepted."""

    def __init__(self, cursor, client: hdfs.Client, run_id: str, candidates: list[Month]):
        self.cursor = cursor
        self.client = client
        self.run_id = run_id
        self.ledger: Ledger = months.read(client)
        self._seen = partitions.locations(cursor, FLIGHTS, candidates)
        self._accepted: dict[Month, dict] = {}
        self._checks: list[CheckRow] = []
        self._changes: dict = {}
        self._profiles: dict[str, Profile | None] = {}

    def accept(self, year: int, month: int, load_id: str, report: dict) -> str:
        """Have a clean load published if it passes the gates. Returns why it may not be, or an empty string.

        A load that readers see already is not judged again.
        """
        counts = {name: report[name] for name in ("rows_in", "rows_clean", "rows_quarantined")}
        if self._seen.get((year, month)) != FLIGHTS.load_path(load_id, year, month):
            verdicts = self._judge(year, month, load_id, report)
            counts |= {
                f"checks_{outcome}": [verdict.outcome for verdict in verdicts].count(outcome)
                for outcome in (gates.FAILED, gates.WARNED)
            }
            refusal = gates.refusal(verdicts)
            if refusal:
                known = {"load_id": load_id, "loaded_at": tables.now(), **counts}
                self._remember(year, month, months.failed, message=refusal, **known)
                return refusal
        self._accepted[year, month] = {"load_id": load_id, **counts}
        self._remember(year, month, months.published, at=tables.now(), **self._accepted[year, month])
        return ""

    def give_up(self, year: int, month: int, load_id: str, message: str) -> None:
        """A month that could not be cleaned."""
        self._remember(year, month, months.failed, message=message, load_id=load_id, loaded_at=tables.now())

    def publish(self) -> None:
        """Let readers see what was accepted, and say to aero_ops what was done.

        The checks are written first: killed after that, the next run judges again, and none of its verdicts is missing.
        """
        if self._checks:
            tables.add(self.client, CHECKS, self.run_id, self._checks)
        for dataset, before in ((FLIGHTS_QUARANTINE, None), (FLIGHTS, self._seen)):
            loads = {month: dataset.load_path(known["load_id"], *month) for month, known in self._accepted.items()}
            partitions.publish(self.cursor, self.client, dataset, loads, before)
        at = tables.now()
        for month, known in self._accepted.items():
            self._remember(*month, months.published, at=at, **known)
        months.change(self.client, self._changes)

    def _remember(self, year: int, month: int, changed, **known) -> None:
        change = partial(changed, **known)
        self._changes[year, month] = change
        self.ledger[year, month] = change(self.ledger.get((year, month)) or months.empty((year, month)))

    def _judge(self, year: int, month: int, load_id: str, report: dict) -> list[Verdict]:
        profile = self._profile(FLIGHTS.load_path(load_id, year, month))
        verdicts = gates.judge(f"{year}-{month:02d}", report, profile, self._others((year, month)))
        at = tables.now()
        for verdict in verdicts:
            check = verdict.check
            self._checks.append(
                CheckRow(
                    at,
                    FLIGHTS.name,
                    year,
                    month,
                    load_id,
                    check.name,
                    check.what,
                    check.severity,
                    verdict.outcome,
                    verdict.value,
                    check.lowest,
                    check.highest,
                    verdict.message or None,
                )
            )
        return verdicts

    def _others(self, month: Month) -> Others:
        """Months that readers see, or will when this run is done, of the same source, the month's own old load among them."""
        source = self.ledger[month].source if month in self.ledger else None
        comparable = {
            other: entry
            for other, entry in self.ledger.items()
            if entry.is_served and entry.source == source and (entry.served_rows or 0) >= LEAST_ROWS
        }
        distance = {other: _number(other) - _number(month) for other in comparable}
        near = [other for other in comparable if abs(distance[other]) <= NEAR_MONTHS]
        before = sorted((other for other in near if distance[other] < 0), reverse=True)[:2]
        after = sorted(other for other in near if distance[other] >= 0)[:2]
        years = [other for other in comparable if other[1] == month[1] and 0 < abs(other[0] - month[0]) <= OTHER_YEARS]
        nearest_years = sorted(years, key=lambda other: abs(distance[other]))[:3]
        return Others(self._profiles_of(nearest_years, comparable), self._profiles_of([*before, *after], comparable))

    def _profiles_of(self, chosen: list[Month], entries: dict[Month, MonthEntry]) -> tuple[Profile, ...]:
        profiles = [self._profile(entries[month].folder) for month in chosen if entries[month].folder]
        return tuple(profile for profile in profiles if profile is not None)

    def _profile(self, folder: str) -> Profile | None:
        """The profile beside a load; None of one that was written before there were any."""
        if folder not in self._profiles:
            path = f"{folder}/{PROFILE}"
            found = None
            if self.client.status(path, strict=False):
                with self.client.read(path) as file:
                    found = Profile.from_json(file.read())
            self._profiles[folder] = found
        return self._profiles[folder]


def _number(month: Month) -> int:
    return month[0] * 12 + month[1]
