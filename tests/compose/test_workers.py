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


def _executors() -> dict[str, str]:
    """The worker of each executor of the running load, by the name of its container of YARN."""
    apps = (_yarn("apps?states=RUNNING&applicationTypes=SPARK")["apps"] or {"app": []})["app"]
    found = {}
    for app in apps:
        for attempt in _yarn(f"apps/{app['id']}/appattempts")["appAttempts"]["appAttempt"]:
            path = f"apps/{app['id']}/appattempts/{attempt['appAttemptId']}/containers"
            for one in _yarn(path)["container"]:
                if not one["containerId"].endswith("_000001"):  # The application's master.
                    found[one["containerId"]] = one["nodeId"].partition(":")[0]
    return found


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
        cluster.until(lambda: rebuild.done() or len(set(_executors().values())) == WORKERS)
        assert not rebuild.done()
        killed = sorted(_executors().values())[0]
        cluster.docker("kill", killed)
        assert rebuild.result() == 0
    assert _rows() == before
