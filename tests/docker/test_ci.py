""".ci/compose: what failed, or did not come to its end, is never taken for what was not run."""

import shutil
import subprocess

import pytest

from aero.datasets import REPOSITORY


@pytest.fixture
def compose(tmp_path):
    """A function that runs .ci/compose with commands of ours in the place of make, docker and of what knows memory."""
    folder, commands = tmp_path / ".ci", tmp_path / "commands"
    folder.mkdir()
    commands.mkdir()
    shutil.copy(REPOSITORY / ".ci" / "compose", folder)

    def run(free_gib=16, docker="exit 0", make="exit 0"):
        for name, body in {"awk": f"echo {free_gib}", "docker": docker, "make": make, "dockerd": "exit 1"}.items():
            (commands / name).write_text(f"#!/bin/sh\n{body}\n")
            (commands / name).chmod(0o755)
        environment = {"PATH": f"{commands}:/usr/bin:/bin", "AERO_COMPOSE_MINUTES": "0.002"}
        return subprocess.run([folder / "compose"], env=environment, capture_output=True, text=True)

    return run


def test_the_code_is_that_of_the_tests(compose):
    passed = compose(make='echo "$@"')
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, "compose-test\n", "")
    assert compose(make="exit 2").returncode == 2


def test_what_runs_out_of_time_is_a_failure_and_its_containers_go(compose, tmp_path):
    gone = tmp_path / "gone"
    docker = f'case "$1" in ps) echo aero-test_kafka;; rm) echo "$@" >> {gone};; esac'
    result = compose(docker=docker, make="echo FAILED tests/compose/test_images.py; exec sleep 60")
    assert result.returncode == 124 and "FAILED" in result.stdout
    assert "COMPOSE-TEST DID NOT COME TO ITS END: 0.002 minutes were not enough" in result.stderr.splitlines()[-1]
    assert gone.read_text() == "rm -f aero-test_kafka\n"


def test_where_it_cannot_run_the_last_line_says_so(compose):
    result = compose(free_gib=7)
    assert result.returncode == 0
    assert result.stderr.startswith("COMPOSE-TEST WAS NOT RUN: the containers need 12 GiB of free memory, 7 are free.")
