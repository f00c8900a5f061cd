"""What the scheduler does when it starts."""

from datetime import UTC, datetime

import pytest

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
