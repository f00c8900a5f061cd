"""Which servers are started anew: processes of the test's own stand for them, and their answers are given."""

import subprocess
import sys

import psutil
import pytest

from aero.cluster import liveness
from aero.cluster.supervision import Process
from aero.settings import load_settings


class Machine:
    """Processes by the names of services, and what each waits for."""

    def __init__(self, names):
        self.running = {name: self._begun() for name in names}
        self.waits = dict.fromkeys(names)
        self.now = 0.0

    @staticmethod
    def _begun():
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])

    def processes(self):
        return {name: Process(name, "RUNNING", one.pid, 0) for name, one in self.running.items()}

    def looks(self, watch, *, after):
        self.now += after
        return watch.look()

    def is_alive(self, name):
        return self.running[name].poll() is None


@pytest.fixture
def machine(monkeypatch):
    machine = Machine(["namenode", "datanode", "hbase", "spark-thrift", "metastore"])
    monkeypatch.setattr("aero.cluster.supervision.Supervisor.processes", machine.processes)
    monkeypatch.setattr(
        "aero.cluster.answers.waits",
        lambda _settings, asked, _seconds: {one.name: machine.waits[one.name] for one in asked},
    )
    yield machine
    for process in machine.running.values():
        process.kill()
        process.wait()


@pytest.fixture
def watch(machine):
    watch = liveness.Watch(load_settings(), lambda: machine.now)
    assert watch.look() == []
    return watch


def test_what_answers_again_in_time_is_left_alone(machine, watch):
    machine.waits["hbase"] = "an answer"
    assert machine.looks(watch, after=10) == machine.looks(watch, after=80) == []
    machine.waits["hbase"] = None
    assert machine.looks(watch, after=100) == []
    machine.waits["hbase"] = "an answer"
    assert machine.looks(watch, after=10) == machine.looks(watch, after=80) == []


def test_what_is_silent_for_too_long_is_ended_and_nothing_else(machine, watch):
    machine.waits["hbase"] = "an answer"
    psutil.Process(machine.running["hbase"].pid).suspend()
    assert machine.looks(watch, after=10) == []
    assert machine.looks(watch, after=91) == ["hbase"]
    assert machine.running["hbase"].wait(10) < 0
    assert all(machine.is_alive(name) for name in machine.running if name != "hbase")


def test_what_waits_for_a_server_that_is_away_is_not_at_fault(machine, watch):
    machine.waits |= {"hbase": "its tables", "datanode": "its NameNode", "namenode": "an answer"}
    assert machine.looks(watch, after=10) == []
    assert machine.looks(watch, after=91) == ["namenode"]
    machine.waits |= {"namenode": None, "datanode": None}
    assert machine.looks(watch, after=10) == machine.looks(watch, after=80) == []
    assert machine.looks(watch, after=91) == ["hbase"]


def test_what_was_never_ready_may_take_its_time(machine, watch):
    machine.running["hbase"].kill()
    machine.running["hbase"].wait()
    machine.running["hbase"] = machine._begun()
    machine.waits["hbase"] = "its first table"
    assert machine.looks(watch, after=10) == machine.looks(watch, after=1000) == []


def test_one_that_answers_questions_may_be_busy_for_longer(machine, watch):
    machine.waits["spark-thrift"] = "SELECT 1 to answer"
    assert machine.looks(watch, after=10) == machine.looks(watch, after=200) == []
    assert machine.looks(watch, after=91) == ["spark-thrift"]


def test_the_time_is_that_of_the_environment(machine, monkeypatch):
    monkeypatch.setenv("AERO_LIVENESS_SECONDS", "5")
    watch = liveness.Watch(load_settings(), lambda: machine.now)
    watch.look()
    machine.waits["hbase"] = "an answer"
    assert machine.looks(watch, after=1) == []
    assert machine.looks(watch, after=6) == ["hbase"]
