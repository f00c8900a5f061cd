"""What a container says of its readiness, what a new start of it forgets, and the place of each replica in a volume."""

import os
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from aero import entrypoint, process_state
from aero.cluster import readiness
from aero.cluster.drift import Drift
from aero.cluster.service import Service
from aero.settings import load_settings


@pytest.fixture(autouse=True)
def _run_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(entrypoint, "_RUN", tmp_path)
    for name in ("_ROLE", "_READY", "_PROVISIONED", "_META_IS_LOST"):
        monkeypatch.setattr(entrypoint, name, tmp_path / name)


def service(name="kafka", waits_for=None, **changes):
    return Service(name, "", "/server", lambda _settings: waits_for, 0, (), **changes)


class Became(Exception):
    """The process is the server now: its command and variables."""


def test_a_container_that_starts_again_says_nothing_of_the_server_before(monkeypatch):
    """A mark that stays would have others start beside a server that is not there yet."""

    def become(path, command, variables):
        raise Became(path, command)

    monkeypatch.setattr(os, "execve", become)
    marks = [entrypoint._READY, entrypoint._PROVISIONED, entrypoint._META_IS_LOST]
    state = process_state.file(load_settings(), "kafka")
    process_state.write(state, process_state.RUNNING)
    for mark in marks:
        mark.touch()
    prepared = []
    with pytest.raises(Became) as became:
        entrypoint._become(service(prepare=lambda settings, variables, command: prepared.append(command)))
    assert became.value.args == ("/server", ["/server"]) and prepared == [["/server"]]
    assert not any(mark.exists() for mark in (*marks, state))
    assert entrypoint._ROLE.read_text() == "kafka"


def test_a_role_that_waits_is_not_healthy_and_says_for_what():
    entrypoint._READY.touch()
    assert entrypoint._ready(service(waits_for="a live DataNode")) == "waits for a live DataNode"
    assert not entrypoint._READY.exists()


def test_a_role_is_healthy_when_what_it_makes_is_made_once_and_says_what_is_otherwise(capsys):
    made = []

    def provision(settings, variables):
        made.append(settings)
        raise Drift("/aero has mode 700, its file says 755")

    assert entrypoint._ready(service(waits_for="its page", provision=provision)) and not made
    for _ in range(2):
        assert entrypoint._ready(service(provision=provision)) == 0
    assert len(made) == 1 and entrypoint._READY.exists()
    assert capsys.readouterr().out == "drift /aero has mode 700, its file says 755\n"


def test_what_cannot_be_made_is_tried_at_the_next_look():
    def provision(settings, variables):
        raise OSError("away")

    with pytest.raises(OSError):
        entrypoint._ready(service(provision=provision))
    assert not entrypoint._READY.exists() and not entrypoint._PROVISIONED.exists()


def test_a_master_that_forgot_meta_is_ended_after_two_minutes_and_is_asked_every_ten_seconds_until_then(monkeypatch):
    ended, answers = [], {"hbase": None, "hbase_thrift2": readiness.NO_ROW}
    servers = SimpleNamespace(children=lambda: [SimpleNamespace(kill=lambda: ended.append("master"))])
    monkeypatch.setattr(psutil, "Process", lambda pid: servers if pid == 1 else None)
    for name in answers:
        monkeypatch.setattr(readiness, name, lambda _settings, name=name: answers[name])

    def look(seconds_ago=0):
        if entrypoint._META_IS_LOST.exists():
            at = entrypoint._META_IS_LOST.stat().st_mtime - seconds_ago
            os.utime(entrypoint._META_IS_LOST, (at, at))
        assert entrypoint._ready(service("hbase-master")) == 0
        return len(ended), entrypoint._READY.exists()

    assert look() == (0, False)
    assert look(seconds_ago=entrypoint.META_MAY_BE_LOST_SECONDS - 20) == (0, False)
    assert look(seconds_ago=40) == (1, False)
    answers["hbase_thrift2"] = None
    assert look() == (1, True) and not entrypoint._META_IS_LOST.exists()
    answers |= {"hbase": "the master to answer", "hbase_thrift2": readiness.NO_ROW}
    assert look() == (1, True), "a master that does not answer forgot nothing"


@pytest.fixture
def volume(tmp_path):
    folder = tmp_path / "volume"
    folder.mkdir()
    return folder


# Takes a place, prints it, and keeps it until its input ends.
_REPLICA = """
import sys
from pathlib import Path
from aero import entrypoint
entrypoint._RUN = Path(sys.argv[1])
print(entrypoint._own_place(Path(sys.argv[2])), flush=True)
sys.stdin.read()
"""


def _replica(tmp_path, volume) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", _REPLICA, tmp_path, volume], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _place(replica: subprocess.Popen) -> str:
    return replica.stdout.readline().strip().split("/")[-2]


def test_each_replica_has_a_place_and_one_that_was_killed_gives_it_back(tmp_path, volume):
    replicas = [_replica(tmp_path, volume) for _ in range(3)]
    try:
        places = [_place(replica) for replica in replicas]
        assert sorted(places) == ["1", "2", "3"]
        replicas[1].kill()
        replicas[1].wait()
        replicas.append(_replica(tmp_path, volume))
        assert _place(replicas[3]) == places[1]
    finally:
        for replica in replicas:
            replica.kill()
            replica.communicate()


def test_the_place_that_was_in_use_last_is_taken_first(volume):
    for name, at in (("1", 1000), ("2", 3000), ("3", 2000)):
        (volume / name).mkdir()
        (volume / name / "in-use").touch()
        os.utime(volume / name / "in-use", (at, at))
    (volume / "4").mkdir()  # As another replica leaves it for a moment.
    taken = [entrypoint._own_place(volume).parent.name for _ in range(5)]
    assert taken == ["2", "3", "1", "4", "5"]


def test_a_command_that_is_named_like_a_role_is_asked_for_by_aero(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "aero.entrypoint", "aero", "superset", "--help"],
        env=os.environ | {"AERO_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "password" in result.stdout and result.returncode == 0
