"""What a file of flights holds, read as its first bytes say: packing, encoding, line ends, separator and header.

Found once per file, in linear time. Bytes that are not UTF-8 go through as they are.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from aero import bts_names
from aero.bts import LAYOUTS
from aero.bts_names import Form
from aero.errors import AeroError
from luigi_tasks.landing import bounds, columnar, flight_file, not_flights, recoded

FIRST_BYTES = 256 * 1024
SEPARATORS = ",;\t|"
# The ways in which known exports say that nothing is known; BTS leaves the field empty.
NULLS = frozenset(("", "NA", "N/A", "\\N", "NULL", "null", "nan", "NaN", "NaT", "None", "<NA>", "#N/A"))
_FIELD = rb'[,;\t|]"?(?:%s)"?(?=[,;\t|\r\n])'
_NEVER_OF_BTS = re.compile(_FIELD % rb"\\N|NULL|null|nan|NaN|NaT|None|<NA>|#N/A")
# Tail numbers that BTS has.
_AS_OF_TAILS = re.compile(_FIELD % rb"NA|N/A")
_NOT_OF_THE_DATA_EXPO = re.compile(_FIELD % rb"N/A")


@dataclass(frozen=True)
class Reading:
    """How a person says that files are to be read: `header_from` is dataexpo, reporting, marketing or a file whose
    first line is the header of files without one; the columns `ignore_columns` stay in raw."""

    header_from: str | None = None
    ignore_columns: tuple[str, ...] = ()


def reading(header_from: str | None, ignore_columns: str) -> Reading:
    """The Reading of a command's options."""
    ignored = tuple(name for name in (part.strip() for part in ignore_columns.split(",")) if name)
    is_file = header_from is not None and header_from not in LAYOUTS
    return Reading(str(Path(header_from).expanduser().resolve()) if header_from and is_file else header_from, ignored)


@dataclass(frozen=True)
class Dialect:
    """How a file writes its rows. `is_plain`: as BTS does, so that the cleaning reads it as it came."""

    packing: str
    encoding: str = "utf-8"
    separator: str = ","
    line_end: str = "LF"
    nulls: bool = False

    def is_plain(self, form: Form) -> bool:
        """Whether the raw layer can have the file as it came."""
        packed = self.packing in ("zip", "csv", "csv.gz", "csv.bz2")
        written = self.encoding.startswith("utf-8") and self.separator == "," and self.line_end != "CR"
        return packed and written and not self.nulls and form.is_exact

    def __str__(self) -> str:
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
        return f"{self.packing}, {self.encoding}, {names[self.separator]}, {self.line_end}"


@dataclass(frozen=True)
class Table:
    """A file opened: `rows` are (line as UTF-8 bytes, its fields), empty lines as they come, below the header."""

    dialect: Dialect
    header: bytes
    names: tuple[str, ...]
    form: Form
    rows: Iterator[tuple[bytes, list[str]]]


@contextmanager
def opened(path: Path, name: str, member: str | None = None, reading: Reading = Reading()) -> Iterator[Table]:
    """The file as a table. Raises AeroError, calling it `name`, where it is damaged, is no file of flights, or has a
    header of which something is unknown."""
    packing = flight_file.kind(path)
    if packing in columnar.KINDS:
        with columnar.opened(path, packing, name) as (columns, rows):
            form = bts_names.form_of(columns, name, reading.ignore_columns)
            yield Table(Dialect(packing), columnar.line(columns), columns, form, rows)
        return
    with flight_file.unpacked(path, name, member) as content:
        start = recoded.first_bytes(content, FIRST_BYTES)
        if why := not_flights.why(start, member or str(path), name):
            raise why
        encoding = recoded.encoding_of(start)
        text = recoded.in_utf_8(start, encoding)
        line_end, separator = _line_end(text), _separator(text)
        joined = (
            recoded.Joined(start, content)
            if encoding.startswith("utf-8")
            else recoded.Recoded(start, content, encoding)
        )
        lines = bounds.lines(joined, name, path.stat().st_size)
        header, lines = _header(lines, separator, name, reading)
        names = _names(header, separator)
        form = _form(names, header, name, reading)
        nulls = _has_nulls(text, names, form)
        dialect = Dialect(packing, encoding, separator, line_end, nulls)
        yield Table(dialect, header, names, form, _rows(lines, separator))


