"""What Superset needs before its start, and after it."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import annotations, assets, client, credentials, refresh


def prepare(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Make its secrets, and bring its database to the version of the installed code, with roles and accounts.

    Raises AeroError with the end of Superset's output.
    """
    credentials.make(settings)
    # A version before this one kept bodies of requests here, also of clients that had not signed in.
    shutil.rmtree(settings.home / "superset" / "questions", ignore_errors=True)
    script = REPOSITORY / "superset" / "prepare_database.py"
    prepared, by = settings.home / "superset" / "prepared_by", f"{variables['SUPERSET_VENV']}\n{script.read_text()}"
    if prepared.is_file() and prepared.read_text() == by:
        return
    result = subprocess.run(
        [f"{variables['SUPERSET_VENV']}/bin/python", str(script)],
        env=os.environ | variables | {"SUPERSET_ADMIN": credentials.ADMIN, "SUPERSET_READER": credentials.READER},
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise AeroError(f"Superset's database could not be prepared:\n{(result.stdout + result.stderr)[-2000:]}")
    prepared.write_text(by)


def provision(settings: Settings, variables: dict[str, str]) -> None:
    """Load superset/assets where something of it has changed since it was loaded last; else void what is remembered,
    since a load may have ended while Superset did not run.
    """
    if not _synced(settings).is_file() or _synced(settings).read_text() != _digest():
        sync(settings)
    else:
        refresh.void(client.Superset(settings))


def sync(settings: Settings) -> None:
    """Load superset/assets, and layers of annotations, into the running Superset; what a person changed in the page is
    overwritten."""
    superset = client.Superset(settings)
    numbers = annotations.keep(superset)
    superset.import_assets(assets.bundle())
    annotations.show(superset, numbers)
    _synced(settings).write_text(_digest())


def _digest() -> str:
    """Changes with what is synced."""
    return hashlib.sha256(f"{assets.digest()}{annotations.text()}".encode()).hexdigest()


def _synced(settings: Settings) -> Path:
    """Holds the hash of the assets that were loaded last: a start does not undo what was changed in the page."""
    return settings.home / "superset" / "synced_assets"
