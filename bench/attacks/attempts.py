"""What an attempt is, and the list of them: each module of this package adds its own.

An attempt returns its proof, in a few words, where it came in: an answer, a row, a file that a command left. It raises
Refused where a door said no, and Failed where it cannot tell; anything else that it raises counts as failed too, so
that a mistake of the attempt never looks like a closed door.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aero.settings import Settings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 20
# How a server says that it will not, in words; whatever else goes wrong is no refusal.
REFUSAL = re.compile(
    r"may not|nobody may|not allowed|not permitted|refused|permission denied|access ?control|not authorized"
    r"|insufficient privilege"
    r"|HiveAuthz|is disabled|restrict list|is not in the whitelist|not in list of params|no privilege"
    r"|denied|blocked by|CANNOT_MODIFY|does not allow|Cannot modify|doesn.t belong to role|HiveAccessControl"
    r"|cannot be (?:set|used)"
    r"|current user .* is not|hidden"
    r"|Superset only reads|is a file: Superset asks tables",
    re.IGNORECASE,
)


class Refused(Exception):
    """A door said no; its words."""


class Absent(Exception):
    """There is nothing that could be refused, such as a file that was never made."""


class Failed(Exception):
    """Neither in nor refused: the attempt or the server went wrong."""


class Who(StrEnum):
    """Who tries. A browser: an operator's, that a foreign page has sent there with the operator's name and password. A
    link: of a board on the wall, whose key is the password."""

    STRANGER = "nobody"
    READER = "reader"
    ANALYST = "analyst"
    OPERATOR = "operator"
    BROWSER = "operator's browser"
    LINK = "a board's link"
    ENDED_LINK = "a link that has ended"


class Wall(StrEnum):
    """What keeps it out on one machine. `FIREWALL`: nothing does but the rules of aero firewall. `NONE`: a door that is
    to be open, such as a page that asks for a name; the attempt shows that it is."""

    DOOR = "the door"
    FIREWALL = "aero firewall"
    FILES = "the files' modes"
    NONE = "open as it must be"


@dataclass(frozen=True)
class Person:
    """A name and a password as an attempt gives them."""

    name: str
    password: str


@dataclass(frozen=True)
class Target:
    """The platform as an attempt finds it. `host` is how it is reached from where the attempt runs; `marker` a name of
    this attempt's own, for what it makes; `folder` one that it may write to, there and gone with it. `digests` are
    SHA-256 of the platform's secrets: whoever finds one knows it by them."""

    settings: Settings
    host: str
    person: Person
    marker: str
    folder: Path
    digests: frozenset[str] = frozenset()
    user: str = "aero"  # The platform's name in Hadoop.
    loose_ports: tuple[int, ...] = ()  # Those that the platform's processes opened beside the settings'.
    uid: int = 0  # Whose processes and files the platform's are.
    home_mode: int = 0o700
    began: float = 0.0  # When the platform was started, in seconds since 1970.
    token: str = ""  # Of Superset, for the person: each signs in once, since the door counts.

    def port(self, name: str) -> int:
        return self.settings.port(name)

    def url(self, door: str, path: str) -> str:
        return f"http://{self.host}:{self.port(door)}{path}"


Run = Callable[[Target], str | None]


@dataclass(frozen=True)
class Attempt:
    """One attempt. `port` is the door's in the settings, None for files and processes; `issue` the number that it has
    in the list of what was done."""

    name: str
    door: str
    tries: str
    run: Run
    port: str | None = None
    who: Who = Who.STRANGER
    wall: Wall = Wall.DOOR
    issue: int | None = None
    seconds: int = 60


ATTEMPTS: list[Attempt] = []


def attempt(
    door: str,
    port: str | None = None,
    who: Who = Who.STRANGER,
    wall: Wall = Wall.DOOR,
    issue: int | None = None,
    seconds: int = 60,
) -> Callable[[Run], Run]:
    """Add a function to the list. Its docstring says what it tries."""

    def add(run: Run) -> Run:
        name = run.__name__.strip("_").replace("_", " ")
        ATTEMPTS.append(Attempt(name, door, " ".join((run.__doc__ or name).split()).rstrip("."), run, port, who, wall,
                                issue, seconds))  # fmt: skip
        return run

    return add
