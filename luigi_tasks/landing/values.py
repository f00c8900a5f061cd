"""The spellings of values that exports have, as BTS spells them. What is not understood stays as it is: the cleaning
refuses it with its text.
"""

import datetime
import re
from collections.abc import Callable
from functools import lru_cache

Convert = Callable[[str], str]

REMEMBERED = 10_000
KEPT_AS_TEXT = frozenset("='")
_MIDNIGHT = r"([ T](12:00:00 AM|0?0:00(:00(\.0+)?)?)(Z|\+00:?00)?)?"
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _MIDNIGHT)
# Of 01-02-03 nobody knows which is the year.
_AMERICAN = re.compile(r"(\d{1,2})(?:/(\d{1,2})/(\d{4}|\d\d)|-(\d{1,2})-(\d{4}))" + _MIDNIGHT)
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _MIDNIGHT)
_NAMED = re.compile(r"(\d{1,2})[- ]?([a-z]{3})[a-z]*[- ,]*(\d{4}|\d\d)(:?00:00:00)?", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}), ?(\d{4})", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
# Days since the end of 1899, as Excel has them: those from October 1987 to 2040.
_SERIAL = re.compile(r"3[2-9]\d{3}|4\d{4}|50\d{3}")
_EXCEL_BEGINS = datetime.date(1899, 12, 30)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\d[ T])?(\d{1,2}):(\d\d)(?::00(?:\.0+)?)?( ?[AP]M)?", re.IGNORECASE)
_WHOLE = re.compile(r"(-?\d+)\.0*")
_ANY_WHOLE = re.compile(r"([+-]?\d{1,18})(?:\.0*)?")
_FLAGS = {
    "true": "1.00",
    "t": "1.00",
    "yes": "1.00",
    "y": "1.00",
    "false": "0.00",
    "f": "0.00",
    "no": "0.00",
    "n": "0.00",
}


@lru_cache(REMEMBERED)
def date(text: str) -> str:
    """`2/1/2021 12:00:00 AM`, `2/1/21`, `01.02.2021`, `01FEB2021`, `20210201` and `2021-02-01 00:00:00` are
    `2021-02-01`. Of slashes the month is first, of dots the day."""
    if found := _ISO.fullmatch(text):
        year, month, day = found[1], found[3], found[4]
    elif found := _AMERICAN.fullmatch(text):
        month, day, year = found[1], found[2] or found[4], found[3] or found[5]
    elif found := _GERMAN.fullmatch(text):
        day, month, year = found[1], found[2], found[3]
    elif (found := _NAMED.fullmatch(text)) and found[2].lower() in _MONTHS:
        day, month, year = found[1], str(_MONTHS.index(found[2].lower()) + 1), found[3]
    elif (found := _NAMED_FIRST.fullmatch(text)) and found[1].lower() in _MONTHS:
        day, month, year = found[2], str(_MONTHS.index(found[1].lower()) + 1), found[3]
    elif found := _COMPACT.fullmatch(whole(text)):
        year, month, day = found[1], found[2], found[3]
    elif _SERIAL.fullmatch(whole(text)):
        return (_EXCEL_BEGINS + datetime.timedelta(days=int(whole(text)))).isoformat()
    else:
        return text
    return f"{_century(year)}-{int(month):02d}-{int(day):02d}"


@lru_cache(REMEMBERED)
def day_first(text: str) -> str:
    """The same, but of slashes and dashes the day is first: `31/12/2021` is `2021-12-31`."""
    read = date(text)
    if not is_either(text):
        return read
    year, month, day = read.split("-")
    return f"{year}-{day}-{month}"


def is_either(text: str) -> bool:
    """Whether it is a date of which the day or the month may be first, going by its form; with `AM` it is American."""
    return _AMERICAN.fullmatch(text) is not None and not text.endswith("M")


def _century(year: str) -> str:
    """A year of two digits in full: the record begins in 1987."""
    return year if len(year) > 2 else f"{19 if int(year) >= 87 else 20}{year}"


@lru_cache(REMEMBERED)
def clock(text: str) -> str:
    """`851`, `851.0`, `8:51`, `08:51:00` and `8:51 AM` are `0851`."""
    if found := _CLOCK.fullmatch(text):
        hour = int(found[1])
        if found[3]:
            hour = hour % 12 + (12 if found[3].strip().upper() == "PM" else 0)
        return f"{hour:02d}{found[2]}"
    if _ISO.fullmatch(text):  # An instant at midnight, without its clock.
        return "0000"
    digits = whole(text)
    return digits.zfill(4) if digits.isdigit() else text


@lru_cache(REMEMBERED)
def flag(text: str) -> str:
    """True and False in words are 1 and 0."""
    return _FLAGS.get(text.lower(), text)


@lru_cache(REMEMBERED)
def yes_no(text: str) -> str:
    """True and False are Y and N."""
    return {"1.00": "Y", "0.00": "N"}.get(_FLAGS.get(text.lower(), ""), text)


@lru_cache(REMEMBERED)
def decimal_point(text: str) -> str:
    """A comma in a number is a point."""
    return text.replace(",", ".")


def without_thousands(text: str) -> str:
    """`1,024.00` is `1024.00`."""
    return text.replace(",", "") if "," in text and _THOUSANDS.fullmatch(text) else text


def text_of_excel(field: str) -> str:
    """A field without blanks, and without what keeps it a text in Excel: `="0851"` and `'0851` are `0851`."""
    text = field.strip()
    return text.strip("='\"").strip() if text[:1] in KEPT_AS_TEXT else text


@lru_cache(REMEMBERED)
def whole(text: str) -> str:
    """A number that a program took for one that may have a fraction: `4628.0` is `4628`."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


@lru_cache(REMEMBERED)
def year(text: str) -> str:
    """`08`, `8` and `2008.0` are `2008`."""
    digits = whole(text)
    return _century(digits.zfill(2)) if digits.isdecimal() else text


@lru_cache(REMEMBERED)
def number(text: str) -> str:
    """A whole number without a sign that says nothing, zeros before it and hundredths: `+081.00` is `81`."""
    found = _ANY_WHOLE.fullmatch(text)
    return str(int(found[1])) if found else text


@lru_cache(REMEMBERED)
def flight_number(text: str) -> str:
    """`4,628.0` is `4628`."""
    return whole(without_thousands(text))


@lru_cache(REMEMBERED)
def state_code(text: str) -> str:
    """FIPS codes have two digits; who took them for numbers has lost a zero."""
    digits = whole(text)
    return digits.zfill(2) if digits.isdigit() else text


@lru_cache(REMEMBERED)
def airport(text: str) -> str:
    """In upper case. A DOT number is no code: October 2015 of a well-known export has them. Then it is not given."""
    return "" if text.isdigit() and len(text) == 5 else text.upper()
