"""What the Java servers say of themselves: in files (aero/ops/java_metrics.py), and at the pages that some have.

In containers the pages alone are asked: of the metastore, both SQL servers and Kafka nothing is known there.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aero.cluster import probes, services
from aero.ops import java_metrics
from aero.ops.doctor.finding import Look

# Services with a page of beans that every cluster knows the host of, and its door.
PAGES = {
    "namenode": "NAMENODE_HTTP", "secondarynamenode": "SECONDARY_NAMENODE_HTTP",
    "resourcemanager": "RESOURCEMANAGER_HTTP", "hbase": "HBASE_MASTER_HTTP", "hbase-thrift": "HBASE_THRIFT_HTTP",
}  # fmt: skip
HELP = {
    **java_metrics.HELP,
    "aero_hdfs_bytes": "Space of the DataNodes, by what is with it.",
    "aero_hdfs_blocks": "Blocks that are not as they should be, by what is the matter.",
    "aero_hdfs_datanodes": "DataNodes, by whether they answer the NameNode.",
    "aero_yarn_memory_bytes": "Memory that YARN gives away, in all and given.",
    "aero_yarn_applications": "Applications that run, and that wait for memory.",
    "aero_yarn_nodes": "NodeManagers, by state.",
}
_HDFS = {
    ("aero_hdfs_bytes", "used"): "CapacityUsed", ("aero_hdfs_bytes", "free"): "CapacityRemaining",
    ("aero_hdfs_blocks", "missing"): "MissingBlocks", ("aero_hdfs_blocks", "corrupt"): "CorruptBlocks",
    ("aero_hdfs_blocks", "under-replicated"): "UnderReplicatedBlocks",
    ("aero_hdfs_datanodes", "live"): "NumLiveDataNodes", ("aero_hdfs_datanodes", "dead"): "NumDeadDataNodes",
}  # fmt: skip
_YARN = {
    ("aero_yarn_memory_bytes", "total"): "totalMB", ("aero_yarn_memory_bytes", "given"): "allocatedMB",
    ("aero_yarn_applications", "running"): "appsRunning", ("aero_yarn_applications", "waiting"): "appsPending",
    ("aero_yarn_nodes", "active"): "activeNodes", ("aero_yarn_nodes", "unhealthy"): "unhealthyNodes",
    ("aero_yarn_nodes", "lost"): "lostNodes",
}  # fmt: skip


class Value(NamedTuple):
    """One value of HELP, with its labels."""

    name: str
    value: float
    labels: Mapping[str, str]


def values(look: Look) -> Iterator[Value]:
    """Of the servers that run, be it that they do not answer; at pages, of those that are ready. What one does not say
    is left out."""
    for service in services.BY_NAME:
        if (process := look.processes.get(service)) and process.alive:
            yield from _java(look, service)
    if look.is_ready("namenode"):
        bean = probes.bean(look.settings, "NAMENODE_HTTP", "Hadoop:service=NameNode,name=FSNamesystem") or {}
        yield from _of(_HDFS, bean)
    if look.is_ready("resourcemanager"):
        page = probes.json_page(look.settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/metrics") or {}
        yield from _of(_YARN, page.get("clusterMetrics", {}))


def _java(look: Look, service: str) -> Iterator[Value]:
    told = [Value(name, value, {"service": service}) for name, value in java_metrics.read(look.settings, service)]
    if told or service not in PAGES or not look.is_ready(service):
        yield from told
    else:
        yield from _at_its_page(look, service, PAGES[service])


def _at_its_page(look: Look, service: str, door: str) -> Iterator[Value]:
    heap = (probes.bean(look.settings, door, "java.lang:type=Memory") or {}).get("HeapMemoryUsage", {})
    threads = (probes.bean(look.settings, door, "java.lang:type=Threading") or {}).get("ThreadCount")
    label = {"service": service}
    for name, value in (
        ("aero_java_heap_used_bytes", heap.get("used")),
        ("aero_java_heap_max_bytes", heap.get("max")),
        ("aero_java_threads", threads),
    ):
        if value is not None:
            yield Value(name, value, label)


def _of(names: Mapping[tuple[str, str], str], said: Mapping[str, float]) -> Iterator[Value]:
    for (name, state), field in names.items():
        if field in said:
            factor = 2**20 if field.endswith("MB") else 1
            yield Value(name, said[field] * factor, {"state": state})
