"""One writer at a time, on a ZooKeeper of the test's own."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from aero import lease, zookeeper
from aero.cluster import jars, java, readiness, services
from aero.errors import AeroError
from aero.screen import Console
from aero.settings import load_settings
from tests.ports import free_port
from tests.waiting import until

# How long who is killed or frozen holds the lease still, in seconds: longer than a busy machine is silent.
SESSION_SECONDS = 4
SITUATION = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from aero import lease, zookeeper
from aero.errors import AeroError
lease.REMIND_SECONDS = 1
zookeeper.SESSION_SECONDS = float(os.environ["SESSION_SECONDS"])
zookeeper.PATIENCE_SECONDS = float(os.environ.get("PATIENCE", 60))
with ThreadPoolExecutor(2) as threads:
    held, same = threads.map(lease.hold, sys.argv[1:] * 2)
assert held is same is lease.hold("else")
print(held.token, flush=True)

def check():
    try:
        lease.hold("else").check()
        print("mine", held.token, flush=True)
    except lease.Lost:
        print("lost", flush=True)
    except AeroError as error:
        print(error.problem, flush=True)

def fork():
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        check()
        sys.exit()

for line in sys.stdin:
    {"check": check, "fork": fork}[line.strip()]()
"""
# Longer than any of these waits takes: where one hangs the test is to fail, not to hang.
PATIENCE = 90


class ZooKeeper:
    """A server that may be stopped and started again, with what it knew or without."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.settings = load_settings()
        self.settings.environment.update(ZOOKEEPER_HOST="localhost", ZOOKEEPER_PORT=str(self.port))
        self.process = None

    def start(self):
        lib = services.environment(load_settings())["HBASE_LIB"]
        flags = ["-Dzookeeper.admin.enableServer=false", "-Dzookeeper.4lw.commands.whitelist=ruok"]
        # It ends no session sooner than after two of its ticks.
        tick = str(SESSION_SECONDS * 1000 // 4)
        main = ["org.apache.zookeeper.server.ZooKeeperServerMain", str(self.port), str(self.folder), tick]
        command = [f"{java.home()}/bin/java", *flags, "-cp", f"{lib}/*", *main]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: readiness.zookeeper(self.settings) is None)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path, monkeypatch):
    jars.resolve(load_settings(), Console(quiet=True))
    server = ZooKeeper(tmp_path / "zookeeper")
    monkeypatch.setenv("ZOOKEEPER_PORT", str(server.port))
    monkeypatch.setenv("ZOOKEEPER_HOST", "localhost")
    monkeypatch.setenv("SESSION_SECONDS", str(SESSION_SECONDS))
    server.start()
    yield server
    server.kill()


class Writer:
    """A process that holds the lease, or waits for it. Its output's first line is its token."""

    def __init__(self, process):
        self.process, self.pid = process, process.pid

    def line(self, stream="stdout"):
        """The next line of its output. Raises TimeoutError where none comes."""
        pipe = getattr(self.process, stream)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(PATIENCE):
                raise TimeoutError
        return pipe.readline().rstrip("\n")

    def asked(self, question="check"):
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.line()

    @contextmanager
    def frozen(self):
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


