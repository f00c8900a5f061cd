"""Superset's own virtual environment: Superset pins other versions of SQLAlchemy and pandas than the rest.

It is in the cache, in a folder named after the hash of its requirements, so a changed version is a new folder. Once it
is installed, no network is needed.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.files import locked
from aero.screen import Console
from aero.settings import Settings

REQUIREMENTS = REPOSITORY / "superset" / "requirements.txt"


def folder(settings: Settings) -> Path:
    """Where the environment is, or will be."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return settings.cache / "venvs" / f"superset-{digest}"


def is_there(settings: Settings) -> bool:
    """Whether it is installed as a whole."""
    return _mark(settings).is_file()


def _mark(settings: Settings) -> Path:
    return folder(settings) / "installed"


def install(settings: Settings, console: Console) -> None:
    """Make the environment where it is not whole; of two processes one does. Raises AeroError with pip's output when
    pip fails."""
    if not is_there(settings):
        with locked(folder(settings).with_suffix(".lock")):
            _install(settings, console)


def _install(settings: Settings, console: Console) -> None:
    target = folder(settings)
    if is_there(settings):
        return
    shutil.rmtree(target, ignore_errors=True)
    with console.status("Superset's packages, from PyPI"):
        _run([sys.executable, "-m", "venv", str(target)])
        _run([f"{target}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
              "--no-deps", "-r", str(REQUIREMENTS)])  # fmt: skip
    _mark(settings).touch()
    console.print("  installed  Superset's packages")


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise AeroError(
            f"Superset's packages could not be installed:\n    {result.stderr.strip()[-1000:]}",
            f"Is the network there? Try it by hand: {' '.join(command)}",
        )
