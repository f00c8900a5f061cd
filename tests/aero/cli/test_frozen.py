"""Commands while every server is frozen: it takes connections, as the kernel does for it, and answers nothing."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from aero.cluster.services import SERVICES
from aero.settings import DOORS, PORTS

# The supervisor says that all run.
PROGRAM = """
import os, sys
from aero.cluster import services
from aero.cluster.supervision import Process, Supervisor
running = {one.name: Process(one.name, "RUNNING", os.getpid(), 0) for one in services.SERVICES}
Supervisor.processes = lambda _: running
from aero.cli import main
main(sys.argv[1:], prog_name="aero")
"""
# Who is named. Those that only look end by themselves, with this exit code.
NAMED = {
    "board JFK --once": ("hbase-thrift",),
    "live status": ("hbase-thrift", "namenode"),
    "months": ("namenode", "metastore"),
    "freshness": ("namenode", "metastore"),
    "checks 2013-01": ("namenode",),
    "sql -e SELECT-1": ("hiveserver2",),
}
# A command that has not ended by then hangs.
HANGS_SECONDS = 600


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """How each command ended, run side by side."""
    servers = {port: socket.create_server(("127.0.0.1", 0), backlog=512) for port in PORTS}
    ports = {port: str(server.getsockname()[1]) for port, server in servers.items()}
    own = ports | dict.fromkeys(DOORS, "open") | {"AERO_HOME": str(tmp_path_factory.mktemp("frozen"))}
    environment = {name: value for name, value in os.environ.items() if name != "AERO_PORT_OFFSET"} | own

    def run(words):
        command = [sys.executable, "-c", PROGRAM, *words.split()]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=HANGS_SECONDS)

    with ThreadPoolExecutor(2) as pool:
        words = [*NAMED, "status", "schedule show"]
        yield dict(zip(words, pool.map(run, words), strict=True))
    for server in servers.values():
        server.close()


@pytest.mark.parametrize("words", NAMED)
def test_one_that_only_looks_ends_and_names_who_is_silent(ended, words):
    said = ended[words]
    assert (said.returncode, said.stdout) == (1, "")
    assert all(f"{name} is up, and has not answered for 8 s." in said.stderr for name in NAMED[words]), said.stderr
    assert "Traceback" not in said.stderr


def test_the_status_is_complete(ended):
    status = ended["status"]
    assert status.returncode == 3
    assert (
        all(f"\n{one.name} " in "\n" + status.stdout for one in SERVICES)
        and f"0 of {len(SERVICES)} ready" in status.stdout
    )


def test_the_schedule_is_shown_with_what_a_run_would_miss(ended):
    schedule = ended["schedule show"]
    missed = "datanode, nodemanager, hiveserver2, luigid, hbase, kafka"
    assert schedule.returncode == 0 and f"A run would miss now what is not ready: {missed}" in schedule.stdout
