import logging
import threading
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from aero import process_state
from aero.errors import AeroError
from aero.live.archive import Page
from aero.live.event import from_json
from aero.live.sources import polling
from aero.live.sources.polling import Poll, Temporary
from aero.settings import Settings

NOW = datetime(2026, 1, 12, tzinfo=UTC)


class Stop:
    """A stop event that is set when the loop has waited `waits` times; real time does not pass."""

    def __init__(self, waits):
        self.waited = []
        self._left = waits

    def is_set(self):
        return self._left <= 0

    def wait(self, seconds):
        self.waited.append(seconds)
        self._left -= 1


class Listed:
    """A source of polls that are listed; an exception among them is raised."""

    name = "listed"

    def __init__(self, *polls):
        self._polls = iter(polls)

    def poll(self):
        poll = next(self._polls)
        if isinstance(poll, Exception):
            raise poll
        return poll


class Diary:
    """Producer and archive that write down what they are asked."""

    def __init__(self):
        self.lines = []

    def send(self, key, value):
        self.lines.append(("send", from_json(value).flight_number))

    def flush(self, stop):
        self.lines.append("flush")

    def append(self, page):
        self.lines.append(("keep", page.body))

    def roll_if_due(self):
        self.lines.append("roll")

    def close(self):
        self.lines.append("close")


def test_an_answer_is_kept_before_its_events_are_sent(event):
    diary = Diary()
    poll = Poll([Page(NOW, "first"), Page(NOW, "second")], [event(flight_number="1"), event(flight_number="2")])
    polling.run(Listed(poll), diary, diary, interval=60, stop=Stop(1))
    kept_and_sent = [("keep", "first"), ("keep", "second"), ("send", "1"), ("send", "2")]
    assert diary.lines == [*kept_and_sent, "flush", "roll", "close"]


def test_it_waits_the_interval_or_longer_if_the_source_asks(event):
    diary, stop = Diary(), Stop(3)
    polling.run(Listed(Poll(), Poll(pause=22688.0), Poll(pause=5.0)), diary, None, interval=60, stop=stop)
    assert stop.waited == [60, 22688.0, 60]


def test_a_final_error_ends_it_with_the_archive_closed():
    diary = Diary()
    with pytest.raises(AeroError, match="bad key"):
        polling.run(Listed(Poll(), AeroError("bad key")), diary, diary, interval=60, stop=Stop(5))
    assert diary.lines == ["flush", "roll", "close"]


def test_what_a_poll_brought_is_on_the_log(caplog, event):
    caplog.set_level("INFO")
    poll = Poll([Page(NOW, {})], [event()], Counter(records=3, code_shares=2))
    polling.run(Listed(poll), Diary(), None, interval=60, stop=Stop(1))
    assert "listed: 1 events sent; code_shares 2, records 3" in caplog.messages


def test_each_poll_of_a_process_becomes_its_state(tmp_path, monkeypatch, event):
    settings, diary = Settings(tmp_path, tmp_path, {}), Diary()
    monkeypatch.setenv("HTTP_DOOR", "open")  # There is no password: nothing was started.
    monkeypatch.setattr(polling, "Archive", lambda client, source, waiting: diary)
    monkeypatch.setattr(polling, "Producer", lambda bootstrap, topic: nullcontext(diary))
    poll = Poll([Page(NOW, "page")], [event()], Counter(records=3))
    polling.serve(settings, Stop(1), Listed(poll), 60, lambda: {"credits_left": 7})
    state = process_state.read(settings, "listed")
    assert [state[name] for name in ("state", "events", "counts", "credits_left")] == ["running", 1, {"records": 3}, 7]
    assert diary.lines == [("keep", "page"), ("send", "1234"), "flush", "roll", "close"]


def test_a_call_is_repeated_until_it_succeeds():
    faults = [Temporary("busy"), Temporary("busy")]

    def call():
        if faults:
            raise faults.pop()
        return "answer"

    again = polling.retrying(threading.Event(), attempts=3, first_wait=0.001, longest_wait=0.01)
    assert again(call) == "answer"


def test_a_stop_ends_a_long_wait():
    stop = threading.Event()

    class StopAtTheFirstLine(logging.Handler):
        """The line that a wait begins is logged when it is settled that there is one."""

        def emit(self, record):
            stop.set()

    polling.log.addHandler(handler := StopAtTheFirstLine())
    calls = []

    def call():
        calls.append(1)
        raise Temporary("busy")

    try:
        with pytest.raises(Temporary):
            polling.retrying(stop, attempts=3, first_wait=3600.0, longest_wait=3600.0)(call)
    finally:
        polling.log.removeHandler(handler)
    assert len(calls) == 2


def test_no_other_error_is_repeated():
    calls = []

    def call():
        calls.append(1)
        raise AeroError("bad key")

    with pytest.raises(AeroError):
        polling.retrying(threading.Event(), attempts=3, first_wait=0.001, longest_wait=0.01)(call)
    assert calls == [1]
