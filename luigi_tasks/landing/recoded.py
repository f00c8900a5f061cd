"""Bytes of text in whatever encoding, as UTF-8: told by their first bytes, and read in pieces."""

import codecs
from collections.abc import Callable

from luigi_tasks.landing.bounds import Readable


def encoding_of(start: bytes) -> str:
    """The encoding by a mark or by the zeros in UTF-16; UTF-8 where nothing else shows."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8 with a mark"),
        (codecs.BOM_UTF32_LE, "utf-32"),  # It begins as the next one does.
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding
    # Names are ASCII: in UTF-16 every other byte of them is zero.
    head = start[:64]
    if len(head) > 8 and not any(head[1::2]):
        return "utf-16-le"
    if len(head) > 8 and not any(head[::2]):
        return "utf-16-be"
    return "utf-8"


def in_utf_8(start: bytes, encoding: str) -> bytes:
    """The first bytes in UTF-8."""
    if encoding.startswith("utf-8"):
        return start
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(start).encode()


def first_bytes(content: Readable, size: int) -> bytes:
    """As many bytes as there are, up to `size`: unpackers give fewer at a time."""
    pieces, left = [], size
    while left and (piece := content.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


class Joined:
    """Bytes that were read, then the rest."""

    def __init__(self, start: bytes, content: Readable) -> None:
        self._start, self._content = start, content

    def read(self, size: int = -1) -> bytes:
        if self._start:
            piece, self._start = self._start[:size], self._start[size:]
            return piece
        return self._content.read(size)


class Recoded(Joined):
    """The same in UTF-8."""

    def __init__(self, start: bytes, content: Readable, encoding: str) -> None:
        super().__init__(start, content)
        self._decode: Callable[..., str] = codecs.getincrementaldecoder(encoding)(errors="replace").decode

    def read(self, size: int = -1) -> bytes:
        while piece := super().read(size):
            if text := self._decode(piece):
                return text.encode()
        return b""


def read(start: bytes, content: Readable, encoding: str) -> Readable:
    """Bytes that were read, then the rest, in UTF-8."""
    return Joined(start, content) if encoding.startswith("utf-8") else Recoded(start, content, encoding)
