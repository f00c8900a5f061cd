"""How a file spells its values, told by its first rows: whether the cleaning reads them as they are, and whether of its
dates the day is first.
"""

import re
from collections.abc import Iterable, Sequence

from aero import bts_names
from aero.bts_names import Form
from luigi_tasks.landing import values

# The ways in which known exports say that nothing is known; BTS leaves the field empty. A point is Stata's and SAS'.
NULLS = frozenset(
    ("", "NA", "N/A", "\\N", "NULL", "null", "nan", "NaN", "NaT", "None", "<NA>", "#N/A", ".", "?", "(null)")
)
_FIELD = rb'[,;\t|\x01]"?(?:%s)"?(?=[,;\t|\x01\r\n])'
_NEVER_OF_BTS = re.compile(_FIELD % rb"\\N|NULL|null|nan|NaN|NaT|None|<NA>|#N/A|\.|\?|\(null\)")
# Tail numbers that BTS has.
_AS_OF_TAILS = re.compile(_FIELD % rb"NA|N/A")
_NOT_OF_THE_DATA_EXPO = re.compile(_FIELD % rb"N/A")
# What the cleaning reads, by the kind of column (aero/bts.py).
_READ = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "clock": re.compile(r"\d{1,4}"),
    "flag": re.compile(r"[+-]?\d+(\.0*)?"),
    "yes_no": re.compile(r"[YN]"),
}


def is_others(text: bytes, rows: Iterable[Sequence[str]], names: tuple[str, ...], form: Form) -> bool:
    """Whether the first bytes, or the first rows, have words for nothing, dates, clocks or flags that the cleaning does
    not read in this layout: Excel and pandas keep the names when they write a file anew."""
    return _has_nulls(text, names, form) or _has_other_values(rows, names, form)


def _has_nulls(text: bytes, names: tuple[str, ...], form: Form) -> bool:
    if _NEVER_OF_BTS.search(text):
        return True
    if form.layout.name == "dataexpo":
        return _NOT_OF_THE_DATA_EXPO.search(text) is not None
    return names[-1] != "" and _AS_OF_TAILS.search(text) is not None


def _has_other_values(rows: Iterable[Sequence[str]], names: tuple[str, ...], form: Form) -> bool:
    kinds = bts_names.kinds()
    read = [(place, _READ[kind]) for name, place in form.places.items() if (kind := kinds.get(name, "")) in _READ]
    return any(
        not pattern.fullmatch(value)
        for row in rows
        if len(row) >= len(names)
        for place, pattern in read
        if (value := row[place].strip()) not in NULLS
    )


def is_day_first(rows: Iterable[Sequence[str]], form: Form) -> bool | None:
    """Whether of dates such as 31/12/2021 the day is first; None where no row shows whether it is."""
    place = form.places.get("FlightDate")
    if place is None:
        return False
    told = [row[place].strip() for row in rows if len(row) > place]
    told = [date for date in told if date not in NULLS]
    either = [[int(part) for part in re.findall(r"\d+", date)[:2]] for date in told if values.is_either(date)]
    if len(either) < len(told) or any(second > 12 for _, second in either):
        return False
    return True if any(first > 12 for first, _ in either) else None
