"""Lineage as OpenLineage has it (https://openlineage.io/spec/2-0-2): for Marquez, DataHub, OpenMetadata and the like.

Events are plain JSON: the client of PyPI brings an HTTP client and Kafka's in C of its own, to write what is a few
objects. Tests hold them to the client's classes.

Names: tables are `hive://<metastore>` and `aero_clean.flights`, files of HDFS `hdfs://<namenode>` and their path,
charts `superset://<host>` and their name.
"""

import json
import os
import uuid
from contextlib import closing
from datetime import datetime
from logging import WARNING
from typing import Any
from urllib.parse import urlsplit

import requests
from kafka.errors import KafkaError
from kafka.producer import KafkaProducer

from aero import kafka_clients, run_log
from aero.errors import AeroError
from aero.instants import instant_text
from aero.ops import charts, origins
from aero.ops.origins import ROWS, Column
from aero.run_reports import Made
from aero.settings import Settings

Event = dict[str, Any]
PRODUCER = "https://github.com/aero-on-hadoop/aero"
_SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
_FACETS = "https://openlineage.io/spec/facets/"
_COLUMNS = f"{_FACETS}1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
_FIELDS = f"{_FACETS}1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
_ROWS = f"{_FACETS}1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet"
_VERSION = f"{_FACETS}1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet"
_NAMESPACE = "aero"
# Where events of a run are kept, and the variable that says where they are told too: by HTTP, or kafka://HOST:PORT/TOPIC.
FILE, URL = "lineage.jsonl", "AERO_LINEAGE_URL"
POST_SECONDS = 5
# A run's id is a text; OpenLineage wants a UUID, which is made of it, always the same.
_RUNS = uuid.UUID("3f1f4a52-8f63-5c7e-9a0e-6f4c2c6f7a11")


def run_id(text: str) -> str:
    return str(uuid.uuid5(_RUNS, text))


def _facet(schema: str, **content: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": schema, **content}


def dataset(settings: Settings, name: str) -> dict[str, str]:
    """A table, chart, dataset of Superset's, topic or path of HDFS, by its namespace and name."""
    for kind, server in (("topic:", "KAFKA"), (charts.CHART, "SUPERSET"), (charts.DATASET, "SUPERSET")):
        if name.startswith(kind):
            scheme = "kafka" if server == "KAFKA" else "superset"
            return {"namespace": f"{scheme}://{settings.address(server)}", "name": name.removeprefix("topic:")}
    if name.startswith("/"):
        return {"namespace": f"hdfs://{settings.address('NAMENODE')}", "name": name}
    if name.startswith(("file:", "package:")):
        return {"namespace": "bts" if name.startswith("file:") else "pypi", "name": name.partition(":")[2]}
    return {"namespace": f"hive://{settings.address('METASTORE')}", "name": name}


def output(settings: Settings, name: str) -> dict[str, Any]:
    """A table or a chart with its columns, and of which columns each is made."""
    columns = origins.columns_of(name)
    made = {
        one: [source for source in origins.origin(Column(name, one)).columns if source.name != ROWS] for one in columns
    }
    fields = {
        one: {"inputFields": [dataset(settings, source.table) | {"field": source.name} for source in sources]}
        for one, sources in made.items()
        if sources
    }
    facets: dict[str, Any] = {"schema": _facet(_FIELDS, fields=[{"name": one} for one in columns])}
    facets |= {"columnLineage": _facet(_COLUMNS, fields=fields)} if fields else {}
    return dataset(settings, name) | {"facets": facets}


def inputs(settings: Settings, name: str) -> list[dict[str, str]]:
    """The tables, files or topics that it is made of directly."""
    direct = (
        source for one in (*origins.columns_of(name), ROWS) for source in origins.origin(Column(name, one)).columns
    )
    return [dataset(settings, one) for one in dict.fromkeys(source.table for source in direct) if one != name]


def job_event(settings: Settings, name: str, at: datetime) -> Event:
    """How a table or a chart is made, whenever it is."""
    return {
        "eventTime": instant_text(at),
        "producer": PRODUCER,
        "schemaURL": f"{_SCHEMA}JobEvent",
        "job": {"namespace": _NAMESPACE, "name": name},
        "inputs": inputs(settings, name),
        "outputs": [output(settings, name)],
    }


def run_events(settings: Settings, run: str, at: datetime, what: Made) -> list[Event]:
    """That the run made it: it began, and it is done. The id is its own for each."""
    made: dict[str, Any] = output(settings, what.name)
    if what.rows is not None:
        made["outputFacets"] = {"outputStatistics": _facet(_ROWS, rowCount=what.rows)}
    event: Event = {
        "eventTime": instant_text(at),
        "producer": PRODUCER,
        "schemaURL": f"{_SCHEMA}RunEvent",
        "run": {"runId": run_id(f"{run}/{what.name}/{what.when}")},
        "job": {"namespace": _NAMESPACE, "name": what.name},
        "inputs": [_input(settings, one, what.versions.get(one)) for one in what.sources],
    }
    return [event | {"eventType": "START", "outputs": []}, event | {"eventType": "COMPLETE", "outputs": [made]}]


def _input(settings: Settings, name: str, version: str | None) -> dict[str, Any]:
    facets = {"facets": {"version": _facet(_VERSION, datasetVersion=version)}} if version else {}
    return dataset(settings, name) | facets


def tell(settings: Settings, run: str, events: list[Event]) -> None:
    """Keep events beside the log of a run, a line each, and send them where AERO_LINEAGE_URL says. What cannot be told
    is said in the log once, and hinders no run."""
    try:
        with (run_log.folder(settings, run) / FILE).open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(event)}\n" for event in events)
        if url := os.environ.get(URL):
            (_to_kafka if url.startswith("kafka:") else _post)(settings, url, events)
    except (OSError, ValueError, requests.RequestException, KafkaError, AeroError) as fault:
        where = urlsplit(os.environ.get(URL, "")).hostname or "the disk"  # An address may hold a password.
        run_log.say("lineage", f"{len(events)} events were not told to {where}: {type(fault).__name__}", level=WARNING)


def _post(_: Settings, url: str, events: list[Event]) -> None:
    with requests.Session() as session:
        for event in events:
            session.post(url, json=event, timeout=POST_SECONDS).raise_for_status()


def _to_kafka(settings: Settings, url: str, events: list[Event]) -> None:
    """Not by aero/producer.py, which waits for a broker that is away. At our own broker the platform signs in."""
    address, topic = urlsplit(url).netloc, urlsplit(url).path.strip("/")
    if not topic:
        raise ValueError(f"{URL} names no topic: kafka://HOST:PORT/TOPIC")
    own = kafka_clients.sign_in(kafka_clients.ADMIN, settings) if address == settings.address("KAFKA") else {}
    waits = dict.fromkeys(("bootstrap_timeout_ms", "max_block_ms", "delivery_timeout_ms"), POST_SECONDS * 1000)
    kafka_clients.quiet_library()
    with closing(
        KafkaProducer(bootstrap_servers=address, linger_ms=0, request_timeout_ms=2000, **waits, **own)
    ) as kafka:
        sent = [kafka.send(topic, json.dumps(one).encode(), key=one["run"]["runId"].encode()) for one in events]
        for one in sent:
            one.get(timeout=POST_SECONDS)
