"""What the command is told of a pipeline that failed, or was killed."""

import sys
from types import SimpleNamespace

import pytest

from aero import lease, pipeline
from aero.cluster import services
from aero.errors import AeroError
from aero.month import Month


@pytest.fixture
def process(monkeypatch, tmp_path):
    """A function that has the pipeline's process be a line of shell."""

    def is_now(line):
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\n{line}\n")
        python.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(python))

    return is_now


@pytest.fixture
def ends(process):
    """A function that has the pipeline's process end with a line of shell; the command's result."""

    def run(line):
        process(line)
        with pytest.raises(pipeline.Failed) as failed:
            pipeline.run("FindMonths", needed=())
        return failed.value

    return run


def test_a_killed_pipeline_says_by_which_signal_and_that_it_can_go_on(ends, capsys):
    killed = ends("kill -9 $$")
    assert killed.exit_code == 137
    killed.show()
    assert "FindMonths was ended by SIGKILL.\n  Run it again" in capsys.readouterr().err


def test_one_that_failed_has_said_why_itself(ends, capsys):
    failed = ends("exit 40")
    failed.show()
    assert failed.exit_code == 40 and capsys.readouterr().err == ""


def test_increments_that_were_killed_say_so_and_have_no_reports(process, monkeypatch, capsys):
    names = (*pipeline.NEEDED, "kafka")
    ready = {name: SimpleNamespace(name=name, waits_for=lambda _: None) for name in names}
    monkeypatch.setattr(services, "BY_NAME", ready)
    monkeypatch.setattr(lease, "refuse_if_held", lambda _: None)
    monkeypatch.setattr(pipeline, "_report_if_any", lambda *_: None)
    process("kill -9 $$")
    month = Month(2013, 1)
    assert pipeline.run_increments([month], "/files", None) == {month: None}
    assert "MonthlyIncrements was ended by SIGKILL." in capsys.readouterr().err


def test_what_was_not_given_is_no_option_and_what_is_true_has_no_value(process, tmp_path):
    process(f'echo "$@" > {tmp_path}/words; exit 1')
    given = {"start": Month(2013, 1), "family": None, "replace_richer": True, "increments": False, "header_from": ""}
    with pytest.raises(pipeline.Failed):
        pipeline.run("LoadFlights", needed=(), days=0, **given)
    words = (tmp_path / "words").read_text()
    assert " --start 2013-01 --replace-richer --scheduler-host " in words.replace(" --days 0", "")
    assert " --days 0 " in words
    assert not any(name in words for name in ("family", "increments", "header"))


@pytest.fixture
def luigid(monkeypatch):
    """A function that says what luigid waits for at each look, and whether it runs."""
    monkeypatch.setattr(pipeline, "PAUSE_SECONDS", 0.01)

    def says(*looks, runs=True):
        left = iter(looks)
        service = SimpleNamespace(name="luigid", waits_for=lambda _: next(left, looks[-1]))
        monkeypatch.setattr(services, "BY_NAME", {"luigid": service})
        alive = {"luigid": SimpleNamespace(alive=runs)}
        monkeypatch.setattr("aero.cluster.supervision.Supervisor.processes", lambda _: alive)

    return says


def test_a_run_waits_for_a_service_that_is_being_started_again_and_says_so_once(luigid, process, capsys):
    luigid("its page", "its page", None)
    process("exit 7")
    with pytest.raises(pipeline.Failed) as failed:
        pipeline.run("FindMonths", needed=("luigid",))
    assert failed.value.exit_code == 7, "the pipeline ran"
    assert capsys.readouterr().err == "It waits: luigid waits for its page.\n"


def test_a_run_begins_not_without_a_service_that_does_not_run(luigid):
    luigid("its page", runs=False)
    with pytest.raises(AeroError, match=r"These services are not ready: luigid\.\n  Start them: aero up"):
        pipeline.run("FindMonths", needed=("luigid",))


def test_a_service_that_never_gets_ready_is_named_with_what_it_waits_for(luigid, monkeypatch):
    monkeypatch.setattr(pipeline, "READY_SECONDS", 0)
    luigid("its page")
    with pytest.raises(AeroError, match="not ready after 0 s: luigid waits for its page"):
        pipeline.run("FindMonths", needed=("luigid",))
