"""The audit: who asked what, at which door, from where, and what came of it.

Each door appends one line of JSON to a file of its own, <AERO_HOME>/logs/audit/<door>.jsonl, readable by its owner
alone. A file that is full becomes <door>.jsonl.1, the one before .2, and the oldest is let go; what was published
before stays in aero_ops.audit. Doors that run Java write the same lines by themselves. Only
Python's own library is imported here, so that Superset's Python can use it too.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from aero import files
from aero.instants import instant_text, utc_now

FILE_BYTES = 20_000_000
FILES_KEPT = 5
# What was asked, and why it was refused, in characters; more is cut.
LONGEST = 2000
CUT = " …"
_TEXTS = ("door", "who", "from", "what", "why")


class Outcome(StrEnum):
    """What came of it. Failed: it was let in, and ended with an error."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"
    SIGNED_IN = "signed in"
    NOT_SIGNED_IN = "not signed in"


@dataclass(frozen=True)
class Entry:
    """One line. `who` is the name that was given, proven or not; `address` is empty where there is none."""

    at: datetime
    door: str
    who: str
    address: str
    what: str
    outcome: Outcome
    why: str = ""

    def to_line(self) -> bytes:
        """The line with its end, of characters that no terminal obeys."""
        content = {
            "at": instant_text(self.at),
            "door": self.door,
            "who": _cut(self.who, 64),
            "from": _cut(self.address, 64),
            "what": _cut(self.what, LONGEST),
            "outcome": self.outcome,
            "why": _cut(self.why, LONGEST),
        }
        return json.dumps(content).encode() + b"\n"

    @classmethod
    def from_line(cls, line: str | bytes) -> Self:
        """Raises ValueError where it is no line of the audit."""
        content: dict[str, Any] = json.loads(line)
        try:
            at, outcome = datetime.fromisoformat(content["at"]).astimezone(UTC), Outcome(content["outcome"])
            door, who, address, what, why = (_printable(str(content.get(name) or "")) for name in _TEXTS)
            return cls(at, door, who, address, what, outcome, why)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no line of the audit: {error!r}") from error


def _printable(text: str) -> str:
    """The text without what a terminal obeys or a table ends at: it came from strangers."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - len(CUT)] + CUT


def folder(home: Path) -> Path:
    """Where the doors of a data root write."""
    return home / "logs" / "audit"


def write(home: Path, door: str, who: str, address: str, what: str, outcome: Outcome, why: str = "") -> None:
    """Append a line, in one call of the system, so that lines of processes that write at once are never mixed.

    Who writes often is not kept waiting: the lock is asked for only by the one that finds the file full. Raises OSError
    where the line cannot be written: a door that cannot say what it does should not do it.
    """
    path = folder(home) / f"{door}.jsonl"
    line = Entry(utc_now(), door, who, address, what, outcome, why).to_line()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, line)
        is_full = os.fstat(file).st_size >= FILE_BYTES
    finally:
        os.close(file)
    if is_full:
        _rotate(path)


def _rotate(path: Path) -> None:
    """Begin a new file. Whoever has the old one open writes its line there still."""
    with files.locked(path.with_suffix(".lock")):
        if not path.exists() or path.stat().st_size < FILE_BYTES:
            return  # Another process did it meanwhile.
        for number in range(FILES_KEPT - 1, 0, -1):
            older = _numbered(path, number)
            if older.exists():
                older.replace(_numbered(path, number + 1))
        path.replace(_numbered(path, 1))


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def doors(home: Path) -> list[str]:
    """The doors that have written."""
    return sorted({path.name.partition(".jsonl")[0] for path in folder(home).glob("*.jsonl*")})


def parts(home: Path, door: str) -> list[Path]:
    """The files of one door that are there, oldest first."""
    newest = folder(home) / f"{door}.jsonl"
    return [path for path in [*(_numbered(newest, n) for n in range(FILES_KEPT, 0, -1)), newest] if path.exists()]


def read(home: Path, since: datetime, outcome: Outcome | None = None) -> list[Entry]:
    """The lines since an instant, in order of time; of one outcome alone where it is said, which is faster. What is no
    line of the audit is passed over."""
    paths = [path for door in doors(home) for path in parts(home, door)]
    young = [path for path in paths if path.stat().st_mtime >= since.timestamp()]
    found = (entry for path in young for entry in _entries(path, outcome) if entry.at >= since)
    return sorted(found, key=lambda one: one.at)


def _entries(path: Path, outcome: Outcome | None) -> Iterator[Entry]:
    words = f'"{outcome}"'.encode() if outcome else b""
    with path.open("rb") as file:
        entries = filter(None, (entry_in(line) for line in file if words in line))
        yield from (entry for entry in entries if outcome in (None, entry.outcome))


def entry_in(line: bytes) -> Entry | None:
    """What a line says; None where it is no line of the audit."""
    try:
        return Entry.from_line(line)
    except ValueError:
        return None
