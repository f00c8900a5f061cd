"""Which station of NOAA tells the weather of an airport: matched once, kept in hive/aero_clean/weather_stations.

NOAA's list has the airport's ICAO code beside most stations that report for one. Of several the one counts that
reported last; a station that has no code counts for no airport, however near it is.
"""

import csv
import io
from collections.abc import Iterable, Mapping

import airportsdata

from aero.datasets import WEATHER_STATIONS
from aero.errors import AeroError

STATIONS = WEATHER_STATIONS.hql("create").with_name("stations.csv")
LIST_URL = "https://www.ncei.noaa.gov/pub/data/noaa/isd-history.csv"
COLUMNS = ("USAF", "WBAN", "CTRY", "ICAO", "END")
# A list of the world's has some 30,000.
LEAST_STATIONS = 100


def load() -> dict[str, str]:
    """Station by airport code, in the order of airports."""
    with STATIONS.open(encoding="utf-8", newline="") as file:
        return {row["airport_id"]: row["station_id"] for row in csv.DictReader(file)}


def of(airports: Iterable[str]) -> dict[str, str]:
    """The stations of these airports. Raises AeroError naming those that have none."""
    known, wanted = load(), list(airports)
    if unknown := [code for code in wanted if code not in known]:
        raise AeroError(
            f"No weather station is known of {', '.join(unknown)}",
            "aero weather stations matches airports with NOAA's list; or leave them out.",
        )
    return {code: known[code] for code in wanted}


def matched(text: str, icao: Mapping[str, str] | None = None) -> dict[str, str]:
    """Station by airport, of NOAA's list isd-history.csv: airports of the United States whose ICAO code it has.

    `icao` gives the airport's code by its ICAO code, of `airportsdata` where it is left out. Raises AeroError where the
    text is no such list.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    if len(rows) < LEAST_STATIONS or not set(COLUMNS) <= rows[0].keys():
        raise AeroError(
            f"This is not NOAA's list of stations: {len(rows):,} rows that begin with {text[:40]!r}",
            f"Get it from {LIST_URL}",
        )
    codes = _codes() if icao is None else icao
    newest: dict[str, tuple[str, str]] = {}
    for row in rows:
        airport = codes.get((row["ICAO"] or "").strip())
        if airport and row["CTRY"] == "US":
            station = f"{row['USAF']:0>6}{row['WBAN']:0>5}"
            newest[airport] = max(newest.get(airport, ("", "")), ((row["END"] or "").replace("-", ""), station))
    return {airport: station for airport, (_, station) in sorted(newest.items())}


def write(stations: Mapping[str, str]) -> None:
    """Replace the table's file."""
    with STATIONS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("airport_id", "station_id"), *sorted(stations.items())])


def _codes() -> dict[str, str]:
    return {row["icao"]: code for code, row in airportsdata.load("IATA").items() if row["icao"]}
