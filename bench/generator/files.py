"""The files of generated months, named as they are found: PREZIP's zips with their members, the Data Expo's years."""

import bz2
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aero.month import Month
from bench.generator import rows

NAMES = {
    "reporting": "On_Time_Reporting_Carrier_On_Time_Performance_(1987_present)",
    "reporting_old": "On_Time_On_Time_Performance",
    "marketing": "On_Time_Marketing_Carrier_On_Time_Performance_(Beginning_January_2018)",
}
README = b"""<html><head><title>On-Time Performance</title></head><body>
<p>Made up for measurements by bench/bts_months.py. These flights never took place.</p></body></html>
"""


@dataclass(frozen=True)
class MonthsFile:
    """A file to be written: a month's; a whole year's in the Data Expo's layout. `rows` of each month."""

    layout: str
    months: tuple[Month, ...]
    rows: tuple[int, ...]
    seed: int
    is_packed: bool

    @property
    def member(self) -> str:
        """The name of the CSV."""
        year, month = self.months[0]
        return f"{year}.csv" if self.layout == "dataexpo" else f"{NAMES[self.layout]}_{year}_{month}.csv"

    @property
    def name(self) -> str:
        """The name of the file. PREZIP's zips have no parentheses in theirs."""
        if not self.is_packed:
            return self.member
        if self.layout == "dataexpo":
            return f"{self.member}.bz2"
        return self.member.replace("(", "").replace(")", "").replace(".csv", ".zip")

    def text(self) -> Iterator[bytes]:
        """The file's CSV, in pieces."""
        yield rows.header(self.layout)
        for month, count in zip(self.months, self.rows, strict=True):
            yield from rows.lines(month, count, self.seed, self.layout)

    def write(self, folder: Path) -> int:
        """Write the file into the folder, where it appears when it is whole. Returns the bytes of its CSV."""
        part, size = folder / f".{self.name}.part", 0
        with self._opened(part) as file:
            for text in self.text():
                size += file.write(text)
        part.rename(folder / self.name)
        return size

    @contextmanager
    def _opened(self, path: Path) -> Iterator[IO[bytes]]:
        if not self.is_packed:
            with path.open("wb") as file:
                yield file
        elif self.layout == "dataexpo":
            with bz2.open(path, "wb") as file:
                yield file
        else:
            # Always the same times in it: the same rows are the same bytes.
            stamp = (max(self.months[0].year, 1980), self.months[0].month, 1, 0, 0, 0)
            with zipfile.ZipFile(path, "w") as archive:
                with archive.open(_entry(self.member, stamp), "w", force_zip64=True) as file:
                    yield file
                archive.writestr(_entry("readme.html", stamp), README)


def _entry(name: str, stamp: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, stamp)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def files(months: list[Month], counts: list[int], layout: str, seed: int, is_packed: bool) -> list[MonthsFile]:
    """The files of some months in order, with so many rows each; a year of the Data Expo has those of its months that
    are asked for. Raises AeroError where a layout has no such month."""
    for month in months:
        rows.check(month, layout)
    together: dict[int, list[tuple[Month, int]]] = {}
    for month, count in zip(months, counts, strict=True):
        key = month.year if layout == "dataexpo" else month.index
        together.setdefault(key, []).append((month, count))
    return [
        MonthsFile(layout, tuple(month for month, _ in of), tuple(count for _, count in of), seed, is_packed)
        for of in together.values()
    ]
