"""The airports of the world by the code BTS uses: where they are, and their time zone.

From PyPI `airportsdata`, and hive/aero_clean/airports/supplement.csv for what it lacks: airports that were closed or
renamed since their flights were reported, and zones it has wrong.
"""

import csv
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import airportsdata

from aero.datasets import AIRPORTS

SUPPLEMENT = AIRPORTS.hql("create").with_name("supplement.csv")


@dataclass(frozen=True)
class Airport:
    """One row of aero_clean.airports, in its column order; None where not known. Degrees, feet, IANA zone name."""

    airport_id: str
    name: str
    city: str | None
    subdivision: str | None
    country_id: str
    latitude: float
    longitude: float
    elevation_feet: float | None
    time_zone: str


def load() -> list[Airport]:
    """All airports that have an IATA code, by code; a row of the supplement replaces one of `airportsdata`."""
    known = {
        code: Airport(
            code,
            row["name"],
            row["city"] or None,
            row["subd"] or None,
            row["country"],
            row["lat"],
            row["lon"],
            row["elevation"],
            row["tz"],
        )
        for code, row in airportsdata.load("IATA").items()
    }
    return [airport for _, airport in sorted((known | _supplement()).items())]


def time_zones() -> dict[str, str]:
    """IANA time zone by airport code, as `load` has it. Commands that show clocks wait for it, so of the package's file
    two columns are read: a third of the time."""
    with Path(airportsdata.__file__).with_name("airports.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        of_airport = itemgetter(*map(next(rows).index, ("iata", "tz")))
        known = dict(map(of_airport, rows))
    known.pop("", None)  # Those without a code.
    return dict(sorted((known | {code: one.time_zone for code, one in _supplement().items()}).items()))


def _supplement() -> dict[str, Airport]:
    with SUPPLEMENT.open(encoding="utf-8", newline="") as file:
        return {
            row["airport_id"]: Airport(
                row["airport_id"],
                row["name"],
                row["city"],
                row["subdivision"],
                row["country_id"],
                float(row["latitude"]),
                float(row["longitude"]),
                float(row["elevation_feet"]),
                row["time_zone"],
            )
            for row in csv.DictReader(file)
        }
