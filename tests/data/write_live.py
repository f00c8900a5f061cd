"""Writes a full page of made-up scheduled flights to tests/data/live: `python -m tests.data.write_live`.

A flight a line: 40 that fly, 12 of them with 3 code-shares each, and 24 code-shares of 8 flights that are not listed.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = Path(__file__).parent / "live" / "aviationstack_page.json"
# Code → name, ICAO code, zone; one without a name is listed without its zone too.
AIRPORTS = {
    "DUB": ("Dublin International", "EIDW", "Europe/Dublin"),
    "LIS": ("Lisbon Portela", "LPPT", "Europe/Lisbon"),
    "CPH": ("Kastrup", "EKCH", "Europe/Copenhagen"),
    "DEL": ("Indira Gandhi International", "VIDP", "Asia/Kolkata"),
    "ADL": ("Adelaide International Airport", "YPAD", "Australia/Adelaide"),
    "GRU": ("Guarulhos International", "SBGR", "America/Sao_Paulo"),
    "PHX": ("Sky Harbor International", "KPHX", "America/Phoenix"),
    "KTM": (None, "VNKT", "Asia/Kathmandu"),
}
AIRLINES = [("EI", "EIN", "Aer Lingus"), ("TP", "TAP", "TAP Air Portugal"), ("SK", "SAS", None), ("LA", "LAN", "LATAM")]
SELLERS = [("B6", "JBU", "JetBlue Airways"), ("UA", "UAL", "United Airlines"), ("AC", "ACA", "Air Canada")]
AIRCRAFT = ("registration", "iata", "icao", "icao24")
LISTED = 40
# The night to summer time in Europe.
FIRST = datetime(2026, 3, 29, 0, 10)


def stop(code: str, scheduled: datetime, **more) -> dict:
    """An end of a flight, at an instant: its local clock, wrongly marked +00:00."""
    name, icao, zone = AIRPORTS[code]
    at = f"{scheduled.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M:%S}+00:00"
    unknown = dict.fromkeys(("actual", "estimated_runway", "actual_runway"))
    place = {"airport": name, "timezone": name and zone, "iata": code, "icao": icao, "terminal": None, "gate": None}
    return place | more | {"delay": None, "scheduled": at, "estimated": at} | unknown


def numbered(number: int, airline: str, icao: str) -> dict:
    return {"number": f"{number}", "iata": f"{airline}{number}", "icao": f"{icao}{number}"}


def operating(number: int) -> dict:
    """The flight of that place in the page."""
    airline, icao, name = AIRLINES[number % len(AIRLINES)]
    ends = list(AIRPORTS)[:-1]
    origin, destination = ends[number % 7], ends[(number + 1 + number // 7 % 6) % 7]
    local = FIRST + timedelta(minutes=25 * number)
    leaves = local.replace(tzinfo=ZoneInfo(AIRPORTS[origin][2])).astimezone(UTC)
    arrives = leaves + timedelta(minutes=95 + 10 * number)
    return {
        # That of the day before where a flight is due just after midnight.
        "flight_date": "2026-03-28" if number == 0 else f"{local:%Y-%m-%d}",
        "flight_status": "scheduled",
        "departure": stop(origin, leaves),
        "arrival": stop("KTM" if number == 3 else destination, arrives, baggage=None),
        "airline": {"name": name, "iata": airline, "icao": icao},
        "flight": numbered(200 + number, airline, icao) | {"codeshared": None},
        "aircraft": None if number % 2 else dict.fromkeys(AIRCRAFT) | {"icao24": f"4CA{number:03X}"},
        "live": None,
    }


def code_share(flight: dict, seller: int) -> dict:
    """The flight under another number; who flies it is named in lower case."""
    airline, icao, name = SELLERS[seller]
    flown, by = flight["flight"], flight["airline"]
    number = 7000 + 100 * seller + int(flown["number"]) - 200
    shared = {"airline_name": (by["name"] or "sas").lower(), "airline_iata": by["iata"].lower()}
    shared |= {"airline_icao": by["icao"].lower(), "flight_number": flown["number"]}
    shared |= {"flight_iata": flown["iata"].lower(), "flight_icao": flown["icao"].lower()}
    sold = numbered(number, airline, icao) | {"codeshared": shared}
    return flight | {"airline": {"name": name, "iata": airline, "icao": icao}, "flight": sold, "aircraft": None}


def records() -> list[dict]:
    found = []
    for number in range(LISTED + 8):
        flight = operating(number)
        is_listed, is_shared = number < LISTED, number >= LISTED or number in range(1, 36, 3)
        found += [flight] * is_listed + [code_share(flight, seller) for seller in range(3) if is_shared]
    return found


if __name__ == "__main__":
    lines = (json.dumps(record, ensure_ascii=False) for record in records())
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
