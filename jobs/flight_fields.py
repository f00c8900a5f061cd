"""From the lines of a BTS file to typed columns under the names of aero_clean.flights, as Arrow arrays.

Nothing is judged here: a value that cannot be typed is NULL beside its text, and flight_rules.py says so.
Clocks are minutes of the day (24:00 is 1440) and dates days since 1970 until they are written.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from arrow_columns import TEXT, Columns, are_known, each, no_texts, replaced
from pyarrow import csv

from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, Layout, header_columns
from aero.bts import Column as BtsColumn

TRAILING = "_after_the_last_comma"
NO_TAIL_NUMBER = {"UNKNOW", "UNKNOWN", "000000", "0", "NONE", "N/A", "NA"}
NOT_UTF8 = "\ufffd"
BYTE_ORDER_MARK = "\ufeff"
EPOCH = date(1970, 1, 1).toordinal()
CLOCKS = pa.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1441)], pa.string())

_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]|2400")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Decimals are allowed but zero. Around a number Spark and Hive pass over what is no letter.
_INTEGER = re.compile(r"[\0-\x20\x7f]*([+-]?)0*([0-9]{1,10})[\0-\x20\x7f]*(?:\.0*)?")
# A quote that does not end its field is a character like others, and so is the one that the field begins with.
_FIELD = re.compile(r'"((?:[^"]|"")*)" *(?=,|$)|([^,]*)')


def integer(text: str) -> int | None:
    """`5`, `5.00`; within 32 bits."""
    found = _INTEGER.fullmatch(text)
    if not found:
        return None
    number = int(found[1] + found[2])
    return number if -(2**31) <= number < 2**31 else None


def flag(text: str) -> bool | None:
    """0 or 1."""
    return {0: False, 1: True}.get(integer(text))  # type: ignore[arg-type]


def yes_no(text: str) -> bool | None:
    """Y or N."""
    return {"Y": True, "N": False}.get(text)


def clock(text: str) -> int | None:
    """`hhmm`, without its first zeros or not: minutes."""
    digits = text.rjust(4, "0")
    return int(digits[:2]) * 60 + int(digits[2:]) if _CLOCK.fullmatch(digits) else None


def day(text: str) -> int | None:
    """`YYYY-MM-DD`: days since 1970."""
    try:
        return date.fromisoformat(text).toordinal() - EPOCH if _DATE.fullmatch(text) else None
    except ValueError:  # Such as the 30th of February.
        return None


def tail_number(text: str) -> str | None:
    """Without those that stand for none."""
    return None if text in NO_TAIL_NUMBER or NOT_UTF8 in text else text


def flight_number(text: str) -> str:
    """Without the zeros before it."""
    return text.lstrip("0") or "0"


def same(text: str) -> str:
    """The text as it is."""
    return text


TYPES: dict[str, tuple[pa.DataType, Callable[[str], Any]]] = {
    "integer": (pa.int32(), integer),
    "flag": (pa.bool_(), flag),
    "yes_no": (pa.bool_(), yes_no),
    "clock": (pa.int32(), clock),
    "date": (pa.int32(), day),
    "text": (TEXT, same),
}


def source_name(names: tuple[str, ...], header: tuple[str, ...]) -> str | None:
    """Which of a column's spellings the header has."""
    return next((name for name in names if name in header), None)


def typed(texts: pa.DictionaryArray, kind: str, name: str) -> pa.Array:
    """`texts` as their kind (aero/bts.py), NULL where one is not. Tail and flight numbers are tidied by their name."""
    of_kind, convert = TYPES[kind]
    if name == "tail_number":
        convert = tail_number
    elif name.endswith("flight_number"):
        convert = flight_number
    elif convert is same:
        return texts
    return each(texts, _remembered(convert), of_kind)


