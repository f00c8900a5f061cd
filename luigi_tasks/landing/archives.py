"""Archives of packed files: a zip of monthly zips, a tar of anything. Unpacked once by a process, read as a folder."""

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Self

from aero.errors import AeroError
from aero.settings import load_settings
from luigi_tasks.landing import bounds, flight_file, not_flights, scratch, zip_member
from luigi_tasks.landing.damage import damage_named

SPARE_BYTES = 1024**3  # of the disk, for others
Member = tuple[str, IO[bytes]]


def is_archive(path: Path) -> bool:
    """Whether it is a tar, packed or not, or a zip that holds packed files. False where it cannot be read."""
    try:
        if flight_file.kind(path) == "zip":
            with damage_named(str(path)):
                return any(_is_packed(content.read(not_flights.TAR.stop)) for _, content in _of_zip(path))
        with flight_file.unpacked(path, str(path)) as content:
            return not_flights.is_tar(content.read(not_flights.TAR.stop))
    except (AeroError, OSError):  # It is told when it is looked at.
        return False


def _is_packed(start: bytes) -> bool:
    return start.startswith(tuple(flight_file.MAGIC)) or not_flights.is_tar(start)


def unpacked(path: Path) -> Path:
    """The folder with an archive's files, which goes with the process. Raises AeroError where the archive is damaged or
    beyond all bounds, holds a link or a name that leaves its folder, or where the disk has no room for it."""
    state = path.stat()
    return Path(_unpacked(path, state.st_size, state.st_mtime_ns).name)


@cache
def _unpacked(path: Path, size: int, _changed_at: int) -> "TemporaryDirectory[str]":
    folder = scratch.folder()
    members = _of_zip(path) if flight_file.kind(path) == "zip" else _of_tar(path)
    total = 0
    with damage_named(str(path)):
        for number, (name, content) in enumerate(members, 1):
            if number > bounds.MOST_MEMBERS:
                raise AeroError(f"{path}: the archive holds more than {bounds.MOST_MEMBERS:,} files", bounds.LOOK)
            target = Path(folder.name) / bounds.check_name(str(path), name)
            if target.exists():
                raise AeroError(f"{path}: the archive holds {name} twice", "Unpack it, and load the folder.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                while piece := content.read(bounds.PIECE):
                    total += len(piece)
                    bounds.check_size(str(path), size, total)
                    _check_room(path, target)
                    file.write(piece)
    return folder


def _check_room(path: Path, target: Path) -> None:
    if shutil.disk_usage(target).free < SPARE_BYTES:
        place, fix = load_settings().downloads, "Unpack it on another disk, and load the folder; or set AERO_CACHE."
        raise AeroError(f"{path}: {place} has no room for what the archive holds", fix)


def _of_zip(path: Path) -> Iterator[Member]:
    with damage_named(str(path)), bounds.ZipBytes(path, str(path)) as file, zipfile.ZipFile(file) as archive:
        bounds.check_members(str(path), archive.infolist())
        for member in archive.infolist():
            if zip_member.is_file(member):
                zip_member.check_packing(member, str(path))
                with archive.open(member) as content:
                    yield member.filename, content


def _of_tar(path: Path) -> Iterator[Member]:
    with (
        damage_named(str(path)),
        flight_file.unpacked(path, str(path)) as content,
        tarfile.open(fileobj=content, mode="r|", tarinfo=_Header) as archive,
    ):
        for member in archive:
            if not (member.isfile() or member.isdir()):
                problem = f"{path}: the archive holds a link or a device, {member.name[:80]!r}"
                raise AeroError(problem, "Unpack it, and load the folder.")
            if file := archive.extractfile(member):
                yield member.name, file


class _Header(tarfile.TarInfo):
    """A header of a tar: names that are longer than those of files tarfile takes into memory whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        found = super().frombuf(buf, encoding, errors)
        if not (found.isfile() or found.isdir()) and found.size > bounds.MOST_AT_ONCE:
            raise tarfile.ReadError(f"a name or remark of {found.size:,} bytes")
        return found
