"""Rebuild the partitions of the batch views that changed months touch, and publish them."""

import luigi

from aero import connections
from aero.ops import months as ledger
from aero.ops import rollback
from aero.run_reports import BuiltView, ViewOutcome
from luigi_tasks import views
from luigi_tasks.clean_flights import CleanFlights
from luigi_tasks.run import Records, Run


class BuildViews(Run):
    """Build what is not built of the years in the range from the flights that readers see.

    Those of a year in which months were cleaned are built when the year is published (CleanFlights): they count here.
    Years of pinned months are among them: a rollback has their views built.
    """

    def requires(self) -> luigi.Task:
        return self.clone(CleanFlights)

    def output(self) -> Records[BuiltView]:
        return self.records("views", BuiltView)

    def run(self) -> None:
        self.hold_lease()
        client = connections.webhdfs()
        years = {cleaning.year for cleaning in self.input().records()}
        years |= {month.year for month in rollback.pins(ledger.read(client), self.months())}
        before = {str(one): one for one in views.built_by_year(self).records() if one.outcome == ViewOutcome.BUILT}
        became = views.build(client, years, self.run_id, self.why)
        self.output().write_records(
            before.get(str(one), one) if one.outcome == ViewOutcome.UNCHANGED else one for one in became
        )
