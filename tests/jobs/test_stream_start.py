"""What the stream leaves for others to read where it cannot start, or is ended."""

import threading
from types import SimpleNamespace

import pytest
import stream_flights
from click.testing import CliRunner

from aero import process_state
from aero.errors import AeroError
from aero.settings import load_settings

ARGUMENTS = ["--kafka", "localhost:1", "--thrift", "localhost:2", "--checkpoint", "/checkpoints", "--report"]
NAMENODE_AWAY = RuntimeError(
    "An error occurred while calling None.org.apache.spark.api.java.JavaSparkContext.\n"
    ": java.net.ConnectException: Call From here to localhost:8020 failed\n\tat java.base"
)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (NAMENODE_AWAY, "java.net.ConnectException: Call From here to localhost:8020 failed"),
        (AeroError("There is no topic flights.live.", "aero up"), "There is no topic flights.live."),
        (RuntimeError(), "RuntimeError()"),
    ],
)
def test_it_says_why_and_ends_with_a_code(monkeypatch, tmp_path, fault, problem):
    def refuse():
        raise fault

    builder = SimpleNamespace(appName=lambda _: SimpleNamespace(getOrCreate=refuse))
    monkeypatch.setattr(stream_flights, "SparkSession", SimpleNamespace(builder=builder))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    report = process_state.file(load_settings(), "stream")
    ended = CliRunner().invoke(stream_flights.main, [*ARGUMENTS, str(report)])
    assert ended.exit_code == 1
    state = process_state.read(load_settings(), "stream")
    assert (state["state"], state["problem"]) == ("failed", problem)


def test_an_application_that_yarn_ended_is_noticed_while_nothing_comes(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    ended = SimpleNamespace(isStopped=lambda: True)
    session = SimpleNamespace(sparkContext=SimpleNamespace(_jsc=SimpleNamespace(sc=lambda: ended)))
    idle = SimpleNamespace(status={"message": "Waiting for data to arrive"}, awaitTermination=lambda seconds: False)
    with pytest.raises(AeroError, match="YARN ended the stream's application"):
        stream_flights.watch(session, idle, threading.Event(), process_state.file(load_settings(), "stream"))
