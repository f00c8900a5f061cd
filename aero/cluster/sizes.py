"""How large YARN, the applications of Spark and the Spark Thrift Server are: by the machine, and by what YARN has.

A load takes as many executors of SPARK_EXECUTOR_CORES cores as YARN's workers have cores for, and as the queue has
memory for beside the stream; the stream as many as the topic's partitions keep busy, in half of the queue at most.
YARN_MEMORY_MB, YARN_VCORES, SPARK_EXECUTOR_CORES, SPARK_EXECUTOR_MEMORY and SPARK_THRIFT_CORES set other numbers.
"""

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

import psutil

from aero.cluster import drift, probes
from aero.datasets import TOPIC_LIVE
from aero.errors import AeroError
from aero.settings import Settings, number

# YARN's memory: so much a core, as far as the machine has more than the servers and all else need. Two cores have the
# least, whatever the machine has.
LEAST_YARN_MB, YARN_MB_A_CORE, OF_ALL_ELSE_MB = 9216, 4608, 16384
# Of the Spark Thrift Server's heap, which all its tasks share.
HEAP_MB_A_TASK = 128

CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")  # Of a container: microseconds of processors in so many microseconds.
# Tasks side by side; jobs ask their session for it.
PARALLELISM = "spark.default.parallelism"
QUEUE = "default"  # Where applications of Spark go, when they name none.
ALLOCATION_MB = 256  # yarn-site.xml: a container is a multiple of it.
MASTER_MB = 768  # spark-defaults.conf: spark.yarn.am.memory and its overhead.
EXECUTOR_CORES, EXECUTOR_MB = 2, 1024
JAVA_OVERHEAD_MB = 384  # Beside the heap.
# A Python worker takes 770 MB to clean 480,000 flights; the fullest month there was had 650,000. There is one a core.
PYTHON_MB = 960
# The stream's executor may take 2 GiB in all: its heap, two Python workers (one a core) and what else Java needs.
STREAM_HEAP_MB, STREAM_OVERHEAD_MB = 1200, 848


@dataclass(frozen=True)
class Queue:
    """What applications of Spark may have together: cores of all workers, and megabytes of the queue, at most."""

    cores: int
    memory_mb: int


def cores() -> int:
    """Processors that this process may use: the machine's, or a container's."""
    there = len(os.sched_getaffinity(0))
    quota, _, period = CPU_LIMIT.read_text().partition(" ") if CPU_LIMIT.exists() else ("max", "", "")
    return there if quota == "max" else min(there, max(1, math.ceil(int(quota) / int(period))))


def yarn_variables() -> dict[str, str]:
    """What a NodeManager of this machine gives away, as its variables. An executor of two cores fits any."""
    beyond = psutil.virtual_memory().total // 2**20 - OF_ALL_ELSE_MB
    memory = max(LEAST_YARN_MB, min(cores() * YARN_MB_A_CORE, beyond))
    return {
        "YARN_MEMORY_MB": str(number("YARN_MEMORY_MB", memory)),
        "YARN_VCORES": str(number("YARN_VCORES", max(EXECUTOR_CORES, cores()))),
    }


def of_sql_server(heap_mb: int) -> int:
    """Tasks that the Spark Thrift Server does side by side: one a core, as far as its heap goes."""
    return number("SPARK_THRIFT_CORES", max(2, min(cores(), heap_mb // HEAP_MB_A_TASK)))


def ask(settings: Settings) -> Queue | None:
    """What YARN has now; None where it does not answer, or has no worker: Spark says in its own words what is wrong."""
    there = probes.json_page(settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/metrics")
    scheduler = probes.json_page(settings, "RESOURCEMANAGER_HTTP", "/ws/v1/cluster/scheduler")
    if not there or not scheduler:
        return None
    metrics = there["clusterMetrics"]
    [share] = [
        queue["absoluteMaxCapacity"]
        for queue in scheduler["scheduler"]["schedulerInfo"]["queues"]["queue"]
        if queue["queueName"] == QUEUE
    ]
    queue = Queue(metrics["totalVirtualCores"], int(metrics["totalMB"] * share / 100))
    return queue if queue.cores else None


def of_load(queue: Queue | None) -> dict[str, str]:
    """Spark's settings for a load: executors come as they have tasks, and go."""
    own, executors = number("SPARK_EXECUTOR_CORES", EXECUTOR_CORES), 1
    overhead = JAVA_OVERHEAD_MB + own * PYTHON_MB
    if queue:
        room = queue.memory_mb - MASTER_MB - (MASTER_MB + _stream_executors(queue) * _stream_mb())
        executors = max(1, min(queue.cores // own, room // _container(_executor_mb(), overhead)))
    return {
        "spark.dynamicAllocation.maxExecutors": str(executors),
        "spark.executor.cores": str(own),
        "spark.executor.memory": f"{_executor_mb()}m",
        "spark.executor.memoryOverhead": f"{overhead}m",
        # What all may come to have: before there are tasks for them, they do not come.
        PARALLELISM: str(executors * own),
        # Each piece costs a little, and adaptive execution joins those that are small.
        "spark.sql.shuffle.partitions": str(2 * executors * own),
    }


def of_stream(queue: Queue | None) -> dict[str, str]:
    """Spark's settings for the stream: its executors stay, for it has never nothing to do for long."""
    executors = _stream_executors(queue) if queue else 1
    return {
        "spark.dynamicAllocation.enabled": "false",
        "spark.executor.instances": str(executors),
        "spark.executor.cores": str(EXECUTOR_CORES),
        "spark.executor.memory": f"{STREAM_HEAP_MB}m",
        "spark.executor.memoryOverhead": f"{STREAM_OVERHEAD_MB}m",
        PARALLELISM: str(executors * EXECUTOR_CORES),
    }


def _stream_executors(queue: Queue) -> int:
    busy = min(_live_partitions(), queue.cores) // EXECUTOR_CORES
    return max(1, min(busy, (queue.memory_mb // 2 - MASTER_MB) // _stream_mb()))


def _live_partitions() -> int:
    [topic] = [one for one in drift.declared("kafka/topics.toml")["topic"] if one["name"] == TOPIC_LIVE]
    return topic["partitions"]


def _stream_mb() -> int:
    return _container(STREAM_HEAP_MB, STREAM_OVERHEAD_MB)


def _executor_mb() -> int:
    text = os.environ.get("SPARK_EXECUTOR_MEMORY") or f"{EXECUTOR_MB}m"
    if not (found := re.fullmatch(r"(\d+)([mg])", text)):
        raise AeroError(
            f"SPARK_EXECUTOR_MEMORY is {text!r}, not an amount of memory.", "Set it to such as 2g or 1536m."
        )
    return int(found[1]) * {"m": 1, "g": 1024}[found[2]]


def _container(heap_mb: int, overhead_mb: int) -> int:
    """Megabytes that YARN reserves for an executor."""
    return math.ceil((heap_mb + overhead_mb) / ALLOCATION_MB) * ALLOCATION_MB
