"""What lies in a folder, file by file: flights, something to leave alone, or something that is wrong. Nothing is passed
over: each file, and each member of a zip of several, comes to one Look.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path

from aero.bts import RAW_FLIGHTS
from aero.bts_names import Form
from aero.datasets import FLIGHTS_DATAEXPO, Dataset
from aero.errors import AeroError
from aero.month import Month
from luigi_tasks.landing import (
    archives,
    bounds,
    flight_file,
    headers,
    listing,
    not_flights,
    parts,
    rewriting,
    table,
    zip_member,
)
from luigi_tasks.landing.not_flights import NotFlights
from luigi_tasks.landing.table import Dialect, Reading, Table, WrongColumns

# A file with such an ending is taken for one of flights: what is wrong with it is a failure, not a note.
ENDINGS = (
    *(".zip", ".csv", ".gz", ".bz2", ".xz", ".zst", ".parquet", ".pq", ".orc", ".asc", ".tsv"),
    *(".tar", ".tgz", ".rar", ".7z", ".z", ".lz4", ".feather", ".arrow", ".avro", ".rds", ".rdata", ".h5", ".xls"),
)
# A plain CSV is asked at so many places whether it goes on with the month that it began with.
PLACES = 16
FIRST_ROWS = 100
ENOUGH_ROWS = 100_000
LEFT_IN_A_ZIP = (".html", ".htm", ".txt", ".md", ".pdf", ".xml", ".json")
OTHER_FILES = "no file of flights, left alone"


# A month, or a year of the Data Expo.
Unit = tuple[int, int | None]


class Verdict(StrEnum):
    """What a file is to a load."""

    FLIGHTS = "flights"
    LEFT_ALONE = "left alone"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """A file, or one member of a zip that has several, or a folder whose files are the parts of one table. Of an
    archive that was unpacked `unpacked` is where it lies."""

    path: Path
    member: str | None = None
    unpacked: "Entry | None" = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.path}" if self.member is None else f"{self.path}: {self.member}"

    @property
    def real(self) -> "Entry":
        """The entry whose path and member its bytes are read from."""
        return self.unpacked or self

    def of(self, member: str) -> "Entry":
        """A member of this zip."""
        if self.unpacked is None:
            return Entry(self.path, member)
        return Entry(self.path, f"{self.member}: {member}", self.unpacked.of(member))


@dataclass(frozen=True)
class Look:
    """What one entry is. `message` says why it is left alone or refused. Of flights: how they are written, and how many
    lines tell each month, of all its lines where `is_whole`, else of its first; `rows` are all lines, None where they
    were not counted; `reading` is how it is to be read. `columns` are the file's, as far as they could be told.
    """

    entry: Entry
    verdict: Verdict
    message: str = ""
    dialect: Dialect | None = None
    form: Form | None = None
    months: dict[Month, int] | None = None
    rows: int | None = None
    is_whole: bool = False
    reading: Reading = Reading()
    columns: tuple[str, ...] = ()

    @property
    def dataset(self) -> Dataset:
        """The raw table that its flights go to."""
        assert self.form
        return RAW_FLIGHTS[self.form.layout.name]

    @property
    def units(self) -> list[Unit]:
        """The years, of the Data Expo's layout, or the months that it holds, each of which lands by itself."""
        found = self.months or {}
        if not self.is_whole:  # One row of another month may stand among the first.
            found = dict(Counter(found).most_common(1))
        is_year = self.dataset == FLIGHTS_DATAEXPO
        counts: Counter[Unit] = Counter()
        for month, rows in found.items():
            counts[month.year, None if is_year else month.month] += rows
        few = max(1, MOST_OF_OTHER_MONTHS * counts.total())
        main = max(counts.values(), default=0)
        # A few mistyped rows beside one month are no month.
        alone = main > counts.total() - main and counts.total() - main <= few
        return sorted((unit for unit, rows in counts.items() if not alone or rows == main), key=str)


# The share of a file's rows that may tell other months: mistyped ones, not another month's file put behind it. One row
# may in any file.
MOST_OF_OTHER_MONTHS = 0.01
ALMOST_ALL = 1 - MOST_OF_OTHER_MONTHS


