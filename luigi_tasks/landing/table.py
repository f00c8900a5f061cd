"""What a file of flights holds, read as its first bytes say: packing, encoding, line ends, separator and header.

Found once per file, in linear time. Bytes that are not UTF-8 go through as they are.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from aero import bts_names
from aero.bts import LAYOUTS
from aero.bts_names import Form
from aero.errors import AeroError
from luigi_tasks.landing import bounds, columnar, flight_file, headers, not_flights, parts, recoded, spelling

Row = tuple[bytes, list[str]]
FIRST_BYTES = 256 * 1024
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

    def misspelled(self, of_files: Iterable[tuple[str, ...]]) -> list[str]:
        """A note on each of `ignore_columns` that no file has, with the nearest column of one; of each file its own."""
        there = {bts_names.squeezed(column): column for column in chain.from_iterable(of_files)}
        notes = []
        for name in self.ignore_columns:
            if (own := bts_names.squeezed(name)) not in there:
                near = difflib.get_close_matches(own, there, 1)
                fix = f"\n  The nearest is {there[near[0]]}." if near else ""
                notes.append(f"--ignore-columns {name}: no file of flights has such a column{fix}")
        return notes


class WrongColumns(AeroError):
    """A file is refused for what its columns are, which are told."""

    def __init__(self, problem: str, fix: str = "", columns: tuple[str, ...] = ()):
        super().__init__(problem, fix)
        self.columns = columns


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


def _opened_file(
    path: Path, name: str, member: str | None, reading: Reading, told: Mapping[str, str]
) -> AbstractContextManager[Table]:
    """One file, with the columns that are `told` besides."""
    packing = flight_file.kind(path)
    if packing in columnar.KINDS:
        return _opened_columns(path, packing, name, reading, told)
    return _opened_text(path, packing, name, member, reading, told)


@contextmanager
def _opened_columns(path: Path, packing: str, name: str, reading: Reading, told: Mapping[str, str]) -> Iterator[Table]:
    with columnar.opened(path, packing, name) as (columns, rows):
        if why := not_flights.of_columns(columns, str(path), name):
            raise why
        columns = _named(columns, name, reading)
        told = _besides(told, columns)
        names = (*columns, *told)
        first, rows = _begun(_with(told, rows, ","))
        form = _form(names, first, name, reading)
        yield Table(Dialect(packing), columnar.line(names), names, form, rows)


@contextmanager
def _opened_text(
    path: Path, packing: str, name: str, member: str | None, reading: Reading, told: Mapping[str, str]
) -> Iterator[Table]:
    with flight_file.unpacked(path, name, member) as content:
        start = recoded.first_bytes(content, FIRST_BYTES)
        encoding = recoded.encoding_of(start)
        text = recoded.in_utf_8(start, encoding)
        if why := not_flights.why(text, member or str(path), name):
            raise why
        line_end, separator = headers.line_end(text), headers.separator_of(text)
        lines = bounds.lines(recoded.read(start, content, encoding), name, path.stat().st_size)
        is_headed, header, lines = headers.found(lines, separator, name, reading.header_from)
        header, lines = headers.with_row_names(header, lines, separator)
        columns = headers.names_of(header, separator)
        told = _besides(told, columns)
        names = (*columns, *told)
        header = separator.join([header.decode("latin-1"), *told]).encode("latin-1")
        _refuse_no_header(names, header, name)
        first, rows = _begun(_with(told, _rows(lines, separator), separator))
        form = _form(names, first, name, reading)
        day_first = spelling.is_day_first(first, form) if reading.day_first is None else reading.day_first
        others = spelling.is_others(text, first, names, form)
        dialect = Dialect(packing, encoding, separator, line_end, others, is_headed, day_first)
        yield Table(dialect, header, names, form, rows)


def _besides(told: Mapping[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    """What is told besides the columns of a file: DuckDB and pandas may write what the folder tells into it, too."""
    own = set(map(bts_names.squeezed, columns))
    return {name: value for name, value in told.items() if bts_names.squeezed(name) not in own}


def _begun(rows: Iterator[Row]) -> tuple[list[list[str]], Iterator[Row]]:
    """The fields of the first rows, and all rows."""
    start = list(islice(rows, FIRST_ROWS))
    return [fields for _, fields in start], chain(start, rows)


def _with(told: Mapping[str, str], rows: Iterator[Row], separator: str) -> Iterator[Row]:
    """The rows, each with what is told of all."""
    if not told:
        return rows
    values, end = list(told.values()), separator.join(["", *told.values()]).encode()
    return ((line + end, [*fields, *values]) for line, fields in rows)


def _rows(lines: Iterator[bytes], separator: str) -> Iterator[Row]:
    for line in lines:
        yield line, headers.fields(line, separator)


def _named(columns: tuple[str, ...], name: str, reading: Reading) -> tuple[str, ...]:
    """The columns of a file of columns; where it has no names of them, those of `reading`."""
    if not columns:
        raise AeroError(f"{name}: it has no columns", "It was written without its table: get it again.")
    if not all(_NO_NAME.fullmatch(column) for column in columns):
        return columns
    if reading.header_from is None:
        raise AeroError(f"{name}: its {len(columns)} columns have no names, as Hive wrote them", headers.SAY_WHICH)
    return headers.borrowed(reading.header_from, ",", len(columns), name)


def _refuse_no_header(names: tuple[str, ...], header: bytes, name: str) -> None:
    if bts_names.likeness(names) < min(3, len(names)):
        raise AeroError(
            f"{name}: the first line is not a header of BTS on-time data: {header.decode('utf-8', 'replace')[:80]!r}",
            "The file must have a header with known names: those in aero/bts.py and aero/bts_names.py.",
        )


def _form(names: tuple[str, ...], first: list[list[str]], name: str, reading: Reading) -> Form:
    """The form of a file by its columns and first rows. Raises WrongColumns where it cannot be read by them."""
    try:
        form = bts_names.form_of(names, name, reading.ignore_columns)
        spelling.refuse_no_codes(first, names, form, name)
    except AeroError as wrong:
        raise WrongColumns(wrong.problem, wrong.fix, names) from wrong
    return form
