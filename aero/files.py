"""Small files of this machine that no other user may read: replaced whole, so that a reader never sees half of one.
Hashes of files, and locks between processes.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def replace_text(path: Path, text: str, mode: int = 0o600, synced: bool = False) -> None:
    """Make `text` all that the file holds, in UTF-8, by one rename. Its folder is made where it is missing.

    `synced`: it is on the disk when this returns, so that a power cut does not take it back.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        if synced:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)


def replace_json(path: Path, content: Any, mode: int = 0o600, synced: bool = False) -> None:
    """Make `content`, a JSON value, all that the file holds, by one rename."""
    replace_text(path, json.dumps(content, indent=1), mode, synced)


def make_secret(path: Path, size: int = 32) -> None:
    """Where there is no such file, make one with a random password of `size` bytes: letters, digits, - and _."""
    if not path.is_file():
        replace_text(path, secrets.token_urlsafe(size))


def sha256(path: Path) -> str:
    """Of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`: one process of this machine at a time; others wait. It is made where it is missing,
    and free again when its holder has ended, however that ended."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
