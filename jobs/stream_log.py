"""The Live Log, `aero:stream_log`: what each micro-batch did, written before the batch is committed.

A batch begins with what the one before it left there: how far each partition was read, and the newest event, from which
the watermark follows. A batch that runs again therefore comes to the same numbers, and writes the same row.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

import stream_hbase
from kafka.consumer import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition
from stream_cells import Cell, Put, stored_instant
from stream_hbase import Address, on_hbase, put

from aero import kafka_clients
from aero.datasets import HBASE_STREAM_LOG
from aero.live import row_keys

QUERY = "flights"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One micro-batch; its fields are columns of aero_live.log. Instants are texts as in a cell, empty where unknown.

    `positions` is the next offset of each partition of the topic. `note` says what a reader must know of the batch.
    """

    batch_id: int
    rows_in: int = 0
    rows_processed: int = 0
    rows_rejected: int = 0
    rows_late: int = 0
    rows_missing: int = 0
    flights: int = 0
    windows: int = 0
    kafka_lag: int | None = None
    watermark_at: str = ""
    batch_newest_event_at: str = ""
    newest_event_at: str = ""
    positions: Mapping[int, int] = field(default_factory=dict)
    note: str = ""


def newest(address: Address) -> Entry | None:
    """The part of the newest batch's entry that the next batch goes on from; None where the log is empty."""
    row = on_hbase(
        address, lambda connection: stream_hbase.first(connection, HBASE_STREAM_LOG, *row_keys.all_of(QUERY))
    )
    return _entry(int(row["batch_id"].text), row) if row else None


def read(address: Address, batch_id: int) -> Entry:
    """The part of a batch's entry that the next batch goes on from; an empty entry where the batch has none."""
    key = row_keys.batch(QUERY, batch_id)
    row = on_hbase(address, lambda connection: stream_hbase.read(connection, HBASE_STREAM_LOG, [key])).get(key)
    return Entry(batch_id) if row is None else _entry(batch_id, row)


def _entry(batch_id: int, row: Mapping[str, Cell]) -> Entry:
    positions = {int(partition): offset for partition, offset in json.loads(row["positions"].text).items()}
    return Entry(batch_id, newest_event_at=row["newest_event_at"].text, positions=positions)


def write(address: Address, entry: Entry, started_at: datetime, batch_milliseconds: int) -> None:
    """Upsert the entry of a batch. An unknown value is an empty cell, which Hive reads as NULL.

    A text without anything in it is no cell: Hive reads an empty one as an empty text.
    """
    values = asdict(entry) | {
        "query": QUERY,
        "started_at": stored_instant(started_at),
        "batch_milliseconds": batch_milliseconds,
        "positions": json.dumps(entry.positions),
    }
    key = row_keys.batch(QUERY, entry.batch_id)
    puts = [
        Put(HBASE_STREAM_LOG, key, name, Cell("" if value is None else str(value)))
        for name, value in values.items()
        if name != "note" or value
    ]
    on_hbase(address, lambda connection: put(connection, puts))


class Lag:
    """How many records of a topic lie behind the positions that were read."""

    def __init__(self, bootstrap: str, topic: str):
        self._topic = topic
        who = kafka_clients.sign_in(kafka_clients.STREAM)
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, **who)

    def behind(self, positions: Mapping[int, int]) -> int | None:
        """Records behind `positions` (partition → next offset); None while Kafka does not answer."""
        try:
            partitions = [
                TopicPartition(self._topic, number) for number in self._consumer.partitions_for_topic(self._topic)
            ]
            ends = self._consumer.end_offsets(partitions)
            begins = self._consumer.beginning_offsets(partitions)
        except (KafkaError, TypeError) as error:
            log.warning("Kafka does not tell the end of %s: %r", self._topic, error)
            return None
        return sum(max(ends[at] - max(positions.get(at.partition, 0), begins[at]), 0) for at in partitions)
