"""All is well again when every service answers, and goes on doing so."""

import pytest

from aero.cluster.supervision import Process, Supervisor
from aero.settings import load_settings
from bench.chaos import recorder


class Clock:
    """A second goes by between two looks."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, _seconds):
        self.now += 1


@pytest.fixture
def recorded(monkeypatch):
    """What is recorded where, in each look, kafka and hbase wait for these."""

    def record(*looks, gone=None, limit=60):
        left, running = list(looks), {name: Process(name, "RUNNING", 7, 0) for name in ("kafka", "hbase")}

        def waits(_settings, asked, _seconds):
            said = dict(zip(running, left.pop(0) if len(left) > 1 else left[0]))
            return {one.name: said[one.name] for one in asked}

        monkeypatch.setattr(recorder, "RECOVERING", tuple(running))
        monkeypatch.setattr(recorder, "CALM_SECONDS", 2)
        monkeypatch.setattr(recorder, "time", Clock())
        monkeypatch.setattr(Supervisor, "processes", lambda self: running)
        monkeypatch.setattr(recorder.answers, "waits", waits)
        return recorder.seconds_until_ready(load_settings(), gone or {}, 0.0, limit)

    return record


def test_one_that_answers_and_then_does_not_was_not_ready_yet(recorded):
    found = recorded(("a start", None), ("a start", None), (None, None), (None, "HDFS"), (None, "HDFS"), (None, None))
    assert found == {"kafka": 2.0, "hbase": 5.0}


def test_one_that_is_away_when_the_time_is_up_has_no_time(recorded):
    assert recorded((None, "HDFS"), limit=5) == {"kafka": 0.0, "hbase": None}


def test_the_process_that_was_ended_is_not_ready_whatever_answers(recorded):
    assert recorded((None, None), gone={"kafka": 7}, limit=5) == {"kafka": None, "hbase": 0.0}
