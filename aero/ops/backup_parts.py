"""A backup: what is in one, where each part of it lies in the data root, and its manifest.

    <DIR>/aero-20261128T181500Z/manifest.json    when, of which HDFS, and each file's bytes and SHA-256
                                names/…          the NameNode's image, and its edits since
                                tables/…         the metastore's database
                                ledger/…         aero_ops: months, checks, acceptances, publications
                                people/… dashboards/… luigi/… schedule/… live/…

It holds what the bytes of HDFS cannot tell, a few MB: not the bytes, which have copies of their own, and neither the
live states of HBase nor the events of Kafka.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aero import process_state
from aero.cluster import hdfs_guard, services
from aero.datasets import ACCEPTANCES, CHECKS, MONTHS, PUBLICATIONS
from aero.errors import AeroError
from aero.files import sha256
from aero.ops import schedule
from aero.settings import Settings

FORMAT = 1
NAMES, TABLES, LEDGER = "names", "tables", "ledger"
# What SQLite keeps beside a database that is written to: its copy is whole without, and a restored one must have none.
JOURNALS = ("-journal", "-wal", "-shm")
# The tables of aero_ops that a load cannot make again as they were.
OF_LEDGER = (MONTHS, CHECKS, ACCEPTANCES, PUBLICATIONS)


@dataclass(frozen=True)
class Part:
    """Some of the data root: what it is, the folder where it lies, and which files below belong to it.

    `is_whole`: its files go together, so that what lies there goes away with them.
    """

    name: str
    what: str
    folder: Path
    patterns: tuple[str, ...] = ("**/*",)
    is_whole: bool = False

    def files(self) -> list[Path]:
        """Those that are there now, without locks of running servers."""
        found = {file for pattern in self.patterns for file in self.folder.glob(pattern) if file.is_file()}
        return sorted(file for file in found if not file.name.endswith((".lck", ".lock", *JOURNALS)))


def parts(settings: Settings) -> tuple[Part, ...]:
    """All but the ledger, which lies in HDFS."""
    home = settings.home
    names = hdfs_guard.name_folders(services.environment(settings), home / "hdfs")[0]
    return (
        Part(NAMES, "the names of HDFS", names, is_whole=True),
        Part(TABLES, "the metastore's database", home / "metastore", is_whole=True),
        Part("people", "people, passwords and secrets", settings.secrets),
        Part("dashboards", "Superset's own database, key and passwords", home / "superset", ("*",)),
        Part("luigi", "Luigi's history", home / "luigi", ("history.db",)),
        Part("schedule", "when new months are looked for", schedule.folder(settings), ("plan.json",)),
        Part("live", "plans and keys of live sources", process_state.folder(settings), ("plans/*", "keys/*")),
    )


@dataclass(frozen=True)
class Manifest:
    """What is known of a backup. `files` are the bytes and the SHA-256 of each by its path in the backup."""

    folder: Path
    made_at: str
    cluster_id: str | None
    files: dict[str, tuple[int, str]]

    def of(self, part: str) -> dict[str, tuple[int, str]]:
        """The files of one part by their paths in it."""
        return {
            path.removeprefix(f"{part}/"): known for path, known in self.files.items() if path.startswith(f"{part}/")
        }

    def content(self) -> dict[str, Any]:
        """As it is written, JSON."""
        files = {path: {"bytes": size, "sha256": digest} for path, (size, digest) in sorted(self.files.items())}
        return {"format": FORMAT, "made_at": self.made_at, "cluster_id": self.cluster_id, "files": files}


def read(source: Path) -> Manifest:
    """The backup in a folder, or the newest of those in it, whose files all are as they were written.

    Raises AeroError that names what is missing or has changed.
    """
    folder = _newest(source)
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise AeroError(f"{folder} is a backup of format {content['format']}, not {FORMAT}.", "Use that version.")
        files = {path: (one["bytes"], one["sha256"]) for path, one in content["files"].items()}
        found = Manifest(folder, content["made_at"], content["cluster_id"], files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AeroError(f"{folder}/manifest.json can't be read: {error!r}", "Take another backup.") from error
    _verify(found)
    return found


def _newest(source: Path) -> Path:
    folders = [source, *sorted(source.glob("aero-*"), reverse=True)]
    found = next((one for one in folders if (one / "manifest.json").is_file()), None)
    if not found:
        raise AeroError(f"There is no backup in {source}.", "Name the folder that aero backup wrote to.")
    return found


def _verify(manifest: Manifest) -> None:
    wrong = []
    for path, (size, digest) in manifest.files.items():
        file = manifest.folder / path
        if ".." in Path(path).parts or Path(path).is_absolute():
            wrong.append(f"{path} leads out of it")
        elif not file.is_file():
            wrong.append(f"{path} is missing")
        elif file.stat().st_size != size or sha256(file) != digest:
            wrong.append(f"{path} has changed since it was written")
    if wrong:
        lines = "\n    ".join(wrong[:10])
        raise AeroError(
            f"{manifest.folder} is damaged, and nothing of it is used:\n    {lines}", "Take another backup."
        )


def shown(sizes: Iterable[tuple[int, str]]) -> str:
    """How many files, and how much, for people."""
    known = [size for size, _ in sizes]
    return f"{len(known):,} files, {sum(known) / 2**20:,.1f} MiB"
