"""From the lines of a BTS file to typed columns under the names of aero_clean.flights.

Nothing is judged here: a value that cannot be typed is NULL beside its text, and flight_rules.py says so.
Source columns keep their BTS name with a `_` before it, because Spark would take `Flights` and `flights` for one.
"""

from functools import cache

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, Layout, header_columns
from aero.bts import Column as BtsColumn

TRAILING = "_after_the_last_comma"
UNREADABLE = "_unreadable"
NO_TAIL_NUMBER = ("UNKNOW", "UNKNOWN", "000000", "0", "NONE", "N/A", "NA")
NOT_UTF8 = "\ufffd"
CLOCK = r"^(([01]\d|2[0-3])[0-5]\d|2400)$"


def source(name: str) -> Column:
    """The trimmed text of a BTS column, NULL where the file says nothing."""
    return F.col(f"_{name}")


def source_name(names: tuple[str, ...], header: tuple[str, ...]) -> str | None:
    """Which of a column's spellings the header has."""
    return next((name for name in names if name in header), None)


def _integer(text: Column) -> Column:
    without_hundredths = F.substring(text, F.lit(1), F.length(text) - 3)
    # Nearly all are `5` or `5.00`: a regular expression for each of 50 columns would take a third of the job.
    whole = (
        F.when(text.endswith(".00"), without_hundredths)
        .when(text.contains("."), F.regexp_replace(text, r"\.0*$", ""))
        .otherwise(text)
    )
    return whole.try_cast("int")


def _flag(text: Column) -> Column:
    number = _integer(text)
    return F.when(number == 1, True).when(number == 0, False)


def _yes_no(text: Column) -> Column:
    return F.when(text == "Y", True).when(text == "N", False)


def _clock(text: Column) -> Column:
    digits = F.lpad(text, 4, "0")
    is_clock = (F.length(text) <= 4) & digits.rlike(CLOCK)
    return F.when(is_clock, F.concat(F.substring(digits, 1, 2), F.lit(":"), F.substring(digits, 3, 2)))


def _date(text: Column) -> Column:
    return F.when(text.rlike(r"^\d{4}-\d{2}-\d{2}$"), text.try_cast("date"))


def _text(text: Column) -> Column:
    return text


TYPES = {
    "integer": ("int", _integer),
    "flag": ("boolean", _flag),
    "yes_no": ("boolean", _yes_no),
    "clock": ("string", _clock),
    "date": ("date", _date),
    "text": ("string", _text),
}


def typed(text: Column, kind: str, name: str) -> Column:
    """`text` as its kind (aero/bts.py), NULL where it is not one. Tail and flight numbers are tidied by their name."""
    if name == "tail_number":
        return F.when(~(text.isin(*NO_TAIL_NUMBER) | text.contains(NOT_UTF8)), text)
    if name.endswith("flight_number"):
        return F.regexp_replace(text, r"^0+(?!$)", "")
    return TYPES[kind][1](text)


def fields(lines: DataFrame, header: str, layout: Layout) -> DataFrame:
    """Adds every column of `header` as text to `lines`, and `_unreadable`, NULL where a line has all its fields."""
    names = [f"_{name}" for name in header_columns(header)]
    named = names if len(names) == header.count(",") + 1 else [*names, TRAILING]
    schema = ", ".join(f"`{name}` STRING" for name in [*named, UNREADABLE])
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": UNREADABLE, "escape": '"'}
    parsed = lines.withColumn("parsed", F.from_csv("line", F.lit(schema), options))
    return parsed.select(*lines.columns, *_texts(tuple(names), layout), F.col(f"parsed.{UNREADABLE}"))


# The expressions of a layout are the same for every month, and making them in the JVM takes seconds: once is enough.
@cache
def _texts(names: tuple[str, ...], layout: Layout) -> tuple[Column, ...]:
    return tuple(_given(F.col(f"parsed.{name}"), layout).alias(name) for name in names)


def _given(text: Column, layout: Layout) -> Column:
    """Two spellings of nothing: an empty field and an empty string; the Data Expo has a third, NA."""
    trimmed = F.trim(text)
    nothing = ("", "NA") if layout.name == "dataexpo" else ("",)
    return F.when(~trimmed.isin(*nothing), trimmed)


def typed_columns(texts: DataFrame, layout: Layout) -> DataFrame:
    """Adds every column of aero/bts.py, typed, `diversions`, and the file's own `year_given` and `month_given`."""
    return texts.select("*", *_typed_columns(layout))


@cache
def _typed_columns(layout: Layout) -> tuple[Column, ...]:
    return (
        *[_typed_column(column, layout).alias(column.name) for column in COLUMNS],
        _diversions(layout).alias("diversions"),
        _integer(source("Year")).alias("year_given"),
        _integer(source("Month")).alias("month_given"),
    )


def _typed_column(column: BtsColumn, layout: Layout) -> Column:
    if column.name == "flight_date":
        return _flight_date(layout)
    name = source_name(column.sources, layout.columns)
    if name is None:
        return F.lit(None).cast(TYPES[column.kind][0])
    return typed(source(name), column.kind, column.name)


def _flight_date(layout: Layout) -> Column:
    """FlightDate, or the date that Year, Month and DayofMonth make where there is none (the Data Expo)."""
    two_digits = [F.lpad(source(name), 2, "0") for name in ("Month", "DayofMonth")]
    parts = _date(F.concat(source("Year"), F.lit("-"), two_digits[0], F.lit("-"), two_digits[1]))
    if "FlightDate" not in layout.columns:
        return parts
    return F.when(source("FlightDate").isNull(), parts).otherwise(_date(source("FlightDate")))


def _diversions(layout: Layout) -> Column:
    """The landings elsewhere, in order; NULL if none."""
    if "Div1Airport" not in layout.columns:
        return F.lit(None).cast(_diversions_type())
    landings = F.array_compact(F.array(*[_landing(number) for number in DIVERSIONS]))
    return F.when(has_diversions(layout), landings)


def _landing(number: int) -> Column:
    texts = {column: source(f"Div{number}{column.sources[0]}") for column in DIVERSION_COLUMNS}
    landing = F.struct(*[typed(text, column.kind, column.name).alias(column.name) for column, text in texts.items()])
    return F.when(F.coalesce(*texts.values()).isNotNull(), landing)


def _diversions_type() -> str:
    members = ", ".join(f"{column.name}: {TYPES[column.kind][0]}" for column in DIVERSION_COLUMNS)
    return f"array<struct<{members}>>"


def has_diversions(layout: Layout) -> Column:
    """Whether a line says anything of a landing elsewhere; cheap, for nearly every line says nothing."""
    names = [f"Div{number}{column.sources[0]}" for number in DIVERSIONS for column in DIVERSION_COLUMNS]
    given = [source(name) for name in names if name in layout.columns]
    return F.coalesce(*given).isNotNull() if given else F.lit(False)
