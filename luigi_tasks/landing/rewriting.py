"""Files of flights in other people's forms, written as BTS writes a layout: what the cleaning reads.

The file as it came is kept beside it. Line for line: the number of a row is the same in both.
"""

import gzip
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from aero import bts_names
from aero.bts import Layout
from aero.bts_names import Form
from aero.month import Month
from luigi_tasks.landing import table, values
from luigi_tasks.landing.spelling import AIRLINES, NULLS
from luigi_tasks.landing.table import Reading, Table

BY_COLUMN: dict[str, values.Convert] = {
    **dict.fromkeys(("Year", "Month", "DayofMonth"), values.whole),
    **dict.fromkeys(("OriginStateFips", "DestStateFips"), values.state_code),
    **dict.fromkeys(("Origin", "Dest"), values.airport),
    **dict.fromkeys(AIRLINES, str.upper),
}
BY_KIND: dict[str, values.Convert] = {
    "date": values.date,
    "clock": values.clock,
    "flag": values.flag,
    "yes_no": values.yes_no,
}
VERSION = 2  # counted up when other bytes are made of the same file, so that landed months are made again
PACKING = 3  # of 9: a month of 240 MB takes two seconds, and becomes a tenth larger than at 6
DATE_PARTS = ("Year", "Month", "DayofMonth")
LINES_AT_ONCE = 2_000


def rewrite(path: Path, target: Path, name: str, member: str | None = None, reading: Reading = Reading()) -> Form:
    """Write the file, or a zip's `member`, to `target`, a .csv.gz, as its layout has it; its form.

    Lines with another number of fields than the header stay as they are, for the cleaning to refuse. Raises AeroError,
    calling the file `name`, where it is damaged or no file of flights. The same file always gives the same bytes.
    """
    with table.opened(path, name, member, reading) as source:
        with target.open("wb") as file, gzip.GzipFile("", "wb", PACKING, file, mtime=0) as packed:
            for piece in _pieces(chain([header(source.form.layout)], lines(source))):
                packed.write(piece.encode("latin-1"))
        return source.form


def _pieces(written: Iterator[str]) -> Iterator[str]:
    while some := list(islice(written, LINES_AT_ONCE)):
        yield "\n".join(some) + "\n"


def header(layout: Layout) -> str:
    """The header line of a layout; lines of BTS end in a comma, the Data Expo's do not."""
    if layout.name == "dataexpo":
        return ",".join(layout.columns)
    return ",".join(f'"{name}"' for name in layout.columns) + ","


def lines(source: Table) -> Iterator[str]:
    """The lines below the header as the layout has them; bytes are characters, as headers.fields makes them."""
    written = _writer(source)
    count = header(source.form.layout).count(",") + 1
    rows = ((line, written(fields)) for line, fields in source.rows)
    return (_as_it_is(line, count) if row is None else row for line, row in rows)


def _as_it_is(line: bytes, fields: int) -> str:
    """A line that has not the header's fields; nor may it seem to have the layout's."""
    text = line.decode("latin-1")
    return f"{text},," if text.count(",") + 1 == fields else text


def _writer(source: Table) -> Callable[[list[str]], str | None]:
    """What writes the fields of a row as a line of the layout, an empty one where none says anything; None for a row
    with more or fewer than the header."""
    form, names = source.form, source.names
    kinds, quoted = bts_names.kinds(), form.layout.name != "dataexpo"
    filled = [
        (column, form.places[column], _convert(column, source))
        for column in form.layout.columns
        if column in form.places
    ]
    is_text = {column: quoted and kinds.get(column) in ("text", "clock") for column in form.layout.columns}
    empty = {column: '""' if is_text[column] else "" for column in form.layout.columns}
    ending = [","] if quoted else []
    fill_dates = _dates(form)

    @lru_cache(values.REMEMBERED)
    def as_text(value: str) -> str:
        return '"' + value.replace('"', '""') + '"'

    def written(fields: list[str]) -> str | None:
        if not _is_whole(fields, names):
            return None
        row = dict(empty)
        told = {}
        for column, place, convert in filled:
            value = fields[place].strip()
            if value[:1] in values.KEPT_AS_TEXT:  # A call for each field takes seconds.
                value = values.text_of_excel(value)
            if value in NULLS or not (value := convert(value)):
                continue
            told[column] = value
            row[column] = as_text(value) if is_text[column] else value
        if not told:
            return ""
        fill_dates(told, row)
        return ",".join(row.values()) + "".join(ending)

    return written


def _is_whole(fields: list[str], names: tuple[str, ...]) -> bool:
    """Whether a row has the header's fields; a nameless last one may be left out, or be there for nothing."""
    more = len(fields) - len(names)
    return more == 0 or (more == -1 and bts_names.is_nameless(names[-1])) or (more == 1 and not fields[-1])


def _convert(column: str, source: Table) -> values.Convert:
    if column in BY_COLUMN:
        return BY_COLUMN[column]
    kind = bts_names.kinds().get(column, "integer")
    if kind == "date" and source.dialect.day_first:
        return values.day_first
    if kind == "text":
        return values.whole if "Flight_Num" in column else str
    if kind == "integer":
        return values.without_thousands if source.dialect.separator == "," else values.decimal_point
    return BY_KIND.get(kind, str)


def _dates(form: Form) -> Callable[[dict[str, str], dict[str, str]], None]:
    """What fills the parts of the date out of the date, or the date out of its parts, where the layout has both."""
    columns = form.layout.columns
    if "FlightDate" in columns and "FlightDate" not in form.places:

        def fill(told: dict[str, str], row: dict[str, str]) -> None:
            parts = [told.get(part, "") for part in DATE_PARTS]
            if all(part.isdigit() for part in parts):
                row["FlightDate"] = f"{parts[0]}-{int(parts[1]):02d}-{int(parts[2]):02d}"

        return fill
    lacking = [(part, place) for place, part in enumerate(DATE_PARTS) if part not in form.places]

    def fill_parts(told: dict[str, str], row: dict[str, str]) -> None:
        parts = told.get("FlightDate", "").split("-")
        if len(parts) == len(DATE_PARTS):
            for part, place in lacking:
                row[part] = str(int(parts[place])) if parts[place].isdigit() else ""

    return fill_parts


def months(source: Table) -> Iterator[tuple[bytes, Month | None]]:
    """Every line that says something, and the month that it tells. A header that comes again, of files put one behind
    the other, is no line."""
    places, names = source.form.places, source.names
    of_date = lru_cache(values.REMEMBERED)(_month_of_date)
    read, nothing = _convert("FlightDate", source), f' "{source.dialect.separator}'.encode()
    for line, fields in source.rows:
        if not line.strip(nothing) or line == source.header:
            continue
        if not _is_whole(fields, names):
            yield line, None
        elif "FlightDate" in places and (told := values.text_of_excel(fields[places["FlightDate"]])) not in NULLS:
            yield line, of_date(read(told))
        else:
            parts = (fields[places[part]] for part in ("Year", "Month") if part in places)
            yield line, of_date("-".join(map(values.text_of_excel, parts)))


def _month_of_date(text: str) -> Month | None:
    parts = [part.removesuffix(".0") for part in text.split("-")[:2]]
    if len(parts) < 2 or not all(part.isdigit() and len(part) <= 4 for part in parts) or not 1 <= int(parts[1]) <= 12:
        return None
    return Month(int(parts[0]), int(parts[1]))
