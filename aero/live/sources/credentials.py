"""Secrets of the live sources: read from the environment or from a file that only its owner can read; never shown."""

import logging
import os
import stat
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, quote_plus

from aero.errors import AeroError

HIDDEN = "***"


class Secret:
    """A text that shows as `***` wherever it is printed; `reveal` gives it to the one call that needs it."""

    def __init__(self, text: str):
        self._text = text

    def reveal(self) -> str:
        return self._text

    def redact(self, text: object) -> str:
        """`str(text)` with every spelling of the secret, also as it stands in a URL, hidden."""
        shown = str(text)
        for spelling in {self._text, quote(self._text), quote_plus(self._text)}:
            shown = shown.replace(spelling, HIDDEN)
        return shown

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be pickled")


class Redaction(logging.Filter):
    """Hides a secret in the records of a logger, such as urllib3's, which logs every URL at level DEBUG."""

    def __init__(self, secret: Secret):
        super().__init__()
        self.secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.secret.redact(record.getMessage())
        record.args = None
        return True


def read_secret(variable: str, file: Path | None) -> Secret:
    """The secret in the environment variable, else in `file`. Raises AeroError naming both if there is none."""
    if text := os.environ.get(variable, "").strip():
        return Secret(text)
    if file is None or not file.exists():
        raise AeroError(
            f"No key: {variable} is not set" + (f" and {file} is not there" if file else ""),
            f"Set {variable}" + (f", or write the key to {file} and `chmod 600` it." if file else "."),
        )
    text = read_private(file).strip()
    if not text:
        raise AeroError(f"{file}: holds no key", f"Write the key to it, or set {variable}.")
    return Secret(text)


def read_private(file: Path) -> str:
    """Text of a file of mode 0600. Raises AeroError if others may read or write it, before anything is read."""
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode != 0o600:
        raise AeroError(f"{file}: has mode {mode:04o}, so the key in it is not safe", f"Type: chmod 600 {file}")
    return file.read_text(encoding="utf-8")
