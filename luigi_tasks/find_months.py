"""Which months of a range a source has that are not in place."""

from dataclasses import asdict, dataclass

import hdfs

from aero import connections, raw_versions
from aero.errors import AeroError
from aero.ops import months as ledgers
from aero.ops import readers
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import months_between
from luigi_tasks.run import Run
from luigi_tasks.sources import open_source
from luigi_tasks.sources.download import Refused
from luigi_tasks.sources.offers import Offer, Source

NOT_THERE = 404


@dataclass(frozen=True)
class Found:
    """One month. `outcome`: new, revised (the source says something else of it than when it was landed), unfinished
    (landed as it is, but readers do not see it), unchanged, absent, or unknown (the source could not be asked)."""

    when: str
    outcome: str
    message: str = ""


class FindMonths(Run):
    """Ask the source for every month of the range, fetching none. Its report is a list of Founds."""

    def output(self) -> HdfsFile:
        return self.report("found")

    def run(self) -> None:
        source = open_source(self.source, self.family)
        months = months_between(self.start, self.end)
        client, ledger = connections.webhdfs(), readers.reconciled()
        offers = source.offers(months).files
        found = [_found(client, source, offer, ledger) for offer in offers if offer.month is not None]
        self.output().write([asdict(one) for one in found])


def _found(client: hdfs.Client, source: Source, offer: Offer, ledger: ledgers.Ledger) -> Found:
    try:
        revision = source.revision(offer)
    except AeroError as error:
        cause = error if isinstance(error, Refused) else error.__cause__
        is_absent = isinstance(cause, Refused) and cause.status == NOT_THERE
        return Found(str(offer), "absent" if is_absent else "unknown", error.problem)
    landed = raw_versions.current(client, offer.dataset, offer.year, offer.month)
    if landed is None:
        return Found(str(offer), "new")
    if not revision.is_still(landed.revision):
        return Found(str(offer), "revised")
    entry = ledger.get((offer.year, offer.month))
    is_in_place = entry is not None and entry.is_served and entry.state in (ledgers.PUBLISHED, ledgers.REVISED)
    return Found(str(offer), "unchanged" if is_in_place else "unfinished")
