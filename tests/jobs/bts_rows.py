"""Lines of BTS files: one good flight, and what a test changes in it."""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import clean_flights
import flight_cleaning
from flight_month import Told
from pyspark.sql import DataFrame, SparkSession

from aero import airports, hql
from aero.bts import LAYOUTS
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE, Dataset
from aero.load_plan import RawMonth
from aero.ops.cleaning_report import CleaningReport

FILES = ((FLIGHTS, "flights"), (FLIGHTS_QUARANTINE, "refused"))
# A summer morning from New York to Los Angeles, 12 minutes late away and 2 minutes late there.
FLIGHT = {
    "Year": "2013",
    "Quarter": "3",
    "Month": "7",
    "DayofMonth": "15",
    "DayOfWeek": "1",
    "FlightDate": "2013-07-15",
    "Origin": '"JFK"',
    "OriginAirportID": "12478",
    "OriginCityName": '"New York, NY"',
    "OriginStateFips": '"36"',
    "Dest": '"LAX"',
    "DestAirportID": "12892",
    "DestCityName": '"Los Angeles, CA"',
    "DestStateFips": '"06"',
    "CRSDepTime": '"0900"',
    "DepTime": '"0912"',
    "DepDelay": "12.00",
    "DepDelayMinutes": "12.00",
    "DepDel15": "0.00",
    "DepartureDelayGroups": "0",
    "DepTimeBlk": '"0900-0959"',
    "TaxiOut": "20.00",
    "WheelsOff": '"0932"',
    "WheelsOn": '"1212"',
    "TaxiIn": "10.00",
    "CRSArrTime": '"1220"',
    "ArrTime": '"1222"',
    "ArrDelay": "2.00",
    "ArrDelayMinutes": "2.00",
    "ArrDel15": "0.00",
    "Cancelled": "0.00",
    "CancellationCode": '""',
    "Diverted": "0.00",
    "CRSElapsedTime": "380.00",
    "ActualElapsedTime": "370.00",
    "AirTime": "340.00",
    "Flights": "1.00",
    "Distance": "2475.00",
    "DivAirportLandings": "0",
}
AIRLINE = {
    "reporting": {
        "Reporting_Airline": '"AA"',
        "Tail_Number": '"N338AA"',
        "Flight_Number_Reporting_Airline": '"1"',
    },
    "reporting_old": {"UniqueCarrier": '"AA"', "TailNum": '"N338AA"', "FlightNum": '"1"'},
    "marketing": {
        "Marketing_Airline_Network": "AA",
        "Flight_Number_Marketing_Airline": "1",
        "Operating_Airline": "AA",
        "Tail_Number": "N338AA",
        "Flight_Number_Operating_Airline": "1",
        "Duplicate": "N",
    },
    "dataexpo": {"UniqueCarrier": "AA", "TailNum": "N338AA", "FlightNum": "1"},
}


def header(layout: str = "reporting") -> str:
    """The header of a layout as BTS writes it; only the Data Expo's does not end in a comma."""
    names = [name + " " if name == "Operating_Airline" else name for name in LAYOUTS[layout].columns]
    return ",".join(names) + ("" if layout == "dataexpo" else ",")


def line(layout: str = "reporting", **changes: str) -> str:
    """The line of the good flight, with `changes` by BTS column, written as they stand in a file."""
    values = FLIGHT | AIRLINE[layout] | changes
    unknown = changes.keys() - set(LAYOUTS[layout].columns)
    assert not unknown, f"{layout} has no {unknown}"
    return ",".join(values.get(name, "") for name in LAYOUTS[layout].columns) + ("" if layout == "dataexpo" else ",")


def cancelled(**changes: str) -> dict[str, str]:
    """Changes that make the flight one that never left."""
    empty = """DepTime DepDelay DepDelayMinutes DepDel15 DepartureDelayGroups TaxiOut WheelsOff WheelsOn TaxiIn ArrTime
    ArrDelay ArrDelayMinutes ArrDel15 ActualElapsedTime AirTime""".split()
    return dict.fromkeys(empty, "") | {"Cancelled": "1.00", "CancellationCode": '"B"'} | changes


def raw(layout: str, year: int = 2013, month: int = 7, months: tuple[int, ...] = tuple(range(1, 13))) -> RawMonth:
    """The month of a file of that layout, landed for `months`."""
    family = "marketing" if layout == "marketing" else "reporting"
    return RawMonth(year, month, "unused", "file.csv", family, layout, "load-1", months)


@dataclass(frozen=True)
class Cleaned:
    """What cleaning makes of a month: its files as Spark reads them, and how Spark went about it."""

    flights: DataFrame
    refused: DataFrame
    told: Told
    plan: str


def cleaned(lines: DataFrame, month: RawMonth, header: str, zones: dict[str, str]) -> Cleaned:
    """The lines of a month, cleaned."""
    rows = flight_cleaning.cleaned(lines, [month], header, zones)
    [row] = rows.collect()
    plan = rows._jdf.queryExecution().executedPlan().toString()
    told = Told(**json.loads(row.told))
    return Cleaned(*(_read(lines.sparkSession, table, row[name]) for table, name in FILES), told, plan)


def _read(spark: SparkSession, table: Dataset, file: bytes | None) -> DataFrame:
    """The rows of a file, in its order; none where there is no file."""
    if file is None:
        columns = hql.columns(table.hql("create"))[: -len(table.partitions)]
        return spark.createDataFrame([], ", ".join(f"{column.name} {column.type}" for column in columns))
    with tempfile.NamedTemporaryFile(suffix=".orc") as kept:
        Path(kept.name).write_bytes(file)
        return spark.read.orc(kept.name).localCheckpoint()


def clean_files(spark: SparkSession, raws: Iterable[RawMonth], prefix: str) -> dict[RawMonth, CleaningReport]:
    """The reports of months, each of a file of its own, cleaned into folders below `prefix`."""
    zones = airports.time_zones()
    read = [(raw, *clean_flights.read_lines(spark, raw)) for raw in raws]
    return dict(
        told
        for raw, header, lines in read
        for told in clean_flights.clean_file(spark, header, lines, [raw], zones, prefix)
    )


def flights(cleaned: Cleaned, *names: str) -> list:
    """The clean rows in the file's order: whole, or of some columns as tuples."""
    rows = cleaned.flights.orderBy("source_line")
    return [tuple(row) for row in rows.select(*names).collect()] if names else rows.collect()
