"""Whether the topic is still the one that the stream's checkpoint was written of, and which records are gone.

Spark's checkpoint has offsets, but not of which topic: beside a topic made anew it would pass over what was sent before
its first batch, and say nothing. So the topic's id lies in the checkpoint's folder, in ORIGIN. Where the topic was made
anew, its offsets went back, or the checkpoint is gone, the stream begins at the topic's first record with a checkpoint
of its own; a row of the Live Log says why. What it reads twice changes no cell, for writes are upserts.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import load_folders
import stream_log
from kafka.admin import KafkaAdminClient
from kafka.consumer import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition
from pyspark.sql import SparkSession
from stream_hbase import Address
from stream_log import Entry

from aero import kafka_clients
from aero.errors import AeroError

ORIGIN = "aero_topic.json"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Topic:
    """A topic as Kafka has it: its id, and by partition the first offset that is there and the next to be written."""

    name: str
    id: str
    begins: Mapping[int, int]
    ends: Mapping[int, int]


class Broker:
    """Asks Kafka about one topic."""

    def __init__(self, bootstrap: str, name: str):
        self._name = name
        who = kafka_clients.sign_in(kafka_clients.STREAM)
        self._admin = KafkaAdminClient(bootstrap_servers=bootstrap, **who)
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, **who)

    def topic(self) -> Topic:
        """The topic as it is now. Raises AeroError where there is none, KafkaError where Kafka does not answer."""
        [found] = self._admin.describe_topics([self._name])
        if not found["partitions"]:
            raise AeroError(f"Kafka has no topic {self._name}.", "Make it: aero up kafka")
        partitions = [TopicPartition(self._name, one["partition_index"]) for one in found["partitions"]]
        begins, ends = self._consumer.beginning_offsets(partitions), self._consumer.end_offsets(partitions)
        return Topic(
            self._name, str(found["topic_id"]), *({at.partition: of[at] for at in of} for of in (begins, ends))
        )

    def check(self, topic_id: str) -> None:
        """Raises AeroError where the topic has another id now. Nothing is checked while Kafka does not answer."""
        try:
            [found] = self._admin.describe_topics([self._name])
        except KafkaError as error:
            log.warning("Kafka does not tell the id of %s: %r", self._name, error)
            return
        if found["partitions"] and str(found["topic_id"]) != topic_id:
            raise AeroError(
                f"{self._name} was made anew while the stream ran.",
                "Started again, the stream begins at its first record.",
            )


@dataclass(frozen=True)
class Origin:
    """What a checkpoint belongs to: the id of its topic, and the number that its batch 0 has in the Live Log."""

    topic_id: str
    first_batch: int = 0


@dataclass(frozen=True)
class Beginning:
    """From where the stream goes on: its checkpoint's origin, and what is gone of the records behind the checkpoint.

    `begins` (partition → offset) is where the batch `next_batch` can begin at the earliest, `lost` how many records
    before that nobody has read.
    """

    origin: Origin
    next_batch: int = 0
    begins: Mapping[int, int] = field(default_factory=dict)
    lost: int = 0

    @property
    def note(self) -> str:
        """What the Live Log says of the batch `next_batch`."""
        return f"{self.lost} records were deleted by Kafka's retention before they were read" if self.lost else ""


def begin(spark: SparkSession, folder: str, address: Address, topic: Topic) -> Beginning:
    """Look at the checkpoint in `folder` beside the topic; set it aside where it is of another topic."""
    origin = _origin(spark, folder)
    next_batch, positions = _committed(spark, folder, topic.name)
    if why := _why_another(origin, positions, topic):
        return _begun_anew(spark, folder, address, topic, f"it is not the topic of the checkpoint: {why}")
    if positions:
        origin = origin or _kept(spark, folder, Origin(topic.id))
        return _gone_on(address, topic, origin, next_batch, positions)
    if origin or not stream_log.newest(address):
        return Beginning(origin or _kept(spark, folder, Origin(topic.id)))
    return _begun_anew(spark, folder, address, topic, "its checkpoint is gone")


def _why_another(origin: Origin | None, positions: Mapping[int, int], topic: Topic) -> str:
    """Why the topic is not the one that was read up to `positions`; empty where it is."""
    if origin and origin.topic_id != topic.id:
        return f"its id is {topic.id}, not {origin.topic_id}"
    for at, offset in sorted(positions.items()):
        if topic.ends.get(at, 0) < offset:
            return f"partition {at} ends at {topic.ends.get(at, 0)} and was read up to {offset}"
    return ""


def _gone_on(
    address: Address, topic: Topic, origin: Origin, next_batch: int, positions: Mapping[int, int]
) -> Beginning:
    """Go on from a checkpoint that was committed up to `positions`, or behind what is gone since."""
    logged = stream_log.read(address, origin.first_batch + next_batch - 1).positions
    lost = _gone(topic, {at: max(offset, logged.get(at, 0)) for at, offset in positions.items()})
    beginning = Beginning(origin, next_batch, topic.begins if lost else {}, lost)
    if lost:
        log.warning("%s: %s", topic.name, beginning.note)
    return beginning


def _gone(topic: Topic, positions: Mapping[int, int]) -> int:
    """Records behind `positions` that Kafka does not have any more."""
    return sum(max(offset - positions.get(at, 0), 0) for at, offset in topic.begins.items())


def _begun_anew(spark: SparkSession, folder: str, address: Address, topic: Topic, why: str) -> Beginning:
    """Write the row of the Live Log, set the checkpoint aside, and begin one that counts on from that row."""
    newest = stream_log.newest(address) or Entry(-1)
    note = f"{topic.name} is read from its first record: {why}"
    log.warning("%s", note)
    row = Entry(
        newest.batch_id + 1,
        rows_missing=_gone(topic, {}),
        kafka_lag=sum(topic.ends.values()) - sum(topic.begins.values()),
        newest_event_at=newest.newest_event_at,
        positions=topic.begins,
        note=note,
    )
    stream_log.write(address, row, datetime.now(UTC), 0)
    if load_folders.exists(spark, folder):
        load_folders.move(spark, folder, f"{folder}.before")
    return Beginning(_kept(spark, folder, Origin(topic.id, row.batch_id + 1)))


def _kept(spark: SparkSession, folder: str, origin: Origin) -> Origin:
    load_folders.make(spark, folder)
    load_folders.write_text(spark, f"{folder}/{ORIGIN}", json.dumps(asdict(origin)))
    return origin


def _origin(spark: SparkSession, folder: str) -> Origin | None:
    """The checkpoint's origin; None where none, or half of one, was written. A stream of before wrote none."""
    path = f"{folder}/{ORIGIN}"
    try:
        return Origin(**json.loads(load_folders.read_text(spark, path))) if load_folders.exists(spark, path) else None
    except ValueError:
        return None


def _committed(spark: SparkSession, folder: str, topic: str) -> tuple[int, dict[int, int]]:
    """The batch after the last that was committed, and the next offset by partition then; 0 and none before the first.

    Spark's file of a batch's offsets is a line of its version, one of the query's settings, and one a source.
    """
    batches = [int(name) for name in load_folders.names(spark, f"{folder}/commits") if name.isdigit()]
    if not batches:
        return 0, {}
    text = load_folders.read_text(spark, f"{folder}/offsets/{max(batches)}")
    offsets = json.loads(text.splitlines()[2])[topic]
    return max(batches) + 1, {int(partition): offset for partition, offset in offsets.items()}
