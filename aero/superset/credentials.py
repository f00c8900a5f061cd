"""The secrets of one Superset, made at its first start and kept where only their owner reads them."""

import os
import secrets
from pathlib import Path

from aero.errors import AeroError
from aero.settings import Settings

ADMIN = "admin"


def _file(settings: Settings, name: str) -> Path:
    return settings.home / "superset" / name


def make(settings: Settings) -> None:
    """The key that signs sessions and the administrator's password, each where it is not there yet."""
    folder = settings.home / "superset"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, secret in (("secret_key", secrets.token_urlsafe(42)), ("admin_password", secrets.token_urlsafe(15))):
        if not _file(settings, name).is_file():
            with os.fdopen(os.open(_file(settings, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secret)


def admin_password(settings: Settings) -> str:
    """Raises AeroError before the first start."""
    file = _file(settings, "admin_password")
    if not file.is_file():
        raise AeroError("Superset was not started yet, so there is no password.", "Start it: aero up superset")
    return file.read_text()
