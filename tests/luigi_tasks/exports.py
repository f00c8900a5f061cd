"""The rows of BTS' files re-laid as well-known exports have them: their names of columns, spellings and omissions.

An export is its header and, of each of its columns, the column of BTS' reporting layout with what is done to its text;
None is a column that says nothing more.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aero.bts import LAYOUTS

Spell = Callable[[str], str]
NAMES = LAYOUTS["reporting"].columns


def form_date(text: str) -> str:
    """As the web form writes a date."""
    year, month, day = text.split("-")
    return f"{int(month)}/{int(day)}/{year} 12:00:00 AM"


def whole(text: str) -> str:
    """A number without its hundredths."""
    return text.removesuffix(".00")


def bare(text: str) -> str:
    """A clock that was taken for a number."""
    return str(int(text)) if text else ""


def decimal(text: str) -> str:
    """A number that pandas has with empty ones beside it."""
    return f"{float(text):.1f}" if text else ""


def na(text: str) -> str:
    return whole(text) or "NA"


def na_clock(text: str) -> str:
    return bare(text) or "NA"


def same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Export:
    """Columns by their names; `separator`, `end` and `encoding` of the file."""

    columns: dict[str, tuple[str | None, Spell]]
    separator: str = ","
    end: str = "\n"
    encoding: str = "utf-8"
    index: bool = field(default=False)

    @property
    def told(self) -> set[str]:
        return {name for name, _ in self.columns.values() if name}


def _export(text: str, **options: object) -> Export:
    """An export of lines `name BTS-name [spelling]`, where `-` says nothing more and no BTS-name is the same name."""
    spellings = {spell.__name__: spell for spell in (form_date, whole, bare, decimal, na, na_clock, same)}
    columns = {}
    for part in text.strip().replace("\n", ";").split(";"):
        name, of, spell = (*part.split(), None, None)[:3]
        columns[name] = (None if of == "-" else of or name, spellings[spell or "same"])
    return Export(columns, **options)


CARRIER = "Reporting_Airline"
NUMBER = "Flight_Number_Reporting_Airline"
FORM = {
    "Year": "YEAR", "Quarter": "QUARTER", "Month": "MONTH", "DayofMonth": "DAY_OF_MONTH", "DayOfWeek": "DAY_OF_WEEK",
    "FlightDate": "FL_DATE", CARRIER: "OP_UNIQUE_CARRIER", "DOT_ID_Reporting_Airline": "OP_CARRIER_AIRLINE_ID",
    "IATA_CODE_Reporting_Airline": "OP_CARRIER", "Tail_Number": "TAIL_NUM", NUMBER: "OP_CARRIER_FL_NUM",
    "OriginCityName": "ORIGIN_CITY_NAME", "OriginState": "ORIGIN_STATE_ABR", "OriginStateName": "ORIGIN_STATE_NM",
    "DestCityName": "DEST_CITY_NAME", "DestState": "DEST_STATE_ABR", "DestStateName": "DEST_STATE_NM",
    "CRSDepTime": "CRS_DEP_TIME", "DepTime": "DEP_TIME", "DepDelay": "DEP_DELAY", "DepDelayMinutes": "DEP_DELAY_NEW",
    "DepartureDelayGroups": "DEP_DELAY_GROUP", "DepTimeBlk": "DEP_TIME_BLK", "ArrDelayMinutes": "ARR_DELAY_NEW",
    "ArrivalDelayGroups": "ARR_DELAY_GROUP", "TotalAddGTime": "TOTAL_ADD_GTIME", "NASDelay": "NAS_DELAY",
}  # fmt: skip
KAGGLE_2015 = """
YEAR Year; MONTH Month; DAY DayofMonth; DAY_OF_WEEK DayOfWeek; AIRLINE Reporting_Airline
FLIGHT_NUMBER Flight_Number_Reporting_Airline; TAIL_NUMBER Tail_Number; ORIGIN_AIRPORT Origin; DESTINATION_AIRPORT Dest
SCHEDULED_DEPARTURE CRSDepTime; DEPARTURE_TIME DepTime; DEPARTURE_DELAY DepDelay whole; TAXI_OUT TaxiOut whole
WHEELS_OFF WheelsOff; SCHEDULED_TIME CRSElapsedTime whole; ELAPSED_TIME ActualElapsedTime whole; AIR_TIME AirTime whole
DISTANCE Distance whole; WHEELS_ON WheelsOn; TAXI_IN TaxiIn whole; SCHEDULED_ARRIVAL CRSArrTime; ARRIVAL_TIME ArrTime
ARRIVAL_DELAY ArrDelay whole; DIVERTED Diverted whole; CANCELLED Cancelled whole; CANCELLATION_REASON CancellationCode
AIR_SYSTEM_DELAY NASDelay whole; SECURITY_DELAY SecurityDelay whole; AIRLINE_DELAY CarrierDelay whole
LATE_AIRCRAFT_DELAY LateAircraftDelay whole; WEATHER_DELAY WeatherDelay whole
"""
KAGGLE_2009 = """
FL_DATE FlightDate; OP_CARRIER IATA_CODE_Reporting_Airline; OP_CARRIER_FL_NUM Flight_Number_Reporting_Airline
ORIGIN Origin; DEST Dest; CRS_DEP_TIME CRSDepTime bare; DEP_TIME DepTime decimal; DEP_DELAY DepDelay decimal
TAXI_OUT TaxiOut decimal; WHEELS_OFF WheelsOff decimal; WHEELS_ON WheelsOn decimal; TAXI_IN TaxiIn decimal
CRS_ARR_TIME CRSArrTime bare; ARR_TIME ArrTime decimal; ARR_DELAY ArrDelay decimal; CANCELLED Cancelled decimal
CANCELLATION_CODE CancellationCode; DIVERTED Diverted decimal; CRS_ELAPSED_TIME CRSElapsedTime decimal
ACTUAL_ELAPSED_TIME ActualElapsedTime decimal; AIR_TIME AirTime decimal; DISTANCE Distance decimal
CARRIER_DELAY CarrierDelay decimal; WEATHER_DELAY WeatherDelay decimal; NAS_DELAY NASDelay decimal
SECURITY_DELAY SecurityDelay decimal; LATE_AIRCRAFT_DELAY LateAircraftDelay decimal; Unnamed:_27 -
"""
KAGGLE_2019 = """
FL_DATE FlightDate; AIRLINE -; AIRLINE_DOT -; AIRLINE_CODE Reporting_Airline; DOT_CODE DOT_ID_Reporting_Airline
FL_NUMBER Flight_Number_Reporting_Airline; ORIGIN Origin; ORIGIN_CITY OriginCityName; DEST Dest; DEST_CITY DestCityName
CRS_DEP_TIME CRSDepTime bare; DEP_TIME DepTime decimal; DEP_DELAY DepDelay decimal; TAXI_OUT TaxiOut decimal
WHEELS_OFF WheelsOff decimal; WHEELS_ON WheelsOn decimal; TAXI_IN TaxiIn decimal; CRS_ARR_TIME CRSArrTime bare
ARR_TIME ArrTime decimal; ARR_DELAY ArrDelay decimal; CANCELLED Cancelled decimal; CANCELLATION_CODE CancellationCode
DIVERTED Diverted decimal; CRS_ELAPSED_TIME CRSElapsedTime decimal; ELAPSED_TIME ActualElapsedTime decimal
AIR_TIME AirTime decimal; DISTANCE Distance decimal; DELAY_DUE_CARRIER CarrierDelay decimal
DELAY_DUE_WEATHER WeatherDelay decimal; DELAY_DUE_NAS NASDelay decimal; DELAY_DUE_SECURITY SecurityDelay decimal
DELAY_DUE_LATE_AIRCRAFT LateAircraftDelay decimal
"""
HFLIGHTS = """
Year; Month; DayofMonth; DayOfWeek; DepTime DepTime na_clock; ArrTime ArrTime na_clock; UniqueCarrier Reporting_Airline
FlightNum Flight_Number_Reporting_Airline; TailNum Tail_Number; ActualElapsedTime ActualElapsedTime na
AirTime AirTime na; ArrDelay ArrDelay na; DepDelay DepDelay na; Origin; Dest; Distance Distance na; TaxiIn TaxiIn na
TaxiOut TaxiOut na; Cancelled Cancelled whole; CancellationCode; Diverted Diverted whole
"""
NYCFLIGHTS13 = """
year Year; month Month; day DayofMonth; dep_time DepTime na_clock; sched_dep_time CRSDepTime bare
dep_delay DepDelay na; arr_time ArrTime na_clock; sched_arr_time CRSArrTime bare; arr_delay ArrDelay na
carrier IATA_CODE_Reporting_Airline; flight Flight_Number_Reporting_Airline; tailnum Tail_Number; origin Origin
dest Dest; air_time AirTime na; distance Distance whole; hour -; minute -; time_hour -
"""
SUBSET = """
FL_DATE FlightDate form_date; OP_UNIQUE_CARRIER Reporting_Airline; OP_CARRIER_FL_NUM Flight_Number_Reporting_Airline
ORIGIN Origin; DEST Dest; CRS_DEP_TIME CRSDepTime; DEP_DELAY DepDelay; ARR_DELAY ArrDelay; CANCELLED Cancelled
"""

EXPORTS = {
    "web form": Export(
        {FORM.get(name, name): (name, form_date if name == "FlightDate" else same) for name in NAMES}, end="\r\n"
    ),
    "web form, some columns": _export(SUBSET, end="\r\n"),
    "Kaggle 2015": _export(KAGGLE_2015),
    "Kaggle 2009 to 2018": _export(KAGGLE_2009),
    "Kaggle 2019 to 2023": _export(KAGGLE_2019),
    "hflights": _export(HFLIGHTS),
    "nycflights13": _export(NYCFLIGHTS13),
    "PREZIP, lower case": Export({name.lower(): (name, same) for name in NAMES}),
    "pandas, with its index": Export({name: (name, same) for name in NAMES}, index=True),
    "semicolons": Export({name: (name, same) for name in NAMES}, separator=";"),
    "tabs": Export({name: (name, same) for name in NAMES}, separator="\t"),
    "UTF-16": Export({name: (name, same) for name in NAMES}, encoding="utf-16"),
    "UTF-8 with a mark, CR": Export({name: (name, same) for name in NAMES}, end="\r", encoding="utf-8-sig"),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a file of the reporting layout; bytes that are no UTF-8 are another character."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        names, *rows = csv.reader(file)
    return [dict(zip(names, row, strict=False)) for row in rows]


def written(export: Export, rows: list[dict[str, str]]) -> bytes:
    """The file that an export of these rows is."""
    text = io.StringIO()
    write = csv.writer(text, delimiter=export.separator, lineterminator=export.end).writerow
    names = [name.replace("_:", ":").replace(":_", ": ") for name in export.columns]
    write([""] * export.index + names)
    for number, row in enumerate(rows):
        fields = [spell(row[of]) if of else "" for of, spell in export.columns.values()]
        write([str(number)] * export.index + fields)
    return text.getvalue().encode(export.encoding)
