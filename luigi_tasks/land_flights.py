"""Land a range of months of BTS flights in the raw layer."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from aero import bts_names, connections, lease, raw_versions
from aero.errors import AeroError, Away
from aero.month import Month
from aero.ops import months as ledger
from aero.ops import rollback
from aero.ops.months import MonthEntry
from aero.run_reports import Landing, LandingOutcome
from aero.steps import step
from luigi_tasks import spark_job
from luigi_tasks.landing.land_months import land_months, of_version
from luigi_tasks.landing.progress import LandingProgress
from luigi_tasks.landing.table import reading
from luigi_tasks.run import Records, Run
from luigi_tasks.sources.families import in_words_where_unusual, open_families, served

RAW = "raw"  # As a source: what was landed before is loaded again, nothing is looked for elsewhere.


class LandFlights(Run):
    """Try every month from `start` to `end`, and write what became of each to HDFS: a list of Landings. Where no family
    is asked for, a month that readers see is landed from the family that it is served from. Pinned months are passed
    over, and said.

    Spark, which takes some 15 s to start, does so while the last files land. Months that fail do not fail the task:
    those that came are to be loaded first. LoadFlights reads the report at the end and raises for them.
    """

    def output(self) -> Records[Landing]:
        return self.records("landing", Landing)

    def run(self) -> None:
        held = self.hold_lease()
        known = ledger.read(connections.webhdfs())
        pins = rollback.pins(known, self.months())
        for line in pins.values():
            print(line, file=sys.stderr, flush=True)
        passed = [Landing(*month, LandingOutcome.PINNED, line) for month, line in pins.items()]
        asked = [month for month in self.months() if month not in pins]
        if asked and self.source == RAW:
            passed += landed_before(asked, self.family)
        elif asked:
            passed += self._landed(held, asked, known)
        self.output().write_records(sorted(passed, key=lambda one: one.when or asked[0]) if pins else passed)

    def _landed(self, held: lease.Lease, asked: Sequence[Month], known: ledger.Ledger) -> list[Landing]:
        families = served(asked, self.family, known)
        how = reading(self.header_from, self.ignore_columns)
        source = open_families(self.source, self.family, families, how)
        with LandingProgress() as progress:
            for line in () if self.family else in_words_where_unusual(self.source, families):
                progress.say(line)
            landings = land_months(
                source,
                asked,
                self.threads,
                progress.watch,
                progress.tell,
                spark_job.begin,
                progress.say,
                self.replace_richer,
            )
        held.check()
        _write_to_ledger(landings)
        step("landing in ledger")
        return landings


def landed_before(months: Iterable[Month], family: str | None) -> list[Landing]:
    """The newest raw version of each month, as it lies there; months without one are left out, and one whose manifest
    cannot be read has failed.

    Where no family is given, a month's is the one that it is served from, or was landed from, or that is there.
    """
    client = connections.webhdfs()
    known = ledger.read(client)
    landings = []
    for month in months:
        entry = known.get(month) or ledger.empty(month)
        own = family or entry.served_family or entry.family
        families = [own] if own else list(raw_versions.MONTHLY)
        try:
            found = next(filter(None, (raw_versions.of_month(client, name, *month) for name in families)), None)
            landings += [of_version(month, LandingOutcome.UNCHANGED, found)] if found else []
        except Away:  # HDFS tells nothing of the month.
            raise
        except AeroError as damage:
            landings.append(Landing(*month, LandingOutcome.FAILED, str(damage)))
    return landings


def _write_to_ledger(landings: Sequence[Landing]) -> None:
    """Write to the month ledger which raw files are there, and which months failed."""
    changes: dict[Month, Callable[[MonthEntry], MonthEntry]] = {}
    for landing in landings:
        if landing.when and landing.landed_at and landing.family:
            changes[landing.when] = partial(
                ledger.landed,
                family=landing.family,
                source=landing.source,
                raw_file=landing.path,
                raw_bytes=landing.size,
                raw_sha256=landing.sha256,
                landed_at=datetime.fromisoformat(landing.landed_at),
                raw_columns=bts_names.in_words(landing.family, landing.lacks) if landing.lacks else None,
                raw_lacks=" ".join(landing.lacks) or None,
            )
        elif landing.when and landing.outcome == LandingOutcome.FAILED:
            changes[landing.when] = partial(ledger.not_landed, message=landing.message)
    ledger.change(connections.webhdfs(), changes)
