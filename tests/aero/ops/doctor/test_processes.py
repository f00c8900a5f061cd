"""Services that do not run or do not get ready, and what their logs tell of it."""

import pytest

from aero import process_state
from aero.ops.doctor import processes
from aero.ops.doctor.log_lines import KNOWN
from tests.aero.ops.doctor.looks import look

SLOW = "SELECT 1 to answer"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    (tmp_path / "logs").mkdir()
    return tmp_path


def _log(home, name, *lines):
    (home / "logs" / f"{name}.log").write_text("".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("FATAL", "could not be started"),
        ("BACKOFF", "ends as soon as it starts"),
        ("EXITED", "has ended by itself"),
    ],
)
def test_what_the_supervisor_could_not_keep_running_is_found(home, state, said):
    _log(home, "kafka", "one", "x ERROR two", "three")
    [found] = processes.ended(look({"kafka": state}, namenode=None))
    assert (found.name, found.what, found.evidence) == ("ended", f"kafka {said}.", ("x ERROR two",))
    assert found.do.startswith("aero logs kafka")


def test_what_was_stopped_or_played_to_its_end_is_no_trouble():
    assert processes.ended(look({"kafka": "STOPPED", "replay": "EXITED"}, namenode=None)) == []


def test_the_one_that_keeps_the_others_waiting_is_found_and_they_are_its_evidence():
    [found] = processes.waiting(
        look(namenode=None, datanode="a live DataNode", metastore="its call", hiveserver2=SLOW, kafka=None)
    )
    assert found.what == "datanode runs and is not ready."
    assert found.evidence == ("it waits for a live DataNode", "that holds up hiveserver2, metastore")


def test_what_needs_a_service_that_does_not_run_is_not_at_fault():
    assert processes.waiting(look({"metastore": "STOPPED"}, hiveserver2=SLOW)) == []


def test_a_line_that_is_known_says_what_it_is_and_what_helps(home):
    cause = "java.lang.OutOfMemoryError: Java heap space"
    _log(home, "hiveserver2", "x ERROR old", cause, *["y INFO line"] * 300, "z ERROR the last")
    [found] = processes.waiting(look(metastore=None, nodemanager=None, hiveserver2=SLOW))
    assert found.what == "hiveserver2 runs and is not ready: its Java heap is full."
    assert found.evidence == (f"it waits for {SLOW}", cause)
    assert found.do == "HIVESERVER2_HEAP_MB=2048 aero up"


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.words)
def test_every_line_that_is_known_has_words_for_a_person(home, known):
    _log(home, "hbase", f"2026-11-28 FATAL [main] x: {known.words} y")
    [found] = processes.ended(look({"hbase": "FATAL"}, namenode=None))
    assert found.what == f"hbase could not be started: {known.what}." and "{" not in found.do


def test_a_stream_that_failed_says_why(home):
    file = process_state.file(look().settings, "stream")
    process_state.write(file, process_state.FAILED, problem="Kafka does not answer.\nStart it.")
    [found] = processes.live(look({"stream": "EXITED"}, kafka=None))
    assert found.what == "stream has failed, and runs no more." and found.evidence[0] == "Kafka does not answer."
    assert processes.live(look(stream=None, kafka=None)) == [], "it was started anew"
    process_state.write(file, process_state.ENDED)
    assert processes.live(look({"stream": "EXITED"}, kafka=None)) == []
