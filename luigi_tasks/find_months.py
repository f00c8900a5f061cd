"""Which months of a range a source has that are not in place."""

import hdfs

from aero import connections, raw_versions
from aero.errors import AeroError
from aero.month import Month
from aero.ops import readers
from aero.ops.months import Ledger, MonthState
from aero.run_reports import Finding, Found
from luigi_tasks.run import Records, Run
from luigi_tasks.sources import open_source
from luigi_tasks.sources.download import Refused
from luigi_tasks.sources.offers import Offer, Source

NOT_THERE = 404


class FindMonths(Run):
    """Ask the source for every month of the range, fetching none. Its report is a list of Founds."""

    def output(self) -> Records[Found]:
        return self.records("found", Found)

    def run(self) -> None:
        source = open_source(self.source, self.family)
        client, ledger = connections.webhdfs(), readers.reconciled()
        offers = source.offers(self.months()).files
        self.output().write_records(
            _found(client, source, offer, offer.when, ledger) for offer in offers if offer.when is not None
        )


def _found(client: hdfs.Client, source: Source, offer: Offer, month: Month, ledger: Ledger) -> Found:
    try:
        revision = source.revision(offer)
    except AeroError as error:
        cause = error if isinstance(error, Refused) else error.__cause__
        is_absent = isinstance(cause, Refused) and cause.status == NOT_THERE
        return Found(month, Finding.ABSENT if is_absent else Finding.UNKNOWN, error.problem)
    landed = raw_versions.current(client, offer.dataset, *month)
    if landed is None:
        return Found(month, Finding.NEW)
    if not revision.is_still(landed.revision):
        return Found(month, Finding.REVISED)
    entry = ledger.get(month)
    is_in_place = entry is not None and entry.is_served and entry.state in (MonthState.PUBLISHED, MonthState.REVISED)
    return Found(month, Finding.UNCHANGED if is_in_place else Finding.UNFINISHED)
