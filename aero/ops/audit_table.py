"""aero_ops.audit: the doors' lines (aero/audit.py) as a table, brought to HDFS while they are written.

A file of the table holds a stretch of one door's lines, of one day, and is named after its first line. As long as the
stretch grows its file is replaced whole, and a run that was killed writes the same file again: no line is lost, none is
there twice. How far each of the doors' files was read stands in <AERO_HOME>/run/audit.json.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import hdfs

from aero import audit, files
from aero.audit import Entry
from aero.datasets import AUDIT
from aero.ops import tables
from aero.settings import Settings

# A stretch ends where it is this long: longer ones would be written again and again, shorter ones be many small files.
STRETCH_BYTES = 4_000_000


@dataclass(frozen=True)
class Row:
    """One line; fields as hive/aero_ops/audit/create.hql says them, in its order."""

    asked_at: datetime
    door: str
    who: str
    address: str | None
    what: str
    outcome: str
    why: str | None


@dataclass
class Place:
    """How far a file was read: where the stretch begins that may still grow, and where the lines end that are there."""

    begins: int = 0
    read: int = 0


@dataclass(frozen=True)
class Stretch:
    """Lines of one day that follow each other, each with its place in the file. Another one begins where it ends."""

    lines: list[tuple[int, Entry]]
    ends: int
    is_ended: bool

    def name(self, door: str) -> str:
        return f"{self.lines[0][1].at:%Y%m%dT%H%M%S%fZ}.{door}"


def publish(client: hdfs.Client, settings: Settings) -> int:
    """Bring what the doors wrote since the last time to the table. Returns how many lines that were.

    Raises hdfs.HdfsError, and what requests raises, where HDFS does not answer; the next time goes on from there.
    """
    brought = 0
    if not (doors := audit.doors(settings.home)):
        return 0
    with tables.locked("audit"):
        before = _places(settings)
        places: dict[str, Place] = {}
        for door in doors:
            for path in audit.parts(settings.home, door):
                key = f"{door}.{path.stat().st_ino}"
                places[key] = before.get(key, Place())
                brought += _publish_file(client, path, door, places[key])
        if brought:
            tables.let_go(client, AUDIT, settings.audit_days)
        if places != before or brought:
            content = {key: vars(place) for key, place in places.items()}
            files.replace_json(_file(settings), content, mode=0o600)
    return brought


def _publish_file(client: hdfs.Client, path: Path, door: str, place: Place) -> int:
    """Bring what is new in one file, and say in `place` how far it was read."""
    brought, size = 0, path.stat().st_size
    if size < place.read:  # Another file has its number now.
        place.begins = place.read = 0
    while size > place.read:
        stretch = _stretch(path, place.begins)
        if stretch.ends == place.read:
            break  # Its last line is being written.
        if stretch.lines:
            tables.add(client, AUDIT, stretch.name(door), (_row(entry) for _, entry in stretch.lines))
        brought += sum(offset >= place.read for offset, _ in stretch.lines)
        place.read = stretch.ends
        if stretch.is_ended:
            place.begins = stretch.ends
    return brought


def _stretch(path: Path, begins: int) -> Stretch:
    """The stretch that begins there, as far as it goes; what is no line of the audit is passed over."""
    lines: list[tuple[int, Entry]] = []
    at = begins
    with path.open("rb") as file:
        file.seek(begins)
        for line in file:
            if not line.endswith(b"\n"):
                break
            entry = audit.entry_in(line)
            if entry and lines and (entry.at.date() != lines[0][1].at.date() or at - begins >= STRETCH_BYTES):
                return Stretch(lines, at, is_ended=True)
            lines += [(at, entry)] if entry else []
            at += len(line)
    return Stretch(lines, at, is_ended=False)


def _row(entry: Entry) -> Row:
    return Row(
        entry.at, entry.door, entry.who, entry.address or None, entry.what, str(entry.outcome), entry.why or None
    )


def _file(settings: Settings) -> Path:
    return settings.home / "run" / "audit.json"


def _places(settings: Settings) -> dict[str, Place]:
    """How far each file was read; nothing where that is not known: then all is written again, under the same names."""
    try:
        content = json.loads(_file(settings).read_text(encoding="utf-8"))
        return {key: Place(**place) for key, place in content.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}
