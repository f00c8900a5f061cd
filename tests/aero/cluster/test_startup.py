"""In which order services are stopped, with a supervisor that records its orders instead of real services."""

import xmlrpc.client
from threading import Event

import pytest
from rich.console import Console

from aero.cluster import services, startup
from aero.cluster.supervision import Process
from aero.errors import AeroError
from aero.settings import load_settings


class Recorder:
    """A supervisor under which every service runs. `stops` has for each stopped service those that ran at that time."""

    def __init__(self):
        self.alive = {service.name for service in services.SERVICES}
        self.stops: dict[str, set[str]] = {}
        self.is_shut_down = False

    def processes(self):
        return {name: Process(name, "RUNNING" if name in self.alive else "STOPPED", 1, 0) for name in services.BY_NAME}

    def stop_process(self, name):
        self.stops[name] = set(self.alive)
        self.alive.remove(name)

    def is_running(self):
        return not self.is_shut_down

    def shutdown(self):
        self.is_shut_down = True


def _down(monkeypatch, recorder, *names):
    monkeypatch.setattr(startup, "Supervisor", lambda _: recorder)
    return startup.down(load_settings(), names, Console(quiet=True))


def _dependants(name):
    return {service.name for service in services.with_dependants((name,))} - {name}


def test_each_service_is_stopped_when_all_that_need_it_have_ended(monkeypatch):
    recorder = Recorder()
    stopped = _down(monkeypatch, recorder)
    assert set(stopped) == set(recorder.stops) == set(services.BY_NAME)
    assert {name: alive & _dependants(name) for name, alive in recorder.stops.items()} == {
        key: set() for key in services.BY_NAME
    }
    assert recorder.is_shut_down


def test_a_named_service_takes_only_those_along_that_need_it(monkeypatch):
    recorder = Recorder()
    _down(monkeypatch, recorder, "hiveserver2")
    assert set(recorder.stops) == {"hiveserver2"} | _dependants("hiveserver2")
    assert not recorder.is_shut_down


def test_services_that_do_not_need_each_other_are_stopped_side_by_side(monkeypatch):
    recorder = Recorder()
    stop, kafka_is_stopped = recorder.stop_process, Event()

    def stop_luigid_after_kafka(name):  # It is before kafka in the order of stopping.
        if name == "luigid":
            assert kafka_is_stopped.wait(timeout=20)
        stop(name)
        if name == "kafka":
            kafka_is_stopped.set()

    recorder.stop_process = stop_luigid_after_kafka
    _down(monkeypatch, recorder)
    assert recorder.alive == set()


def test_what_a_service_needs_stays_when_it_can_not_be_stopped(monkeypatch):
    recorder = Recorder()
    stop = recorder.stop_process

    def refuse(name):
        if name == "metastore":
            raise xmlrpc.client.Fault(1, "UNKILLABLE")
        stop(name)

    recorder.stop_process = refuse
    with pytest.raises(AeroError, match="metastore can't be stopped: UNKILLABLE"):
        _down(monkeypatch, recorder)
    assert {"metastore", "datanode", "namenode"} <= recorder.alive and not recorder.is_shut_down


def test_what_differs_and_what_is_waited_for_are_shown_as_text(monkeypatch, tmp_path, capsys):
    """Text in brackets vanished, and a name such as [/data] ended the start."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    starting = startup.Startup(load_settings(), Console(width=200))

    def bring_up(service, _needs):
        raise startup.Drift(f"{service.name} has [/data]", "Change it.")

    monkeypatch.setattr(starting, "_bring_up", bring_up)
    starting._start_all([services.BY_NAME["luigid"]])
    assert "luigid has [/data]" in capsys.readouterr().out
    starting.doing = {"namenode": "waits for blocks [/5 of 7]"}
    starting.console.print(starting._waiting())
    assert "waits for blocks [/5 of 7]" in capsys.readouterr().out
