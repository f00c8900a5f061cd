"""What Superset needs before its start, and after it."""

import os
import subprocess
from pathlib import Path

from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import assets, client, credentials, refresh


def prepare(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Its secrets, and its database at the version of the installed code with roles and the administrator.

    Raises AeroError with the end of what Superset said.
    """
    credentials.make(settings)
    prepared = settings.home / "superset" / "prepared_by"
    if prepared.is_file() and prepared.read_text() == variables["SUPERSET_VENV"]:
        return
    said = subprocess.run(
        [f"{variables['SUPERSET_VENV']}/bin/python", str(REPOSITORY / "superset" / "prepare_database.py")],
        env=os.environ | variables | {"SUPERSET_ADMIN": credentials.ADMIN},
        capture_output=True,
        text=True,
    )
    if said.returncode:
        raise AeroError(f"Superset's database could not be prepared:\n{(said.stdout + said.stderr)[-2000:]}")
    prepared.write_text(variables["SUPERSET_VENV"])


def provision(settings: Settings, variables: dict[str, str]) -> None:
    """The databases, datasets, charts and dashboards of superset/assets where they are not as the files say, and nothing
    remembered from before a load that Superset did not see.
    """
    if not _synced(settings).is_file() or _synced(settings).read_text() != assets.digest():
        sync(settings)
    else:
        refresh.void(client.Superset(settings))


def sync(settings: Settings) -> None:
    """Load superset/assets into the running Superset; what a person changed in the page is overwritten."""
    client.Superset(settings).import_assets(assets.bundle())
    _synced(settings).write_text(assets.digest())


def _synced(settings: Settings) -> Path:
    """Holds the hash of the assets that were loaded last: a start does not undo what was changed in the page."""
    return settings.home / "superset" / "synced_assets"
