"""What a file of flights holds, read as its first bytes say: packing, encoding, line ends, separator and header.

Found once per file, in linear time. Bytes that are not UTF-8 go through as they are.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice, pairwise, takewhile
from pathlib import Path

from aero import bts_names
from aero.bts import LAYOUTS
from aero.bts_names import Form
from aero.errors import AeroError
from luigi_tasks.landing import bounds, columnar, flight_file, not_flights, parts, recoded, spelling

Row = tuple[bytes, list[str]]
FIRST_BYTES = 256 * 1024
MOST_BEFORE_HEADER = 20  # lines
# The last is what Hive writes between fields where nobody says otherwise.
SEPARATORS = ",;\t|\x01"
FIRST_ROWS = 100  # by which it is told how values are spelled
# Hive's ORC of before 2.0 has no names.
_NO_NAME = re.compile(r"_col\d+")


@dataclass(frozen=True)
class Reading:
    """How a person says that files are to be read: `header_from` is dataexpo, reporting, marketing or a file whose
    first line is the header of files without one; the columns `ignore_columns` stay in raw. `day_first` of dates such
    as 31/12/2021; None: as the first rows show."""

    header_from: str | None = None
    ignore_columns: tuple[str, ...] = ()
    day_first: bool | None = None


def reading(header_from: str | None, ignore_columns: str) -> Reading:
    """The Reading of a command's options."""
    ignored = tuple(name for name in (part.strip() for part in ignore_columns.split(",")) if name)
    is_file = header_from is not None and header_from not in LAYOUTS
    return Reading(str(Path(header_from).expanduser().resolve()) if header_from and is_file else header_from, ignored)


@dataclass(frozen=True)
class Dialect:
    """How a file writes its rows: whether values are spelled as `others` than BTS do, and whether of dates the day is
    first, None where no row shows it. `is_plain`: as BTS does, so that the cleaning reads it as it came."""

    packing: str
    encoding: str = "utf-8"
    separator: str = ","
    line_end: str = "LF"
    others: bool = False
    is_headed: bool = True  # whether its first line is its header
    day_first: bool | None = False

    def is_plain(self, form: Form) -> bool:
        """Whether the raw layer can have the file as it came."""
        packed = self.packing in ("zip", "csv", "csv.gz", "csv.bz2")
        written = self.encoding.startswith("utf-8") and self.separator == "," and self.line_end != "CR"
        return packed and written and not self.others and form.is_exact and self.is_headed

    def __str__(self) -> str:
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "\x01": "control-A"}
        return f"{self.packing}, {self.encoding}, {names[self.separator]}, {self.line_end}"


@dataclass(frozen=True)
class Table:
    """A file opened: `rows` are (line as UTF-8 bytes, its fields), empty lines as they come, below the header."""

    dialect: Dialect
    header: bytes
    names: tuple[str, ...]
    form: Form
    rows: Iterator[Row]


@contextmanager
def opened(path: Path, name: str, member: str | None = None, reading: Reading = Reading()) -> Iterator[Table]:
    """The file, or the folder of parts, as a table. Raises AeroError, calling it `name`, where it is damaged, is no
    file of flights, or has a header of which something is unknown."""
    opening = _opened_parts(path, name, reading) if path.is_dir() else _opened_file(path, name, member, reading, {})
    with opening as table:
        yield table


@contextmanager
def _opened_parts(folder: Path, name: str, reading: Reading) -> Iterator[Table]:
    """A table of several files, all with the columns of the first."""
    files = parts.of(folder)
    if not files:
        raise AeroError(f"{name}: all its parts are empty", "They were cut on their way: get them again.")

    def part(file: Path) -> AbstractContextManager[Table]:
        return _opened_file(file, f"{name}/{file.relative_to(folder)}", None, reading, parts.told_by(file))

    def rows() -> Iterator[Row]:
        for file in files:
            with part(file) as other:
                if (other.names, other.dialect.separator) != (first.names, first.dialect.separator):
                    fix = "Load each by itself: --source with its name."
                    raise AeroError(f"{name}: {file.name} has other columns than {files[0].name}", fix)
                yield from other.rows

    with part(files[0]) as first:
        pass
    # Of what Spark wrote long ago only the first part may have a header.
    reading = reading if reading.header_from else replace(reading, header_from=str(files[0]))
    dialect = replace(first.dialect, packing=f"{len(files)} part(s) of {first.dialect.packing}")
    yield Table(dialect, first.header, first.names, first.form, rows())


