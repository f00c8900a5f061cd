"""Faults of the network, of disks and of blocks: what they do, and that they end. The first two are root's alone."""

import json
import os
import shutil
import subprocess
import sys
import time

import hdfs
import pytest

from aero import connections
from aero.datasets import REPOSITORY
from aero.errors import Away
from bench.chaos import blocks, clock, plan, targets
from bench.chaos.plan import Fault
from bench.chaos.targets import Targets
from tests.hadoop.servers import Servers
from tests.waiting import until_true

pytestmark = pytest.mark.long

TOLD = b"what HDFS was told " * 1000

TOLD_BY_JAVA = """
class Told {
  public static void main(String[] words) throws Exception {
    for (;; Thread.sleep(200)) {
      System.out.println(System.currentTimeMillis() / 1000);
    }
  }
}
"""

# Kafka's port, luigid's and another one's, each of a server that answers what it is asked.
CUT = """
import json, os, socket, subprocess, threading, time
from aero.settings import load_settings
from bench.chaos import network

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
settings = load_settings()
os.makedirs(settings.home)
ports = {"kafka": settings.port("KAFKA"), "luigid": settings.port("LUIGID")}

def serve(server):
    while True:
        one = server.accept()[0]
        one.sendall(one.recv(9))

for port in ports.values():
    threading.Thread(target=serve, args=[socket.create_server(("127.0.0.1", port))], daemon=True).start()

def answers(name, seconds):
    try:
        with socket.create_connection(("127.0.0.1", ports[name]), timeout=seconds) as one:
            one.sendall(b"asked")
            return one.recv(9) == b"asked"
    except TimeoutError:
        return False

def has_rules():
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout
    return network._table(settings) in tables

open_before = socket.create_connection(("127.0.0.1", ports["kafka"]))
open_before.settimeout(60)
hold = threading.Thread(target=network.hold, args=[settings, "kafka", network.CUT, 8])
hold.start()
while not has_rules():
    time.sleep(0.05)
open_before.sendall(b"meanwhile")
found = {"kafka": answers("kafka", 2), "luigid": answers("luigid", 60), "told": hold.is_alive()}
hold.join()
found |= {"after": answers("kafka", 60), "open_before": open_before.recv(9) == b"meanwhile"}
found["rules"] = has_rules()
found["slowed"] = network.hold(settings, "kafka", network.SLOW, 1)
print(json.dumps(found))
"""

FULL = """
import json, os, pathlib
from bench.chaos import disks

home = pathlib.Path(os.environ["AERO_HOME"])
place = home / "kafka"
found = {"no disk": disks.fill(home, "kafka", 0), "mounted": disks.mount(home), "empty": not list(place.iterdir())}

def has_room():
    try:
        (place / "log").write_bytes(bytes(10_000_000))
    except OSError:
        return False
    return True

disks.time = type("Time", (), {"sleep": lambda seconds: found.update({"room meanwhile": has_room()})})
found["filled"] = disks.fill(home, "kafka", 5)
found["room after"] = has_room()
disks.unmount(home)
found["left"] = [one for one in open("/proc/self/mounts") if str(home) in one]
print(json.dumps(found))
"""

needs_root = pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("nft"), reason="only root cuts networks and mounts"
)


def told(program, home, *namespaces):
    """What a program prints in a network, or with mounts, of its own."""
    command = ["unshare", *namespaces, sys.executable, "-c", program]
    environment = os.environ | {"AERO_HOME": str(home)}
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@needs_root
def test_a_service_that_is_cut_off_answers_nobody_others_do_and_then_all_goes_on(tmp_path):
    found = told(CUT, tmp_path / "home", "--net")
    assert found == {"kafka": False, "luigid": True, "told": True, "after": True, "open_before": True, "rules": False,
                     "slowed": True}  # fmt: skip


@needs_root
def test_a_disk_that_is_full_takes_nothing_and_has_room_again(tmp_path):
    found = told(FULL, tmp_path / "home", "--mount")
    assert found == {"no disk": False, "mounted": True, "empty": True, "room meanwhile": False, "filled": True,
                     "room after": True, "left": []}  # fmt: skip


@pytest.mark.skipif(not clock.library(), reason="clocks are stepped by Debian's libfaketime")
def test_the_clock_of_a_java_goes_ahead_and_back_while_it_runs(tmp_path, monkeypatch):
    """Its seconds beside this process' are told line by line."""
    program = tmp_path / "Told.java"
    program.write_text(TOLD_BY_JAVA)
    folder = clock.java_home(tmp_path / "java")
    with subprocess.Popen([folder / "bin" / "java", program], stdout=subprocess.PIPE, text=True) as java:

        def off():
            return round((int(java.stdout.readline()) - time.time()) / 60)

        def meanwhile(_seconds):
            until_true(lambda: off() == 60, pause=0)

        monkeypatch.setattr(clock, "time", type("Time", (), {"sleep": meanwhile}))
        assert off() == 0
        assert clock.hold(folder, clock.STEP_SECONDS, 5)
        until_true(lambda: off() == 0, pause=0)
        java.kill()
    assert not clock.hold(tmp_path, clock.STEP_SECONDS, 5)


@pytest.fixture(scope="module")
def hadoop(tmp_path_factory):
    """HDFS with one file."""
    started = Servers(tmp_path_factory.mktemp("blocks") / "root")
    try:
        started.start("namenode", "datanode")
        connections.webhdfs().write("/flights.orc", TOLD)
        yield started
    finally:
        started.stop()


def read():
    with connections.webhdfs().read("/flights.orc") as reader:
        return reader.read()


@pytest.mark.parametrize("kind", [plan.CORRUPT, plan.MISSING])
def test_nobody_reads_a_block_that_is_broken_and_its_file_is_there_when_the_disk_is(hadoop, monkeypatch, kind):
    block = blocks.on_disk(hadoop.settings, "/flights.orc")
    seen = []

    def meanwhile(_seconds):
        try:
            seen.append(read())
        except (hdfs.HdfsError, Away):
            seen.append(None)

    def restarted(self, names, _seconds):
        for name in names:
            hadoop.end(name)
        hadoop.start(*reversed(names))
        return True

    monkeypatch.setattr(targets, "time", type("Time", (), {"sleep": meanwhile}))
    monkeypatch.setattr(blocks, "of_flights", lambda settings, number: block)
    monkeypatch.setattr(Targets, "_stopped", restarted)
    assert read() == TOLD
    assert Targets(hadoop.settings, lambda: 0).meet(Fault(1, kind, ("datanode",), 5, 0.0))
    assert seen == [None]
    until_true(lambda: read() == TOLD)
    assert "is HEALTHY" in blocks.checked("/flights.orc")
