"""aero_ops.machine_samples: some of what `aero metrics` tells, every few minutes, for the dashboard Machine.

A day is one file, which each sample replaces by itself and what was there: some thousand short lines.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import hdfs

from aero import connections, webhdfs
from aero.datasets import MACHINE_SAMPLES
from aero.ops import metrics, tables
from aero.ops.doctor.finding import Look

EVERY_SECONDS = 300
# After one that could not be written, as where HDFS has not started yet.
AGAIN_SECONDS = 15
KEPT_DAYS = 30
# What is kept of the series of aero/ops/metrics.py.
FIGURES = frozenset({
    "aero_service_memory_bytes", "aero_java_heap_used_bytes", "aero_java_heap_max_bytes",
    "aero_disk_free_bytes", "aero_disk_size_bytes",
    "aero_hdfs_bytes", "aero_hdfs_blocks", "aero_yarn_memory_bytes", "aero_yarn_applications",
    "aero_hbase_requests_total", "aero_hbase_regions", "aero_hbase_store_bytes",
    "aero_kafka_records_total", "aero_kafka_in_bytes_total",
})  # fmt: skip
log = logging.getLogger("machine")


@dataclass(frozen=True)
class MachineSample:
    """One figure at one instant; fields as hive/aero_ops/machine_samples/create.hql says them, in its order."""

    sampled_at: datetime
    part: str
    figure: str
    value: float


def start(newest: Callable[[], Look]) -> None:
    """Sample in the background, as long as this process lives. `newest` looks at the services."""
    threading.Thread(target=_run, args=(newest,), name="machine", daemon=True).start()


def _run(newest: Callable[[], Look]) -> None:
    while True:
        try:
            publish(connections.webhdfs(), taken(newest(), tables.now()))
            time.sleep(EVERY_SECONDS)
        except Exception as fault:  # Whatever it is, such as an HDFS that is away: the next sample is another one.
            log.warning("no sample of the machine: %s", " ".join(str(fault).split()))
            time.sleep(AGAIN_SECONDS)


def taken(look: Look, at: datetime) -> list[MachineSample]:
    """What is known now; what a server that is away would tell is left out."""
    return [
        MachineSample(at, next(iter(one.labels.values()), "machine"), one.name.removeprefix("aero_"), float(one.value))
        for one in metrics.machine(look)
        if one.name in FIGURES
    ]


def publish(client: hdfs.Client, samples: Iterable[MachineSample]) -> None:
    """Add samples to the table, each to the file of its day, and remove the days that are older than KEPT_DAYS."""
    by_day: dict[str, list[MachineSample]] = {}
    for sample in samples:
        by_day.setdefault(f"{sample.sampled_at:%Y%m%d}", []).append(sample)
    for day, some in by_day.items():
        file = f"{MACHINE_SAMPLES.path}/{day}.tsv"
        before = tables.read_file(client, file, MachineSample)[0] if webhdfs.exists(client, file) else []
        tables.add(client, MACHINE_SAMPLES, day, [*before, *some])
    tables.let_go(client, MACHINE_SAMPLES, KEPT_DAYS)
