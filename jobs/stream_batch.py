"""One micro-batch of the stream: from records in Kafka to the live tables, in steps that may all be run again.

1. Executors: records become events or rejections. Each flight in them is compared with its state; its departure goes
   into aero:departures, a new flight into the indexes.
2. Driver: the hours and the five minutes touched are summed up.
3. Executors: the states are written. They come last because step 1 judges by them: a batch that is killed before finds
   them as they were, and does the same again.
4. `flights.processed` and `flights.rejected`. 5. The Live Log. Then Spark commits the batch.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import stream_log
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from stream_cells import instant, stored_instant
from stream_events import Record, outgoing
from stream_hbase import Address, on_hbase
from stream_log import Entry, Lag
from stream_parts import PartitionResult, judge, write_states
from stream_topic import Beginning, Broker
from stream_windows import sum_up

from aero import kafka_clients

WATERMARK = timedelta(minutes=10)
log = logging.getLogger(__name__)
OUTGOING = "topic string, key string, value string, partition int, offset bigint"


@dataclass(frozen=True)
class FlightBatches:
    """Works off micro-batches of `flights.live` as Spark's Kafka source has them; for DataStreamWriter.foreachBatch."""

    bootstrap: str
    address: Address
    lag: Lag
    broker: Broker
    beginning: Beginning

    def __call__(self, records: DataFrame, batch_id: int) -> None:
        started_at, clock = datetime.now(UTC), time.monotonic()
        self.broker.check(self.beginning.origin.topic_id)
        before = self._before(batch_id)
        watermark_at = watermark(before.newest_event_at)
        columns = records.withColumn("sent_at", F.unix_millis("timestamp")).select(*Record._fields)
        # As many tasks as the executors have cores, at most one a partition of the topic; each task costs a start. A
        # flight's records stay together.
        cores = records.sparkSession.sparkContext.defaultParallelism
        read = columns.coalesce(cores).rdd.map(outgoing).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            result = sum(read.mapPartitions(partial(judge, self.address, watermark_at)).collect(), PartitionResult())
            on_hbase(self.address, partial(sum_up, windows=result.windows, slots=result.slots))
            read.foreachPartition(partial(write_states, self.address))
            self._send(records.sparkSession.createDataFrame(read, OUTGOING, verifySchema=False))
        finally:
            read.unpersist()
        entry = self._entry(batch_id, result, before, watermark_at)
        if entry.rows_missing:
            log.warning("batch %d: Kafka had deleted %d records before they were read", batch_id, entry.rows_missing)
        took = round((time.monotonic() - clock) * 1000)
        stream_log.write(self.address, entry, started_at=started_at, batch_milliseconds=took)

    def _before(self, batch_id: int) -> Entry:
        """What the batch goes on from. Records that were gone when the stream started are behind it."""
        before = stream_log.read(self.address, self.beginning.origin.first_batch + batch_id - 1)
        if batch_id != self.beginning.next_batch:
            return before
        begins = {at: max(offset, before.positions.get(at, 0)) for at, offset in self.beginning.begins.items()}
        return replace(before, positions={**before.positions, **begins})

    def _send(self, records: DataFrame) -> None:
        writer = records.select("topic", "key", "value").write.format("kafka")
        writer.options(**kafka_clients.spark_options(kafka_clients.STREAM, self.bootstrap)).save()

    def _entry(self, batch_id: int, result: PartitionResult, before: Entry, watermark_at: str) -> Entry:
        positions = {**before.positions, **result.positions}
        first = self.beginning if batch_id == self.beginning.next_batch else None
        return Entry(
            self.beginning.origin.first_batch + batch_id,
            rows_in=result.rows.total(),
            rows_processed=result.processed,
            rows_rejected=result.rows.total() - result.processed,
            rows_late=result.late,
            rows_missing=missing(result, before.positions) + (first.lost if first else 0),
            flights=result.flights,
            windows=len(result.windows),
            kafka_lag=self.lag.behind(positions),
            watermark_at=watermark_at,
            batch_newest_event_at=result.newest_event_at,
            newest_event_at=max(before.newest_event_at, result.newest_event_at),
            positions=positions,
            note=first.note if first else "",
        )


def watermark(newest_event_at: str) -> str:
    """Ten minutes before the newest event of all batches before; empty before there is one. Texts as in a cell."""
    return stored_instant(instant(newest_event_at) - WATERMARK) if newest_event_at else ""


def missing(result: PartitionResult, before: Mapping[int, int]) -> int:
    """Records that Kafka no longer had when the stream came to read them: offsets passed without a record."""
    known = before.keys() & result.positions.keys()
    return sum(max(result.positions[at] - before[at] - result.rows[at], 0) for at in known)
