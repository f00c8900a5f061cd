"""The steps of a publication: where a process may be stopped, and that the document has them all."""

import ast
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aero.datasets import REPOSITORY

WORK = "from aero.steps import step; step('checks written'); print('more')"


@pytest.mark.parametrize(
    ("stop_at", "code", "output"), [("checks written", -signal.SIGKILL, ""), ("else", 0, "more\n"), (None, 0, "more\n")]
)
def test_a_process_dies_behind_the_step_that_is_named_and_at_no_other(stop_at, code, output):
    environment = os.environ | ({"AERO_STOP_AT": stop_at} if stop_at else {})
    result = subprocess.run([sys.executable, "-c", WORK], env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (code, output)


def _steps(file: Path) -> set[str]:
    """The names of a module's steps; what depends on the table is `<table>`."""
    calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    names = (ast.unparse(call.args[0]) for call in calls if isinstance(call.func, ast.Name) and call.func.id == "step")
    return {re.sub(r"\{.*\}", "<table>", name.lstrip("f").strip("'\"")) for name in names}


def test_the_architecture_names_every_step_of_the_code_and_no_other():
    files = [file for package in ("aero", "luigi_tasks") for file in (REPOSITORY / package).rglob("*.py")]
    section = (REPOSITORY / "docs" / "architecture.md").read_text().partition("## What a load writes, in order")[2]
    section = section.partition("\n## ")[0]
    column = " ".join(line.rsplit("|", 2)[1] for line in section.splitlines() if line.startswith("|"))
    recorded = re.findall(r": `([^`]+)`\.", section)
    assert set(re.findall(r"`([^`]+)`", column)) | set(recorded) == set().union(*map(_steps, files))
