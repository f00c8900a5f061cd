"""Boards on the wall: a link each, with which a screen that nobody has signed in at shows one dashboard.

The file `walls.json` in the folder of secrets has them by name, with the key's SHA-256: the key itself stands in the
link alone. Superset reads the file at each request (superset/walls.py), so one that is removed shows nothing any more.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aero.errors import AeroError
from aero.files import locked, replace_json
from aero.instants import instant_text, utc_now
from aero.people import NAME
from aero.settings import Settings

# Where a link leads to; behind it stands `#`, and the key, which a browser sends to no server by itself.
PAGE = "/aero/wall/"


@dataclass(frozen=True)
class Wall:
    """A board on the wall: the slug of its dashboard, and until when (UTC) its link is good."""

    name: str
    dashboard: str
    until: str
    key_sha256: str

    @property
    def is_good(self) -> bool:
        return datetime.fromisoformat(self.until) > utc_now()


def file(settings: Settings) -> Path:
    return settings.secrets / "walls.json"


def load(settings: Settings) -> dict[str, Wall]:
    """Every board by name, those of which the link has ended too. Raises AeroError for a file that cannot be read."""
    path = file(settings)
    if not path.is_file():
        return {}
    try:
        walls = [Wall(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
        return {wall.name: wall for wall in walls if datetime.fromisoformat(wall.until).tzinfo}
    except (ValueError, TypeError) as error:
        raise AeroError(
            f"{path} cannot be read: {error}", "Remove it, and add the boards again: aero wall add NAME"
        ) from None


def add(settings: Settings, name: str, dashboard: str, lasts: timedelta) -> str:
    """The key of a new board. Raises AeroError for a name that is there, or is none."""
    if not NAME.fullmatch(name):
        raise AeroError(f"{name!r} can't be a name.", "Up to 32 of a-z, 0-9, - and _; a letter first.")
    key = secrets.token_urlsafe(32)
    with _changing(settings) as walls:
        if name in walls:
            raise AeroError(f"There is a board {name} already.", f"End its link first: aero wall remove {name}")
        walls[name] = Wall(name, dashboard, instant_text(utc_now() + lasts), _digest(key))
    return key


def remove(settings: Settings, name: str) -> None:
    """Raises AeroError for a name that no board has."""
    with _changing(settings) as walls:
        if name not in walls:
            raise AeroError(f"There is no board named {name!r}.", "Which there are: aero wall list")
        del walls[name]


def of_key(settings: Settings, key: str) -> Wall | None:
    """The board whose key this is, while its link is good."""
    return of_digest(settings, _digest(key))


def of_digest(settings: Settings, digest: str) -> Wall | None:
    """The board whose key has this SHA-256, while its link is good."""
    walls = load(settings).values()
    return next((one for one in walls if one.is_good and hmac.compare_digest(one.key_sha256, digest)), None)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


@contextmanager
def _changing(settings: Settings) -> Iterator[dict[str, Wall]]:
    """Every board, to be changed; what is left in the dictionary is in the file afterwards. One process at a time."""
    settings.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(settings.secrets / "walls.lock"):
        walls = load(settings)
        yield walls
        replace_json(file(settings), [asdict(one) for _, one in sorted(walls.items())], synced=True)
