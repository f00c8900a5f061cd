"""How it goes with live flights, as the stream's own functions have left it."""

import json
from datetime import UTC, datetime

import pytest
import stream_hbase
import stream_log
from click.testing import CliRunner
from stream_cells import flights_of
from stream_hbase import Address, put_rows

from aero import connections, process_state
from aero.cli import main
from aero.cluster.supervision import Process, Supervisor
from aero.datasets import HBASE_FLIGHT_STATE
from aero.live.sources import configs
from aero.live.sources.configs import ReplayConfig
from aero.settings import load_settings
from tests.hbase_in_memory import HBaseInMemory
from tests.jobs.live_events import LANDED, event
from tests.printed import printed


@pytest.fixture
def hbase(monkeypatch, tmp_path):
    memory = HBaseInMemory()
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(stream_hbase, "connect", memory)
    monkeypatch.setattr(connections, "hbase", memory)
    monkeypatch.setattr(Supervisor, "processes", lambda _: {"stream": Process("stream", "RUNNING", 0, 4711)})
    return memory


def shown():
    return printed("live status", CliRunner().invoke(main, ["live", "status", "--json"]).stdout)


def test_before_anything_was_started_there_is_neither_a_batch_nor_a_replay(hbase):
    told = shown()
    assert (told["batch"], told["clock"], told["states"], told["replay"]) == (None, None, {}, None)
    assert told["processes"]["replay"] == {"running": False, "state": "never started"}


def test_the_last_batch_the_states_and_how_far_a_replay_is_are_told(hbase):
    settings, config = load_settings(), ReplayConfig("2013-07-10", "2013-07-11", speed=600.0)
    configs.write(settings, "replay", config)
    process_state.write(process_state.file(settings, "replay"), process_state.FAILED, problem="Kafka is away")
    for key, flight in flights_of([event(**LANDED)]).items():
        put_rows(hbase, HBASE_FLIGHT_STATE, [(key, flight.items())])
    entry = stream_log.Entry(7, rows_in=3, kafka_lag=None, newest_event_at="2013-07-10 22:50:00.000")
    stream_log.write(Address("localhost", 9090), entry, datetime(2026, 1, 12, 8, 30, tzinfo=UTC), 812)
    before = shown()
    assert (before["batch"]["batch_id"], before["batch"]["rows_in"], before["batch"]["kafka_lag"]) == (7, 3, None)
    assert before["states"] == {"landed": 1} and before["processes"]["replay"]["problem"] == "Kafka is away"
    assert before["replay"]["sent"] == 0 and not before["replay"]["is_finished"]
    folder = config.log_folder(settings)
    folder.mkdir(parents=True)
    position = {"position": 12, "is_finished": True, "counts": {"late": 1}}
    (folder / "position.json").write_text(json.dumps(position))
    replay = shown()["replay"]
    assert (replay["sent"], replay["is_finished"], replay["counts"]) == (12, True, {"late": 1})
    assert replay["plan"]["first_day"] == "2013-07-10" and replay["plan"]["speed"] == 600.0
