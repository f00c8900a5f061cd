"""Who may come in: people and the platform's own accounts, their roles and passwords, for every door.

The file `people` in the folder of secrets has a line each, `name:role:pbkdf2_sha256$ITERATIONS$SALT$HASH`, salt and
hash in base64. The doors written in Java read the same file. What each role may do:

    reader    ask batch views, live tables and clean flights
    analyst   ask raw and quarantined rows too, and write in a database of their own
    operator  load, rebuild, accept, and change every table

The platform's accounts are made at the first start. Their passwords lie beside, a file each, since the programs that
come in with them ask nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aero.errors import AeroError
from aero.files import locked, make_secret, replace_text
from aero.settings import Settings

ROLES = ("reader", "analyst", "operator")
USER = "aero"  # As whom commands, Luigi, provisioning and the scheduler come in; Superset's databases have the other.
PLATFORM = {USER: "operator", "superset": "reader"}
# Accounts at Kafka alone (aero/cluster/kafka_access.py): they have a password, and are nobody at the other doors.
AT_KAFKA = ("kafka", "kafka-sources", "kafka-stream", "kafka-months")
SUPERSETS_OWN = "admin"  # The account that Superset's first start makes there (aero/superset/credentials.py).
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
# No space, quote or backslash: beeline takes its own words apart at them.
PASSWORD = re.compile(r"[!#-&(-\[\]-~]{12,128}")
ITERATIONS = 210_000
# One of 2^256 passwords is not guessed, however fast a guess is, and every command waits for this one.
PLATFORM_ITERATIONS = 1_000
_ALGORITHM = "pbkdf2_sha256"


@dataclass(frozen=True)
class Person:
    """A line of the file."""

    name: str
    role: str
    iterations: int
    salt: bytes
    digest: bytes

    @classmethod
    def new(cls, name: str, role: str, password: str) -> Person:
        iterations = PLATFORM_ITERATIONS if name in PLATFORM else ITERATIONS
        salt = secrets.token_bytes(16)
        return cls(name, role, iterations, salt, _digest(password, salt, iterations))

    @classmethod
    def read(cls, line: str) -> Person:
        """Raises ValueError for a line that is none."""
        name, role, hashed = line.split(":")
        algorithm, iterations, salt, digest = hashed.split("$")
        if not NAME.fullmatch(name) or role not in ROLES or algorithm != _ALGORITHM or int(iterations) < 1:
            raise ValueError
        return cls(name, role, int(iterations), base64.b64decode(salt), base64.b64decode(digest))

    def line(self) -> str:
        salt, digest = (base64.b64encode(part).decode() for part in (self.salt, self.digest))
        return f"{self.name}:{self.role}:{_ALGORITHM}${self.iterations}${salt}${digest}"

    def has(self, password: str) -> bool:
        return hmac.compare_digest(self.digest, _digest(password, self.salt, self.iterations))


# Stands in for a name that nobody has, so that its refusal takes as long as any other.
_NOBODY = Person("nobody", "reader", ITERATIONS, bytes(16), bytes(32))


def _digest(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


def file(settings: Settings) -> Path:
    return settings.secrets / "people"


def load(settings: Settings) -> dict[str, Person]:
    """Everybody by name. Raises AeroError for a line that cannot be read."""
    path, people = file(settings), {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            person = Person.read(line)
        except ValueError:
            raise AeroError(
                f"Line {number} of {path} is not name:role:{_ALGORITHM}$ITERATIONS$SALT$HASH.",
                "Remove it, and add that person again: aero user add NAME --role ROLE",
            ) from None
        people[person.name] = person
    return people


def verified(settings: Settings, name: str, password: str) -> Person | None:
    """The person of that name if the password is theirs."""
    person = load(settings).get(name)
    return person if (person or _NOBODY).has(password) else None


def add(settings: Settings, name: str, role: str, password: str) -> None:
    """Raises AeroError for a name that somebody has, or that is none, and for a weak password."""
    _must_be_strong(password)
    with _changing(settings) as people:
        must_be_new(people, name)
        people[name] = Person.new(name, role, password)


def change(settings: Settings, name: str, password: str) -> None:
    """Give a person, or an account of the platform, a new password. Raises AeroError for an unknown or a weak one."""
    _must_be_strong(password)
    with _changing(settings) as people:
        people[name] = Person.new(name, known(people, name).role, password)
        if name in PLATFORM:
            replace_text(_password_file(settings, name), password, 0o600)


def remove(settings: Settings, name: str) -> None:
    """Raises AeroError for a name that nobody has, and for an account of the platform."""
    with _changing(settings) as people:
        must_be_removable(people, name)
        del people[name]


def password_of(settings: Settings, account: str) -> str:
    """The password of an account of the platform. Raises AeroError where there is none, or may not be read."""
    path = _password_file(settings, account)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AeroError(f"{path} is not there: nothing was started yet.", "Start it: aero up") from None
    except PermissionError:
        raise AeroError(
            f"You may not read {path}, the password of {account}.",
            "Run this as the user who runs the services, or with a name of your own: --as NAME",
        ) from None


def generated() -> str:
    """A password of 43 letters, digits, - and _."""
    return secrets.token_urlsafe(32)


def make_platform_accounts(settings: Settings) -> None:
    """Make what is missing of the platform's accounts; of processes that do it at once, one does it."""
    with _changing(settings) as people:
        for name in (*PLATFORM, *AT_KAFKA):
            make_secret(_password_file(settings, name))
        for name, role in PLATFORM.items():
            password = password_of(settings, name)
            account = people.get(name)
            if not account or account.role != role or not account.has(password):
                people[name] = Person.new(name, role, password)


