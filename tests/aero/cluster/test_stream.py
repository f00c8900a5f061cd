"""The command that the service `stream` becomes."""

import os

import pytest

from aero.cluster import sizes, spark, stream


@pytest.mark.parametrize(("says", "renews"), [(None, True), ("yes", True), ("no", False)])
def test_the_stream_renews_forecasts_unless_it_is_told_not_to(monkeypatch, says, renews):
    """jobs/stream_flights.py does so without the option."""
    become = []
    monkeypatch.setattr(os, "execve", lambda *arguments: become.append(arguments))
    monkeypatch.setattr(sizes, "ask", lambda _: None)
    monkeypatch.setattr(stream, "configuration", lambda _: {})
    monkeypatch.setattr(spark, "application", lambda *_: (["python", "jobs/stream_flights.py"], {}))
    monkeypatch.setattr(spark, "environment", lambda *_: {"SPARK_SUBMIT_OPTS": "-Dnothing"})
    monkeypatch.delenv("AERO_RENEW_FORECASTS", raising=False)
    if says:
        monkeypatch.setenv("AERO_RENEW_FORECASTS", says)
    stream.main()
    [(_, command, environment)] = become
    assert environment["SPARK_SUBMIT_OPTS"] == "-Dnothing -XX:+ExitOnOutOfMemoryError"
    assert ("--no-renew" in command) is not renews and "--kafka" in command
