"""One writer at a time, on a ZooKeeper of the test's own."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest

from aero import lease
from aero.cluster import java, readiness, services
from aero.errors import AeroError
from aero.settings import load_settings
from tests.waiting import until

pytestmark = pytest.mark.cluster
SITUATION = """
import sys
from aero import lease
held = lease.hold(sys.argv[1])
print(held.token, flush=True)
for line in sys.stdin:
    if line == "check\\n":
        try:
            held.check()
            print("mine", held.token, flush=True)
        except lease.Lost:
            print("lost", flush=True)
"""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class ZooKeeper:
    """A server that may be stopped and started again, with what it knew or without."""

    def __init__(self, folder):
        self.folder = folder
        self.port = _free_port()
        self.settings = load_settings()
        self.settings.environment.update(ZOOKEEPER_HOST="localhost", ZOOKEEPER_PORT=str(self.port))
        self.process = None

    def start(self):
        lib = services.environment(load_settings())["HBASE_LIB"]
        flags = ["-Dzookeeper.admin.enableServer=false", "-Dzookeeper.4lw.commands.whitelist=ruok"]
        main = ["org.apache.zookeeper.server.ZooKeeperServerMain", str(self.port), str(self.folder)]
        command = [f"{java.home()}/bin/java", *flags, "-cp", f"{lib}/*", *main]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: readiness.zookeeper(self.settings) is None)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def zookeeper(tmp_path, monkeypatch):
    server = ZooKeeper(tmp_path / "zookeeper")
    monkeypatch.setenv("ZOOKEEPER_PORT", str(server.port))
    monkeypatch.setenv("ZOOKEEPER_HOST", "localhost")
    server.start()
    yield server
    server.kill()


@contextmanager
def writer(what, **environment):
    """A process that holds the lease, or waits for it. Its output's first line is its token."""
    command = [sys.executable, "-c", SITUATION, what]
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def asked(process) -> str:
    process.stdin.write("check\n")
    process.stdin.flush()
    return process.stdout.readline()


def test_a_second_writer_waits_says_for_whom_and_follows_with_a_higher_token(zookeeper):
    with writer("a load of 2014-01") as first:
        token = int(first.stdout.readline())
        with writer("a rebuild of 2014-01") as second:
            waits_for = second.stderr.readline()
            assert waits_for.startswith(f"a rebuild of 2014-01 waits for a load of 2014-01 (process {first.pid} on ")
            assert "--no-wait" in waits_for
            assert [holder.what for holder in lease.holders(zookeeper.settings)] == [
                "a load of 2014-01",
                "a rebuild of 2014-01",
            ]
            first.stdin.close()
            assert int(second.stdout.readline()) > token


def test_a_writer_that_is_not_to_wait_refuses(zookeeper):
    with writer("a load of 2014-01") as first:
        first.stdout.readline()
        with writer("clean-slate", AERO_NO_WAIT="1") as second:
            _, refusal = second.communicate()
        assert f"Another writer is at work: a load of 2014-01 (process {first.pid} on " in refusal


def test_the_lease_of_a_writer_that_was_killed_is_the_next_ones(zookeeper):
    with writer("a load of 2014-01") as first, writer("a load of 2014-02") as second:
        first.stdout.readline()
        second.stderr.readline()
        first.kill()
        assert second.stdout.readline()


def test_a_zookeeper_that_was_started_again_costs_no_writer_its_lease(zookeeper):
    with writer("a load of 2014-01") as first:
        first.stdout.readline()
        zookeeper.kill()
        zookeeper.start()
        assert asked(first).startswith("mine")


def test_a_writer_whose_lease_another_took_is_refused_before_it_writes(zookeeper):
    with writer("a load of 2014-01") as first, writer("a load of 2014-02") as second:
        first.stdout.readline()
        second.stderr.readline()
        os.kill(first.pid, 19)  # SIGSTOP
        try:
            second.stdout.readline()
        finally:
            os.kill(first.pid, 18)  # SIGCONT
        assert asked(first) == "lost\n"
        assert asked(second).startswith("mine")


def test_without_zookeeper_a_writer_says_what_to_start(zookeeper, monkeypatch):
    monkeypatch.setattr(lease, "CONNECT_SECONDS", 1)
    zookeeper.kill()
    with pytest.raises(AeroError, match="ZooKeeper does not answer at localhost") as refused:
        lease.hold("a load")
    assert "aero up hbase" in refused.value.fix
