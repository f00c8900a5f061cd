"""The `aero` command, run as its user runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

AERO = Path(sys.executable).parent / "aero"


@dataclass(frozen=True)
class Said:
    """What a run of the command left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @cached_property
    def json(self):
        return json.loads(self.out)


def aero(*arguments: str, fails: bool = False, **environment: str) -> Said:
    """Run `aero` with these arguments. It must succeed, or with `fails` must not; `environment` is added to ours."""
    done = subprocess.run([AERO, *arguments], env=os.environ | environment, capture_output=True, text=True)
    said = Said(done.returncode, done.stdout, done.stderr)
    assert (said.code != 0) == fails, f"aero {' '.join(arguments)} ended with {said.code}:\n{said.out}\n{said.err}"
    return said


def sql(statement: str) -> list[dict]:
    """The rows of one statement through HiveServer2, by column; none where it has no result."""
    said = aero("sql", "-e", statement, "--format", "json")
    return said.json if said.out else []
