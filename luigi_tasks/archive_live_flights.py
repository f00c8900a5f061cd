"""Move the states of flights that are too old for HBase into ORC, and delete what else of the live flights is."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import hdfs
import luigi

from aero import connections, hql, lease, webhdfs
from aero.datasets import LIVE_FLIGHTS, LIVE_FLIGHTS_MOVING
from aero.live import old_hours, old_states, store
from aero.live.old_states import State
from aero.month import Month
from aero.ops.publications import Why
from luigi_tasks import partitions
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.run import Reported

if TYPE_CHECKING:
    import happybase

MOVING = f"{LIVE_FLIGHTS_MOVING.path}/states.json"


class ArchiveLiveFlights(Reported):
    """States of which nothing was told for `days` go to aero_clean.live_flights and then out of HBase.

    Days are counted back from the clock of the live flights, which a replay sets to the past, to the newest event of
    each flight. What was read from HBase is kept in aero_clean.live_flights_moving; it is merged with what was moved
    before, column by column by the time at which each was told, and only it is deleted. So a flight that is told of
    again after it was moved loses nothing, and an event that comes meanwhile stays in HBase. Killed between two steps
    and run again, each flight is there once. HBase remembers a deletion until its next major compaction, a week at
    most: until then a replay does not bring such a flight back.

    Departures of hours that ended so long ago go too, and rows of the Live Log after `log_days` of real time.
    """

    days = luigi.IntParameter(default=30, description="How long states and departures stay in HBase")
    log_days = luigi.IntParameter(default=7, description="How long the Live Log has a row for each batch")

    def output(self) -> HdfsFile:
        return self.report("archive")

    def run(self) -> None:
        held = lease.hold("an archiving of live flights")
        client = connections.webhdfs()
        with store.opened() as hbase:
            clock = store.clock(hbase)
            before = clock - timedelta(days=self.days) if clock else None
            days, left = old_states.days(hbase), set[str]()
            months = _read(client, hbase, before, left) if before else []
        _publish(client, months, self.run_id)
        held.check()
        deleted = _delete(client, before, days, left) if before else 0
        self.output().write(
            {
                "before": before.isoformat() if before else "",
                "months": [str(month) for month in months],
                "flights": deleted,
                **_delete_older(before, datetime.now(UTC), timedelta(days=self.log_days)),
            }
        )


def _read(client: hdfs.Client, hbase: happybase.Connection, before: datetime, left: set[str]) -> list[Month]:
    """Write the old states of HBase to MOVING; their months. The days of the other states are added to `left`."""
    months = set()

    def lines() -> Iterator[bytes]:
        for state in old_states.read(hbase, before, left):
            months.add(state.month)
            yield json.dumps(state.row(), ensure_ascii=False).encode() + b"\n"
        lease.hold("an archiving of live flights").check()  # Behind this it is renamed over what another may merge.

    webhdfs.replace(client, MOVING, lines())
    return sorted(months)


def _publish(client: hdfs.Client, months: list[Month], run_id: str) -> None:
    """Write and publish every month that has old states."""
    if not months:
        return
    with connections.hive() as hive:
        cursor = hive.cursor()
        for month in months:
            location = LIVE_FLIGHTS.load_path(run_id, *month)
            hql.run(cursor, LIVE_FLIGHTS.hql("load"), {"location": location, "year": month.year, "month": month.month})
            partitions.publish(cursor, client, LIVE_FLIGHTS, {month: location}, run_id, Why.ARCHIVE)


def _delete(client: hdfs.Client, before: datetime, days: Mapping[str, int], left: set[str]) -> int:
    """Delete the states of MOVING, places in the indexes of flights without one, and of the `days` those that are not
    `left`. Returns how many states."""
    with tempfile.TemporaryFile() as lines, store.opened() as hbase, closing(old_states.connected()) as connection:
        with client.read(MOVING) as file:
            shutil.copyfileobj(file, lines)  # What WebHDFS answers cannot be read by lines.
        lines.seek(0)
        deleted = old_states.delete(connection, (State.of(json.loads(line)) for line in lines))
        old_states.delete_places(hbase, connection, before)
        old_states.renew_days(connection, days, left)
    return deleted


def _delete_older(before: datetime | None, now: datetime, log: timedelta) -> dict[str, int]:
    """Delete what else is too old; how many rows of each kind."""
    with store.opened() as hbase, closing(old_states.connected()) as connection:
        hours = old_hours.delete_departures(hbase, connection, before, now) if before else 0
        notes = old_hours.delete_notes(hbase, connection, before) if before else 0
        return {"hours": hours, "notes": notes, "batches": old_hours.delete_batches(hbase, connection, now - log)}
