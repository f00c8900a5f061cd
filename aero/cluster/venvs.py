"""Virtual environments beside the product's own, for tools that pin other versions than it does, or that few need.

Each is in the cache, in a folder named after the hash of its requirements, so a changed version is a new folder. Once
it is installed, no network is needed.
"""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from aero.errors import AeroError
from aero.files import locked
from aero.screen import Console
from aero.settings import Settings


@dataclass(frozen=True)
class Venv:
    """`requirements` names every package with its version, those that others bring too; `what` they are, for people."""

    name: str
    requirements: Path
    what: str

    def folder(self, settings: Settings) -> Path:
        """Where the environment is, or will be."""
        digest = hashlib.sha256(self.requirements.read_bytes()).hexdigest()[:12]
        return settings.cache / "venvs" / f"{self.name}-{digest}"

    def is_there(self, settings: Settings) -> bool:
        """Whether it is installed as a whole."""
        return self._mark(settings).is_file()

    def _mark(self, settings: Settings) -> Path:
        return self.folder(settings) / "installed"

    def install(self, settings: Settings, console: Console) -> None:
        """Make the environment where it is not whole; of two processes one does. Raises AeroError with pip's output
        when pip fails."""
        if not self.is_there(settings):
            folder = self.folder(settings)
            with locked(folder.with_name(f"{folder.name}.lock")):
                self._install(settings, console)

    def _install(self, settings: Settings, console: Console) -> None:
        target = self.folder(settings)
        if self.is_there(settings):
            return
        shutil.rmtree(target, ignore_errors=True)
        with console.status(f"{self.what}, from PyPI"):
            self._run([sys.executable, "-m", "venv", str(target)])
            self._run([f"{target}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                       "--no-deps", "-r", str(self.requirements)])  # fmt: skip
        self._mark(settings).touch()
        console.print(f"  installed  {self.what}")

    def _run(self, command: list[str]) -> None:
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise AeroError(
                f"{self.what} could not be installed:\n    {result.stderr.strip()[-1000:]}",
                f"Is the network there? Try it by hand: {' '.join(command)}",
            )
