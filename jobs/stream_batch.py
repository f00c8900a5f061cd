"""One micro-batch of the stream: from records in Kafka to the live tables, in steps that may all be run again.

1. Executors: records become events or rejections. Each flight in them is compared with its state; its departure goes
   into aero:departures, a new flight into the indexes.
2. Driver: the hours and the five minutes touched are summed up.
3. Executors: the states are written. They come last because step 1 judges by them: a batch that is killed before finds
   them as they were, and does the same again.
4. Driver: the forecasts of the flights that were told of are renewed (stream_forecasts.py).
5. `flights.processed` and `flights.rejected`: planned and sent beside 3 and 4. 6. The Live Log. Then Spark commits.

What only waits for a server is asked beside what computes: a small batch is nearly all waiting.
"""

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import stream_log
from pyspark import RDD, StorageLevel, inheritable_thread_target
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from stream_cells import instant, stored_instant
from stream_events import Outgoing, Record, outgoing
from stream_forecasts import Renewal
from stream_hbase import Address, on_hbase
from stream_log import Entry, Lag
from stream_parts import PartitionResult, judge, write_states
from stream_topic import Beginning, Broker
from stream_windows import sum_up

from aero import kafka_clients

WATERMARK = timedelta(minutes=10)
log = logging.getLogger(__name__)
OUTGOING = "topic string, key string, value string, partition int, offset bigint"


@dataclass
class FlightBatches:
    """Works off micro-batches of `flights.live` as Spark's Kafka source has them; for DataStreamWriter.foreachBatch."""

    bootstrap: str
    address: Address
    lag: Lag
    broker: Broker
    beginning: Beginning
    # None where forecasts are not to be renewed.
    renewal: Renewal | None = None
    # The entry of the batch before, where it was of this process.
    logged: Entry | None = None
    beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    def __call__(self, records: DataFrame, batch_id: int) -> None:
        started_at, clock = datetime.now(UTC), time.monotonic()
        checked = self.beside.submit(self.broker.check, self.beginning.origin.topic_id)
        before = self._before(batch_id)
        watermark_at = watermark(before.newest_event_at)
        columns = records.withColumn("sent_at", F.unix_millis("timestamp")).select(*Record._fields)
        # As many tasks as the executors have cores, at most one a partition of the topic; each task costs a start. A
        # flight's records stay together.
        session = records.sparkSession
        cores = session.sparkContext.defaultParallelism
        read = columns.coalesce(cores).rdd.map(outgoing).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            result = sum(read.mapPartitions(partial(judge, self.address, watermark_at)).collect(), PartitionResult())
            checked.result()
            lag = self.beside.submit(self.lag.behind, {**before.positions, **result.positions})
            on_hbase(self.address, partial(sum_up, windows=result.windows, slots=result.slots))
            # Its job ends with the query, as those of this thread do.
            sent = self.beside.submit(inheritable_thread_target(session)(self._send), session, read)
            read.foreachPartition(partial(write_states, self.address))
            if self.renewal:
                on_hbase(self.address, partial(self.renewal, told=result.told))
            sent.result()
        finally:
            read.unpersist()
        entry = self._entry(batch_id, result, before, watermark_at, lag.result())
        if entry.rows_missing:
            log.warning("batch %d: Kafka had deleted %d records before they were read", batch_id, entry.rows_missing)
        took = round((time.monotonic() - clock) * 1000)
        stream_log.write(self.address, entry, started_at=started_at, batch_milliseconds=took)
        self.logged = entry

    def _before(self, batch_id: int) -> Entry:
        """What the batch goes on from. Records that were gone when the stream started are behind it."""
        number = self.beginning.origin.first_batch + batch_id - 1
        if (before := self.logged) is None or before.batch_id != number:
            before = stream_log.read(self.address, number)
        if batch_id != self.beginning.next_batch:
            return before
        begins = {at: max(offset, before.positions.get(at, 0)) for at, offset in self.beginning.begins.items()}
        return replace(before, positions={**before.positions, **begins})

    def _send(self, session: SparkSession, read: RDD[Outgoing]) -> None:
        records = session.createDataFrame(read, OUTGOING, verifySchema=False)
        writer = records.select("topic", "key", "value").write.format("kafka")
        writer.options(**kafka_clients.spark_options(kafka_clients.STREAM, self.bootstrap)).save()

    def _entry(
        self, batch_id: int, result: PartitionResult, before: Entry, watermark_at: str, lag: int | None
    ) -> Entry:
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
            kafka_lag=lag,
            watermark_at=watermark_at,
            batch_newest_event_at=result.newest_event_at,
            newest_event_at=max(before.newest_event_at, result.newest_event_at),
            positions={**before.positions, **result.positions},
            note=first.note if first else "",
        )


def watermark(newest_event_at: str) -> str:
    """Ten minutes before the newest event of all batches before; empty before there is one. Texts as in a cell."""
    return stored_instant(instant(newest_event_at) - WATERMARK) if newest_event_at else ""


def missing(result: PartitionResult, before: Mapping[int, int]) -> int:
    """Records that Kafka no longer had when the stream came to read them: offsets passed without a record."""
    known = before.keys() & result.positions.keys()
    return sum(max(result.positions[at] - before[at] - result.rows[at], 0) for at in known)