def looks(path: Path, reading: Reading = Reading(), whole: bool = False) -> Iterator[Look]:
    """A Look at every file under `path`, or at that one file, in the order of names; `whole` reads each to its end."""
    for entry in _entries(path, Entry):
        if isinstance(entry, Look):
            yield entry
        else:
            is_table = os.path.isdir(entry.real.path)
            is_asked_for = is_table or (entry.path == path and entry.unpacked is None)
            yield look(entry, reading, whole or is_table, is_asked_for)


def _entries(path: Path, called: Callable[[Path], Entry]) -> Iterator[Entry | Look]:
    """The tables and files under a path, each `called` by an entry."""
    found, closed = listing.files(path)
    for folder in closed:
        entry = called(folder)
        yield Look(entry, Verdict.REFUSED, str(not_flights.forbidden(str(entry))))
    tables = parts.tables(found, path)
    yield from (called(folder) for folder in sorted(set(tables.values())))
    for file in found:
        if file not in tables:
            yield from _of_file(called(file))


def _of_file(entry: Entry) -> Iterator[Entry | Look]:
    """The file, or the members of an archive, or of a zip of several tables; a readme beside one table is BTS'."""
    path = entry.real.path
    if path.name.startswith(".") and not path.name.startswith("._"):
        yield Look(entry, Verdict.LEFT_ALONE, f"{entry}: hidden, left alone")
        return
    if not os.path.isfile(path):  # A pipe would never end; and it may be forbidden to ask.
        yield entry
        return
    # What an archive holds is not unpacked again.
    if entry.unpacked is None and archives.is_archive(path):
        yield from _of_archive(path)
        return
    try:
        members = zip_member.members(path, str(entry)) if flight_file.kind(path) == "zip" else []
    except (AeroError, OSError):  # It is told when it is looked at.
        members = []
    if "xl/workbook.xml" in members:
        yield Look(entry, Verdict.REFUSED, str(not_flights.workbook(str(entry))))
        return
    tables = [name for name in members if not name.lower().endswith(LEFT_IN_A_ZIP)]
    tables = tables or [name for name in members if name.lower().endswith(".txt")]
    if len(tables) == 1 and not tables[0].lower().endswith(".csv"):
        yield entry.of(tables[0])
    elif len(tables) < 2:
        yield entry
    else:
        yield from (entry.of(name) for name in tables)


def _of_archive(path: Path) -> Iterator[Entry | Look]:
    try:
        folder = archives.unpacked(path)
    except (AeroError, OSError) as wrong:
        yield Look(Entry(path), Verdict.REFUSED, str(wrong))
        return
    yield from _entries(folder, lambda file: Entry(path, str(file.relative_to(folder)), Entry(file)))


def look(entry: Entry, reading: Reading = Reading(), whole: bool = False, asked_for: bool = True) -> Look:
    """What an entry is. A file that has to be written anew, or of which places differ, is always read whole. One that
    nobody `asked_for` by its name, that no ending and no header shows to be of flights, is left alone.
    """
    is_known = asked_for or (entry.member or entry.path.name).lower().endswith(ENDINGS)
    left = OTHER_FILES
    columns: tuple[str, ...] = ()
    try:
        real = entry.real
        if not (real.path.is_file() or real.path.is_dir()):
            return Look(entry, Verdict.REFUSED, str(not_flights.no_file(real.path, str(entry))))
        with table.opened(real.path, str(entry), real.member, reading) as source:
            left, columns = "it has a header, and no flights: left alone", source.names
            whole = whole or not source.dialect.is_plain(source.form) or entry.member is not None
            found = _look_at_rows(entry, source, whole)
        # Read as month/day/year too many rows told no month.
        told = sum((found.months or {}).values())
        if source.dialect.day_first is None and told < (found.rows or 0) * ALMOST_ALL:
            return look(entry, replace(reading, day_first=True), whole, asked_for)
        how = replace(reading, day_first=source.dialect.day_first or False)
        return replace(found, reading=how, columns=columns)
    except NotFlights as other:
        return Look(entry, Verdict.LEFT_ALONE, str(other))
    except AeroError as wrong:
        columns = wrong.columns if isinstance(wrong, WrongColumns) else columns
        if is_known:
            return Look(entry, Verdict.REFUSED, str(wrong), columns=columns)
        return Look(entry, Verdict.LEFT_ALONE, f"{entry}: {left}", columns=columns)
    except PermissionError:
        return Look(entry, Verdict.REFUSED, str(not_flights.forbidden(str(entry))))
    except OSError as wrong:
        return Look(entry, Verdict.REFUSED, f"{entry}: {wrong}")


