"""The many ways in which unpackers say that a file is damaged, as one error that names the file."""

import errno
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from aero.errors import AeroError

# A name in a zip may say that it is UTF-8, and an offset may be any number.
FAULTS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    UnicodeDecodeError,
)


@contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Turn what zipfile, gzip and bz2 raise over bad bytes into an AeroError that calls the file `name`."""
    try:
        yield
    except NotImplementedError as unknown:
        raise AeroError(f"{name}: packed in a way that Python cannot read: {unknown}", "Unpack it first.") from unknown
    except FAULTS as damage:
        # With another number it is the disk's fault; this one has a place before the file's begin.
        if isinstance(damage, OSError) and damage.errno not in (None, errno.EINVAL):
            raise
        raise AeroError(
            f"{name}: damaged: {damage or type(damage).__name__}",
            "It was cut or changed on its way: get the file again.",
        ) from damage
