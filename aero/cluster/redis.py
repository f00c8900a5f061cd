"""Redis of a cluster of containers: what Superset remembers, and its worker's queue, behind a password of its own.

The password is in the volume `secrets`, where PostgreSQL's container puts it before Redis starts. No list of processes
shows it: the server reads it from a file, and Superset (superset/superset_config.py) from the volume.
"""

from pathlib import Path

from aero.errors import AeroError
from aero.files import locked, make_secret, replace_text
from aero.settings import Settings

CONFIGURATION = Path("/run/aero/redis.conf")


def make_password(settings: Settings) -> None:
    """Where there is none; of processes that do it at once, one does it."""
    with locked(settings.secrets / "redis.lock"):
        make_secret(_password_file(settings), 48)


def password(settings: Settings) -> str:
    """Raises AeroError where there is none yet."""
    try:
        return _password_file(settings).read_text()
    except FileNotFoundError:
        raise AeroError(
            f"{_password_file(settings)} is not there: PostgreSQL's container makes it.", "Start it: make compose-up"
        ) from None


def configure(settings: Settings, variables: dict[str, str], command: list[str]) -> None:
    """Write the file that the server reads its password from."""
    replace_text(CONFIGURATION, f"requirepass {password(settings)}\n", 0o600)


def _password_file(settings: Settings) -> Path:
    return settings.secrets / "redis"
