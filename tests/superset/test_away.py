"""Whose question was not answered since a server is away reads a sentence: who is away, and what to do."""

import json
import socket
import subprocess
from contextlib import closing

import pytest

from aero import people
from aero.cluster import superset_venv
from aero.datasets import REPOSITORY
from aero.screen import Console
from aero.settings import load_settings
from tests.ports import free_port

REFUSED = "Call From here/127.0.0.1 to localhost:{} failed on connection exception: java.net.ConnectException"
# What the servers say, and with what the sentence begins.
SAID = {
    "Error running query: java.io.UncheckedIOException: java.io.IOException: HBase does not answer for"
    " aero_live.flight_state: aero status hbase. Failed contacting masters after 3 attempts": "HBase, ",
    "FAILED: Execution Error, return code 2 from TezTask. Vertex failed, vertexName=Map 1, diagnostics=[Task failed,"
    " java.io.IOException: org.apache.hadoop.hbase.client.RetriesExhaustedException: Can't get the location": "HBase, ",
    "org.apache.zookeeper.KeeperException$ConnectionLossException: KeeperErrorCode = ConnectionLoss for": "HBase, ",
    REFUSED.format(8020): "HDFS, ",
    "60000 millis timeout while waiting for channel to be ready. [remote=namenode/10.0.0.2:8020]": "HDFS, ",
    "Cannot create directory /aero/tmp. Name node is in safe mode.": "HDFS is starting",
    "org.apache.hadoop.hdfs.BlockMissingException: Could not obtain block: BP-1 file=/aero/clean": "HDFS, ",
    "MetaException(message:Could not connect to meta store using any of the URIs provided.": "The metastore, ",
    REFUSED.format(8032): "YARN, ",
    # What is wrong otherwise stays as it is said.
    REFUSED.format(9999): None,
    "Vertex failed, vertexName=Map 1: java.lang.OutOfMemoryError: Java heap space": None,
    "org.apache.hadoop.hbase.TableNotFoundException: aero:nothing": None,
    "[TABLE_OR_VIEW_NOT_FOUND] The table or view `hbase` cannot be found.": None,
    "superset may not read aero_raw: the role reader": None,
}
WORDS = "import json, sys, away; print(json.dumps([away.of_words(one) for one in json.load(sys.stdin)]))"
ASKS = """
import sys, sessions
sessions.SILENT_SECONDS = 0.5
import reading
for port in sys.argv[1:]:
    try:
        reading.connect(host="127.0.0.1", port=int(port), username="ann", auth="NONE").cursor().execute("SELECT 1")
    except reading.Error as error:
        print(type(error).__name__, error)
"""


@pytest.fixture(scope="module")
def in_superset(tmp_path_factory):
    """A function that runs a program as Superset's Python does; what it prints."""
    settings = load_settings()
    superset_venv.install(settings, Console(quiet=True))
    python = superset_venv.folder(settings) / "bin" / "python"
    home = str(tmp_path_factory.mktemp("home"))

    def run(program, *arguments, text="", **variables):
        own = {"PYTHONPATH": f"{REPOSITORY}/superset:{REPOSITORY}", "AERO_HOME": home, **variables}
        result = subprocess.run(
            [python, "-c", program, *map(str, arguments)], input=text, env=own, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_what_a_server_says_of_another_that_is_away_becomes_a_sentence(in_superset):
    said = in_superset(WORDS, text=json.dumps(list(SAID)), NAMENODE_PORT="8020", RESOURCEMANAGER_PORT="8032")
    for (words, begin), sentence in zip(SAID.items(), json.loads(said), strict=True):
        assert (sentence or "").startswith(begin or "") and (sentence is None) == (begin is None), words
        assert begin is None or sentence.endswith("an operator sees what is wrong with: aero status")


def test_a_sql_server_that_is_away_or_says_nothing_is_named(in_superset):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        ports = free_port(), silent.getsockname()[1]
        variables = dict(zip(("SPARK_THRIFT_PORT", "HIVESERVER2_PORT"), map(str, ports), strict=True))
        away, frozen = in_superset(ASKS, *ports, **variables).splitlines()
    assert away.startswith("Away The Spark Thrift Server does not answer. Ask again in a minute")
    assert frozen.startswith("Away HiveServer2 has said nothing for 0.5 s. Ask again in a minute")


SENTENCE = (
    "The SQL server does not answer. Ask again in a minute; if it stays so, an operator sees what is wrong with:"
    " aero status"
)
ONES = {
    "table_name": "ones", "sql": "SELECT 1 AS one", "schema": "default", "metrics": [],
    "columns": [{"column_name": "one", "type": "INT"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def person(server):
    people.add(server.settings, "amos", "analyst", "the-words-of-amos")
    yield server.signed_in("amos", "the-words-of-amos", "127.0.3.7")
    people.remove(server.settings, "amos")


@pytest.fixture(scope="module")
def database(server):
    """The number of a database whose server is away."""
    comes_in = {"username": "superset", "password": "any"}
    return server.add_database("A server that is away", free_port(), "default", comes_in, ONES)


@pytest.mark.parametrize("path", ["select_star/delays/aero_batch/", "table_metadata/?name=delays&schema=aero_batch"])
def test_a_page_of_a_database_whose_server_is_away_says_so(server, database, person, path):
    answer = person.get(f"{server.address}/api/v1/database/{database}/{path}")
    assert answer.json() == {"message": SENTENCE}


def test_a_chart_says_so(server, database):
    admin = server.signed_in("admin", server.password("admin"), "127.0.3.8")
    found = admin.get(f"{server.address}/api/v1/dataset/", params={"q": "(page_size:1000)"}).json()["result"]
    dataset = next(one["id"] for one in found if one["table_name"] == ONES["table_name"])
    metric = {"expressionType": "SQL", "sqlExpression": "COUNT(*)", "label": "all"}
    asked = {
        "datasource": {"id": dataset, "type": "table"}, "queries": [{"metrics": [metric]}],
        "result_format": "json", "result_type": "full",
    }  # fmt: skip
    answer = admin.post(f"{server.address}/api/v1/chart/data", json=asked)
    assert answer.status_code == 400 and answer.json() == {"message": SENTENCE}, answer.text[:500]


def test_sql_lab_says_so_and_the_audit_too(server, database, person):
    asked = {"database_id": database, "sql": "SELECT 1", "schema": "default", "client_id": "away", "runAsync": False}
    answer = person.post(f"{server.address}/api/v1/sqllab/execute/", json=asked)
    assert answer.status_code >= 400 and SENTENCE in answer.text
    failed = [one.why for one in server.audited() if (one.who, one.outcome) == ("amos", "failed")]
    assert failed and all(SENTENCE in why for why in failed)
