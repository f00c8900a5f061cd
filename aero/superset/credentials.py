"""The secrets of one Superset, made at its first start and kept where only their owner reads them."""

from pathlib import Path

from aero.errors import AeroError
from aero.files import make_secret
from aero.settings import Settings

ADMIN = "admin"
# May read charts and their data, and nothing else: aero/superset/refresh.py asks as it.
READER = "aero"


def _file(settings: Settings, name: str) -> Path:
    return settings.home / "superset" / name


def make(settings: Settings) -> None:
    """The key that signs sessions and a password for each account, each where it is not there yet."""
    (settings.home / "superset").mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, size in (("secret_key", 42), (f"{ADMIN}_password", 15), (f"{READER}_password", 15)):
        make_secret(_file(settings, name), size)


def password(settings: Settings, account: str) -> str:
    """Raises AeroError before the first start."""
    file = _file(settings, f"{account}_password")
    if not file.is_file():
        raise AeroError("Superset was not started yet, so there is no password.", "Start it: aero up superset")
    return file.read_text()


def admin_password(settings: Settings) -> str:
    """Raises AeroError before the first start."""
    return password(settings, ADMIN)