# Most texts of a piece were in the one before.
@cache
def _remembered(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    return lru_cache(1 << 17)(convert)


def fields(lines: pa.StringArray, header: str, layout: Layout) -> tuple[Columns, np.ndarray]:
    """Every column of `header` by its BTS name as trimmed texts, NULL where the file says nothing; and which lines have
    not as many fields as the header: their columns are NULL.

    An empty field and an empty string are nothing; so is the Data Expo's NA.
    """
    names = header_columns(header)
    every = names if len(names) == header.count(",") + 1 else (*names, TRAILING)
    nothing = ("", "NA") if layout.name == "dataexpo" else ("",)
    table, wrong = _read(_as_csv(lines.cast(pa.binary())), len(lines), every, nothing)
    texts = {name: _given(table.column(name).combine_chunks(), nothing) for name in names}
    if not len(wrong):
        return texts, np.zeros(len(lines), bool)
    is_wrong = np.zeros(len(lines), bool)
    is_wrong[wrong] = True
    places = pa.array(np.cumsum(~is_wrong) - 1, mask=is_wrong)
    return {name: column.take(places) for name, column in texts.items()}, is_wrong


def _read(
    content: pa.Buffer, lines: int, names: tuple[str, ...], nothing: tuple[str, ...]
) -> tuple[pa.Table, list[int]]:
    """A table of texts, and which lines are none of its rows because they have not as many fields as it."""
    wrong: list[int] = []

    def passed_over(row: csv.InvalidRow) -> str:
        wrong.append(row.number - 1)
        return "skip"

    table = csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1),
        parse_options=csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=passed_over),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, TEXT),
            null_values=nothing,
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    assert len(table) + len(wrong) == lines, "each line is a row"
    return table, wrong


def _as_csv(lines: pa.BinaryArray) -> pa.Buffer:
    """The lines as every reader of CSV understands them alike: UTF-8, and quotes around whole fields alone."""
    content = _joined(lines)
    if _is_plain(content):
        return content
    return _joined(pa.array([line if _is_plain(line) else _rewritten(line) for line in lines.to_pylist()], pa.binary()))


def _joined(lines: pa.BinaryArray) -> pa.Buffer:
    joined = pc.binary_join_element_wise(lines, b"", b"\n")
    ends = np.frombuffer(joined.buffers()[1], np.int32)
    return joined.buffers()[2][ends[joined.offset] : ends[joined.offset + len(joined)]]


def _is_plain(content: pa.Buffer | bytes) -> bool:
    """Whether quotes stand around fields alone, in pairs, each in one line, and all is UTF-8."""
    read = np.frombuffer(content, np.uint8)
    is_quote, is_line_end = read == ord('"'), read == ord("\n")
    is_edge = np.concatenate([[True], (read == ord(",")) | is_line_end, [True]])
    begins, ends = np.flatnonzero(is_quote & is_edge[:-2]), np.flatnonzero(is_quote & is_edge[2:])
    if len(begins) != len(ends) or np.count_nonzero(is_quote) != 2 * len(begins):
        return False
    if (begins >= ends).any() or (ends[:-1] >= begins[1:]).any():
        return False
    line_ends = np.flatnonzero(is_line_end)
    if (np.searchsorted(begins, line_ends) != np.searchsorted(ends, line_ends)).any():
        return False
    try:
        return not str(content, "utf-8").startswith(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        return False


def _rewritten(line: bytes) -> bytes:
    """A line with quotes around each field. What is not UTF-8 is NOT_UTF8."""
    text, fields, place = line.decode(errors="replace"), [], 0
    while place <= len(text):
        found = _FIELD.match(text, place)
        assert found  # Of nothing too.
        fields.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        place = found.end() + 1
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields).encode()


def _given(texts: pa.DictionaryArray, nothing: tuple[str, ...]) -> pa.DictionaryArray:
    values = texts.dictionary.to_pylist()
    if all(value == value.strip(" ") for value in values):
        return texts
    trimmed = {value: value.strip(" ") for value in values}
    return each(texts, lambda text: None if trimmed[text] in nothing else trimmed[text], TEXT)


