"""Replicas of one service share a volume, and each has a place of its own in it."""

import os
import subprocess
import sys

import pytest

from aero import entrypoint


@pytest.fixture(autouse=True)
def _run_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(entrypoint, "_RUN", tmp_path)


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
