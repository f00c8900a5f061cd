"""The rows of the small tables, as the files their Hive tables read: tab-separated, NULL is \\N."""

import csv
from collections.abc import Iterable
from dataclasses import astuple

from aero import airports, weather_stations
from aero.datasets import AIRLINES


def airports_tsv() -> bytes:
    """The file of aero_clean.airports: one line an airport, sorted by code."""
    return _tsv(astuple(airport) for airport in airports.load())


def airlines_tsv() -> bytes:
    """The file of aero_clean.airlines: one line a carrier, as hive/aero_clean/airlines/airlines.csv has them."""
    with AIRLINES.hql("create").with_name("airlines.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return _tsv(rows)


def weather_stations_tsv() -> bytes:
    """The file of aero_clean.weather_stations: one line an airport that has a station, sorted by code."""
    return _tsv(weather_stations.load().items())


def _tsv(rows: Iterable[Iterable[object]]) -> bytes:
    lines = ("\t".join(r"\N" if value is None else str(value) for value in row) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()