def _has_nulls(text: bytes, names: tuple[str, ...], form: Form) -> bool:
    """Whether the first bytes have words for nothing that the cleaning does not know in this layout."""
    if _NEVER_OF_BTS.search(text):
        return True
    if form.layout.name == "dataexpo":
        return _NOT_OF_THE_DATA_EXPO.search(text) is not None
    return names[-1] != "" and _AS_OF_TAILS.search(text) is not None


def _rows(lines: Iterator[bytes], separator: str) -> Iterator[tuple[bytes, list[str]]]:
    for line in lines:
        yield line, fields(line, separator)


def fields(line: bytes, separator: str) -> list[str]:
    """The fields of a line, each byte a character; none where it cannot be read."""
    text = line.decode("latin-1")
    return _fields(text, separator) if '"' in text else text.split(separator)


def _fields(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def _names(header: bytes, separator: str) -> tuple[str, ...]:
    text = header.decode("utf-8", errors="replace").lstrip("\ufeff")
    return tuple(name.strip().strip('"').strip() for name in _fields(text, separator))


def _header(lines: Iterator[bytes], separator: str, name: str, reading: Reading) -> tuple[bytes, Iterator[bytes]]:
    """The header line, and the lines below it. Where the file has none, that of `reading`."""
    first = next((line for line in lines if line.strip()), b"")
    if len(first) > bounds.LONGEST_HEADER:
        raise AeroError(f"{name}: its header is longer than {bounds.LONGEST_HEADER:,} characters", bounds.LOOK)
    fields = _names(first, separator)
    if not _is_row(fields):
        return first, lines
    if reading.header_from is None:
        raise AeroError(
            f"{name}: it has no header: its first line is a row of {len(fields)} fields,"
            f" {first[:60].decode(errors='replace')!r}",
            "Say which columns it has: --header-from dataexpo, --header-from reporting, or --header-from FILE, a file"
            " whose first line is the header.",
        )
    names = _borrowed(reading.header_from, separator)
    # BTS' lines end in a comma.
    if len(fields) == len(names) + 1 and fields[-1] == "":
        names = (*names, "")
    if len(fields) != len(names):
        raise AeroError(
            f"{name}: its rows have {len(fields)} fields, the header of {reading.header_from} has {len(names)}",
            "Choose another with --header-from.",
        )
    return separator.join(names).encode(), chain([first], lines)


def _borrowed(header_from: str, separator: str) -> tuple[str, ...]:
    if header_from in LAYOUTS:
        return LAYOUTS[header_from].columns
    path = Path(header_from)
    if not path.is_file():
        raise AeroError(
            f"--header-from {header_from}: no layout, and there is no such file",
            f"Give one of {', '.join(LAYOUTS)}, or a file whose first line is the header.",
        )
    with flight_file.lines_of(path, header_from) as lines:
        header = next(lines, b"")
    return _names(header, max(SEPARATORS, key=lambda one: bts_names.likeness(_names(header, one))) or separator)


def _is_row(fields: tuple[str, ...]) -> bool:
    """Whether a first line is no header: no known name, and a year or a date in it."""
    a_date = re.compile(r"(19[89]|20[0-4])\d(-\d\d-\d\d.*)?|\d{1,2}/\d{1,2}/\d{4}.*")
    return bts_names.likeness(fields) == 0 and len(fields) > 4 and any(a_date.fullmatch(one) for one in fields[:8])


def _form(names: tuple[str, ...], header: bytes, name: str, reading: Reading) -> Form:
    if bts_names.likeness(names) < min(3, len(names)):
        raise AeroError(
            f"{name}: the first line is not a header of BTS on-time data: {header.decode('utf-8', 'replace')[:80]!r}",
            "The file must have a header with known names: those in aero/bts.py and aero/bts_names.py.",
        )
    return bts_names.form_of(names, name, reading.ignore_columns)


def _line_end(text: bytes) -> str:
    """LF, CRLF, or CR where no line ends otherwise."""
    if b"\n" not in text:
        return "CR" if b"\r" in text else "LF"
    return "CRLF" if b"\r\n" in text else "LF"


def _separator(text: bytes) -> str:
    """The separator with which the first line tells most known names, else most fields."""
    first = re.split(rb"[\r\n]", text.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]

    def told(separator: str) -> tuple[int, int]:
        names = _names(first, separator)
        return bts_names.likeness(names), len(names)

    return max(SEPARATORS, key=told)