@contextmanager
def _opened_file(
    path: Path, name: str, member: str | None, reading: Reading, told: Mapping[str, str]
) -> Iterator[Table]:
    """One file, with the columns that are `told` besides."""
    packing = flight_file.kind(path)
    if packing in columnar.KINDS:
        with columnar.opened(path, packing, name) as (columns, rows):
            if why := not_flights.of_columns(columns, str(path), name):
                raise why
            names = (*_named(columns, name, reading), *told)
            form = bts_names.form_of(names, name, reading.ignore_columns)
            yield Table(Dialect(packing), columnar.line(names), names, form, _with(told, rows, ","))
        return
    with flight_file.unpacked(path, name, member) as content:
        start = recoded.first_bytes(content, FIRST_BYTES)
        if why := not_flights.why(start, member or str(path), name):
            raise why
        encoding = recoded.encoding_of(start)
        text = recoded.in_utf_8(start, encoding)
        line_end, separator = _line_end(text), _separator(text)
        lines = bounds.lines(recoded.read(start, content, encoding), name, path.stat().st_size)
        is_headed, header, lines = _header(lines, separator, name, reading)
        header, lines = _with_row_names(header, lines, separator)
        names = (*_names(header, separator), *told)
        header = separator.join([header.decode("latin-1"), *told]).encode("latin-1")
        form = _form(names, header, name, reading)
        start_rows = list(islice(_with(told, _rows(lines, separator), separator), FIRST_ROWS))
        first = [fields for _, fields in start_rows]
        day_first = spelling.is_day_first(first, form) if reading.day_first is None else reading.day_first
        others = spelling.is_others(text, first, names, form)
        dialect = Dialect(packing, encoding, separator, line_end, others, is_headed, day_first)
        rows = chain(start_rows, _with(told, _rows(lines, separator), separator))
        yield Table(dialect, header, names, form, rows)


def _with(told: Mapping[str, str], rows: Iterator[Row], separator: str) -> Iterator[Row]:
    """The rows, each with what is told of all."""
    if not told:
        return rows
    values, end = list(told.values()), separator.join(["", *told.values()]).encode()
    return ((line + end, [*fields, *values]) for line, fields in rows)


def _rows(lines: Iterator[bytes], separator: str) -> Iterator[Row]:
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


def _header(lines: Iterator[bytes], separator: str, name: str, reading: Reading) -> tuple[bool, bytes, Iterator[bytes]]:
    """Whether the header is the first line, the header, and the lines below it. Where the file has none, that of
    `reading`; titles, remarks and Excel's `sep=` may stand before it."""
    start = list(islice(lines, MOST_BEFORE_HEADER))
    told = [_names(line, separator) for line in start]
    # What stands behind a row is no header of it.
    above = list(takewhile(lambda names: not _is_row(names), told))
    filled = (place for place, line in enumerate(start) if line.strip())
    place = next((place for place, names in enumerate(above) if _is_header(names)), next(filled, 0))
    first = start[place] if start else b""
    lines = chain(start[place + 1 :], lines)
    if len(first) > bounds.LONGEST_HEADER:
        raise AeroError(f"{name}: its header is longer than {bounds.LONGEST_HEADER:,} characters", bounds.LOOK)
    fields = _names(first, separator)
    if not _is_row(fields):
        return place == 0, first, lines
    if reading.header_from is None:
        raise AeroError(
            f"{name}: it has no header: its first line is a row of {len(fields)} fields,"
            f" {first[:60].decode(errors='replace')!r}",
            "Say which columns it has: --header-from dataexpo, --header-from reporting, or --header-from FILE, a file"
            " whose first line is the header.",
        )
    # BTS' lines end in a comma.
    names = _borrowed(reading.header_from, separator, len(fields), name, may_end=fields[-1] == "")
    return False, separator.join(names).encode(), chain([first], lines)


def _named(columns: tuple[str, ...], name: str, reading: Reading) -> tuple[str, ...]:
    """The columns of a file of columns; where it has no names of them, those of `reading`."""
    if reading.header_from is None or not all(_NO_NAME.fullmatch(column) for column in columns):
        return columns
    return _borrowed(reading.header_from, ",", len(columns), name)


def _with_row_names(header: bytes, lines: Iterator[bytes], separator: str) -> tuple[bytes, Iterator[bytes]]:
    """The header with a nameless first column, where R wrote numbers of rows, and no name, before the fields."""
    start = list(islice(lines, MOST_BEFORE_HEADER))
    rows = [fields(line, separator) for line in start if line.strip()]
    numbers = [int(row[0]) for row in rows if len(row) == len(_names(header, separator)) + 1 and row[0].isdecimal()]
    # Nor is it BTS' comma at the end of lines: a year does not grow from row to row.
    is_numbered = len(numbers) == len(rows) > 0 and all(one < next_ for one, next_ in pairwise(numbers))
    is_numbered &= any(row[-1] for row in rows)
    return separator.encode() * is_numbered + header, chain(start, lines)


def _borrowed(header_from: str, separator: str, fields: int, name: str, may_end: bool = False) -> tuple[str, ...]:
    """The names of the header that a person gives for rows of so many fields, the last of which `may_end` a line."""
    names = _names_from(header_from, separator)
    if may_end and fields == len(names) + 1:
        names = (*names, "")
    if fields != len(names):
        raise AeroError(
            f"{name}: its rows have {fields} fields, the header of {header_from} has {len(names)}",
            "Choose another with --header-from.",
        )
    return names


def _names_from(header_from: str, separator: str) -> tuple[str, ...]:
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


def _is_header(fields: tuple[str, ...]) -> bool:
    """Whether most of its names are known."""
    return len(fields) > 2 and bts_names.likeness(fields) * 2 > len(fields)


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
    """The separator with which one of the first lines tells most known names, else the first line most fields."""
    start = re.split(rb"[\r\n]+", text.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=MOST_BEFORE_HEADER)[:MOST_BEFORE_HEADER]

    def told(separator: str) -> tuple[int, int]:
        likest = max(bts_names.likeness(_names(line[: bounds.LONGEST_HEADER], separator)) for line in start)
        return likest, len(_names(start[0], separator))

    return max(SEPARATORS, key=told)
