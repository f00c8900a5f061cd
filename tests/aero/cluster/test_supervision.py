"""What the supervisor does about a process that ends by itself."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from aero import process_state
from aero.cluster import supervision
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.live.sources import configs
from aero.live.sources.configs import ReplayConfig
from aero.settings import load_settings
from tests.ports import free_port
from tests.waiting import until, until_true


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setenv("HIVESERVER2_PORT", str(free_port()))
    monkeypatch.setenv("HIVE_DOOR", "open")
    started = Supervisor(load_settings())
    started.start()
    yield started
    started.shutdown()


def test_a_source_that_ends_at_once_has_ended_and_is_not_tried_again(supervisor):
    supervisor.start_process("replay")
    seen = set()
    until(lambda: seen.add(supervisor.process("replay").state) or seen & {"EXITED", "BACKOFF", "FATAL"})
    assert "EXITED" in seen and not seen & {"BACKOFF", "FATAL"}
    assert "has no config" in process_state.read(supervisor.settings, "replay")["problem"]


def test_a_replay_whose_hiveserver2_is_away_waits_and_is_never_given_up(supervisor):
    """It ended four times within seconds, and then for good."""
    configs.write(supervisor.settings, "replay", ReplayConfig("2013-07-10", "2013-07-10"))
    supervisor.start_process("replay")
    until_true(lambda: process_state.read(supervisor.settings, "replay").get("state") == process_state.WAITING)
    until_true(lambda: supervisor.process("replay").state == "RUNNING")
    assert "HiveServer2 does not answer" in process_state.read(supervisor.settings, "replay")["problem"]
    supervisor.stop_process("replay")
    assert process_state.read(supervisor.settings, "replay")["state"] == process_state.ENDED


def test_one_that_another_command_has_just_started_is_left_alone(supervisor):
    configs.write(supervisor.settings, "replay", ReplayConfig("2013-07-10", "2013-07-10"))
    supervisor.start_process("replay")
    until_true(lambda: supervisor.process("replay").state == "RUNNING")
    running = supervisor.process("replay")
    supervisor.start_process("replay")
    assert supervisor.process("replay") == running


@pytest.fixture
def frozen(supervisor):
    """The pid of a replay that does not end before it is let go on."""
    configs.write(supervisor.settings, "replay", ReplayConfig("2013-07-10", "2013-07-10"))
    supervisor.start_process("replay")
    until_true(lambda: supervisor.process("replay").state == "RUNNING")
    pid = supervisor.process("replay").pid
    os.kill(pid, signal.SIGSTOP)
    yield pid
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
    until_true(lambda: supervisor.process("replay").state != "STOPPING")


def test_one_that_does_not_end_is_named(supervisor, frozen, monkeypatch):
    with monkeypatch.context() as hasty, pytest.raises(AeroError, match="replay has not ended in 1 s"):
        hasty.setattr(supervision, "UNTIL_SECONDS", 1)
        supervisor.stop_process("replay")


def test_who_stops_what_another_stops_waits_with_them(supervisor, frozen):
    with ThreadPoolExecutor(2) as pool:
        stops = [pool.submit(supervisor.stop_process, "replay") for _ in range(2)]
        until_true(lambda: supervisor.process("replay").state == "STOPPING")
        assert not any(stop.done() for stop in stops)
        os.kill(frozen, signal.SIGCONT)
        assert [stop.result(timeout=60) for stop in stops] == [None, None]
    assert supervisor.process("replay").state == "STOPPED"
