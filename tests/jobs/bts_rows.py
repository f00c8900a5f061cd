"""Lines of BTS files: one good flight, and what a test changes in it."""

import flight_cleaning

from aero.bts import LAYOUTS
from aero.load_plan import RawMonth

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


def checked(lines, month: RawMonth, header: str, zones):
    """What cleaning makes of the lines of a month, as a batch of one."""
    return flight_cleaning.checked(flight_cleaning.lines_of_batch({month: lines}), [month], header, zones)


def flights(checked, *names: str) -> list:
    """The clean rows of `checked` in the file's order: whole, or of some columns as tuples."""
    rows = flight_cleaning.flights(checked).drop("slot").orderBy("source_line")
    return [tuple(row) for row in rows.select(*names).collect()] if names else rows.collect()
