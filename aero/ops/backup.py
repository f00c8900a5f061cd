"""Making a backup, also while all runs: aero/ops/backup_parts.py has what is in one.

The writer's lease is held meanwhile, so that tables and names are of one moment. The metastore's database, an embedded
one, is copied while its process is stopped for a second: what lies there then is what a kill would leave, which it
starts from. The NameNode begins a new file of edits, and those before are copied with its image. SQLite copies its own.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from aero import connections, lease, webhdfs
from aero.cluster import hdfs_guard, services
from aero.cluster.java_runtime import HADOOP
from aero.cluster.supervision import Process
from aero.errors import AeroError
from aero.files import replace_json, sha256
from aero.ops.backup_parts import LEDGER, NAMES, OF_LEDGER, TABLES, Manifest, Part, parts
from aero.settings import Settings

_SQLITE = b"SQLite format 3\0"
_IMAGE, _EDITS = re.compile(r"fsimage_(\d+)"), re.compile(r"edits_(\d+)-(\d+)")
# The SecondaryNameNode may put a new image in the place of an old one meanwhile.
_TRIES = 3


def make(settings: Settings, processes: Mapping[str, Process], to: Path) -> Manifest:
    """Write a backup into a new folder of `to`, which has its name once it is whole.

    Raises AeroError where the data root is not on this machine or holds nothing, or a server that runs does not answer.
    """
    _refuse(settings, to)
    running = {name: one.pid for name, one in processes.items() if one.alive}
    if {"namenode", "metastore"} & running.keys():
        lease.hold("a backup").check()
    at = datetime.now(UTC).replace(microsecond=0)
    folder = to / f"aero-{at:%Y%m%dT%H%M%SZ}"
    fresh = folder.with_name(f".{folder.name}.new")
    try:
        for part in parts(settings):
            _copy_part(settings, part, fresh / part.name, running)
        if "namenode" in running:
            _copy_ledger(fresh / LEDGER)
        lease.let_go()
        manifest = _sealed(fresh, at)
        fresh.rename(folder)
        return replace(manifest, folder=folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _sealed(fresh: Path, at: datetime) -> Manifest:
    """With its manifest, and on the disk."""
    written = sorted(file for file in fresh.rglob("*") if file.is_file())
    files = {str(file.relative_to(fresh)): (file.stat().st_size, sha256(file)) for file in written}
    manifest = Manifest(fresh, at.isoformat(), hdfs_guard.cluster_id(fresh / NAMES), files)
    replace_json(fresh / "manifest.json", manifest.content(), synced=True)
    os.sync()
    return manifest


def _refuse(settings: Settings, to: Path) -> None:
    if settings.is_container:
        raise AeroError(
            "In a cluster of containers each part is a volume of its own.",
            "Copy the volumes: docs/production.md, “Backups”.",
        )
    if to.resolve().is_relative_to(settings.home):
        raise AeroError(f"{to} is in {settings.home}, and would be lost with it.", "Name a folder of another disk.")
    if not (settings.home / "hdfs" / "formatted.json").is_file():
        raise AeroError(f"{settings.home} holds no data yet.", "Set AERO_HOME to the data root, or start it: aero up")
    to.mkdir(mode=0o700, parents=True, exist_ok=True)


def is_on_the_same_disk(settings: Settings, to: Path) -> bool:
    return to.stat().st_dev == settings.home.stat().st_dev


def _copy_part(settings: Settings, part: Part, to: Path, running: Mapping[str, int]) -> None:
    if part.name == NAMES:
        _copy_names(settings, part, to, is_running="namenode" in running)
    elif part.name == TABLES:
        with _stopped(running.get("metastore", 0)):
            _copy_files(part.folder, part.files(), to)
    else:
        _copy_files(part.folder, part.files(), to)


def _copy_files(folder: Path, files: list[Path], to: Path) -> None:
    for file in files:
        target = to / file.relative_to(folder)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file.open("rb") as content:
            is_database = content.read(len(_SQLITE)) == _SQLITE
        if is_database:
            read_only = f"file:{file}?mode=ro"
            with closing(sqlite3.connect(read_only, uri=True)) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
        else:
            shutil.copyfile(file, target)


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """While the block runs, the process does not."""
    process = psutil.Process(pid) if pid else None
    if process:
        process.suspend()
    try:
        yield
    finally:
        if process:
            process.resume()


def _copy_names(settings: Settings, part: Part, to: Path, is_running: bool) -> None:
    """The newest image and the edits behind it."""
    if is_running:
        dfsadmin(settings, "-rollEdits")
    for left in reversed(range(_TRIES)):
        try:
            _copy_image(part.folder / "current", to / "current", is_running)
            return
        except FileNotFoundError:
            shutil.rmtree(to, ignore_errors=True)
            if not left:
                raise


def dfsadmin(settings: Settings, *words: str) -> None:
    """Have the NameNode do a thing. Raises AeroError with what it said where it did not."""
    variables = services.environment(settings)
    command = [*HADOOP.command(variables, "-Xmx128m"), "org.apache.hadoop.hdfs.tools.DFSAdmin", *words]
    result = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    if result.returncode:
        said = (result.stdout + result.stderr)[-2000:]
        raise AeroError(f"The NameNode did not do {' '.join(words)}:\n{said}", "See: aero doctor")


def _copy_image(current: Path, to: Path, is_running: bool) -> None:
    names = {file.name for file in current.iterdir()}
    images = [int(found[1]) for name in names if (found := _IMAGE.fullmatch(name))]
    if not images:
        raise AeroError(f"{current} holds no image of HDFS.", "See: aero doctor")
    image = f"fsimage_{max(images):019d}"
    edits = {name: int(found[2]) for name in names if (found := _EDITS.fullmatch(name)) and int(found[2]) > max(images)}
    wanted = {"VERSION", image, f"{image}.md5", *edits}
    if not is_running:
        wanted |= {name for name in names if name.startswith("edits_inprogress_") or name == "seen_txid"}
    _copy_files(current, [current / name for name in sorted(wanted)], to)
    if is_running:  # The NameNode's own says that there is more: the edits that it writes now.
        (to / "seen_txid").write_text(f"{max(edits.values(), default=max(images))}\n")


def _copy_ledger(to: Path) -> None:
    client = connections.webhdfs()
    for table in OF_LEDGER:
        for name in webhdfs.names(client, table.path):
            target = to / table.table / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with client.read(f"{table.path}/{name}") as content:
                target.write_bytes(content.read())
