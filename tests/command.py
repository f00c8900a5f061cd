"""The `aero` command, run as its user runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.printed import command_of, printed

AERO = Path(sys.executable).parent / "aero"


@dataclass(frozen=True)
class Answer:
    """What a run of the command with these words left: its exit code, standard output and standard error."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @cached_property
    def json(self):
        """What was printed for scripts; with --json, as the command's schema says."""
        return printed(command_of(self.words), self.out) if "--json" in self.words else json.loads(self.out)


def aero(*arguments: str, fails: bool = False, **environment: str) -> Answer:
    """Run `aero` with these arguments. It must succeed, or with `fails` must not; `environment` is added to ours."""
    result = subprocess.run([AERO, *arguments], env=os.environ | environment, capture_output=True, text=True)
    answer = Answer(arguments, result.returncode, result.stdout, result.stderr)
    assert (answer.code != 0) == fails, (
        f"aero {' '.join(arguments)} ended with {answer.code}:\n{answer.out}\n{answer.err}"
    )
    return answer


def sql(statement: str) -> list[dict]:
    """The rows of one statement through HiveServer2, by column; none where it has no result."""
    answer = aero("sql", "-e", statement, "--format", "json")
    return answer.json if answer.out else []
