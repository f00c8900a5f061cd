"""An application of Spark's on an HDFS and a YARN of the test's own."""

import subprocess

import psutil
import pytest

from aero import run_log
from aero.cluster import spark, spark_events, spark_history
from aero.ops import run_logs
from bench.attacks import rpc
from bench.attacks.attempts import Failed, Refused
from tests.hadoop.servers import OPERATOR, Servers, refusals
from tests.waiting import until

pytestmark = pytest.mark.long

# It computes on an executor, says what came of it, and stays until nobody listens any longer.
JOB = """
import sys
from pyspark.sql import SparkSession

session = SparkSession.builder.getOrCreate()
print(session.sparkContext.applicationId, flush=True)
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


RUN = "20261129T044658.514220Z"


@pytest.fixture(scope="module")
def application(servers):
    """The application of a run, while it runs."""
    job = servers.settings.home / "job.py"
    job.write_text(JOB)
    conf = spark.SHORT_LIVED | SMALL | spark_events.written(servers.settings, RUN)
    (python, _), variables = spark.application(servers.settings, "application", conf, RUN)
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
        run_log.note(servers.settings, RUN, f"{spark.APPLICATION}{process.stdout.readline()}")
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


def test_what_yarn_and_the_containers_have_of_a_run_is_in_its_log(servers, application):
    application.stdin.close()
    application.wait(60)
    yarn = []

    def has_ended() -> bool:
        yarn[:] = [one.words for one in run_logs.lines(servers.settings, RUN) if one.part == "yarn"]
        return len(yarn) == 2

    until(has_ended, seconds=120)
    assert f"aero-application {RUN} submitted" in yarn[0] and " ended SUCCEEDED" in yarn[1]
    assert "container-000001" in {one.part for one in run_logs.lines(servers.settings, RUN)}


def test_the_pages_of_an_application_that_has_ended_are_shown_to_operators(servers, application):
    application.stdin.close()
    application.wait(60)
    command, environment = spark_history.command(servers.settings)
    servers.variables = environment
    servers.run("spark-history", command)
    listed = "/api/v1/applications?status=completed"
    until(lambda: servers.asked("SPARK_HISTORY_HTTP", listed, who=OPERATOR).json(), seconds=120)
    [ended] = servers.asked("SPARK_HISTORY_HTTP", listed, who=OPERATOR).json()
    assert ended["name"] == f"aero-application {RUN}"
    jobs = servers.asked("SPARK_HISTORY_HTTP", f"/api/v1/applications/{ended['id']}/jobs", who=OPERATOR).json()
    assert [job["status"] for job in jobs] == ["SUCCEEDED"]
    for path in ("/", "/static/utils.js", listed):
        refusals(servers, "SPARK_HISTORY_HTTP", path)