@contextmanager
def writer(what, **environment):
    process = subprocess.Popen(
        [sys.executable, "-c", SITUATION, what],
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield Writer(process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


@contextmanager
def holder_and_waiter(first="a load of 2014-01", second="a load of 2014-02"):
    """Two writers, the second in line behind the first."""
    with writer(first) as holder:
        holder.token = int(holder.line())
        with writer(second) as waiter:
            waiter.waits_for = waiter.line("stderr")
            yield holder, waiter


def test_a_second_writer_waits_says_for_whom_again_and_again_and_follows_with_a_higher_token(server):
    with holder_and_waiter(second="a rebuild of 2014-01") as (first, second):
        assert second.waits_for.startswith(f"a rebuild of 2014-01 waits for a load of 2014-01 (process {first.pid} on ")
        assert "--no-wait" in second.waits_for
        assert second.line("stderr") == second.waits_for
        assert [holder.what for holder in lease.holders(server.settings)] == [
            "a load of 2014-01",
            "a rebuild of 2014-01",
        ]
        first.process.stdin.close()
        assert int(second.line()) > first.token
        assert [holder.what for holder in lease.holders(server.settings)] == ["a rebuild of 2014-01"]


def test_a_writer_that_is_not_to_wait_refuses(server, monkeypatch):
    with writer("a load of 2014-01") as first:
        first.line()
        with writer("clean-slate", AERO_NO_WAIT="1") as second:
            _, refusal = second.process.communicate(timeout=PATIENCE)
        assert f"Another writer is at work: a load of 2014-01 (process {first.pid} on " in refusal
        lease.refuse_if_held(server.settings)
        monkeypatch.setenv("AERO_NO_WAIT", "1")
        with pytest.raises(lease.Busy, match="Another writer is at work: a load of 2014-01") as refused:
            lease.refuse_if_held(server.settings)
        assert refused.value.exit_code == 75


def test_the_lease_of_a_writer_that_was_killed_is_the_next_ones(server):
    with holder_and_waiter() as (first, second):
        first.process.kill()
        assert second.line()


def test_a_waiter_that_was_killed_or_frozen_holds_nobody_up(server):
    with holder_and_waiter() as (first, second), writer("a load of 2014-03") as third:
        third.line("stderr")
        with second.frozen():
            first.process.stdin.close()
            assert third.line()  # When the session of the second has ended.
        third.process.stdin.close()
        assert int(second.line()) > first.token
        assert second.asked().startswith("mine")


def test_a_zookeeper_that_was_started_again_costs_no_writer_its_lease(server, monkeypatch):
    # Its holder has to come again before its session ends, and a busy machine takes its time.
    monkeypatch.setenv("SESSION_SECONDS", "20")
    with holder_and_waiter() as (first, second):
        server.kill()
        server.start()
        assert first.asked().startswith("mine")
        first.process.stdin.close()
        assert second.line()


def test_a_zookeeper_that_lost_what_it_knew_ends_its_writers_and_has_the_next(server):
    with writer("a load of 2014-01", PATIENCE="5") as first:
        first.line()
        server.kill()
        shutil.rmtree(server.folder)
        server.start()
        assert first.asked().startswith("ZooKeeper does not answer")
        with writer("a load of 2014-01") as again:
            assert again.line() == "0"


def test_a_zookeeper_that_stays_away_is_an_error_not_a_wait_for_ever(server):
    with writer("a load of 2014-01", PATIENCE="3") as first:
        first.line()
        server.kill()
        assert first.asked().startswith("ZooKeeper does not answer")


def test_a_writer_whose_lease_another_took_is_refused_before_it_writes(server):
    with holder_and_waiter() as (first, second):
        with first.frozen():
            second.line()
        assert first.asked() == "lost"
        assert second.asked().startswith("mine")
        second.process.stdin.close()
        second.process.wait(PATIENCE)
        assert first.asked() == "lost"  # Also when that one has ended.


def test_a_writer_that_was_frozen_while_nobody_waited_has_its_lease_again(server):
    with writer("a load of 2014-01") as first:
        token = int(first.line())
        with first.frozen():
            until(lambda: not lease.holders(server.settings))
        assert first.asked().partition(" ")[2] > str(token)


def test_who_took_the_lease_and_froze_before_the_fence_cannot_put_it_up_any_more(server, monkeypatch):
    """It wakes up when its lease is another's: it waits for that one, as if it had never had it."""
    monkeypatch.setattr(lease, "load_settings", lambda: server.settings)
    late = lease.Lease(zookeeper.connected(server.settings), lease.Holder("late", 1, "here", lease._now()))
    lock = late._client.Lock(lease.LEASE_NODE, "{}")
    assert lock.acquire(blocking=False)
    late._client.delete(f"{lease.LEASE_NODE}/{lock.node}")  # Its session ended.
    try:
        with writer("a load of 2014-01") as other:
            other.line()
            assert not late._is_fenced(lock.node)
            assert other.asked().startswith("mine")
            with pytest.raises(lease.Busy):
                late.acquire(wait=False, tell=print)
    finally:
        late.release()


def test_a_lease_that_another_had_in_between_is_not_taken_again(server):
    with writer("a load of 2014-01") as first:
        first.line()
        with first.frozen():
            until(lambda: not lease.holders(server.settings))
            with writer("a short load") as other:
                other.line()
                other.process.stdin.close()
                other.process.wait(PATIENCE)
        assert first.asked() == "lost"


def test_a_forked_process_has_its_parents_lease_and_neither_takes_nor_ends_it(server):
    with holder_and_waiter() as (first, second):
        assert first.asked("fork").startswith("mine")
        assert first.asked().startswith("mine")
        with first.frozen():
            second.line()
        assert first.asked("fork") == "lost"


def test_what_stands_in_a_node_of_another_version_is_no_hindrance(server):
    client = zookeeper.connected(server.settings)
    client.create(f"{lease.LEASE_NODE}/x__lock__0000000001", b"?", makepath=True)
    client.stop()
    [holder] = lease.holders(server.settings)
    assert "another version" in holder.what


def test_without_zookeeper_a_writer_says_what_to_start(server, monkeypatch):
    monkeypatch.setattr(zookeeper, "CONNECT_SECONDS", 1)
    server.kill()
    with pytest.raises(AeroError, match="ZooKeeper does not answer at localhost") as refused:
        lease.hold("a load")
    assert "aero up hbase" in refused.value.fix
