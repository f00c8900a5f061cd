"""How the application reports the end of a job, and when it ends itself."""

import json
import os

import pytest
from application import JobQueue, perform

from aero.datasets import FLIGHTS


def test_a_job_ends_well_or_with_its_own_words_or_with_a_fault(spark, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_text("[]")
    assert perform(spark, "clean_flights", str(plan)) == {}
    assert (
        "nowhere.json: this plan cannot be read"
        in perform(spark, "build_views", str(tmp_path / "nowhere.json"))["error"]
    )
    assert "ModuleNotFoundError" in perform(spark, "no_such_job", str(plan))["fault"]


JOB = '{"job": "clean_flights"}\n'


@pytest.fixture
def queue(monkeypatch):
    """The thread that reads the jobs, the end to write jobs to, and the exit codes with which it ended the process."""
    reading, writing = os.pipe()
    codes = []
    monkeypatch.setattr(os, "_exit", codes.append)
    with os.fdopen(reading) as lines, os.fdopen(writing, "w", buffering=1) as writer:
        monkeypatch.setattr("sys.stdin", lines)
        thread = JobQueue()
        thread.start()
        yield thread, writer, codes
        writer.close()
        thread.join()


def test_an_empty_line_ends_it_though_someone_else_keeps_its_input_open(queue):
    thread, writer, codes = queue
    thread.is_ready.set()
    writer.write(JOB)
    assert thread.lines.get(timeout=60) == JOB
    thread.is_going_on.clear()
    writer.write("\n")
    assert thread.lines.get(timeout=60) == "" and codes == []


@pytest.mark.parametrize("is_ready", [True, False])
def test_it_ends_at_once_in_the_middle_of_a_job_and_while_spark_starts(queue, is_ready):
    thread, writer, codes = queue
    if is_ready:
        thread.is_ready.set()
        writer.write(JOB)
    writer.write("\n")
    thread.join(timeout=60)
    assert codes == [1]


def test_a_month_that_fails_is_in_the_words_of_the_job(spark, tmp_path):
    month = {"year": 2013, "month": 7, "path": (tmp_path / "empty.csv").as_uri(), "file": "empty.csv"}
    plan, empty = tmp_path / "plan.json", tmp_path / "empty.csv"
    empty.touch()
    plan.write_text(json.dumps([month | {"family": "reporting", "layout": "reporting", "load_id": "load-1"}]))
    end = perform(spark, "clean_flights", str(plan), prefix=tmp_path.as_uri())
    assert (
        "1 of 1 months failed" in end["error"] and "2013-07: " in end["error"] and "the file is empty" in end["error"]
    )
    assert not (tmp_path / FLIGHTS.load_path("load-1", 2013, 7).lstrip("/")).exists()
