"""What a run's processes say stands in its log, a line each, and old runs go."""

import logging
from dataclasses import replace

import pytest

from aero import run_log
from aero.run_log import Line
from aero.settings import load_settings
from aero.steps import step

RUN = "20261129T044658.514220Z"


@pytest.fixture
def settings(tmp_path):
    return replace(load_settings(), home=tmp_path)


@pytest.fixture
def log(settings):
    """The file of a run that is going on."""
    handler = run_log.attach(settings, RUN)
    yield run_log.folder(settings, RUN) / "run.log"
    run_log.detach(handler)


def lines(file):
    return [Line.parse(one) for one in file.read_text().splitlines()]


def test_a_line_has_run_month_part_level_and_words(log):
    run_log.say("spark", "2013-02: 24,951 rows")
    run_log.say("landing", "landed", "2013-03")
    run_log.say("luigi", "CleanFlights begins")
    step("checks written")
    said = [(one.run, one.month, one.part, one.level, one.words) for one in lines(log)]
    assert said == [
        (RUN, "2013-02", "spark", "INFO", "2013-02: 24,951 rows"),
        (RUN, "2013-03", "landing", "INFO", "landed"),
        (RUN, "-", "luigi", "INFO", "CleanFlights begins"),
        (RUN, "-", "step", "INFO", "checks written"),
    ]
    assert lines(log)[0].at.endswith("Z") and len(lines(log)[0].at) == len("2026-11-29T04:47:00.123Z")


def test_luigis_errors_are_in_it_with_each_line_of_their_trace(log):
    try:
        raise ValueError("no such month")
    except ValueError:
        logging.getLogger("luigi-interface").exception("[pid 7] CleanFlights failed")
    found = lines(log)
    assert {(one.part, one.level) for one in found} == {("luigi", "ERROR")}
    assert found[0].words == "[pid 7] CleanFlights failed" and found[-1].words == "ValueError: no such month"


def test_words_of_no_run_go_nowhere_and_are_no_fault(settings, capsys):
    run_log.say("spark", "2013-02: done")
    assert not run_log.root(settings).exists() and capsys.readouterr() == ("", "")


def test_the_oldest_runs_go(settings, monkeypatch):
    monkeypatch.setattr(run_log, "KEPT_RUNS", 2)
    for day in ("27", "28", "29"):
        run_log.note(settings, f"202611{day}T000000.000000Z", "run begins: a load")
    kept = sorted(one.name for one in run_log.root(settings).iterdir())
    assert kept == ["20261128T000000.000000Z", "20261129T000000.000000Z"]


def test_a_log_that_is_full_goes_on_in_another_and_no_further(settings, monkeypatch):
    monkeypatch.setattr(run_log, "MOST_BYTES", 2_000)
    handler = run_log.attach(settings, RUN)
    for number in range(200):
        run_log.say("spark", f"line {number}")
    run_log.detach(handler)
    files = list(run_log.folder(settings, RUN).iterdir())
    assert sorted(one.name for one in files) == ["run.log", "run.log.1"]
    assert max(one.stat().st_size for one in files) <= 2_000


@pytest.mark.parametrize(("given", "taken"), [(RUN, RUN), ("", None), ("../../etc", None)])
def test_a_run_is_named_by_an_id_alone(given, taken, monkeypatch):
    monkeypatch.setenv(run_log.RUN_ID, given)
    assert run_log.run_id_of_this_process() == taken


@pytest.mark.parametrize("text", ["", "half of a li", "WARN a b c d e f"])
def test_a_line_that_is_none_is_none(text):
    assert Line.parse(text) is None
