"""Which servers are started anew: processes of the test's own stand for them, and their answers are given."""

import signal
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from aero.cluster import liveness, services
from aero.cluster.supervision import Process
from aero.settings import load_settings
from tests.ports import free_port

# Listens on the ports that it is given, says so, and closes the first of them when it is told to.
SERVER = """
import signal, socket, sys, time
heard = [socket.create_server(("127.0.0.1", int(port))) for port in sys.argv[1:]]
signal.signal(signal.SIGUSR1, lambda *_: heard[0].close() or print("closed", flush=True))
print("ready", flush=True)
while True:
    time.sleep(1)
"""


class Machine:
    """Processes by the names of services, and what each waits for."""

    state = "RUNNING"

    def __init__(self, names):
        ports = {port: str(free_port()) for name in names for port in services.BY_NAME[name].ports}
        self.settings = replace(settings := load_settings(), environment=settings.environment | ports)
        self.ports = {name: [ports[port] for port in services.BY_NAME[name].ports] for name in names}
        self.running = {name: self.begun(name) for name in names}
        self.waits = dict.fromkeys(names)
        self.now = 0.0

    def begun(self, name):
        command = [sys.executable, "-c", SERVER, *self.ports[name]]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        return process

    def closes_a_port(self, name):
        self.running[name].send_signal(signal.SIGUSR1)
        assert self.running[name].stdout.readline() == "closed\n"

    def processes(self):
        return {name: Process(name, self.state, one.pid, 0) for name, one in self.running.items()}

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
    watch = liveness.Watch(machine.settings, lambda: machine.now)
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


def test_what_closed_a_port_has_ended_inside_and_is_not_waited_for(machine, watch):
    machine.waits["hbase"] = "the master's page to answer"
    machine.closes_a_port("hbase")
    assert machine.looks(watch, after=10) == []
    assert machine.looks(watch, after=10) == ["hbase"]
    assert machine.running["hbase"].wait(10) < 0


def test_what_is_being_stopped_may_close_its_ports(machine, watch):
    machine.state, machine.waits["hbase"] = "STOPPING", "the master's page to answer"
    machine.closes_a_port("hbase")
    assert machine.looks(watch, after=10) == machine.looks(watch, after=10) == []


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
    machine.running["hbase"] = machine.begun("hbase")
    machine.waits["hbase"] = "its first table"
    assert machine.looks(watch, after=10) == machine.looks(watch, after=1000) == []


def test_one_that_answers_questions_may_be_busy_for_longer(machine, watch):
    machine.waits["spark-thrift"] = "SELECT 1 to answer"
    assert machine.looks(watch, after=10) == machine.looks(watch, after=200) == []
    assert machine.looks(watch, after=91) == ["spark-thrift"]


def test_the_time_is_that_of_the_environment(machine, monkeypatch):
    monkeypatch.setenv("AERO_LIVENESS_SECONDS", "5")
    watch = liveness.Watch(machine.settings, lambda: machine.now)
    watch.look()
    machine.waits["hbase"] = "an answer"
    assert machine.looks(watch, after=1) == []
    assert machine.looks(watch, after=6) == ["hbase"]
