"""Files of flights in other people's forms, written as BTS writes a layout: what the cleaning reads.

The file as it came is kept beside it. Line for line: the number of a row is the same in both.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from aero import bts_names
from aero.bts import COLUMNS, Layout
from aero.bts_names import Form
from aero.errors import AeroError
from aero.month import Month
from luigi_tasks.landing import headers, spelling, table, values
from luigi_tasks.landing.spelling import AIRLINES, NULLS
from luigi_tasks.landing.table import Reading, Table

BY_COLUMN: dict[str, values.Convert] = {
    "Year": values.year,
    **dict.fromkeys(("Month", "DayofMonth"), values.whole),
    **dict.fromkeys(("OriginStateFips", "DestStateFips"), values.state_code),
    **dict.fromkeys(("Origin", "Dest"), values.airport),
    **dict.fromkeys(AIRLINES, str.upper),
}
BY_KIND: dict[str, values.Convert] = {
    "date": values.date,
    "clock": values.clock,
    "yes_no": values.yes_no,
}
FLIGHT_NUMBERS = {name for column in COLUMNS if column.name.endswith("flight_number") for name in column.sources}
EXAMPLES = {"date": "2021-02-01", "clock": "0851", "flag": "1.00", "integer": "81.00", "yes_no": "Y"}
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
    """The lines below the header as the layout has them; bytes are characters, as headers.fields makes them. A header
    that comes again, of files put one behind the other, is an empty line."""
    written, is_header = _writer(source), _is_header(source)
    count = header(source.form.layout).count(",") + 1
    for line, fields in source.rows:
        row = "" if is_header(line, fields) else written(fields)
        yield _as_it_is(line, count) if row is None else row


def told(source: Table) -> Iterator[tuple[Month | None, str]]:
    """Every row that says something: the month that it tells, and the row as all files have it that say the same."""
    written, says_nothing, month_of = _writer(source, values.number), _says_nothing(source), _month_teller(source)
    for line, fields in source.rows:
        if not says_nothing(line, fields) and (row := written(fields)) != "":
            yield month_of(fields), line.decode("latin-1") if row is None else row


def _as_it_is(line: bytes, fields: int) -> str:
    """A line that has not the header's fields; nor may it seem to have the layout's."""
    text = line.decode("latin-1")
    return f"{text},," if text.count(",") + 1 == fields else text


def _writer(source: Table, number: values.Convert | None = None) -> Callable[[list[str]], str | None]:
    """What writes the fields of a row as a line of the layout, an empty one where none says anything; None for a row
    with more or fewer than the header. Numbers are written as they are, or by `number`."""
    form, names = source.form, source.names
    kinds, quoted = bts_names.kinds(), form.layout.name != "dataexpo"
    filled = [
        (column, form.places[column], _convert(column, source, number))
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
            row[column] = as_text(value) if is_text[column] or "," in value else value
        if not told:
            return ""
        fill_dates(told, row)
        return ",".join(row.values()) + "".join(ending)

    return written


def without_months(source: Table, said: str, line: bytes) -> AeroError:
    """An error that says it of lines such as this one."""
    fields, such = headers.fields(line, source.dialect.separator), line[:60].decode(errors="replace")
    if not line or _is_whole(fields, source.names):
        return AeroError(f"{said}, such as {such!r}", "Is it cut? Get the file again.")
    return AeroError(
        f"{said}, such as {such!r}, which has {len(fields)} fields; the header has {len(source.names)}",
        "Is it cut, or is a separator in a value without quotes? Get the file again, with quotes.",
    )


def refuse_unread(source: Table, lines: Iterable[bytes], name: str) -> None:
    """Raises AeroError, calling the file `name`, where the cleaning would read no value of a column that most of these
    lines give: it would refuse them all."""
    rows = [headers.fields(line, source.dialect.separator) for line in lines]
    rows = [row for row in rows if _is_whole(row, source.names)]
    for column, place in source.form.places.items():
        kind, convert, told = bts_names.kinds().get(column, ""), _convert(column, source), spelling.told(rows, place)
        pattern = spelling.READ_OF_KIND.get(kind)
        if pattern and len(told) * 2 > len(rows) and not any(pattern.fullmatch(convert(value)) for value in told):
            own = source.names[place]
            is_needed = kind == "date" and not set(DATE_PARTS) <= source.form.places.keys()
            leave_out = "" if is_needed else f", or leave the column out: --ignore-columns {own!r}"
            raise AeroError(
                f"{name}: {own} is in a spelling that is not known, such as {told[0][:60]!r}",
                f"Write it as BTS does, {EXAMPLES[kind]}{leave_out}",
            )


def _is_whole(fields: list[str], names: tuple[str, ...]) -> bool:
    """Whether a row has the header's fields; a nameless last one may be left out, or be there for nothing."""
    more, is_nameless = len(fields) - len(names), bts_names.is_nameless(names[-1])
    return more == 0 or (more == -1 and is_nameless) or (more == 1 and not is_nameless and not fields[-1])


def _convert(column: str, source: Table, number: values.Convert | None = None) -> values.Convert:
    if column in FLIGHT_NUMBERS:
        return values.flight_number
    kind = bts_names.kinds().get(column, "integer")
    if column in BY_COLUMN and not (number and kind == "integer" and column != "Year"):
        return BY_COLUMN[column]
    if kind == "date" and source.dialect.day_first:
        return values.day_first
    if kind == "flag":
        return (lambda text: number(values.flag(text))) if number else values.flag
    if kind == "integer":
        convert = values.without_thousands if source.dialect.separator == "," else values.decimal_point
        return (lambda text: number(convert(text))) if number else convert
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
    """Every line that says something, and the month that it tells."""
    says_nothing, month_of = _says_nothing(source), _month_teller(source)
    return ((line, month_of(fields)) for line, fields in source.rows if not says_nothing(line, fields))


def _says_nothing(source: Table) -> Callable[[bytes, list[str]], bool]:
    """What tells whether a line is empty, or the header that comes again."""
    nothing, is_header = f' "{source.dialect.separator}'.encode(), _is_header(source)
    return lambda line, fields: not line.strip(nothing) or is_header(line, fields)


def _is_header(source: Table) -> Callable[[bytes, list[str]], bool]:
    header, names, first = source.header, source.names, source.names[0]

    def is_header(line: bytes, fields: list[str]) -> bool:
        if line == header:
            return True
        return bool(fields) and fields[0] == first and tuple(field.strip() for field in fields) == names

    return is_header


def _month_teller(source: Table) -> Callable[[list[str]], Month | None]:
    places, names = source.form.places, source.names
    of_date = lru_cache(values.REMEMBERED)(_month_of_date)
    read = _convert("FlightDate", source)

    def month_of(fields: list[str]) -> Month | None:
        if not _is_whole(fields, names):
            return None
        if "FlightDate" in places and (told := values.text_of_excel(fields[places["FlightDate"]])) not in NULLS:
            return of_date(read(told))
        parts = (fields[places[part]] for part in ("Year", "Month") if part in places)
        return of_date("-".join(map(values.text_of_excel, parts)))

    return month_of


def _month_of_date(text: str) -> Month | None:
    parts = [part.removesuffix(".0") for part in text.split("-")[:2]]
    if len(parts) < 2 or not all(part.isdigit() and len(part) <= 4 for part in parts) or not 1 <= int(parts[1]) <= 12:
        return None
    return Month(int(values.year(parts[0])), int(parts[1]))
