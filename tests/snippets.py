"""The snippets of docs/connect: the blocks of code under a heading, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from aero.datasets import REPOSITORY
from aero.settings import PORTS, Settings

_SECTION = re.compile(r"^## (.+)\n((?:(?!^## ).*\n?)*)", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PROGRAMS = {"python": ["python"], "sh": ["sh", "-eu"], "r": ["Rscript"]}
LANGUAGES = {*_PROGRAMS, "java", "properties"}
_USUAL_PORT = re.compile(rf"\b({'|'.join(map(str, PORTS.values()))})\b")


def of(page: str) -> dict[str, list[tuple[str, str]]]:
    """The blocks of a page of docs/connect by their heading, each its language and its text."""
    text = (REPOSITORY / "docs" / "connect" / page).read_text()
    found = {heading: _BLOCK.findall(section) for heading, section in _SECTION.findall(text)}
    return {heading: blocks for heading, blocks in found.items() if blocks}


def at_ports_of(settings: Settings, text: str) -> str:
    """A text whose ports, which are the usual ones, are those of these settings."""
    names = {str(port): name for name, port in PORTS.items()}
    return _USUAL_PORT.sub(lambda match: settings.environment[names[match[1]]], text)


def run(
    folder: Path, blocks: list[tuple[str, str]], python: Path = Path(sys.executable)
) -> subprocess.CompletedProcess[str]:
    """Run the blocks in a folder, one after the other, each by the program of its language, with `python` first on the
    PATH. A class of Java becomes a file, for the block behind it; properties are for who reads them. What comes back is
    of the last one that ran. Raises ValueError for a language that it does not know."""
    ran = subprocess.CompletedProcess("", 0)
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    for language, text in blocks:
        if language == "java":
            [name] = re.findall(r"public class (\w+)", text)
            (folder / f"{name}.java").write_text(text)
        elif language not in LANGUAGES:
            raise ValueError(f"{language} is none of {', '.join(sorted(LANGUAGES))}.")
        elif language in _PROGRAMS and ran.returncode == 0:
            file = folder / f"snippet.{language}"
            file.write_text(text)
            ran = subprocess.run([*_PROGRAMS[language], file], cwd=folder, env=os.environ | {"PATH": path},
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
    return ran
