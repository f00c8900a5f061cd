"""Flight records of AviationStack as events: one for each aircraft, whatever numbers it is sold under.

Its timestamps are the airport's local wall clock with a wrong `+00:00`: date and clock are read, the offset is not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aero.live.event import SCHEMA_VERSION, STATUSES, FlightEvent, flight_id
from aero.live.fields import InvalidEvent
from aero.live.units import FEET_PER_METRE, KNOTS_PER_KILOMETRE_PER_HOUR, converted
from aero.live.zones import airport_zone, named_zone

# As many as the schema's field holds, each with its comma; a flight has a dozen at most.
LONGEST_NUMBER, MOST_CODE_SHARES = 12, 39


def events_of(records: Iterable[dict[str, Any]], fetched_at: datetime) -> tuple[list[FlightEvent], Counter[str]]:
    """Events of the records of one poll, ordered by flight id, all of the instant `fetched_at`; and what they were.

    Where the operating flight is listed beside its code-shares it speaks for all; else one of the code-shares does.
    Counts: `records`, `code_shares`, and `unusable: <field>` of records that name no flight.
    """
    counts: Counter[str] = Counter()
    own: dict[str, dict[str, Any]] = {}
    shared: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for record in records:
        counts["records"] += 1
        try:
            fields = _fields(record)
            FlightEvent(event_at=fetched_at, **fields)
            sold_as = _sold_as(record)
        except InvalidEvent as fault:
            counts[f"unusable: {fault.field}"] += 1
            continue
        except (AttributeError, TypeError, ValueError, OverflowError):  # A part of it is of another type.
            counts["unusable: record"] += 1
            continue
        if record["flight"].get("codeshared"):
            counts["code_shares"] += 1
            shared[fields["flight_id"]][sold_as] = fields
        else:
            own[fields["flight_id"]] = fields
    events = []
    for identity in sorted(own.keys() | shared.keys()):
        numbers = shared.get(identity, {})
        fields = own.get(identity) or numbers[min(numbers)]
        fields = fields | {"code_shares": ",".join(sorted(numbers)[:MOST_CODE_SHARES]) or None}
        events.append(FlightEvent(event_at=fetched_at, **fields))
    return events, counts


def _fields(record: Any) -> dict[str, Any]:
    """Fields of the event of one record, but for `event_at` and `code_shares`. Raises InvalidEvent."""
    if not isinstance(record, dict):
        raise InvalidEvent("aviationstack: a record is not an object", field="record")
    departure, arrival = _part(record, "departure"), _part(record, "arrival")
    aircraft = record.get("aircraft") or {}
    airline_id, flight_number = _operating(record)
    origin_id = _needed(departure.get("iata"), "departure.iata")
    destination_id = _needed(arrival.get("iata"), "arrival.iata")
    leaves_zone, comes_zone = _zone(departure), _zone(arrival)
    scheduled_local = _wall_clock(_needed(departure.get("scheduled"), "departure.scheduled"), "departure.scheduled")
    status = record.get("flight_status")
    return {
        "schema_version": SCHEMA_VERSION,
        "flight_id": flight_id(
            airline_id, flight_number, scheduled_local.date(), origin_id, destination_id, f"{scheduled_local:%H:%M}"
        ),
        "source": "aviationstack",
        "status": status if status in STATUSES else None,
        "flight_date": scheduled_local.date(),
        "airline_id": airline_id,
        "flight_number": flight_number,
        "origin_id": origin_id,
        "destination_id": destination_id,
        "tail_number": _text(aircraft.get("registration")),
        "scheduled_departure_at": _instant(departure, "scheduled", leaves_zone),
        "estimated_departure_at": _instant(departure, "estimated", leaves_zone),
        "departure_at": _instant(departure, "actual", leaves_zone),
        "scheduled_arrival_at": _instant(arrival, "scheduled", comes_zone),
        "estimated_arrival_at": _instant(arrival, "estimated", comes_zone),
        "arrival_at": _instant(arrival, "actual", comes_zone),
        "departure_terminal": _text(departure.get("terminal")),
        "departure_gate": _text(departure.get("gate")),
        "arrival_terminal": _text(arrival.get("terminal")),
        "arrival_gate": _text(arrival.get("gate")),
        **_position(record.get("live") or {}),
    }


def _position(live: dict[str, Any]) -> dict[str, Any]:
    """Altitude comes in metres, speed in kilometres an hour."""
    speed = live.get("speed_horizontal")
    return {
        "latitude": live.get("latitude"),
        "longitude": live.get("longitude"),
        "altitude_feet": converted(live.get("altitude"), FEET_PER_METRE, "altitude_feet"),
        "ground_speed_knots": converted(speed, KNOTS_PER_KILOMETRE_PER_HOUR, "ground_speed_knots"),
        "heading_degrees": live.get("direction"),
    }


def _operating(record: dict[str, Any]) -> tuple[str, str]:
    """Carrier and number of the flight that is flown; a code-share names it, in lower case."""
    flight = _part(record, "flight")
    shared = flight.get("codeshared")
    if shared:
        carrier, number = shared.get("airline_iata") or shared.get("airline_icao"), shared.get("flight_number")
    else:
        airline = record.get("airline") or {}
        carrier, number = airline.get("iata") or airline.get("icao"), flight.get("number")
    carrier, number = _needed(carrier, "airline.iata"), _needed(number, "flight.number")
    return carrier.upper(), number.lstrip("0") or "0"


def _sold_as(record: dict[str, Any]) -> str:
    airline, flight = record.get("airline") or {}, record["flight"]
    number = str(flight.get("iata") or f"{airline.get('iata') or ''}{flight.get('number') or '?'}")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise InvalidEvent(f"aviationstack: flight.iata is {number[:LONGEST_NUMBER]!r}…", field="flight.iata")
    return number


def _part(record: dict[str, Any], name: str) -> dict[str, Any]:
    part = record.get(name)
    if not isinstance(part, dict):
        raise InvalidEvent(f"aviationstack: {name} is {part!r}", field=name)
    return part


def _text(value: Any) -> str | None:
    return (str(value).strip() or None) if value is not None else None


def _needed(value: Any, name: str) -> str:
    text = _text(value)
    if text is None:
        raise InvalidEvent(f"aviationstack: {name} is empty", field=name)
    return text


def _zone(stop: dict[str, Any]) -> ZoneInfo | None:
    """The zone that the record names, else the airport's own."""
    name = stop.get("timezone")
    return (named_zone(name) if name else None) or airport_zone(stop.get("iata") or "")


def _wall_clock(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise InvalidEvent(f"aviationstack: {name} is {text!r}", field=name) from None


def _instant(stop: dict[str, Any], name: str, zone: ZoneInfo | None) -> datetime | None:
    text = _text(stop.get(name))
    if text is None or zone is None:
        return None
    return _wall_clock(text, name).replace(tzinfo=zone).astimezone(UTC)
