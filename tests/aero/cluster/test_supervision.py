"""What the supervisor does about a process that ends by itself."""

import pytest

from aero import process_state
from aero.cluster.supervision import Supervisor
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
