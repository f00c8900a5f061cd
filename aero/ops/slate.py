"""Clearing layers so that they can be filled again: all that belongs to a layer is deleted together.

A topic without its checkpoint, a checkpoint without its topic, a table over deleted rows: each breaks a restart. The
raw layer is cleared only where it is named by itself. What is cleared is made again, empty, as `aero up` makes it.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import click
import hdfs
import tenacity
from kafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError

from aero import connections, kafka_clients, process_state
from aero.bts import RAW_FLIGHTS
from aero.cluster import drift, provision, services
from aero.cluster.supervision import Supervisor
from aero.datasets import (
    ACCEPTANCES,
    BATCH_VIEWS,
    CHECKS,
    FLIGHTS,
    FLIGHTS_QUARANTINE,
    FRESHNESS,
    MONTHS,
    PUBLICATIONS,
    RUN_REPORTS,
    STAGING,
    STREAM_CHECKPOINTS,
    TOPIC_LIVE,
    TOPIC_MONTHLY,
    TOPIC_PROCESSED,
    TOPIC_REJECTED,
    WEATHER_ARCHIVE,
    WEATHER_FORECASTS_HOURLY,
    WEATHER_HOURLY,
    WEATHER_QUARANTINE,
    Dataset,
)
from aero.errors import AeroError
from aero.live.sources import SOURCES
from aero.ops import months, rollback
from aero.settings import Settings
from aero.superset.refresh import refresh_or_say

LIVE, CLEAN, BATCH, RAW, ALL = "live", "clean", "batch", "raw", "all"
# ALL spares the raw layer. Batch views are made of the clean flights, so they are cleared with these.
LAYERS = {LIVE: (LIVE,), CLEAN: (CLEAN, BATCH), BATCH: (BATCH,), RAW: (RAW,), ALL: (LIVE, CLEAN, BATCH, "ops")}


@dataclass(frozen=True)
class Item:
    """One thing to clear: what it is, how much it holds, and the call that clears it."""

    what: str
    holds: str
    clear: Callable[[], object]


def items(settings: Settings, layer: str) -> list[Item]:
    """What clearing a layer (a name of LAYERS) would delete; nothing is deleted by asking."""
    client = connections.webhdfs()
    found = {LIVE: _live, CLEAN: _clean, BATCH: _batch, RAW: _raw, "ops": _ops}
    return [item for part in LAYERS[layer] for item in found[part](settings, client)]


def refuse_while_used(settings: Settings, layer: str) -> None:
    """Raises AeroError naming what still writes to the layer."""
    if LIVE not in LAYERS[layer]:
        return
    processes = Supervisor(settings).processes()
    running = [name for name in ("stream", *SOURCES) if name in processes and processes[name].alive]
    if running:
        raise AeroError(f"{', '.join(running)} would go on writing.", "Stop it first: aero live stop")


def make_again(settings: Settings, layer: str) -> None:
    """The empty folders, topics and tables, as `aero up` makes them."""
    variables = services.environment(settings)
    provision.hdfs_folders(settings, variables)
    if layer != BATCH:
        # Kafka deletes a topic some time after it answers that it does.
        again = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type((TopicAlreadyExistsError, drift.Drift)),
            wait=tenacity.wait_fixed(0.5),
            stop=tenacity.stop_after_delay(60),
            reraise=True,
        )
        again(_topics_are_there, settings, variables)
    if LIVE in LAYERS[layer]:
        provision.hbase_tables(settings, variables)


def void_answers(settings: Settings, layer: str) -> None:
    """Have the dashboards forget the answers that they remember of what was cleared. Where Superset refuses, say so."""
    if BATCH in LAYERS[layer]:
        refresh_or_say(settings, partial(click.echo, err=True))


def _topics_are_there(settings: Settings, variables: dict[str, str]) -> None:
    provision.kafka_topics(settings, variables)
    admin = kafka_clients.admin()
    try:
        missing = {topic["name"] for topic in drift.declared("kafka/topics.toml")["topic"]} - set(admin.list_topics())
    finally:
        admin.close()
    if missing:
        raise drift.Drift(f"Kafka has no topic {', '.join(sorted(missing))} yet.")


def _live(settings: Settings, client: hdfs.Client) -> Iterator[Item]:
    yield from map(_topic, (TOPIC_LIVE, TOPIC_PROCESSED, TOPIC_REJECTED))
    yield _folder(client, STREAM_CHECKPOINTS.path)
    for table in drift.declared("hbase/tables.toml")["table"]:
        yield _hbase_table(table["name"])
    replays = process_state.folder(settings) / "replays"
    if replays.is_dir():
        yield Item(f"{replays}", f"{len(list(replays.iterdir()))} replays", lambda: shutil.rmtree(replays))


def _clean(settings: Settings, client: hdfs.Client) -> Iterator[Item]:
    yield _topic(TOPIC_MONTHLY)
    yield _folder(client, STAGING.path)
    for dataset in (FLIGHTS, FLIGHTS_QUARANTINE, WEATHER_HOURLY, WEATHER_QUARANTINE, WEATHER_FORECASTS_HOURLY):
        yield from _table(client, dataset)
    yield _pins(client)


def _pins(client: hdfs.Client) -> Item:
    """The pins go with the loads that they are to: every later load would pass the months over, of which nothing is
    there."""
    pinned = [month for month, entry in months.read(client).items() if entry.pinned_load_id]
    return Item("pins in the month ledger", f"{len(pinned)} months", lambda: rollback.let_all_go(client, pinned))


def _batch(settings: Settings, client: hdfs.Client) -> Iterator[Item]:
    for view in BATCH_VIEWS:
        yield from _table(client, view)


def _raw(settings: Settings, client: hdfs.Client) -> Iterator[Item]:
    for dataset in dict.fromkeys(RAW_FLIGHTS.values()):
        yield from _table(client, dataset)
    yield _folder(client, WEATHER_ARCHIVE.path)
    known = {month: entry for month, entry in months.read(client).items() if entry.raw_file}
    forget = partial(months.change, client, dict.fromkeys(known, months.without_raw))
    yield Item("raw files in the month ledger", f"{len(known)} months", forget)


def _ops(settings: Settings, client: hdfs.Client) -> Iterator[Item]:
    for dataset in (MONTHS, CHECKS, FRESHNESS, PUBLICATIONS, ACCEPTANCES):
        yield _folder(client, dataset.path)
    yield _folder(client, RUN_REPORTS.path)


def _table(client: hdfs.Client, dataset: Dataset) -> Iterator[Item]:
    with connections.hive() as hive:
        cursor = hive.cursor()
        cursor.execute(f"SHOW PARTITIONS {dataset.name}")
        count = len(cursor.fetchall())
    yield Item(f"partitions of {dataset.name}", f"{count} partitions", lambda: _drop_partitions(dataset))
    yield _folder(client, dataset.path)


def _drop_partitions(dataset: Dataset) -> None:
    with connections.hive() as hive:
        hive.cursor().execute(f"ALTER TABLE {dataset.name} DROP IF EXISTS PARTITION (year > 0)")


def _folder(client: hdfs.Client, path: str) -> Item:
    holds = "nothing"
    if client.status(path, strict=False):
        content = client.content(path)
        holds = f"{content['fileCount']:,} files, {content['length'] / 2**20:,.1f} MiB"
    return Item(f"hdfs:{path}", holds, lambda: client.delete(path, recursive=True))


def _topic(name: str) -> Item:
    return Item(f"topic {name}", "its records and offsets", lambda: _delete_topic(name))


def _delete_topic(name: str) -> None:
    admin = kafka_clients.admin()
    try:
        admin.delete_topics([name])
    except UnknownTopicOrPartitionError:
        return
    finally:
        admin.close()


def _hbase_table(name: str) -> Item:
    return Item(f"HBase {name}", "its rows", lambda: _delete_hbase_table(name))


def _delete_hbase_table(name: str) -> None:
    hbase = connections.hbase()
    try:
        if name.encode() in hbase.tables():
            hbase.delete_table(name, disable=True)
    finally:
        hbase.close()
