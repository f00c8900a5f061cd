"""What the scheduler does when it starts, and what it says of a run."""

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import pipeline
from aero.cli import main
from aero.cli.schedule import NEEDED
from aero.cluster import services
from aero.datasets import MONTHS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import months, schedule, scheduler, tables
from aero.run_reports import Finding, Found
from aero.settings import load_settings
from tests.hdfs_in_memory import HdfsInMemory
from tests.printed import printed


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
    monkeypatch.setattr(scheduler, "_publish", lambda *_: None)
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


AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)


@pytest.fixture
def look(monkeypatch, tmp_path):
    """A function that looks once, and finds August revised and September new; its report. `run_increments` is what
    comes of their load."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    lake = HdfsInMemory()
    refused = months.failed(months.empty(AUGUST), "not published: rows_as_expected")
    tables.replace(lake, MONTHS, [refused, replace(months.empty(SEPTEMBER), message="last look: 404")])
    monkeypatch.setattr(scheduler.connections, "webhdfs", lambda: lake)
    found = [Found(AUGUST, Finding.REVISED), Found(SEPTEMBER, Finding.NEW)]

    def run(task, *_, **__):
        found_now = [one.to_json() for one in found]
        return {"FindMonths": found_now, "UpdateForecast": ["2026-09 forecast"]}.get(task, {"flights": 0})

    def once(run_increments):
        monkeypatch.setattr(pipeline, "run", run)
        monkeypatch.setattr(pipeline, "run_increments", run_increments)
        settings = load_settings()
        scheduler._run(settings, schedule.Schedule())
        return schedule.report(settings)

    return once


def test_a_month_that_failed_says_why_and_keeps_the_other_not_back(look):
    report = look(lambda *_: {AUGUST: None, SEPTEMBER: {"rows": {"clean": 7}}})
    assert report["outcome"] == "1 of 2 months failed" and report["archived"] == {"flights": 0}
    assert report["forecast"] == ["2026-09 forecast"]
    august, september = report["months"]
    assert (august["found"], august["outcome"], august["message"]) == (
        "revised",
        "failed",
        "not published: rows_as_expected",
    )
    assert (september["outcome"], september["rows"]) == ("loaded", 7) and "message" not in september
    report = look(lambda *_: {})
    assert report["months"][1]["message"] == "aero logs scheduler has the reason"


def test_the_weather_is_loaded_where_the_schedule_names_airports_and_hinders_nothing(look, monkeypatch):
    """Here the second of its two tasks fails."""
    report = look(lambda *_: {})
    assert "weather" not in report
    asked = []

    def run(task, *_, **wanted):
        asked.append((task, wanted))
        if task == "LoadWeatherForecasts":
            raise AeroError("api.weather.gov does not answer.", "Try again.")
        return [] if task == "FindMonths" else {"rows": 7}

    monkeypatch.setattr(pipeline, "run", run)
    facts = scheduler._run(load_settings(), schedule.Schedule(weather="JFK,LGA"))
    assert facts["weather"] == {
        "LoadWeather": {"rows": 7},
        "LoadWeatherForecasts": "failed: api.weather.gov does not answer.",
    }
    assert facts["outcome"] == "done" and facts["forecast"] == {"rows": 7}
    wanted = dict(asked)
    assert wanted["LoadWeather"]["airports"] == wanted["LoadWeatherForecasts"]["airports"] == "JFK,LGA"
    assert wanted["LoadWeather"]["start"].next == wanted["LoadWeather"]["end"]
    scheduler._run(load_settings(), schedule.Schedule(weather="all"))
    assert dict(asked)["LoadWeather"]["airports"] == ""


def test_a_service_that_is_away_is_the_reason_of_each_month(look, monkeypatch):
    def away(*_):
        raise AeroError("These services are not ready: kafka.", "Start them: aero up")

    report = look(away)
    why = "These services are not ready: kafka. Start them: aero up"
    assert [(month["outcome"], month["message"]) for month in report["months"]] == [("failed", why)] * 2
    never = threading.Event()
    says = dict.fromkeys(("scheduler", *NEEDED), lambda _: None)
    says |= {"kafka": lambda _: "its port", "hiveserver2": lambda _: never.wait(60)}
    known = {name: SimpleNamespace(name=name, waits_for=waits_for) for name, waits_for in says.items()}
    monkeypatch.setattr(services, "BY_NAME", known)
    shown = CliRunner().invoke(main, ["schedule", "show"]).stdout
    facts = printed("schedule show", CliRunner().invoke(main, ["schedule", "show", "--json"]).stdout)
    never.set()
    assert facts["waiting"] == ["hiveserver2", "kafka"]
    assert "A run would miss now what is not ready: hiveserver2, kafka (aero status)\n" in shown
    assert f"  2026-08  revised: failed: {why}\n  2026-09  new: failed: {why}\n" in shown


def test_the_months_are_loaded_by_their_family_from_the_source_of_the_schedule(look):
    asked = []
    look(lambda *arguments: asked.append(arguments) or {})
    assert asked == [([AUGUST, SEPTEMBER], "bts", None)]


def test_the_service_ends_with_a_fault_where_its_watch_has_ended(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    watch = threading.Thread(target=lambda: None)
    watch.start()
    watch.join()
    with pytest.raises(AeroError, match="The watch over the ledger has ended"):
        scheduler._look_when_due(load_settings(), watch)