def scratch(name: str) -> str:
    """The database in which an analyst may create and write."""
    return f"scratch_{name.replace('-', '_')}"


def known(people: dict[str, Person], name: str) -> Person:
    """Raises AeroError for a name that nobody has."""
    if name not in people:
        raise AeroError(f"There is nobody named {name!r}.", "Who there is: aero user list")
    return people[name]


def must_be_new(people: dict[str, Person], name: str) -> None:
    """Raises AeroError for a name that somebody has, or the platform, and for one that is none."""
    if not NAME.fullmatch(name):
        raise AeroError(f"{name!r} can't be a name.", "Up to 32 of a-z, 0-9, - and _; a letter first.")
    if name == SUPERSETS_OWN:
        raise AeroError(f"{name} is Superset's own account.", "Choose another name.")
    if name in people or name in PLATFORM or name in AT_KAFKA:
        raise AeroError(f"{name} is there already.", f"For another password: aero user passwd {name}")
    alike = [other for other in people if scratch(other) == scratch(name)]
    if alike:
        raise AeroError(f"{name} and {alike[0]} would share the database {scratch(name)}.", "Choose another name.")


def must_be_removable(people: dict[str, Person], name: str) -> Person:
    """Raises AeroError for a name that nobody has, and for an account of the platform."""
    if name in PLATFORM:
        raise AeroError(
            f"The platform itself comes in as {name}.", f"For another password: aero user passwd {name} --generate"
        )
    return known(people, name)


def _password_file(settings: Settings, account: str) -> Path:
    return settings.secrets / "passwords" / account


def _must_be_strong(password: str) -> None:
    if not PASSWORD.fullmatch(password):
        raise AeroError(
            f"A password of {len(password)} characters, or one with a space, a quote, a backslash or no ASCII.",
            "Choose 12 to 128 ASCII letters, digits and other signs, or --generate one.",
        )


@contextmanager
def _changing(settings: Settings) -> Iterator[dict[str, Person]]:
    """Everybody, to be changed; what is left in the dictionary is in the file afterwards. One process at a time."""
    for folder in (settings.secrets, settings.secrets / "passwords"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(settings.secrets / "people.lock"):
        people = load(settings)
        before = dict(people)
        yield people
        if people != before or not file(settings).is_file():
            text = "".join(f"{person.line()}\n" for _, person in sorted(people.items()))
            replace_text(file(settings), text, 0o600, synced=True)
