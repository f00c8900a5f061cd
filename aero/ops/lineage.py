"""Where a flight comes from, and where it counts: from the line of the raw file to the rows of the batch views."""

import bz2
import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import hdfs

from aero import hql, raw_versions
from aero.bts import RAW_FLIGHTS
from aero.datasets import BATCH_VIEWS, FLIGHTS, REPOSITORY
from aero.errors import AeroError
from aero.raw_versions import Manifest

Row = dict[str, Any]
_OPENERS: dict[str, Callable[[IO[bytes]], Iterable[bytes]]] = {".gz": gzip.open, ".bz2": bz2.open}


@dataclass(frozen=True)
class RawLine:
    """A line of a raw file: the manifest of its landing, its number (the header is 1) and its text."""

    manifest: Manifest
    path: str
    number: int
    header: str
    text: str


def legs(cursor: Any, day: date, airline: str, number: str) -> list[Row]:
    """The clean flights under a number on a day, by column."""
    parameters = {"year": day.year, "month": day.month, "day": day.isoformat(), "airline": airline, "number": number}
    return _rows(cursor, FLIGHTS.hql("flight"), parameters)


def raw_line(client: hdfs.Client, flight: Row) -> RawLine:
    """The line that a clean flight was made from, in the raw file of its load. Raises AeroError if that is gone."""
    raw = RAW_FLIGHTS[flight["source_layout"]]
    year, month = flight["year"], flight["month"] if "month" in raw.partitions else None
    for manifest in raw_versions.versions(client, raw, year, month):
        if flight["load_id"].startswith(manifest.sha256[:12]):
            return _line(client, manifest, flight["source_line"])
    raise AeroError(
        f"hdfs:{raw.partition_path(year, month)} has no file that load {flight['load_id']} was made from.",
        "The raw layer is never cleared by AERO: was it by hand? Load the month again.",
    )


def _line(client: hdfs.Client, manifest: Manifest, number: int) -> RawLine:
    path = manifest.path
    opener = next((opener for ending, opener in _OPENERS.items() if path.endswith(ending)), None)
    with client.read(path) as packed:
        lines = opener(packed) if opener else packed
        header = text = ""
        for at, line in enumerate(lines, 1):
            text = line.decode("utf-8", errors="replace").rstrip("\r\n")
            header = header or text
            if at == number:
                break
    return RawLine(manifest, path, number, header, text)


def views_of(cursor: Any, flight: Row) -> list[Row]:
    """The rows of the batch views that count the flight: `view_name`, `counted_in`, and the `flights` they count."""
    scheduled = flight["scheduled_departure_local"]
    parameters = {
        "year": flight["year"],
        "month": flight["month"],
        "day": flight["flight_date"],
        "airline": flight["airline_id"],
        "origin": flight["origin_id"],
        "destination": flight["destination_id"],
        "weekday": flight["day_of_week"],
        "hour": int(scheduled[:2]) % 24 if scheduled else "NULL",
        "cancelled": str(flight["is_cancelled"]).lower(),
        "code": flight["cancellation_code"] or "NULL",
        "delay": "NULL" if flight["departure_delay_minutes"] is None else flight["departure_delay_minutes"],
    }
    order = [view.table for view in BATCH_VIEWS]
    rows = _rows(cursor, REPOSITORY / "hive" / "aero_batch" / "rows_of_flight.hql", parameters)
    return sorted(rows, key=lambda row: (order.index(row["view_name"]), row["counted_in"]))


def _rows(cursor: Any, path: Path, parameters: dict[str, Any]) -> list[Row]:
    hql.run(cursor, path, parameters)
    return hql.rows(cursor)
