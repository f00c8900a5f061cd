"""Putting a backup back into a data root in which nothing runs; what lay there is kept beside it."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import hdfs

from aero import webhdfs
from aero.cluster import hdfs_guard, services
from aero.cluster.supervision import Process
from aero.datasets import ACCEPTANCES
from aero.errors import AeroError
from aero.files import sha256
from aero.ops.backup_parts import JOURNALS, LEDGER, NAMES, TABLES, Manifest, Part, parts
from aero.settings import Settings

WRITE, REPLACE, SAME, LEAVE, NONE = "write", "replace", "same", "leave out", "not in it"


@dataclass(frozen=True)
class Step:
    """What is to become of a part: `does` is one of the words above, `why` says what is not obvious."""

    part: Part
    does: str
    why: str = ""


def plan(settings: Settings, manifest: Manifest, only: tuple[str, ...] = ()) -> list[Step]:
    """What a restore does with each part, or with those named `only`.

    Names and tables are worth something beside the blocks of their HDFS alone: where there are none, they are left out.
    Raises AeroError where the blocks are of another HDFS.
    """
    return [_step(settings, manifest, part) for part in parts(settings) if not only or part.name in only]


def _step(settings: Settings, manifest: Manifest, part: Part) -> Step:
    files = manifest.of(part.name)
    if not files:
        return Step(part, NONE)
    if part.name in (NAMES, TABLES):
        clusters = hdfs_guard.clusters_of_blocks(settings.home / "hdfs")
        if not clusters:
            return Step(part, LEAVE, "there are no blocks of HDFS here: put its folder back first, or begin anew")
        if clusters != {manifest.cluster_id}:
            others = ", ".join(map(str, clusters))
            raise AeroError(
                f"The backup is of HDFS {manifest.cluster_id}, and the blocks here are of {others}.",
                "Put back the folder of its blocks, or take the backup that belongs to these.",
            )
    is_same = [(part.folder / name).is_file() and sha256(part.folder / name) == files[name][1] for name in files]
    more = part.is_whole and {str(file.relative_to(part.folder)) for file in part.files()} > files.keys()
    if all(is_same) and not more:
        return Step(part, SAME)
    is_there = more or any((part.folder / name).exists() for name in files)
    return Step(part, REPLACE if is_there else WRITE)


def refuse_while_it_runs(processes: Mapping[str, Process]) -> None:
    """Raises AeroError that names what runs."""
    running = [name for name, one in processes.items() if one.alive]
    if running:
        raise AeroError(f"A restore goes into a platform that is stopped; {', '.join(running)} run.", "aero down")


def apply(settings: Settings, manifest: Manifest, steps: list[Step]) -> list[Path]:
    """Do the steps. Returns where that lies now which was there before."""
    stamp, kept = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}", []
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for step in steps:
        if step.does not in (WRITE, REPLACE):
            continue
        source, names = manifest.folder / step.part.name, list(manifest.of(step.part.name))
        if step.part.is_whole:
            for folder in _folders(settings, step.part):
                _copy(source, names, fresh := beside(folder, "new"))
                kept += put(fresh, folder, stamp)
        else:
            for name in names:
                file = step.part.folder / name
                _copy(source / name, [""], fresh := beside(file, "new"))
                for journal in (one for end in JOURNALS if (one := file.with_name(f"{file.name}{end}")).exists()):
                    journal.rename(beside(journal, f"before-{stamp}"))
                kept += put(fresh, file, stamp)
        if step.part.name == NAMES:
            hdfs_guard.remember(settings.home / "hdfs")
    os.sync()
    return kept


def _copy(source: Path, names: list[str], to: Path) -> None:
    """The named files of a folder into a new one; the name "" is the file itself."""
    shutil.rmtree(to, ignore_errors=True)
    for name in names:
        (to / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source / name, to / name)
        (to / name).chmod(0o600)


def put(fresh: Path, place: Path, stamp: str) -> list[Path]:
    """Rename it to its place; what was there is renamed before. Returns where that is now."""
    kept = beside(place, f"before-{stamp}")
    is_there = place.exists()
    if is_there:
        place.rename(kept)
    fresh.rename(place)
    return [kept] if is_there else []


def beside(place: Path, suffix: str) -> Path:
    """A name beside a place, for what becomes it or was it."""
    return place.with_name(f"{place.name}.{suffix}")


def _folders(settings: Settings, part: Part) -> list[Path]:
    """The NameNode writes its names to each of its folders."""
    if part.name != NAMES:
        return [part.folder]
    return hdfs_guard.name_folders(services.environment(settings), settings.home / "hdfs")


def acceptances(manifest: Manifest, client: hdfs.Client) -> list[str]:
    """Put back into the HDFS that runs who accepted what: each is of a content, and holds when that is loaded again.
    Those that are there stay as they are. Returns the names of the files that were written."""
    folder = f"{LEDGER}/{ACCEPTANCES.table}"
    written = []
    for name in manifest.of(folder):
        path = f"{ACCEPTANCES.path}/{name}"
        if not webhdfs.exists(client, path):
            webhdfs.create(client, path, (manifest.folder / folder / name).read_bytes())
            written.append(name)
    return written
