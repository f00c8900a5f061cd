"""The live tables as the tests on the cluster look at them."""

import json
import time
from functools import cache
from typing import NamedTuple

import psutil
from kafka import TopicPartition

from aero import connections, kafka_clients, process_state
from aero.cluster.supervision import Supervisor
from aero.datasets import (
    HBASE_ARRIVALS,
    HBASE_DELAYS_FIVE_MINUTES,
    HBASE_DELAYS_HOURLY,
    HBASE_FLIGHT_DAYS,
    HBASE_FLIGHT_NUMBERS,
    HBASE_FLIGHT_STATE,
    STREAM_CHECKPOINTS,
    TOPIC_LIVE,
    TOPIC_REJECTED,
)
from aero.live import store
from aero.ops import live_status as status
from aero.settings import load_settings
from tests.command import aero
from tests.waiting import until


def cells(table):
    """Every cell of a table: (row, column) → (value, timestamp)."""
    with store.opened() as hbase:
        rows = hbase.table(table).scan(include_timestamp=True)
        return {(key, column): cell for key, row in rows for column, cell in row.items()}


def values(table):
    """Every cell of a table without its timestamp."""
    return {place: value for place, (value, _) in cells(table).items()}


TABLES = ("flight_state", "flight_days", "delays_hourly", "delays_five_minutes", "log")


class Compared(NamedTuple):
    """A live table as both SQL servers answered it: rows that did not change meanwhile, and those of them that differ,
    by row key as Spark and as Hive has them."""

    table: str
    rows: int
    differing: dict[str, tuple[tuple, tuple | None]]


def compared():
    """Each live table, asked of Spark, of Hive, and of Spark again."""
    return [_compared(table) for table in TABLES]


def _compared(table):
    before, hive, after = (_rows(table, ask) for ask in (connections.spark, connections.hive, connections.spark))
    settled = {key: row for key, row in before.items() if after.get(key) == row}
    differing = {key: (row, hive.get(key)) for key, row in settled.items() if hive.get(key) != row}
    return Compared(table, len(settled), differing)


def _rows(table, ask):
    with ask() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM aero_live.{table}")
        return {row[0]: row for row in cursor.fetchall()}


# With the states, what must be the same in the end; of these no cell's time is that of an event.
DERIVED = (HBASE_ARRIVALS, HBASE_FLIGHT_NUMBERS, HBASE_DELAYS_HOURLY, HBASE_DELAYS_FIVE_MINUTES, HBASE_FLIGHT_DAYS)


def final_state():
    """What must be the same however the events came: states with the times of their events, windows, indexes."""
    return {HBASE_FLIGHT_STATE: cells(HBASE_FLIGHT_STATE)} | {name: values(name) for name in DERIVED}


def replay_is_over():
    """Asked here, again and again: a command for each answer would take half a processor from the replay."""
    return status.replay_progress(load_settings())["is_finished"]


def all_is_read():
    """Whether the stream has worked off every record of the topic."""
    with store.opened() as hbase:
        newest = store.batches(hbase, 1)
    ends = {at.partition: end for at, end in _ends(TOPIC_LIVE).items() if end}
    read = {int(partition): end for partition, end in json.loads(newest[0]["positions"]).items()} if newest else {}
    return read == ends


def _ends(topic):
    consumer = _consumer()
    return consumer.end_offsets([TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)])


@cache
def _consumer():
    return kafka_clients.consumer(kafka_clients.ADMIN)


def rejections():
    """Key → value of the rejected records; one that a repeated batch has sent twice is there once."""
    consumer = kafka_clients.consumer(kafka_clients.ADMIN)
    ends = _ends(TOPIC_REJECTED)
    consumer.assign(list(ends))
    consumer.seek_to_beginning()
    found = {}
    while any(consumer.position(at) < end for at, end in ends.items()):
        for records in consumer.poll(timeout_ms=500).values():
            found |= {record.key.decode(): json.loads(record.value) for record in records}
    consumer.close()
    return found


def played(*options):
    """Play 10 July 2013 with these options, wait until the stream has worked it off; the counts of its delivery log."""
    aero("live", "start", *options)
    until(replay_is_over)
    until(all_is_read)
    return aero("live", "status", "--json").json["replay"]["counts"]


def batch_is_under_way():
    """Whether the stream works at a micro-batch: it runs, and has begun one that is not committed yet."""
    settings = load_settings()
    stream = process_state.read(settings, "stream")
    if stream.get("state") != process_state.RUNNING or stream["pid"] != Supervisor(settings).process("stream").pid:
        return False
    begun, done = _batches()
    return begun > done


def _batches():
    """The numbers of the newest micro-batch that was begun, and of the newest that was committed."""
    client, folder = connections.webhdfs(), f"{STREAM_CHECKPOINTS.path}/{store.QUERY}"
    begun, done = (_newest(client.list(f"{folder}/{name}")) for name in ("offsets", "commits"))
    return begun, done


def _newest(names):
    return max((int(name) for name in names if name.isdecimal()), default=-1)


def kill_in_mid_batch(name, after=0.0):
    """kill -9 a service while a micro-batch is under way, `after` seconds into it; wait until it is started again.

    Returns whether the batch was not committed when it was over, so that it has to run again.
    """
    until(batch_is_under_way)
    time.sleep(after)
    before = psutil.Process(Supervisor(load_settings()).process(name).pid)
    family = [before, *before.children(recursive=True)]
    before.kill()
    psutil.wait_procs(family, timeout=5)  # Spark's driver, a child, ends with the stream.
    begun, done = _batches()
    until(lambda: Supervisor(load_settings()).process(name).pid not in (0, before.pid))
    return begun > done
