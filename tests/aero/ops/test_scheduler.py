"""What the scheduler does when it starts."""

import logging
import threading
from datetime import UTC, datetime

import pytest

from aero.errors import AeroError
from aero.ops import schedule, scheduler
from aero.settings import load_settings


class Ran(Exception):
    pass


class Waited(Exception):
    pass


@pytest.mark.parametrize(
    ("outcome", "is_paused", "then"),
    [(scheduler.RUNNING, False, Ran), (scheduler.RUNNING, True, Waited), ("done", False, Waited)],
)
def test_a_run_that_was_killed_is_run_again_at_the_next_start(monkeypatch, tmp_path, outcome, is_paused, then):
    def ends_with(end):
        def stop(*_):
            raise end

        return stop

    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(scheduler, "_run", ends_with(Ran))
    monkeypatch.setattr(scheduler.time, "sleep", ends_with(Waited))
    settings = load_settings()
    schedule.change(settings, is_paused=is_paused)
    schedule.write_report(settings, {"ran_at": datetime.now(UTC).isoformat(), "outcome": outcome})
    with pytest.raises(then):
        scheduler._look_when_due(settings)


def test_a_clock_that_was_ahead_at_the_last_run_keeps_no_run_back(monkeypatch, tmp_path):
    turns = []

    def wait(_seconds):
        turns.append("turn")
        if len(turns) == 2:
            raise Waited
        schedule.change(settings, asked_at=datetime.now(UTC).isoformat())

    def runs(*_):
        raise Ran

    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(scheduler, "_run", runs)
    monkeypatch.setattr(scheduler.time, "sleep", wait)
    settings = load_settings()
    schedule.write_report(settings, {"ran_at": "2999-01-01T00:00:00+00:00", "outcome": "done"})
    with pytest.raises(Ran):
        scheduler._look_when_due(settings)


def test_the_watch_goes_on_after_a_fault_that_nobody_expected_and_logs_it(monkeypatch, caplog):
    monkeypatch.setattr(scheduler, "_publish_audit", lambda _settings: None)
    monkeypatch.setattr(scheduler.connections, "webhdfs", lambda: None)
    faults = [ValueError("__HIVE_DEFAULT_PARTITION__"), AeroError("months.tsv, line 2: it cannot be read"), Ran()]
    turns = []

    def reconcile(*_):
        raise faults[len(turns)]

    def wait(_seconds):
        turns.append("turn")
        if len(turns) == 3:
            raise Waited

    monkeypatch.setattr(scheduler.readers.FilledFolders, "look", lambda _folders: None)
    monkeypatch.setattr(scheduler.readers, "reconcile", reconcile)
    monkeypatch.setattr(scheduler.time, "sleep", wait)
    with caplog.at_level(logging.WARNING), pytest.raises(Waited):
        scheduler._watch(load_settings())
    assert "__HIVE_DEFAULT_PARTITION__" in caplog.text and "months.tsv, line 2" in caplog.text
    assert len(turns) == 3


def test_the_service_ends_with_a_fault_where_its_watch_has_ended(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    watch = threading.Thread(target=lambda: None)
    watch.start()
    watch.join()
    with pytest.raises(AeroError, match="The watch over the ledger has ended"):
        scheduler._look_when_due(load_settings(), watch)
