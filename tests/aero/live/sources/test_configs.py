"""Configs of the live sources, and the states of their processes."""

import json
import os
from datetime import date

import pytest

from aero import process_state
from aero.errors import AeroError
from aero.live.replay.faults import Faults
from aero.live.sources import configs
from aero.live.sources.configs import PollConfig, ReplayConfig
from aero.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, tmp_path, {})


CONFIG = ReplayConfig("2013-07-10", "2013-07-11", speed=600.0, seed=7, faults={"late": 0.05})


@pytest.mark.parametrize(
    ("source", "config"),
    [("replay", CONFIG), ("aviationstack", PollConfig(60.0, "http://x", filters={"dep_iata": "JFK"}))],
)
def test_a_config_is_read_as_it_was_written(settings, source, config):
    assert not configs.exists(settings, source)
    configs.write(settings, source, config)
    assert configs.exists(settings, source) and configs.read(settings, source, type(config)) == config


def test_a_source_without_a_config_says_how_to_start_it(settings):
    with pytest.raises(AeroError, match="aero live start --source opensky"):
        configs.read(settings, "opensky", PollConfig)


def test_a_file_that_is_no_config_is_named(settings):
    configs.write(settings, "replay", CONFIG)
    file = process_state.folder(settings) / "plans" / "replay.json"
    file.write_text('{"day": 1}', encoding="utf-8")
    with pytest.raises(AeroError, match="replay.json: is no config of replay"):
        configs.read(settings, "replay", ReplayConfig)


def test_a_replay_plays_its_days_with_its_faults():
    assert CONFIG.days == [date(2013, 7, 10), date(2013, 7, 11)]
    assert CONFIG.injected == Faults(late=0.05)


def test_the_delivery_log_is_that_of_what_is_sent_at_whatever_speed(settings):
    faster = ReplayConfig(**{**CONFIG.deliveries, "speed": None})
    reseeded = ReplayConfig(**{**CONFIG.deliveries, "seed": 8})
    assert CONFIG.log_folder(settings) == faster.log_folder(settings) != reseeded.log_folder(settings)


def test_a_config_of_the_time_when_a_file_could_be_replayed_is_read(settings):
    configs.write(settings, "replay", CONFIG)
    file = process_state.folder(settings) / "plans" / "replay.json"
    assert json.loads(file.read_text())["file"] is None
    assert CONFIG.log_folder(settings).name == "2013-07-10-effe7bd4"


def test_a_state_is_read_as_it_was_written(settings):
    assert process_state.read(settings, "stream") == {}
    process_state.write(process_state.file(settings, "stream"), process_state.RUNNING, query="flights")
    report = process_state.read(settings, "stream")
    assert (report["state"], report["pid"], report["query"]) == ("running", os.getpid(), "flights")


def test_a_process_that_is_gone_has_failed_whatever_it_said_last(settings):
    file = process_state.file(settings, "stream")
    process_state.write(file, process_state.RUNNING)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": 2**22 + 1}), encoding="utf-8")
    state = process_state.read(settings, "stream")
    assert (state["state"], state["problem"]) == ("failed", "its process is gone and left no reason: aero logs stream")
