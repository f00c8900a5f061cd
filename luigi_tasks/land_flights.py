"""Land a range of months of BTS flights in the raw layer."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial

import hdfs
import requests

from aero import connections, raw_versions
from aero.errors import AeroError
from aero.ops import months as months_ledger
from aero.raw_versions import Manifest
from luigi_tasks import spark_job
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.landing import raw
from luigi_tasks.landing.land_file import land_file
from luigi_tasks.landing.progress import LandingProgress
from luigi_tasks.run import Run
from luigi_tasks.sources import open_source
from luigi_tasks.sources.offers import Month, Offer, Offers, Progress, Source


@dataclass(frozen=True)
class Landing:
    """What became of one month that was asked for.

    `outcome`: landed (new), revised (the source has other bytes than before), unchanged, failed (see `message`), absent
    (the source has no such month), or superseded (it stands in a Data Expo year, but there is a file of its own, which
    is the one to use). `path` is the HDFS path of the readable file. The fields after `message` are the current
    version's, and None where there is nothing to use; each month of a Data Expo year has those of the year.
    `year` and `month` are None for a file of which nobody can tell the month.
    """

    year: int | None
    month: int | None
    outcome: str
    message: str = ""
    dataset: str | None = None
    family: str | None = None
    layout: str | None = None
    version: str | None = None
    path: str | None = None
    sha256: str | None = None
    rows: int | None = None
    size: int | None = None
    source: str | None = None
    landed_at: str | None = None

    @property
    def when(self) -> str:
        return "?" if self.year is None else f"{self.year}-{self.month:02d}"


# They land in a minute or a few: as long as an idle Spark may wait for them.
FEW_FILES = 12
RAW = "raw"  # As a source: what was landed before is loaded again, nothing is looked for elsewhere.
Watch = Callable[[Offer], AbstractContextManager[Progress]]
Tell = Callable[[Landing], None]
EndsSoon = Callable[[], None]


class LandFlights(Run):
    """Try every month from `start` to `end`, and write what became of each to HDFS. Spark, which takes some 15 s to start,
    does so while the last files land.

    Months that fail do not fail the task: those that came are to be loaded first. Whoever runs last reads the report
    (`output().read()`, a list of Landings as JSON objects) and raises for them.
    """

    def output(self) -> HdfsFile:
        return self.report("landing")

    def run(self) -> None:
        months = months_between(self.start, self.end)
        if self.source == RAW:
            self.output().write([asdict(landing) for landing in landed_before(months, self.family)])
            return
        source = open_source(self.source, self.family)
        with LandingProgress() as progress:
            landings = land_months(source, months, self.threads, progress.watch, progress.tell, spark_job.begin)
        _write_down(landings)
        self.output().write([asdict(landing) for landing in landings])


def landed_before(months: Sequence[Month], family: str | None) -> list[Landing]:
    """The newest raw version of each month, as it lies there; months of which there is none are left out.

    Of which family a month is, if not told, the ledger knows, or what is there.
    """
    client = connections.webhdfs()
    ledger = months_ledger.read(client)
    landings = []
    for month in months:
        entry = ledger.get(month)
        known = family or (entry and entry.family)
        families = [known] if known else ["reporting", "marketing"]
        found = next((one for one in (raw_versions.of_month(client, name, *month) for name in families) if one), None)
        if found:
            landings.append(_of_version(month, "unchanged", found))
    return landings


def months_between(start: date, end: date) -> list[Month]:
    """(year, month) from `start`'s month to `end`'s, both included. Raises AeroError where the end comes first."""
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    if last < first:
        raise AeroError(f"--to {end:%Y-%m} is before --from {start:%Y-%m}", "Swap them.")
    return [(number // 12, number % 12 + 1) for number in range(first, last + 1)]


def land_months(
    source: Source, months: Sequence[Month], parallel: int, watch: Watch, tell: Tell, ends_soon: EndsSoon
) -> list[Landing]:
    """Land what `source` has of `months`, `parallel` files at a time: the Landings of all months, in their order.

    A file that fails does not stop the others. `watch` gives each file its Progress, `tell` hears each Landing at once.
    `ends_soon` is called, once or more, when something was landed and FEW_FILES are to come at most. Raises AeroError
    where HDFS does not answer at the start, and what `ends_soon` raises.
    """
    _prepare_hdfs()

    def land_and_tell(offer: Offer) -> list[Landing]:
        return _told(_try_to_land(source, offer, months, watch), tell)

    offers = source.offers(months)
    landings = _told([Landing(*fault.month or (None, None), "failed", fault.message) for fault in offers.faults], tell)
    to_come = len(offers.files)
    with ThreadPoolExecutor(parallel) as pool:
        for is_year in (False, True):  # years come last: by then it is known which months have files of their own
            files = [offer for offer in offers.files if (offer.month is None) == is_year]
            for landed in pool.map(land_and_tell, files):
                landings += landed
                to_come -= 1
                if to_come <= FEW_FILES and any(one.outcome in ("landed", "revised") for one in landings):
                    ends_soon()
    landings += _told(_not_there(source, offers, months, landings), tell)
    return sorted(landings, key=lambda landing: (landing.year or 0, landing.month or 0, landing.dataset or ""))


def _try_to_land(source: Source, offer: Offer, months: Sequence[Month], watch: Watch) -> list[Landing]:
    """What became of those `months` that one file covers."""
    asked = [month for month in months if offer.covers(month)]
    try:
        with watch(offer) as progress:
            outcome, manifest = land_file(source, offer, progress)
        return [_of_version(month, outcome, manifest) for month in asked if month[1] in manifest.months]
    except AeroError as error:
        return [Landing(*month, "failed", str(error)) for month in asked]
    except (hdfs.HdfsError, requests.RequestException, OSError) as error:
        return [Landing(*month, "failed", f"{offer.name}: {type(error).__name__}: {error}") for month in asked]


def _of_version(month: Month, outcome: str, manifest: Manifest) -> Landing:
    used = raw_versions.of_month(connections.webhdfs(), manifest.family, *month)
    if used.dataset != manifest.dataset:
        return Landing(*month, "superseded", f"{used.file} is used, the month's own file")
    message = "" if manifest.in_table_order else "its columns stand in another order than the raw table's"
    same = "dataset family layout version path sha256 rows size source landed_at".split()
    return Landing(*month, outcome, message, **{name: getattr(manifest, name) for name in same})


def _not_there(source: Source, offers: Offers, months: Sequence[Month], landings: list[Landing]) -> list[Landing]:
    """The months that nothing became of; a failure where the source has none at all of those asked for."""
    outcome = "absent" if offers.files or offers.faults else "failed"
    known = {(landing.year, landing.month) for landing in landings}
    message = f"the source {source.name} does not have this month"
    return [Landing(*month, outcome, message) for month in months if month not in known]


def _write_down(landings: Sequence[Landing]) -> None:
    """What the month ledger is to know of it: the raw files, and the months that failed."""
    changes = {}
    for landing in landings:
        if landing.path:
            changes[landing.year, landing.month] = partial(
                months_ledger.landed,
                family=landing.family,
                source=landing.source,
                raw_file=landing.path,
                raw_bytes=landing.size,
                raw_sha256=landing.sha256,
                landed_at=datetime.fromisoformat(landing.landed_at),
            )
        elif landing.outcome == "failed" and landing.year:
            changes[landing.year, landing.month] = partial(months_ledger.failed, message=landing.message)
    months_ledger.change(connections.webhdfs(), changes)


def _told(landings: list[Landing], tell: Tell) -> list[Landing]:
    for landing in landings:
        tell(landing)
    return landings


def _prepare_hdfs() -> None:
    """See that HDFS answers, and clear what killed landings left long ago."""
    client = connections.webhdfs()
    try:
        raw.sweep(client)
    except requests.ConnectionError as refused:
        raise AeroError(f"HDFS does not answer at {client.url}", "Start it: aero up") from refused
