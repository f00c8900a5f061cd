"""How much a file of flights may hold, whatever it says of itself: read in pieces, so that none costs much memory.

A month of BTS has 243 MB, packed nine to one, in lines of less than a thousand bytes.
"""

import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol
from zipfile import ZipInfo

from aero.errors import AeroError

LONGEST_LINE = 64 * 1024
LONGEST_HEADER = 8 * 1024
# A file may be packed as tightly as it likes while it is small, and be large while its packing is plausible.
LARGEST_UNPACKED = 16 * 1024**3
TIGHTLY_PACKED = 1024**3
TIGHTEST_PACKING = 200
# All months since 1987 are not half as many.
MOST_MEMBERS = 1_000
LONGEST_MEMBER_NAME = 255
# Of what zipfile takes into memory at once the longest is the directory: some 200 bytes a member.
MOST_AT_ONCE = 256 * 1024
PIECE = 256 * 1024
# Each empty line takes as long as a row, and a gigabyte of them is packed into one megabyte.
MOST_EMPTY = 1024**2
LOOK = "Look what the file is: no month of flights is like that."


class Readable(Protocol):
    """What gives bytes in pieces."""

    def read(self, size: int, /) -> bytes: ...


def lines(content: Readable, name: str, packed: int) -> Iterator[bytes]:
    """The lines without their ends, as Spark's text reader tells them apart: at \\n, \\r\\n and \\r.

    `packed`: the bytes of the file as it came. Raises AeroError, calling the file `name`, where a line is too long or
    the file unpacks to too much.
    """
    rest, unpacked, done, empty = b"", 0, 0, 0
    while piece := content.read(PIECE):
        unpacked += len(piece)
        check_size(name, packed, unpacked)
        empty = empty + len(piece) if piece.isspace() else 0
        if empty > MOST_EMPTY:
            raise AeroError(f"{name}: behind line {done:,} are more than {MOST_EMPTY:,} bytes of empty lines", LOOK)
        piece = rest + piece
        # A \r at the end may be the first half of a \r\n.
        end = 1 + max(piece.rfind(b"\n"), piece.rfind(b"\r", 0, -1))
        found, rest = piece[:end].splitlines(), piece[end:]
        if max(map(len, found), default=0) > LONGEST_LINE or len(rest.removesuffix(b"\r")) > LONGEST_LINE:
            number = next((place for place, line in enumerate(found) if len(line) > LONGEST_LINE), len(found))
            raise AeroError(f"{name}: line {done + number + 1:,} is longer than {LONGEST_LINE:,} bytes", LOOK)
        done += len(found)
        yield from found
    yield from rest.splitlines()


def check_size(name: str, packed: int, unpacked: int) -> None:
    """Raises AeroError where so few bytes `packed` shall be so many, or where they are too many in any case."""
    if unpacked > LARGEST_UNPACKED:
        raise AeroError(f"{name}: it unpacks to more than {LARGEST_UNPACKED:,} bytes", LOOK)
    if unpacked > TIGHTLY_PACKED and unpacked > packed * TIGHTEST_PACKING:
        raise AeroError(
            f"{name}: {packed:,} bytes unpack to more than {unpacked:,}, over {TIGHTEST_PACKING} times as many", LOOK
        )


def check_members(name: str, members: list[ZipInfo]) -> None:
    """Raises AeroError where a zip has more members than a zip of flights, or one whose name leaves its folder."""
    if len(members) > MOST_MEMBERS:
        raise AeroError(f"{name}: the zip holds {len(members):,} files, more than {MOST_MEMBERS:,}", LOOK)
    for member in members:
        check_name(name, member.filename)


def check_name(name: str, member: str) -> PurePosixPath:
    """The path of a member below the folder of its archive; some programs of Windows write it with backslashes.

    Raises AeroError where it leaves that folder, or is no name for a file.
    """
    path = PurePosixPath(member.replace("\\", "/"))
    leaves = path.is_absolute() or ".." in path.parts or member[1:2] == ":"
    if leaves or not path.parts or not member.isprintable() or len(member) > LONGEST_MEMBER_NAME:
        raise AeroError(f"{name}: the archive holds a file of the name {member[:80]!r}", LOOK)
    return path


class ZipBytes(io.BufferedReader):
    """The bytes of a zip for zipfile, which reads its directory at once: one of many thousand members is refused."""

    def __init__(self, path: Path, name: str):
        super().__init__(io.FileIO(path))
        self._called = name

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(MOST_AT_ONCE + 1 if size is None or size < 0 else min(size, MOST_AT_ONCE + 1))
        if len(content) > MOST_AT_ONCE:
            raise AeroError(f"{self._called}: the directory of the zip is larger than {MOST_AT_ONCE:,} bytes", LOOK)
        return content
