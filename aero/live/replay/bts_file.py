"""Flights of one day out of a BTS file, with the columns of aero_clean.flights that a replay reads.

For a machine without the lake. A line that cannot be typed is left out with a line on the log, as the cleaning puts it
into quarantine.
"""

import csv
import gzip
import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from aero.bts import COLUMNS, header_columns, recognise
from aero.errors import AeroError
from aero.live.replay.bts_times import instants

# The columns that history.py and bts_times.py read.
NAMES = frozenset(
    """
    airline_id flight_number tail_number marketing_airline_id marketing_flight_number origin_id destination_id
    scheduled_departure_local departure_local departure_delay_minutes scheduled_arrival_local arrival_local
    arrival_delay_minutes is_cancelled is_diverted scheduled_elapsed_minutes elapsed_minutes ground_away_minutes
    is_diversion_destination_reached diversion_elapsed_minutes diversion_arrival_delay_minutes
""".split()
)
NO_TAIL_NUMBER = {"UNKNOW", "UNKNOWN", "000000", "0", "NONE", "N/A", "NA"}
NOT_UTF8 = "\ufffd"
_CLOCK = re.compile(r"([01]\d|2[0-3])[0-5]\d|2400")
_INTEGER = re.compile(r"(-?\d+)(\.0*)?")
log = logging.getLogger(__name__)


def read_flights(file: Path, day: date) -> Iterator[dict[str, Any]]:
    """The flights of `day` (scheduled local date) in a CSV, CSV.gz or zip of any layout of aero/bts.py, as it has them.

    Raises AeroError naming the file if it cannot be read or its header is not known.
    """
    with _opened(file) as lines:
        header = lines.readline()
        layout = recognise(header, str(file))
        columns = header_columns(header)
        sources = {
            column.name: (name, column.kind)
            for column in COLUMNS
            if column.name in NAMES and (name := next((name for name in column.sources if name in columns), None))
        }
        nothing = {"", "NA"} if layout.name == "dataexpo" else {""}
        for row in csv.DictReader(lines, columns):
            if _flight_date(row) != day.isoformat():
                continue
            try:
                flight = dict.fromkeys(NAMES) | {
                    column: _typed(column, kind, row[name], nothing) for column, (name, kind) in sources.items()
                }
            except ValueError as fault:
                log.warning("%s: a flight of %s is not played: %s", file, day, fault)
                continue
            flight["flight_date"] = day
            yield flight | instants(flight)


@contextmanager
def _opened(file: Path) -> Iterator[io.TextIOBase]:
    """Lines of the CSV in `file`; bytes that are not UTF-8 are replaced, as the cleaning does."""
    if not file.exists():
        raise AeroError(f"{file}: is not there", "Give a CSV, CSV.gz or zip of BTS on-time flights.")
    try:
        with ExitStack() as opened:
            unpacked = opened.enter_context(file.open("rb"))
            if file.suffix == ".zip":
                archive = opened.enter_context(zipfile.ZipFile(unpacked))
                unpacked = opened.enter_context(archive.open(_member(archive, file)))
            elif file.suffix == ".gz":
                unpacked = opened.enter_context(gzip.GzipFile(fileobj=unpacked))
            yield io.TextIOWrapper(unpacked, encoding="utf-8", errors="replace", newline="")
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, csv.Error) as fault:
        raise AeroError(f"{file}: cannot be read to its end: {fault}", "Fetch the file again.") from fault


def _member(archive: zipfile.ZipFile, file: Path) -> str:
    names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    if len(names) != 1:
        raise AeroError(f"{file}: holds {len(names)} CSV files, not one", "BTS' zips hold one CSV and a readme.")
    return names[0]


def _flight_date(row: dict[str, str]) -> str | None:
    """FlightDate, or what Year, Month and DayofMonth make where there is none (the Data Expo)."""
    if given := (row.get("FlightDate") or "").strip():
        return given
    return "-".join((row.get(name) or "").strip().zfill(2) for name in ("Year", "Month", "DayofMonth"))


def _integer(text: str) -> int:
    match = _INTEGER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1])


def _flag(text: str) -> bool:
    return {0: False, 1: True}[_integer(text)]


def _clock(text: str) -> str:
    digits = text.zfill(4)
    if not _CLOCK.fullmatch(digits):
        raise ValueError(text)
    return f"{digits[:2]}:{digits[2:]}"


_TYPES: dict[str, Callable[[str], Any]] = {"text": str, "integer": _integer, "flag": _flag, "clock": _clock}


def _typed(column: str, kind: str, text: str | None, nothing: set[str]) -> Any:
    """The value as aero_clean.flights has it, None for nothing. Raises ValueError naming the column."""
    text = (text or "").strip()
    if text in nothing:
        return None
    if column == "tail_number" and (text in NO_TAIL_NUMBER or NOT_UTF8 in text):
        return None
    if column.endswith("flight_number"):
        return text.lstrip("0") or text
    try:
        return _TYPES[kind](text)
    except (ValueError, KeyError):
        raise ValueError(f"{column} is {text!r}") from None
