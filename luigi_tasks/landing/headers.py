"""Where the header of a CSV stands, what its names are, and how a line falls into fields.

Told by the first lines: titles, remarks and Excel's `sep=` may stand before it, and files of a data base have none.
"""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise, takewhile
from pathlib import Path

from aero import bts_names
from aero.bts import LAYOUTS
from aero.errors import AeroError
from luigi_tasks.landing import bounds, flight_file

MOST_BEFORE_HEADER = 20  # lines
# The last is what Hive writes between fields where nobody says otherwise.
SEPARATORS = ",;\t|\x01"
SAY_WHICH = (
    "Say which columns it has: --header-from dataexpo, --header-from reporting, or --header-from FILE, a file whose"
    " first line is the header."
)
NO_BREAK = "\u00a0".encode()


def fields(line: bytes, separator: str) -> list[str]:
    """The fields of a line, each byte a character; none where it cannot be read."""
    text = line.replace(NO_BREAK, b" ").decode("latin-1")
    return _fields(text, separator) if '"' in text else text.split(separator)


def _fields(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []


def names_of(header: bytes, separator: str) -> tuple[str, ...]:
    """The names of a header. Hive's `flights.year` is `year`, where all have the same table before them."""
    text = header.decode("utf-8", errors="replace").lstrip("\ufeff")
    names = tuple(name.strip().strip('"').strip() for name in _fields(text, separator))
    return (
        tuple(name.rpartition(".")[2] for name in names) if len({n.rpartition(".")[0] for n in names}) == 1 else names
    )


def found(
    lines: Iterator[bytes], separator: str, name: str, header_from: str | None
) -> tuple[bool, bytes, Iterator[bytes]]:
    """Whether the header is the first line with names alone, the header, and the lines below it. Where the file has
    none, that of `header_from`; titles, remarks and Excel's `sep=` may stand before it."""
    start = list(islice(lines, MOST_BEFORE_HEADER))
    told = [names_of(line, separator) for line in start]
    # What stands behind a row is no header of it.
    above = list(takewhile(lambda names: not _is_row(names), told))
    filled = (place for place, line in enumerate(start) if line.strip())
    place = next((place for place, names in enumerate(above) if _is_header(names)), next(filled, 0))
    first = start[place] if start else b""
    lines = chain(start[place + 1 :], lines)
    if len(first) > bounds.LONGEST_HEADER:
        raise AeroError(f"{name}: its header is longer than {bounds.LONGEST_HEADER:,} characters", bounds.LOOK)
    fields = names_of(first, separator)
    if not _is_row(fields):
        return place == 0 and b"." not in first, first, lines
    if header_from is None:
        raise AeroError(
            f"{name}: it has no header: its first line is a row of {len(fields)} fields,"
            f" {first[:60].decode(errors='replace')!r}",
            SAY_WHICH,
        )
    # BTS' lines end in a comma.
    names = borrowed(header_from, separator, len(fields), name, may_end=fields[-1] == "")
    return False, separator.join(names).encode(), chain([first], lines)


def with_row_names(header: bytes, lines: Iterator[bytes], separator: str) -> tuple[bytes, Iterator[bytes]]:
    """The header with a nameless first column, where R wrote numbers of rows, and no name, before the fields."""
    start = list(islice(lines, MOST_BEFORE_HEADER))
    rows = [fields(line, separator) for line in start if line.strip()]
    numbers = [int(row[0]) for row in rows if len(row) == len(names_of(header, separator)) + 1 and row[0].isdecimal()]
    # Nor is it BTS' comma at the end of lines: a year does not grow from row to row.
    is_numbered = len(numbers) == len(rows) > 0 and all(one < next_ for one, next_ in pairwise(numbers))
    is_numbered &= any(row[-1] for row in rows)
    return separator.encode() * is_numbered + header, chain(start, lines)


def borrowed(header_from: str, separator: str, fields: int, name: str, may_end: bool = False) -> tuple[str, ...]:
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
    return names_of(header, max(SEPARATORS, key=lambda one: bts_names.likeness(names_of(header, one))) or separator)


def _is_header(fields: tuple[str, ...]) -> bool:
    """Whether most of its names are known."""
    return len(fields) > 2 and bts_names.likeness(fields) * 2 > len(fields)


def _is_row(fields: tuple[str, ...]) -> bool:
    """Whether a first line is no header: no known name, and a year or a date in it."""
    a_date = re.compile(r"(19[89]|20[0-4])\d(-\d\d-\d\d.*)?|\d{1,2}/\d{1,2}/\d{4}.*")
    return bts_names.likeness(fields) == 0 and len(fields) > 4 and any(a_date.fullmatch(one) for one in fields[:8])


def line_end(text: bytes) -> str:
    """LF, CRLF, or CR where no line ends otherwise."""
    if b"\n" not in text:
        return "CR" if b"\r" in text else "LF"
    return "CRLF" if b"\r\n" in text else "LF"


def separator_of(text: bytes) -> str:
    """The separator with which one of the first lines tells most known names, else the first line most fields."""
    start = re.split(rb"[\r\n]+", text.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=MOST_BEFORE_HEADER)[:MOST_BEFORE_HEADER]

    def told(separator: str) -> tuple[int, int]:
        likest = max(bts_names.likeness(names_of(line[: bounds.LONGEST_HEADER], separator)) for line in start)
        return likest, len(names_of(start[0], separator))

    return max(SEPARATORS, key=told)
