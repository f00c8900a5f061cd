"""How a file spells its values, told by its first rows: whether the cleaning reads them as they are, and whether of its
dates the day is first.
"""

import re
from collections.abc import Iterable, Sequence

from aero import bts_names
from aero.bts_names import Form
from aero.errors import AeroError
from luigi_tasks.landing import values

# The ways in which known exports say that nothing is known; BTS leaves the field empty. A point is Stata's and SAS'.
NULLS = frozenset(
    """NA N/A na n/a \\N NULL Null null nan NaN NAN NaT None NONE none nil <NA> <null> (null) [NULL] #N/A #NULL! #VALUE!
    #DIV/0! . ? - --""".split()
) | {""}
AIRLINES = (
    *("Reporting_Airline", "IATA_CODE_Reporting_Airline", "UniqueCarrier", "Carrier"),
    *("Operating_Airline", "IATA_Code_Operating_Airline", "Marketing_Airline_Network", "IATA_Code_Marketing_Airline"),
)
LONGEST_CODE = 8  # BTS' are as long as `KH (1)`
_AIRPORT = re.compile(r"[A-Za-z0-9]{3}")
_FIELD = rb'[,;\t|\x01]"?(?:%s)"?(?=[,;\t|\x01\r\n])'
_NEVER_OF_BTS = re.compile(
    _FIELD % rb"\\N|NULL|null|nan|NaN|NaT|None|<NA>|<null>|#N/A|#[A-Z]+(?:/0)?!|\.|\?|\(null\)|\[NULL\]"
)
# Tail numbers that BTS has.
_AS_OF_TAILS = re.compile(_FIELD % rb"NA|N/A|na|n/a")
_NOT_OF_THE_DATA_EXPO = re.compile(_FIELD % rb"N/A")
# Bytes that the cleaning would take for a part of the value: a blank that breaks no line, a blank before quotes.
_BLANKS = re.compile(rb'\xc2\xa0|[,;\t|] +"')
# What the cleaning reads, by the column or its kind (aero/bts.py).
_DIGITS, _NUMBER, _CODE = re.compile(r"\d+"), re.compile(r"[+-]?\d+(\.0*)?"), re.compile(r"[^a-z'=]*")
READ_OF_KIND = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "clock": re.compile(r"\d{1,4}"),
    "flag": _NUMBER,
    "integer": _NUMBER,
    "yes_no": re.compile(r"[YN]"),
}
_READ = {"Year": re.compile(r"\d{4}"), "Month": _DIGITS} | dict.fromkeys((*AIRLINES, "Origin", "Dest"), _CODE)


def is_others(text: bytes, rows: Iterable[Sequence[str]], names: tuple[str, ...], form: Form) -> bool:
    """Whether the first bytes, or the first rows, have words for nothing, dates, clocks or flags that the cleaning does
    not read in this layout: Excel and pandas keep the names when they write a file anew."""
    is_blank = _BLANKS.search(text) is not None
    return is_blank or _has_nulls(text, names, form) or _has_other_values(rows, names, form)


def _has_nulls(text: bytes, names: tuple[str, ...], form: Form) -> bool:
    if _NEVER_OF_BTS.search(text):
        return True
    if form.layout.name == "dataexpo":
        return _NOT_OF_THE_DATA_EXPO.search(text) is not None
    return names[-1] != "" and _AS_OF_TAILS.search(text) is not None


def _has_other_values(rows: Iterable[Sequence[str]], names: tuple[str, ...], form: Form) -> bool:
    kinds, nothing = bts_names.kinds(), ("", "NA") if form.layout.name == "dataexpo" else ("",)
    patterns = {name: _READ.get(name) or READ_OF_KIND.get(kinds.get(name, "")) for name in form.places}
    read = [(form.places[name], pattern) for name, pattern in patterns.items() if pattern]
    return any(
        not pattern.fullmatch(value)
        for row in rows
        if len(row) >= len(names)
        for place, pattern in read
        if (value := row[place].strip()) not in nothing
    )


def refuse_no_codes(rows: Sequence[Sequence[str]], names: tuple[str, ...], form: Form, name: str) -> None:
    """Raises AeroError, calling the file `name`, where it has airlines' names in the place of their codes, or names,
    numbers or ICAO's codes in the place of airports'."""
    rows = [row for row in rows if len(row) == len(names) or row[-1:] == [""]]  # Else a column may be another's.
    airline = next(form.places[column] for column in AIRLINES if column in form.places)
    airlines = told(rows, airline)
    if airlines and all(len(code) > LONGEST_CODE for code in airlines):
        raise AeroError(
            f"{name}: {names[airline]} has airlines' names, such as {airlines[0][:60]!r}, and no column has their"
            " codes",
            "Get it again with a column of codes: on the web form OP_UNIQUE_CARRIER.",
        )
    for column in ("Origin", "Dest"):
        codes = told(rows, form.places[column])
        if codes and not any(_AIRPORT.fullmatch(code) for code in codes):
            raise AeroError(
                f"{name}: {names[form.places[column]]} has no codes of airports of three letters, but such as"
                f" {codes[0][:60]!r}",
                "Get it again with columns of codes: on the web form ORIGIN and DEST.",
            )


def told(rows: Iterable[Sequence[str]], place: int) -> list[str]:
    """What the rows say in a column."""
    values_of = (values.text_of_excel(row[place]) for row in rows if len(row) > place)
    return [value for value in values_of if value not in NULLS]


def is_day_first(rows: Iterable[Sequence[str]], form: Form) -> bool | None:
    """Whether of dates such as 31/12/2021 the day is first; None where no row shows whether it is."""
    place = form.places.get("FlightDate")
    if place is None:
        return False
    dates = told(rows, place)
    either = [[int(part) for part in re.findall(r"\d+", date)[:2]] for date in dates if values.is_either(date)]
    if len(either) < len(dates) or any(second > 12 for _, second in either):
        return False
    return True if any(first > 12 for first, _ in either) else None
