"""How the end of a job is told to the process that waits for it."""

import json
import os

from application import _Told, perform

from aero.datasets import FLIGHTS


def test_a_job_ends_well_or_with_its_own_words_or_with_a_fault(spark, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text("[]")
    assert perform(spark, "clean_flights", str(plan)) == {}
    assert "nowhere.json: this plan cannot be read" in perform(spark, "build_views", str(tmp_path / "nowhere.json"))["error"]
    assert "ModuleNotFoundError" in perform(spark, "no_such_job", str(plan))["fault"]


def test_an_empty_line_ends_it_though_someone_else_keeps_its_input_open(monkeypatch):
    reading, writing = os.pipe()
    with os.fdopen(reading) as lines, os.fdopen(writing, "w") as told:
        monkeypatch.setattr("sys.stdin", lines)
        thread = _Told()
        thread.start()
        told.write('{"job": "clean_flights"}\n')
        told.flush()
        assert thread.lines.get() == '{"job": "clean_flights"}\n'
        thread.is_going_on.clear()
        told.write("\n")
        told.flush()
        assert thread.lines.get() == ""


def test_a_month_that_fails_is_in_the_words_of_the_job(spark, tmp_path):
    month = {"year": 2013, "month": 7, "path": (tmp_path / "empty.csv").as_uri(), "file": "empty.csv"}
    plan, empty = tmp_path / "plan.json", tmp_path / "empty.csv"
    empty.touch()
    plan.write_text(json.dumps([month | {"family": "reporting", "layout": "reporting", "load_id": "load-1"}]))
    end = perform(spark, "clean_flights", str(plan), prefix=tmp_path.as_uri())
    assert "1 of 1 months failed" in end["error"] and "2013-07: " in end["error"] and "the file is empty" in end["error"]
    assert not (tmp_path / FLIGHTS.load_path("load-1", 2013, 7).lstrip("/")).exists()
