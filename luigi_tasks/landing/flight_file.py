"""One file of flights as it came: a CSV, plain or packed, or a member of a zip. What it is, and what it holds.

The bytes and the header say what a file is, never its name. Bytes that are not UTF-8 are no obstacle.
"""

import bz2
import csv
import gzip
import lzma
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from aero import bts
from aero.errors import AeroError
from aero.month import Month
from luigi_tasks.landing import bounds
from luigi_tasks.landing.damage import damage_named
from luigi_tasks.landing.zip_member import opened_zip

MAGIC = {
    b"PK": "zip",
    b"\x1f\x8b": "csv.gz",
    b"BZh": "csv.bz2",
    b"\xfd7zXZ\x00": "csv.xz",
    b"\x28\xb5\x2f\xfd": "csv.zst",
    b"PAR1": "parquet",
    b"ORC": "orc",  # Data follow at once: a length where they are packed, as Spark and Hive pack them.
    b"ARROW1": "arrow",
}
# A year and a month have six, and a file may not tell more months than fit into memory.
MOST_DIGITS = 6
ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Contents:
    """What a whole file holds.

    `rows` are the lines under the header that are not empty, as many as the cleaning will read; `months` how many of
    them say they belong to each month, in order (a row that does not say is left for the cleaning to refuse).
    `in_table_order`: the columns stand as the raw table has them, so that SQL by position reads them right.
    """

    layout: bts.Layout
    months: dict[Month, int]
    rows: int
    in_table_order: bool


def kind(path: Path) -> str:
    """What the bytes are, as a file name's ending, of MAGIC, or csv where no magic says otherwise."""
    with path.open("rb") as file:
        start = file.read(6)
    return next((ending for magic, ending in MAGIC.items() if start.startswith(magic)), "csv")


def scan(path: Path, name: str) -> Contents:
    """Read the file to its end: its layout, months and rows. Proves the checksums of zip and gzip on the way.

    `name` is what errors call it. Raises AeroError where it is damaged, beyond all bounds, or its header is unknown.
    """
    months: Counter[Month] = Counter()
    rows = 0
    with lines_of(path, name) as lines:
        layout, names = _header(lines, name)
        pairs = _year_and_month(lines, names)
        while some := Counter(islice(pairs, ROWS_AT_ONCE)):
            months.update(_rows_by_month(some))
            rows += some.total()
    return Contents(layout, dict(sorted(months.items())), rows, names == layout.columns)


@contextmanager
def lines_of(path: Path, name: str) -> Iterator[Iterator[bytes]]:
    """The CSV's lines. AeroError, calling the file `name`, where it is damaged or beyond all bounds."""
    with unpacked(path, name) as content:
        yield bounds.lines(content, name, path.stat().st_size)


@contextmanager
def unpacked(path: Path, name: str, member: str | None = None) -> Iterator[IO[bytes]]:
    """The bytes of the file, or of a zip's only CSV or the `member` named. AeroError as of lines_of."""
    with damage_named(name):
        if kind(path) == "zip":
            with opened_zip(path, name, member) as (archive, one), archive.open(one) as content:
                yield content
        else:
            with _opened(path, kind(path)) as content:
                yield content


def _opened(path: Path, ending: str) -> IO[bytes]:
    match ending:
        case "csv.gz":
            return cast("IO[bytes]", gzip.open(path))
        case "csv.bz2":
            return bz2.open(path)
        case "csv.xz":
            return lzma.open(path)
        case "csv.zst":
            import pyarrow  # It takes half a second, and Python has no zstd of its own before 3.14.

            return cast("IO[bytes]", pyarrow.CompressedInputStream(str(path), "zstd"))
    return path.open("rb")


def _header(lines: Iterator[bytes], name: str) -> tuple[bts.Layout, tuple[str, ...]]:
    header = next(lines, b"").decode("utf-8", errors="replace")
    if len(header) > bounds.LONGEST_HEADER:
        raise AeroError(f"{name}: its header is longer than {bounds.LONGEST_HEADER:,} characters", bounds.LOOK)
    return bts.recognise(header, name), bts.header_columns(header)


def _year_and_month(lines: Iterator[bytes], names: tuple[str, ...]) -> Iterator[tuple[bytes, bytes]]:
    """Fields Year and Month of every line that is not empty, undecoded: a file has half a million lines."""
    year, month = names.index("Year"), names.index("Month")
    last = max(year, month)
    # In what BTS sends only these stand before Month, and they hold no comma: cutting at commas is safe, and fast.
    plain = set(names[: last + 1]) <= {"Year", "Quarter", "Month"}
    for line in lines:
        if not line.strip(b" "):
            continue
        fields = line.split(b",", last + 1) if plain else _csv_fields(line)
        yield (fields[year], fields[month]) if len(fields) > last else (b"", b"")


def _csv_fields(line: bytes) -> list[bytes]:
    try:
        return [field.encode("latin-1") for field in next(csv.reader([line.decode("latin-1")]))]
    except csv.Error:  # It tells no month.
        return []


def _rows_by_month(pairs: Mapping[tuple[bytes, bytes], int]) -> Counter[Month]:
    """The rows of every month, out of the rows of every pair of fields Year and Month; other pairs are no month."""
    rows: Counter[Month] = Counter()
    for (year, month), count in pairs.items():
        year, month = year.strip(b' "'), month.strip(b' "')
        if year.isdigit() and month.isdigit() and len(year + month) <= MOST_DIGITS and 1 <= int(month) <= 12:
            rows[Month(int(year), int(month))] += count
    return rows
