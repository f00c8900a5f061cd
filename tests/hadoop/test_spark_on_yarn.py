"""An application of Spark's on an HDFS and a YARN of the test's own."""

import subprocess

import psutil
import pytest

from aero.cluster import spark
from bench.attacks import rpc
from bench.attacks.attempts import Failed, Refused
from tests.hadoop.servers import Servers

# It computes on an executor, says what came of it, and stays until nobody listens any longer.
JOB = """
import sys
from pyspark.sql import SparkSession

session = SparkSession.builder.getOrCreate()
print(session.sparkContext.parallelize(range(4), 2).map(lambda number: number + 1).sum(), flush=True)
sys.stdin.read()
session.stop()
"""
SMALL = {"spark.driver.memory": "512m", "spark.executor.memory": "512m", "spark.executor.cores": "1"}


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    started = Servers(tmp_path_factory.mktemp("spark"))
    try:
        started.start("namenode", "datanode", "resourcemanager", "nodemanager")
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def application(servers):
    """The application while it runs."""
    job = servers.settings.home / "job.py"
    job.write_text(JOB)
    (python, _), variables = spark.application(servers.settings, "application", spark.SHORT_LIVED | SMALL)
    with servers.log("job").open("w") as log:
        process = subprocess.Popen(
            ["nice", python, str(job)],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout.readline() == "10\n", servers.log("job").read_text()[-3000:]
        yield process
    finally:
        process.stdin.close()
        process.wait(60)


def ports(*processes: psutil.Process) -> set[int]:
    """Those on which programs below these processes listen."""
    below = [one for process in processes for one in process.children(recursive=True)]
    found = [connection for one in below for connection in one.net_connections("tcp")]
    return {one.laddr.port for one in found if one.status == psutil.CONN_LISTEN}


def test_the_ports_of_driver_and_executors_answer_nobody_without_the_application_s_secret(servers, application):
    answers = {}
    for port in ports(psutil.Process(application.pid), psutil.Process(servers.pid("nodemanager"))):
        try:
            answers[port] = rpc.spark("127.0.0.1", port, seconds=5)
        except (Refused, Failed):  # That of Python's with its driver.
            continue
    assert len(answers) >= 3  # The driver, its blocks, and the executor's blocks.
    assert {answer for answer in answers.values() if "Expected SaslMessage" not in answer} == set()
