"""What the command is told of a pipeline that failed, or was killed."""

import sys

import pytest

from aero import pipeline


@pytest.fixture
def ends(monkeypatch, tmp_path):
    """A function that has the pipeline's process end with a line of shell; the command's result."""

    def run(line):
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\n{line}\n")
        python.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(python))
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
