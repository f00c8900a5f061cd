"""Move the states of flights that are too old for HBase into ORC."""

from datetime import date, timedelta

import luigi

from aero import connections, hql, lease
from aero.datasets import LIVE_FLIGHT_STATE, LIVE_FLIGHTS
from aero.live import store
from aero.month import Month
from aero.ops.publications import Why
from luigi_tasks import partitions
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.run import Reported


class ArchiveLiveFlights(Reported):
    """States older than `days` go to aero_clean.live_flights and then out of HBase, with their places in its indexes.

    Days are counted back by the clock of the live flights, which a replay sets to the past. The hourly windows stay:
    they are few. Killed between the two steps and run again, each flight is there once. HBase remembers a deletion
    until its next major compaction, a week at most: until then a replay does not bring such a flight back.
    """

    days = luigi.IntParameter(default=30, description="How long states stay in HBase")

    def output(self) -> HdfsFile:
        return self.report("archive")

    def run(self) -> None:
        lease.hold("an archiving of live flights")
        with store.opened() as hbase:
            clock = store.clock(hbase)
        before = clock.date() - timedelta(days=self.days) if clock else date.min
        months = _archived(before, self.run_id) if clock else []
        deleted = _dropped(before) if months else 0
        self.output().write({"before": before.isoformat(), "months": months, "flights": deleted})


def _archived(before: date, run_id: str) -> list[str]:
    """Write and publish every month that has old states; the months."""
    client = connections.webhdfs()
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, LIVE_FLIGHT_STATE.hql("months_before"), {"before": before})
        months = sorted(Month(*row) for row in cursor.fetchall())
        for month in months:
            location = LIVE_FLIGHTS.load_path(run_id, *month)
            parameters = {"location": location, "year": month.year, "month": month.month, "before": before}
            hql.run(cursor, LIVE_FLIGHTS.hql("load"), parameters)
            partitions.publish(cursor, client, LIVE_FLIGHTS, {month: location}, run_id, Why.ARCHIVE)
    return [str(month) for month in months]


def _dropped(before: date) -> int:
    """Delete the old states and their places in the indexes from HBase. Returns how many states."""
    with store.opened() as hbase:
        return store.drop_before(hbase, before)
