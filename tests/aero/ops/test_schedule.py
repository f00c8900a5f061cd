"""When the scheduler is due: at its times, once for those it missed, and when it is asked to."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.errors import AeroError
from aero.ops import schedule
from aero.ops.schedule import Schedule
from aero.settings import load_settings
from tests.printed import printed

DAILY = Schedule(cron="15 6 * * *")
MORNING = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    return load_settings()


@pytest.mark.parametrize(
    ("ran_at", "now", "is_due"),
    [
        (MORNING - timedelta(days=1), MORNING - timedelta(seconds=1), False),
        (MORNING - timedelta(days=1), MORNING, True),
        (MORNING, MORNING + timedelta(hours=23), False),
        (MORNING - timedelta(days=30), MORNING + timedelta(hours=2), True),
        (MORNING + timedelta(hours=2), MORNING + timedelta(hours=3), False),
    ],
    ids=["before its time", "at its time", "done today", "was off for a month", "made up for"],
)
def test_it_is_due_at_its_time_and_once_for_all_that_it_missed(ran_at, now, is_due):
    assert schedule.due(DAILY, ran_at, now) == is_due


def test_a_pause_holds_its_times_but_not_a_run_that_is_asked_for(settings):
    paused = schedule.change(settings, is_paused=True)
    assert not schedule.due(paused, MORNING - timedelta(days=2), MORNING)
    asked = schedule.change(settings, asked_at=MORNING.isoformat())
    assert asked.is_paused and schedule.due(asked, MORNING - timedelta(seconds=1), MORNING)
    assert not schedule.due(asked, MORNING + timedelta(seconds=1), MORNING + timedelta(days=2))


def test_a_schedule_is_kept_and_a_wrong_one_is_refused(settings):
    assert schedule.read(settings) == Schedule()
    schedule.change(settings, cron="0 5 * * 1", source="https://mirror.example")
    assert schedule.next_after(schedule.read(settings), MORNING) == datetime(2026, 11, 30, 5, tzinfo=UTC)
    with pytest.raises(AeroError, match="is no cron expression"):
        schedule.change(settings, cron="every morning")
    assert schedule.read(settings).cron == "0 5 * * 1"


@pytest.mark.parametrize(
    ("given", "kept"), [("jfk, LGA", "JFK,LGA"), ("all", "all"), ("none", "none"), ("JFK,XXX", None)]
)
def test_the_weather_s_airports_are_kept_as_codes_and_one_without_a_station_is_refused(settings, given, kept):
    result = CliRunner().invoke(main, ["schedule", "set", "--weather", given])
    assert (result.exit_code, schedule.read(settings).weather) == ((0, kept) if kept else (2, "none"))
    if not kept:
        assert "XXX has no weather station" in result.output


def _schedule(*words):
    return CliRunner().invoke(main, ["schedule", *words, "--json"]).stdout


def test_scripts_have_the_schedule_as_it_is_then(settings):
    assert printed("schedule set", _schedule("set", "--cron", "0 5 * * 1"))["cron"] == "0 5 * * 1"
    assert printed("schedule pause", _schedule("pause"))["is_paused"] is True
    assert printed("schedule resume", _schedule("resume"))["is_paused"] is False
    assert printed("schedule run-now", _schedule("run-now"))["asked_at"] == schedule.read(settings).asked_at is not None


def test_a_run_that_was_asked_for_by_a_clock_ahead_runs_once_at_that_time():
    asked = Schedule(cron="0 0 1 1 *", asked_at=(MORNING + timedelta(hours=1)).isoformat())
    assert not schedule.due(asked, MORNING - timedelta(hours=1), MORNING)
    assert schedule.due(asked, MORNING, MORNING + timedelta(hours=1))
    assert not schedule.due(asked, MORNING + timedelta(hours=1), MORNING + timedelta(hours=2))


def test_half_a_report_is_none(settings):
    schedule.write_report(settings, {})
    (schedule.folder(settings) / "report.json").write_text('{"ran_at": "2026')
    assert schedule.report(settings) == {}
