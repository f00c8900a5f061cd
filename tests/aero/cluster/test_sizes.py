"""What the sizes come to on machines and clusters of several sizes, without any."""

import os
from types import SimpleNamespace

import psutil
import pytest

from aero.cluster import probes, services, sizes, spark_thrift, stream
from aero.cluster.sizes import Queue
from aero.errors import AeroError
from aero.settings import load_settings
from luigi_tasks import spark_job
from tests.aero.cluster.test_spark import properties

# Of nine GiB, YARN's on the smallest machine, and so on: three quarters, the share of Spark's queue.
TWO_CORES = Queue(2, 6912)
CONTAINERS, THREE_WORKERS_OF_CONTAINERS = Queue(2, 5760), Queue(6, 17280)
MANY_CORES, LITTLE_MEMORY = Queue(24, 61440), Queue(24, 6912)
THREE_WORKERS = Queue(24, 46080)


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("YARN_", "SPARK_")):
            monkeypatch.delenv(name)


def machine(monkeypatch, cores, gib):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    monkeypatch.setattr(sizes, "CPU_LIMIT", sizes.CPU_LIMIT / "nowhere")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=gib * 2**30))


@pytest.mark.parametrize(
    ("queue", "memory", "load", "of_stream"),
    [
        (None, "2g", 1, 1),
        (TWO_CORES, "2g", 1, 1),
        (CONTAINERS, "576m", 1, 1),
        (THREE_WORKERS_OF_CONTAINERS, "576m", 3, 2),
        (MANY_CORES, "2g", 12, 2),
        (THREE_WORKERS, "1024m", 12, 2),
        (THREE_WORKERS, "2g", 9, 2),
        (LITTLE_MEMORY, "2g", 1, 1),
        (MANY_CORES, "8g", 5, 2),
    ],
)
def test_executors_of_a_load_and_of_the_stream_fill_cores_or_queue(queue, memory, load, of_stream, monkeypatch):
    monkeypatch.setenv("SPARK_EXECUTOR_MEMORY", memory)
    for_load, for_stream = sizes.of_load(queue), sizes.of_stream(queue)
    assert (for_load["spark.dynamicAllocation.maxExecutors"], for_stream["spark.executor.instances"]) == (
        str(load),
        str(of_stream),
    )
    assert for_load["spark.default.parallelism"] == str(2 * load)
    assert for_load["spark.sql.shuffle.partitions"] == str(4 * load)
    assert for_stream["spark.default.parallelism"] == str(2 * of_stream)


def test_a_load_of_two_cores_is_what_spark_is_started_with_by_hand():
    before = properties("spark-defaults.conf")
    own = sizes.of_load(TWO_CORES)
    same = (
        "dynamicAllocation.maxExecutors",
        "executor.cores",
        "executor.memory",
        "executor.memoryOverhead",
        "sql.shuffle.partitions",
    )
    assert [own[f"spark.{name}"] for name in same] == [before[f"spark.{name}"] for name in same]


@pytest.mark.parametrize(
    ("cores", "gib", "yarn", "tasks", "tasks_of_4_gib"),
    [
        (1, 8, ("9216", "2"), 2, 2),
        (2, 24, ("9216", "2"), 2, 2),
        (2, 64, ("9216", "2"), 2, 2),
        (24, 24, ("9216", "24"), 8, 24),
        (24, 96, ("81920", "24"), 8, 24),
        (64, 1024, ("294912", "64"), 8, 32),
    ],
)
def test_a_machine_gives_yarn_and_the_sql_server_what_it_has(cores, gib, yarn, tasks, tasks_of_4_gib, monkeypatch):
    machine(monkeypatch, cores, gib)
    variables = services.environment(load_settings())
    assert (variables["YARN_MEMORY_MB"], variables["YARN_VCORES"]) == yarn
    for heap, expected in ((1024, tasks), (4096, tasks_of_4_gib)):
        monkeypatch.setenv("SPARK_THRIFT_HEAP_MB", str(heap))
        command = spark_thrift.command(load_settings())
        assert f"local[{expected}]" in command and f"spark.sql.shuffle.partitions={expected}" in command


def test_the_environment_says_other_sizes(monkeypatch):
    machine(monkeypatch, 24, 96)
    for name, number in {"YARN_MEMORY_MB": "20480", "YARN_VCORES": "8", "SPARK_THRIFT_CORES": "5"}.items():
        monkeypatch.setenv(name, number)
    assert sizes.yarn_variables() == {"YARN_MEMORY_MB": "20480", "YARN_VCORES": "8"}
    assert sizes.of_sql_server(1024) == 5
    monkeypatch.setenv("SPARK_EXECUTOR_CORES", "4")
    assert sizes.of_load(THREE_WORKERS)["spark.dynamicAllocation.maxExecutors"] == "6"


@pytest.mark.parametrize(("name", "text"), [("SPARK_EXECUTOR_CORES", "many"), ("SPARK_EXECUTOR_MEMORY", "2 GB")])
def test_a_size_that_is_none_is_refused_by_its_name(name, text, monkeypatch):
    monkeypatch.setenv(name, text)
    with pytest.raises(AeroError, match=f"{name} is '{text}'"):
        sizes.of_load(TWO_CORES)


@pytest.mark.parametrize(("limit", "cores"), [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1)])
def test_a_container_has_the_cores_of_its_limit(limit, cores, tmp_path, monkeypatch):
    machine(monkeypatch, 8, 24)
    (tmp_path / "cpu.max").write_text(limit)
    monkeypatch.setattr(sizes, "CPU_LIMIT", tmp_path / "cpu.max")
    assert sizes.cores() == cores


def test_the_applications_are_started_with_what_yarn_has(monkeypatch):
    pages = {
        "/ws/v1/cluster/metrics": {"clusterMetrics": {"totalVirtualCores": 24, "totalMB": 61440}},
        "/ws/v1/cluster/scheduler": {
            "scheduler": {
                "schedulerInfo": {
                    "queues": {
                        "queue": [
                            {"queueName": "hive", "absoluteMaxCapacity": 60.0},
                            {"queueName": "default", "absoluteMaxCapacity": 75.0},
                        ]
                    }
                }
            }
        },
    }
    monkeypatch.setattr(probes, "json_page", lambda settings, door, path: pages[path])
    assert sizes.ask(load_settings()) == THREE_WORKERS
    assert stream.configuration(load_settings())["spark.executor.instances"] == "2"
    started = []
    monkeypatch.setattr(
        spark_job.subprocess, "Popen", lambda command, **how: started.append(how) or SimpleNamespace(stdin=1, stdout=1)
    )
    monkeypatch.setattr(spark_job, "_applications", [])
    assert spark_job.cores() == 24
    assert "spark.dynamicAllocation.maxExecutors=12" in started[0]["env"]["PYSPARK_SUBMIT_ARGS"]
