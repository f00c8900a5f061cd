"""Tools of others that tests run, each in a Python environment of its own, kept in the cache from run to run."""

from pathlib import Path

from rich.console import Console

from aero.cluster.venvs import Venv
from aero.datasets import REPOSITORY
from aero.settings import load_settings


def python_of(name: str) -> Path:
    """The Python that has what the file of requirements of this name in docs/connect pins, made where there is none."""
    requirements = REPOSITORY / "docs" / "connect" / f"requirements-{name}.txt"
    settings, venv = load_settings(), Venv(name, requirements, f"The packages of {name}")
    venv.install(settings, Console(quiet=True))
    return venv.folder(settings) / "bin" / "python"
