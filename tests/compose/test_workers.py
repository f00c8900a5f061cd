"""A load on several workers: executors on each, and the same rows when one is killed in the middle."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from aero.cluster import compose
from tests.compose import cluster

pytestmark = pytest.mark.compose

WORKERS = 3
ASK = "import sys, urllib.request as web; print(web.urlopen(sys.argv[1]).read().decode())"
# Of each rebuild its own.
CHANGING = {"load_id"}


@pytest.fixture
def workers(year_2013):
    """Three of them, all known to YARN; one again afterwards."""
    assert compose.up(["--scale", f"nodemanager={WORKERS}"]) == 0
    cluster.until(lambda: _yarn("metrics")["clusterMetrics"]["activeNodes"] == WORKERS)
    yield
    assert compose.up(["--scale", "nodemanager=1"]) == 0


def _yarn(path: str) -> dict:
    return json.loads(
        cluster.inside("resourcemanager", "python3", "-c", ASK, f"http://resourcemanager:8088/ws/v1/cluster/{path}")
    )


def _containers() -> tuple[set[str], set[str]]:
    """The workers that have executors of Spark, and those that have an application's master."""
    executors, masters = set(), set()
    for app in (_yarn("apps?states=RUNNING&applicationTypes=SPARK")["apps"] or {"app": []})["app"]:
        for attempt in _yarn(f"apps/{app['id']}/appattempts")["appAttempts"]["appAttempt"]:
            path = f"apps/{app['id']}/appattempts/{attempt['appAttemptId']}/containers"
            for one in _yarn(path)["container"]:
                of = masters if one["containerId"].endswith("_000001") else executors
                of.add(one["nodeId"].partition(":")[0])
    return executors, masters


def _rows() -> list[tuple]:
    """Of each month how many rows, and a sum over all of their values."""
    described = cluster.sql("DESCRIBE aero_clean.flights")
    columns = [name for name, *_ in described[: [name for name, *_ in described].index("")]]
    asked = ", ".join(name for name in columns if name not in CHANGING)
    return sorted(
        cluster.sql(
            f"SELECT month, count(*), sum(CAST(hash({asked}) AS BIGINT)) FROM aero_clean.flights WHERE year = 2013"
            " GROUP BY month"
        )
    )


def test_a_load_runs_on_all_workers_and_one_that_is_killed_changes_no_row(workers):
    before = _rows()
    with ThreadPoolExecutor(1) as pool:
        rebuild = pool.submit(compose.client, "rebuild", "--from", "2013-01", "--to", "2013-12")
        cluster.until(lambda: rebuild.done() or len(_containers()[0]) == WORKERS)
        assert not rebuild.done()
        executors, masters = _containers()
        cluster.docker("kill", (executors - masters).pop())  # A worker's name is its container's.
        assert rebuild.result() == 0
    assert _rows() == before
