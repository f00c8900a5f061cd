"""The one CSV in a BTS zip, and the same compressed bytes as a gzip file, which Hive and Spark read as it is.

Both formats hold a raw deflate stream, a CRC-32 and a length, so nothing is compressed again.
"""

import gzip
import os
import shutil
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from aero.errors import AeroError
from luigi_tasks.landing import bounds
from luigi_tasks.landing.damage import damage_named

# Deflate, no flags, no time, no file name, unknown system: the same zip always gives the same gzip.
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LOCAL_HEADER = struct.Struct("<4s22xHH")  # magic … length of the name, length of the extra field
ENCRYPTED = 0x1
NAMED = 5  # names of members that an error tells


@contextmanager
def opened_zip(path: Path, name: str, wanted: str | None = None) -> Iterator[tuple[zipfile.ZipFile, zipfile.ZipInfo]]:
    """The zip, and its only CSV, or the member `wanted`. Raises AeroError, calling it `name`, where it is damaged,
    beyond all bounds, or holds no CSV or several."""
    with damage_named(name), bounds.ZipBytes(path, name) as content, zipfile.ZipFile(content) as archive:
        bounds.check_members(name, archive.infolist())
        yield archive, _csv_member(archive, name, wanted)


def members(path: Path, name: str) -> list[str]:
    """The names of the files in a zip, but for folders and what macOS adds. Raises AeroError as opened_zip does."""
    with damage_named(name), bounds.ZipBytes(path, name) as content, zipfile.ZipFile(content) as archive:
        bounds.check_members(name, archive.infolist())
        files = [one.filename for one in archive.infolist() if is_file(one)]
        return [one for one in files if not Path(one).name.startswith(".")]


def is_file(member: zipfile.ZipInfo) -> bool:
    """Whether it is no folder, as Unix or Windows write it, and nothing that macOS adds."""
    return not member.filename.endswith(("/", "\\")) and not member.filename.startswith("__MACOSX/")


def _csv_member(archive: zipfile.ZipFile, name: str, wanted: str | None) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if (member.filename.lower().endswith(".csv") and not Path(member.filename).name.startswith("."))
        or member.filename == wanted
        if wanted in (None, member.filename)
    ]
    if not members:
        there = _names(archive.infolist()) or "nothing"
        raise AeroError(f"{name}: the zip holds no CSV, but {there}", "Get the file again, or look what it is.")
    if len(members) > 1:
        problem = f"{name}: the zip holds {len(members)} CSV files: {_names(members)}"
        raise AeroError(problem, "Unpack it and load the folder.")
    [member] = members
    check_packing(member, name)
    bounds.check_size(name, member.compress_size, member.file_size)
    return member


def check_packing(member: zipfile.ZipInfo, name: str) -> None:
    """Raises AeroError where a member of the zip called `name` cannot be unpacked in pieces."""
    if member.flag_bits & ENCRYPTED:
        raise AeroError(f"{name}: {member.filename} is encrypted", "Unpack it with its password first.")
    # Of other methods zipfile unpacks a piece into memory whole, and a piece may be gigabytes.
    if member.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        problem = f"{name}: {member.filename} is packed by method {member.compress_type}, not by deflate"
        raise AeroError(problem, "Unpack it first.")


def _names(members: list[zipfile.ZipInfo]) -> str:
    more = f" and {len(members) - NAMED} more" if len(members) > NAMED else ""
    return ", ".join(member.filename for member in members[:NAMED]) + more


def rewrap(path: Path, into: Path, name: str, wanted: str | None = None) -> Path:
    """Write the zip's CSV, or the member `wanted`, as `<member>.gz` into the folder `into`, without compressing it
    again.

    The CRC-32 and length come from the zip's directory; whoever reads the gzip to its end proves them.
    Raises AeroError where the zip is damaged or does not hold one CSV.
    """
    with opened_zip(path, name, wanted) as (archive, member):
        target = into / f"{bounds.check_name(name, member.filename).name}.gz"
        if member.compress_type == zipfile.ZIP_DEFLATED:
            with path.open("rb") as packed, target.open("wb") as gz:
                _wrap(packed, member, gz)
        else:
            with (
                archive.open(member) as csv,
                target.open("wb") as gz,
                gzip.GzipFile(filename="", mode="wb", fileobj=gz, mtime=0) as packer,
            ):
                shutil.copyfileobj(csv, packer)
    return target


def _wrap(packed: BinaryIO, member: zipfile.ZipInfo, gz: BinaryIO) -> None:
    packed.seek(member.header_offset)
    magic, name_length, extra_length = LOCAL_HEADER.unpack(packed.read(LOCAL_HEADER.size))
    if magic != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no member where the directory says that {member.filename} is")
    packed.seek(name_length + extra_length, os.SEEK_CUR)
    gz.write(GZIP_HEADER)
    left = member.compress_size
    while left and (chunk := packed.read(min(left, 1 << 20))):
        gz.write(chunk)
        left -= len(chunk)
    gz.write(struct.pack("<II", member.CRC, member.file_size & 0xFFFFFFFF))
