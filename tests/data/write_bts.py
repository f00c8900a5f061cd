"""Writes the flights of flights.py to tests/data/bts as BTS would: `python -m tests.data.write_bts`.

A flight says what differs; clocks, delays, groups and sums follow from it, with the zones of Python's zoneinfo.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aero.bts import LAYOUTS
from tests.data.flights import AIRLINES, AIRPORTS, CAUSES, FILES, MILES, Flight

FOLDER = Path(__file__).parent / "bts"


def minutes(count: float | None) -> str:
    return "" if count is None else f"{count:.2f}"


def clock(at: datetime) -> str:
    """Midnight ends a day here."""
    return f"{at:%H%M}" if f"{at:%H%M}" != "0000" else "2400"


def block(scheduled: str) -> str:
    return "0001-0559" if int(scheduled) < 600 else f"{scheduled[:2]}00-{scheduled[:2]}59"


def ends(flight: Flight) -> dict[str, str]:
    """The columns of the two airports."""
    fields = {}
    for end, code in zip(("Origin", "Dest"), flight.route.split("-"), strict=True):
        at = AIRPORTS[code]
        values = (at.dot_id, at.dot_id * 100 + 2, at.market, code, at.city, at.state_id, at.fips, at.state, at.wac)
        names = "AirportID AirportSeqID CityMarketID {} CityName State StateFips StateName Wac".split()
        fields |= {end if name == "{}" else end + name: str(value) for name, value in zip(names, values, strict=True)}
    return fields


def delays(short: str, long: str, late: int) -> dict[str, str]:
    return {
        f"{short}Delay": minutes(late),
        f"{short}DelayMinutes": minutes(max(late, 0)),
        f"{short}Del15": minutes(late >= 15),
        f"{long}DelayGroups": str(min(max(late // 15, -2), 12)),
    }


def times(year: int, month: int, flight: Flight) -> dict[str, str]:
    """Scheduled and actual clocks of both ends, and what follows from them."""
    zones = [ZoneInfo(AIRPORTS[code].zone) for code in flight.route.split("-")]
    local = datetime(year, month, flight.day, int(flight.leaves[:2]), int(flight.leaves[2:]), fold=flight.fold)
    leaves = local.replace(tzinfo=zones[0]).astimezone(UTC)
    arrives = leaves + timedelta(minutes=flight.scheduled)
    fields = {"CRSDepTime": flight.leaves, "CRSArrTime": clock(arrives.astimezone(zones[1]))}
    fields |= {f"{end}TimeBlk": block(fields[f"CRS{end}Time"]) for end in ("Dep", "Arr")}
    fields |= {"CRSElapsedTime": minutes(flight.scheduled), "Cancelled": minutes(flight.late is None)}
    if flight.late is None:
        return fields
    left = leaves + timedelta(minutes=flight.late)
    air = flight.air or flight.scheduled - flight.out - flight.into
    off, on = (left + timedelta(minutes=count) for count in (flight.out, flight.out + air))
    came = on + timedelta(minutes=flight.into)
    late = int((came - arrives).total_seconds()) // 60
    assert not flight.causes or sum(flight.causes) == late >= 15, f"{flight}: {late} minutes late"
    return fields | {
        "DepTime": clock(left.astimezone(zones[0])),
        "ArrTime": clock(came.astimezone(zones[1])),
        "WheelsOff": clock(off.astimezone(zones[0])),
        "WheelsOn": clock(on.astimezone(zones[1])),
        **delays("Dep", "Departure", flight.late),
        **delays("Arr", "Arrival", late),
        "TaxiOut": minutes(flight.out),
        "AirTime": minutes(air),
        "TaxiIn": minutes(flight.into),
        "ActualElapsedTime": minutes(flight.out + air + flight.into),
        **dict(zip(CAUSES, map(minutes, flight.causes), strict=False)),
    }


def row(year: int, month: int, flight: Flight) -> dict[str, str]:
    """A flight by the names of the reporting family, unquoted."""
    day = date(year, month, flight.day)
    miles = MILES["-".join(sorted(flight.route.split("-")))]
    return {
        "Year": str(year),
        "Quarter": str((month + 2) // 3),
        "Month": str(month),
        "DayofMonth": str(flight.day),
        "DayOfWeek": str(day.isoweekday()),
        "FlightDate": day.isoformat(),
        "Tail_Number": flight.tail,
        "Reporting_Airline": flight.airline,
        "DOT_ID_Reporting_Airline": str(AIRLINES[flight.airline]),
        "IATA_CODE_Reporting_Airline": flight.airline[:2],
        "Flight_Number_Reporting_Airline": flight.number,
        **ends(flight),
        **times(year, month, flight),
        "Diverted": "0.00",
        "Flights": "1.00",
        "Distance": minutes(miles),
        "DivAirportLandings": "0",
        "DistanceGroup": str(min(miles // 250 + 1, 11)),
        **flight.fields,
    }


# What each layout has else than the reporting family.
OLD_NAMES = {
    "UniqueCarrier": "Reporting_Airline",
    "AirlineID": "DOT_ID_Reporting_Airline",
    "Carrier": "IATA_CODE_Reporting_Airline",
    "TailNum": "Tail_Number",
    "FlightNum": "Flight_Number_Reporting_Airline",
}
MARKETING_NAMES = {
    "Marketing_Airline_Network": "Reporting_Airline",
    "Operated_or_Branded_Code_Share_Partners": "Reporting_Airline",
    "DOT_ID_Marketing_Airline": "DOT_ID_Reporting_Airline",
    "IATA_Code_Marketing_Airline": "Reporting_Airline",
    "Flight_Number_Marketing_Airline": "Flight_Number_Reporting_Airline",
    "Operating_Airline": "Reporting_Airline",
    "DOT_ID_Operating_Airline": "DOT_ID_Reporting_Airline",
    "IATA_Code_Operating_Airline": "Reporting_Airline",
    "Flight_Number_Operating_Airline": "Flight_Number_Reporting_Airline",
}
MARKETING_TEXTS = {*MARKETING_NAMES, "Duplicate"} - {"DOT_ID_Marketing_Airline", "DOT_ID_Operating_Airline"}
MARKETING_TEXTS |= {f"{name}Originally_Scheduled_Code_Share_Airline" for name in ("", "IATA_Code_", "Flight_Num_")}
UNKNOWN_IN_1989 = "Tail_Number TaxiOut WheelsOff WheelsOn TaxiIn AirTime DivAirportLandings".split()
TEXTS = (
    "Reporting_Airline IATA_CODE_Reporting_Airline Tail_Number Flight_Number_Reporting_Airline CancellationCode"
    " CRSDepTime DepTime DepTimeBlk WheelsOff WheelsOn CRSArrTime ArrTime ArrTimeBlk FirstDepTime"
).split()
TEXTS += [f"{end}{name}" for end in ("Origin", "Dest") for name in ("", *"CityName State StateFips StateName".split())]
TEXTS += [f"Div{stop}{name}" for stop in range(1, 6) for name in "Airport WheelsOn WheelsOff TailNum".split()]


def reporting(fields: dict[str, str], column: str) -> str:
    """Text is quoted, where it is empty too; a number is bare, or nothing at all: two spellings of null."""
    value = fields.get(column, "")
    return f'"{value}"' if column in TEXTS else value


def reporting_old(fields: dict[str, str], column: str) -> str:
    name = OLD_NAMES.get(column, column)
    return reporting(fields if name not in UNKNOWN_IN_1989 else {}, name)


def marketing(fields: dict[str, str], column: str) -> str:
    """What is sold by the airline that flies it needs no other names."""
    if column in fields or column == "Duplicate":
        name, value = column, fields.get(column, "N")
    else:
        name = MARKETING_NAMES.get(column, column)
        value = fields.get(name, "")
    return f'"{value}"' if name in TEXTS or column in MARKETING_TEXTS else value


def dataexpo(fields: dict[str, str], column: str) -> str:
    """Numbers without zeros before or after them, NA for null, nothing for no cancellation code."""
    value = fields.get(OLD_NAMES.get(column, column), "")
    if column in CAUSES and fields["Cancelled"] == "0.00":
        value = value or "0"
    if column in ("UniqueCarrier", "TailNum", "FlightNum", "Origin", "Dest", "CancellationCode"):
        return value
    return str(int(float(value))) if value else "NA"


def header(layout: str) -> str:
    names = [name + " " if name == "Operating_Airline" else name for name in LAYOUTS[layout].columns]
    return ",".join(names) if layout == "dataexpo" else "".join(f'"{name}",' for name in names)


def content(layout: str, year: int, month: int, flights: list[Flight]) -> bytes:
    """A file. Header and rows end in a comma, but for the Data Expo's. Latin-1 makes a byte that is not UTF-8."""
    written = {"reporting": reporting, "reporting_old": reporting_old, "marketing": marketing, "dataexpo": dataexpo}
    end = "" if layout == "dataexpo" else ","
    rows = (row(year, month, flight) for flight in flights)
    lines = [",".join(written[layout](fields, name) for name in LAYOUTS[layout].columns) + end for fields in rows]
    return "".join(f"{line}\n" for line in [header(layout), *lines]).encode("latin-1")


if __name__ == "__main__":
    for name, (layout, year, month, flights) in FILES.items():
        (FOLDER / name).write_bytes(content(layout, year, month, flights))
