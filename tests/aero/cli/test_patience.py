"""A server that takes connections and says nothing, as one that is frozen does."""

import json
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from aero.cli import patience
from aero.cluster import answers, services
from aero.cluster.service import Service
from aero.settings import load_settings


def _service(name, probe):
    return Service(name, "", "", probe, 0, ())


def test_a_silent_service_does_not_keep_the_others_from_answering():
    never = threading.Event()
    asked = [_service("frozen", lambda _: never.wait(60)), _service("well", lambda _: None)]
    asked.append(_service("waiting", lambda _: "blocks"))
    began = time.monotonic()
    said = answers.waits(load_settings(), asked, 0.2)
    never.set()
    assert said == {"frozen": "an answer; it has said nothing for 0.2 s", "well": None, "waiting": "blocks"}
    assert time.monotonic() - began < 30


@pytest.fixture
def frozen(monkeypatch):
    """The NameNode takes connections and answers nothing; the others answer, or do not run."""
    listening = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("NAMENODE_HTTP_PORT", str(listening.getsockname()[1]))
    monkeypatch.setenv("NAMENODE_HOST", "127.0.0.1")
    monkeypatch.setenv("HTTP_DOOR", "open")
    monkeypatch.setattr(patience, "LOOK_SECONDS", 1.5)  # A closed port is told by then on a busy machine too.
    alive = {name: SimpleNamespace(alive=name in ("namenode", "luigid")) for name in services.BY_NAME}
    monkeypatch.setattr("aero.cluster.supervision.Supervisor.processes", lambda _: alive)
    yield
    listening.close()


def test_who_is_silent_is_named(frozen):
    """luigid runs too, and a closed port is an answer."""
    silent = patience.who_is_silent(load_settings(), ("namenode", "luigid", "hbase"))
    assert silent == {"namenode": "namenode is up, and has not answered for 3 s."}


def test_who_answers_at_the_second_look_is_not(frozen, monkeypatch):
    looks = iter([answers.silent(patience.LOOK_SECONDS), None])
    monkeypatch.setattr("aero.cluster.answers.waits", lambda *_: {"namenode": next(looks)})
    assert patience.who_is_silent(load_settings(), ("namenode",)) == {}


PROGRAM = """
import sys, time
from aero.cli import patience
patience.PAUSE_SECONDS = 0.1
silent = iter([{{"namenode": "namenode is silent."}}, {{}}])
patience.who_is_silent = lambda *_: next(silent, {{}})
with patience.said({words}):
    time.sleep(2)
print("ended by itself")
"""


def _run(words):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(words=json.dumps(words))], capture_output=True, text=True
    )


def test_a_command_that_looks_ends_with_what_is_wrong_and_what_to_do():
    ended = _run(["months"])
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: namenode is silent.\n") and "aero down namenode; aero up" in ended.stderr


def test_one_that_writes_says_it_once_and_waits_on():
    ended = _run(["load", "--from", "2013-01"])
    assert (ended.returncode, ended.stdout) == (0, "ended by itself\n")
    assert ended.stderr == "It waits: namenode is silent.\nnamenode answers again.\n"


def test_one_that_needs_nobody_says_nothing():
    assert _run(["user", "list"]).stderr == ""


def test_the_commands_that_need_somebody_are_commands():
    from aero.cli import PLACES

    assert set(patience.NEEDS) <= set(PLACES)
    assert {name for needed in patience.NEEDS.values() for name in needed} <= set(services.BY_NAME)


def test_only_what_looks_ends():
    assert [patience.ends(words) for words in (["months"], ["live", "status"], ["live", "start"], ["load"])] == [
        True, True, False, False,
    ]  # fmt: skip
