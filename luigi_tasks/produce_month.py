"""Send the rows of landed months to Kafka."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hdfs
import luigi
from kafka.structs import TopicPartition

from aero import connections, kafka_clients, monthly
from aero.datasets import TOPIC_MONTHLY
from aero.load_plan import RawMonth, SentMonth
from aero.producer import Producer
from luigi_tasks import clean_loads
from luigi_tasks.hdfs_file import HdfsFile
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.landing import flight_file
from luigi_tasks.run import Records, Run

# Sending is held up by the network's round trips, not by the records: many may be under way.
PRODUCER: dict[str, Any] = {"compression_type": "gzip", "linger_ms": 20, "batch_size": 262_144}


class ProduceMonth(Run):
    """Send the rows of every landed month of the range that is not clean yet to `flights.monthly`.

    Reports the plan of jobs/consume_month.py: the months whose rows are all in Kafka, with where they begin there. A
    load that an earlier run has sent whole is not sent again while Kafka still has it.
    """

    def requires(self) -> luigi.Task:
        return self.clone(LandFlights)

    def output(self) -> Records[SentMonth]:
        return self.records("published", SentMonth)

    def run(self) -> None:
        self.hold_lease()
        client = connections.webhdfs()
        plan = clean_loads.planned(client, self.input().records(), self.rebuild)
        waiting = [raw for raw in plan if clean_loads.read_report(client, raw) is None]
        for complete in (raw for raw in plan if raw not in waiting):
            # ConsumeMonth deletes it, unless it is killed before.
            client.delete(monthly.staging_path(complete.load_id), recursive=True)
        self.output().write_records([SentMonth(raw, _sent(client, raw)) for raw in waiting])


def _sent(client: hdfs.Client, raw: RawMonth) -> dict[str, int]:
    """The first offset, by Kafka partition, from which on the topic holds the whole load. It is sent if need be."""
    load_id = raw.load_id
    note = HdfsFile(f"{monthly.staging_path(load_id)}/_published.json")
    if note.exists():
        offsets = note.read()
        if _are_still_there(offsets["first"], offsets["end"]):
            return offsets["first"]
    # What was staged of a load that must be sent again belongs to other offsets.
    client.delete(monthly.staging_path(load_id), recursive=True)
    bootstrap = connections.kafka_bootstrap()
    _, first = offsets_of_topic()
    with tempfile.TemporaryDirectory(prefix="produce-") as folder:
        send(Path(client.download(raw.path, folder)), load_id, bootstrap)
    _, end = offsets_of_topic()
    note.write({"first": first, "end": end})
    return first


def send(file: Path, load_id: str, bootstrap: str) -> monthly.Marker:
    """Send every line of a raw file and, once all are acknowledged, the marker. Raises AeroError if Kafka refuses one.

    A broker that goes away is waited for.
    """
    lines = digests = 0
    with Producer(bootstrap, TOPIC_MONTHLY, account=kafka_clients.MONTHS, **PRODUCER) as producer:
        with flight_file.lines_of(file, file.name) as content:
            for lines, line in enumerate(content, 1):
                producer.send(monthly.key(load_id, lines), line)
                digests += monthly.digest(lines, line)
        producer.flush()
        marker = monthly.Marker(lines, digests)
        producer.send(monthly.key(load_id, monthly.END), marker.to_json())
        producer.flush()
    return marker


def offsets_of_topic() -> tuple[dict[str, int], dict[str, int]]:
    """First offset that is still there and next offset of every partition of the topic."""
    consumer = kafka_clients.consumer(kafka_clients.MONTHS)
    try:
        partitions = [TopicPartition(TOPIC_MONTHLY, number) for number in consumer.partitions_for_topic(TOPIC_MONTHLY)]
        begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    finally:
        consumer.close()
    return _by_partition(begins), _by_partition(ends)


def _by_partition(offsets: Mapping[TopicPartition, int]) -> dict[str, int]:
    return {str(at.partition): offset for at, offset in offsets.items()}


def _are_still_there(first: dict[str, int], end: dict[str, int]) -> bool:
    """Whether Kafka has thrown nothing away of what it held then, and is the same topic."""
    begins, ends = offsets_of_topic()
    return begins.keys() == first.keys() and all(begins[at] <= first[at] and end[at] <= ends[at] for at in begins)