def _look_at_rows(entry: Entry, source: Table, whole: bool) -> Look:
    told = rewriting.months(source)
    start = list(islice(told, FIRST_ROWS))
    if not source.dialect.is_plain(source.form):
        rewriting.refuse_unread(source, (line for line, _ in start), str(entry))
    rows = Counter(month for _, month in start)
    whole = whole or _goes_on_otherwise(entry, source, max(filter(None, rows), key=rows.__getitem__, default=None))
    if whole:
        rows.update(month for _, month in islice(told, ENOUGH_ROWS))
        if any(rows):  # Else they are no flights, however many there are.
            rows.update(month for _, month in told)
    count, untold = rows.total(), rows[None]
    months = {month: rows[month] for month in sorted(filter(None, rows))}
    if not count:
        fix = "It was cut, or what was asked gave none: get it again, or move it away."
        raise AeroError(f"{entry}: it has a header, and no flights", fix)
    # Those that may be read as day/month/year will be.
    if not months or (untold * 2 > count and source.dialect.day_first is not None):
        is_all = whole and (months or count < FIRST_ROWS + ENOUGH_ROWS)
        of_rows = f"its {count:,} rows" if is_all else f"its first {count:,} rows"
        none = f"{untold:,} of {of_rows} tell no month" if months else f"none of {of_rows} tells a month"
        such = next((line for line, month in start if month is None), b"")
        raise rewriting.without_months(source, f"{entry}: {none}", such)
    return Look(
        entry, Verdict.FLIGHTS, "", source.dialect, source.form, months, count if whole else None, is_whole=whole
    )


def _goes_on_otherwise(entry: Entry, source: Table, first: Month | None) -> bool:
    """Whether it has to be read whole to tell its months: whether a plain CSV has other months, or other years of the
    Data Expo, at other places than its begin, where most rows tell the `first`. What is packed is only read there."""
    size = entry.path.stat().st_size
    is_year = source.form.layout.name == "dataexpo"
    if source.dialect.packing != "csv":
        return first is None or not _is_named_so(
            entry, str(first.year) if is_year else rf"{first.year}[_-]?0?{first.month}"
        )
    if size < bounds.PIECE:
        return True
    found = set()
    with entry.path.open("rb") as file:
        for place in range(PLACES + 1):
            file.seek(max(0, size * place // PLACES - bounds.LONGEST_LINE))
            lines = file.read(bounds.LONGEST_LINE).splitlines()[1:-1]
            sample = ((line, headers.fields(line, source.dialect.separator)) for line in lines[-5:])
            piece = Table(source.dialect, source.header, source.names, source.form, sample)
            found |= {month for _, month in rewriting.months(piece) if month}
    return len({month.year if is_year else month for month in found}) > 1


def _is_named_so(entry: Entry, when: str) -> bool:
    """Whether its name, or that of a zip's CSV, ends in the month or year `when`, as BTS names its zips. It is
    believed, since to unpack a month takes seconds; the landing, which reads it, refuses what it holds besides."""
    names = [entry.path.name]
    if flight_file.kind(entry.path) == "zip":
        names += zip_member.members(entry.path, str(entry))
    return any(re.search(rf"(?<!\d){when}\D*$", name) for name in names)


def by_unit(looks: Iterable[Look]) -> dict[Unit, list[Look]]:
    """The files of flights that hold each month, or year of the Data Expo."""
    found: dict[Unit, list[Look]] = {}
    for look in looks:
        if look.verdict == Verdict.FLIGHTS:
            for unit in look.units:
                found.setdefault(unit, []).append(look)
    return found
