"""The many ways in which unpackers say that a file is damaged, as one error that names the file."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from aero.errors import AeroError


@contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Turn what zipfile, gzip and bz2 raise over bad bytes into an AeroError that calls the file `name`."""
    try:
        yield
    except NotImplementedError as unknown:
        raise AeroError(f"{name}: packed in a way that Python cannot read: {unknown}", "Unpack it first.") from unknown
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError) as damage:
        if isinstance(damage, OSError) and damage.errno is not None:  # the disk's fault, not the file's
            raise
        raise AeroError(
            f"{name}: damaged: {damage or type(damage).__name__}",
            "It was cut or changed on its way: get the file again.",
        ) from damage
