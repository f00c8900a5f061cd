"""Each receiver is told each event once, and that it is mended, whatever the others do."""

import json
from datetime import timedelta

import pytest

from aero.errors import AeroError
from aero.ops.alerts import deliveries, silences
from aero.ops.alerts.deliveries import Deliveries, Told
from aero.ops.alerts.receivers import Receiver
from aero.ops.alerts.silences import Silence
from aero.settings import load_settings
from tests.aero.ops.alerts.local_receivers import Webhook
from tests.aero.ops.alerts.samples import NOW, by_id, event

DOWN, FAILED = event(), event("2013-02", "month-failed")


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    return load_settings()


@pytest.fixture
def hook():
    with Webhook() as made:
        yield made


def _to(hook, name="ops"):
    return Receiver(name, "json", {"url": hook.url})


def _turn(deliveries, events, *to):
    for thread in deliveries.turn(by_id(*events), to):
        thread.join()


def _told(hook):
    """The ids of each message: what was new, what was mended."""
    said = [json.loads(body) for body, _ in hook.told]
    return [([one["id"] for one in message["new"]], [one["id"] for one in message["mended"]]) for message in said]


def test_events_are_told_together_once_and_withdrawn_once(settings, hook, clock):
    told = Deliveries(settings, clock)
    for events in ([DOWN, FAILED], [DOWN, FAILED], [FAILED], [FAILED]):
        _turn(told, events, _to(hook))
    assert _told(hook) == [([DOWN.id, FAILED.id], []), ([], [DOWN.id])]


def test_a_restart_tells_nothing_again(settings, hook, clock):
    _turn(Deliveries(settings, clock), [DOWN], _to(hook))
    _turn(Deliveries(settings, clock), [DOWN], _to(hook))
    _turn(Deliveries(settings, clock), [], _to(hook))
    assert _told(hook) == [([DOWN.id], []), ([], [DOWN.id])]
    assert (settings.home / "alerts" / "told-ops.json").stat().st_mode & 0o077 == 0


def test_a_receiver_that_fails_is_tried_again_after_pauses_that_grow_and_keeps_none_back(settings, clock, hook):
    with Webhook() as failing:
        failing.code = 503
        told, to = Deliveries(settings, clock), _to(failing, "failing")
        pauses = []
        for _ in range(8):
            _turn(told, [DOWN], to, _to(hook))
            state = Told.read(settings, "failing")
            pauses.append((state.next_try - clock.now).total_seconds())
            clock.now = state.next_try - timedelta(seconds=1)
            _turn(told, [DOWN], to)
            assert Told.read(settings, "failing").failures == len(pauses)
            clock.now = state.next_try
        assert pauses == [15, 30, 60, 120, 240, 480, 600, 600]
        assert "503" in state.problem and _told(hook) == [([DOWN.id], [])]
        failing.code = 200
        _turn(told, [DOWN], to)
        assert _told(failing) == [([DOWN.id], [])]
        assert Told.read(settings, "failing").failures == 0


def test_what_was_over_before_a_receiver_came_back_is_not_told(settings, clock, hook):
    hook.code = 500
    told = Deliveries(settings, clock)
    _turn(told, [DOWN], _to(hook))
    hook.code, clock.now = 200, NOW + timedelta(hours=1)
    _turn(told, [FAILED], _to(hook))
    assert _told(hook) == [([FAILED.id], [])]


def test_a_slow_receiver_keeps_no_other_waiting_and_is_told_once(settings, clock, hook):
    with Webhook() as slow:
        slow.goes_on.clear()
        told, to = Deliveries(settings, clock), _to(slow, "slow")
        waiting, quick = told.turn(by_id(DOWN), [to, _to(hook)])
        quick.join()
        assert told.turn(by_id(DOWN, FAILED), [to]) == []
        assert waiting.is_alive() and _told(hook) == [([DOWN.id], [])]
        slow.goes_on.set()
        waiting.join()
        _turn(told, [DOWN, FAILED], to)
        assert _told(slow) == [([DOWN.id], []), ([FAILED.id], [])]


def test_a_silence_tells_nothing_new_until_it_ends_and_withdraws_what_was_told(settings, clock, hook):
    told = Deliveries(settings, clock)
    _turn(told, [DOWN], _to(hook))
    silences.add(settings, Silence("service-down", "it is moved", "ada", NOW + timedelta(hours=2)), NOW)
    silences.add(settings, Silence(FAILED.id, "known", "ada", NOW + timedelta(hours=1)), NOW)
    other = event("kafka")
    _turn(told, [DOWN, FAILED, other], _to(hook))
    _turn(told, [FAILED, other], _to(hook))
    clock.now = NOW + timedelta(hours=1)
    _turn(told, [FAILED, other], _to(hook))
    silences.end(settings, "service-down", clock.now)
    _turn(told, [FAILED, other], _to(hook))
    assert _told(hook) == [([DOWN.id], []), ([], [DOWN.id]), ([FAILED.id], []), ([other.id], [])]
    with pytest.raises(AeroError, match="is not silenced"):
        silences.end(settings, "service-down", clock.now)


def test_no_secret_is_in_the_log_or_in_a_file_where_a_receiver_fails_by_a_fault_that_nobody_expected(
    settings, clock, caplog, monkeypatch
):
    def fails(*_):
        raise ValueError("https://h/very-secret")

    monkeypatch.setattr(Receiver, "send", fails)
    _turn(Deliveries(settings, clock), [DOWN], Receiver("ops", "json", {"url": "https://h/very-secret"}))
    state = (settings.home / "alerts" / "told-ops.json").read_text()
    assert "ValueError" in state and "ValueError" in caplog.text and "secret" not in state + caplog.text
    assert deliveries.Told.read(settings, "ops").failures == 1
