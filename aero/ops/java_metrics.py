"""What each Java server of this machine writes down of itself every ten seconds: hive/doors, aero.metrics.Agent.

A file for each service, in a folder that only its owner may enter: no port is opened for it, and nobody is asked for a
password. In containers there are none: the scheduler could not read them.
"""

import time
from collections.abc import Iterator

from aero.settings import Settings

# Older than this, the server is frozen, or another was started since and has said nothing yet.
STALE_SECONDS = 60
HELP = {
    "aero_java_heap_used_bytes": "Heap in use.",
    "aero_java_heap_max_bytes": "What the heap may grow to.",
    "aero_java_threads": "Threads.",
    "aero_java_gc_seconds_total": "Time that its collectors of garbage took.",
    "aero_java_gc_runs_total": "How often they ran.",
    "aero_java_cpu_seconds_total": "Processor time of the process.",
    "aero_java_open_files": "Files and connections that are open.",
    "aero_java_max_files": "How many may be.",
    "aero_kafka_records_total": "Records that the broker took.",
    "aero_kafka_in_bytes_total": "Bytes that came to the broker.",
    "aero_kafka_out_bytes_total": "Bytes that readers had of it.",
    "aero_kafka_offline_partitions": "Partitions that nobody can write to or read.",
    "aero_kafka_under_replicated_partitions": "Partitions with fewer copies than they should have.",
    "aero_kafka_produce_p99_seconds": "How long the slowest of a hundred requests to write takes.",
    "aero_kafka_handlers_idle_ratio": "Share of a minute in which the threads that answer had nothing to do.",
    "aero_hbase_requests_total": "Requests to the region server.",
    "aero_hbase_regions": "Regions that it serves.",
    "aero_hbase_store_bytes": "Size of its files.",
    "aero_hbase_compactions_waiting": "Stores that wait to be compacted.",
    "aero_datanode_read_bytes_total": "Bytes that were read of a DataNode.",
    "aero_datanode_written_bytes_total": "Bytes that were written to it.",
    "aero_datanode_failed_volumes": "Disks that it gave up.",
    "aero_nodemanager_containers": "Containers that run on a NodeManager.",
    "aero_nodemanager_containers_failed_total": "Containers that failed there.",
}


def read(settings: Settings, service: str) -> Iterator[tuple[str, float]]:
    """The name and value of each figure of HELP that a service said lately; none where it is silent."""
    file = settings.home / "run" / "metrics" / service
    if not file.is_file() or time.time() - file.stat().st_mtime > STALE_SECONDS:
        return
    for line in file.read_text(encoding="ascii").splitlines():
        name, value = line.split()
        yield f"aero_{name}", float(value)