def typed_columns(texts: Columns, layout: Layout) -> Columns:
    """Every column of aero/bts.py, typed, `diversions`, and the file's own `year_given` and `month_given`."""
    count = len(next(iter(texts.values())))
    columns = {column.name: _typed_column(texts, column, layout, count) for column in COLUMNS}
    columns["flight_date"] = _flight_dates(texts, columns["flight_date"])
    columns["diversions"] = _diversions(texts, layout, count)
    return columns | {f"{name.lower()}_given": typed(texts[name], "integer", name) for name in ("Year", "Month")}


def _typed_column(texts: Columns, column: BtsColumn, layout: Layout, count: int) -> pa.Array:
    name = source_name(column.sources, layout.columns)
    if name is not None:
        return typed(texts[name], column.kind, column.name)
    kind, _ = TYPES[column.kind]
    return no_texts(count) if kind == TEXT else pa.nulls(count, kind)


def _flight_dates(texts: Columns, dates: pa.Int32Array) -> pa.Int32Array:
    """FlightDate, or the date that Year, Month and DayofMonth make where none is given (the Data Expo)."""
    rows = np.flatnonzero(~are_known(texts.get("FlightDate", dates)))
    if not len(rows):
        return dates
    parts = [texts[name].take(pa.array(rows)).cast(pa.string()) for name in ("Year", "Month", "DayofMonth")]
    together = pc.binary_join_element_wise(*parts, "-").dictionary_encode()
    return replaced(dates, rows, each(together, _day_of_parts, pa.int32()))


def _day_of_parts(text: str) -> int | None:
    year, month, day_of_month = text.rsplit("-", 2)
    return day(f"{year}-{month.rjust(2, '0')[:2]}-{day_of_month.rjust(2, '0')[:2]}")


def _diversions(texts: Columns, layout: Layout, count: int) -> pa.ListArray:
    """The landings elsewhere, in order; NULL if none."""
    rows = np.flatnonzero(has_diversions(texts, layout, count))
    values: list[Any] = []
    if len(rows):
        given = {name: texts[name].take(pa.array(rows)) for name in _diversion_columns(layout)}
        landings = [_landings(given, number) for number in DIVERSIONS]
        values = [[one for one in each_row if one] for each_row in zip(*landings, strict=True)]
    return replaced(pa.nulls(count, DIVERSIONS_TYPE), rows, pa.array(values, DIVERSIONS_TYPE))


def _landings(texts: Columns, number: int) -> list[dict[str, Any] | None]:
    """Of each row what BTS says of its landing of that number, None where it says nothing."""
    names = {column: f"Div{number}{column.sources[0]}" for column in DIVERSION_COLUMNS}
    values = {
        column.name: written(typed(texts[name], column.kind, column.name), column.kind)
        for column, name in names.items()
    }
    is_told = np.logical_or.reduce([are_known(texts[name]) for name in names.values()])
    rows = pa.table(values).to_pylist()
    return [row if told else None for row, told in zip(rows, is_told, strict=True)]


def written(column: pa.Array, kind: str) -> pa.Array:
    """A column as the table has it: clocks are texts, dates dates."""
    if kind == "clock":
        return CLOCKS.take(column)
    return column.cast({"text": pa.string(), "date": pa.date32()}.get(kind, column.type))


DIVERSIONS_TYPE = pa.list_(
    pa.struct(
        [
            (column.name, {"text": pa.string(), "clock": pa.string()}.get(column.kind, TYPES[column.kind][0]))
            for column in DIVERSION_COLUMNS
        ]
    )
)


def _diversion_columns(layout: Layout) -> list[str]:
    names = [f"Div{number}{column.sources[0]}" for number in DIVERSIONS for column in DIVERSION_COLUMNS]
    return [name for name in names if name in layout.columns]


def has_diversions(texts: Columns, layout: Layout, count: int) -> np.ndarray:
    """Which lines say anything of a landing elsewhere; nearly all say nothing."""
    said = np.zeros(count, bool)
    for name in _diversion_columns(layout):
        if texts[name].null_count < count:
            said |= are_known(texts[name])
    return said
