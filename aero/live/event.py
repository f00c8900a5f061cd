"""The canonical event of a flight: what every live source says, in one schema, on the topic `flights.live`.

An event is a **partial update**: a null field means "this source does not know", never "it is empty now", so null
overwrites nothing. Whoever keeps the state of a flight keeps, for each field by itself, the value that is not null of
the newest `event_at`. A position of OpenSky (no status, no times of its own) therefore leaves the status as it was,
and it does not matter in which order events arrive. No two events of
a flight from one source share an `event_at`.

`airline_id` and `flight_number` are those of the **operating** flight, also where the source's record is a code-share
of it: one aircraft, one flight id, one state. The numbers that it is also sold under are in `code_shares`.
"""

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from aero.instants import instant_text
from aero.live.fields import EARLIEST, Field, Form, InvalidEvent, column, required, table
from aero.live.sources import SOURCES

SCHEMA_VERSION = 1
# A source whose clock runs ahead, or that lies, would hold the state of its flights for as long.
DAY = timedelta(days=1)
# How long before UTC's a date begins (Kiribati), and how long after UTC's it ends (Baker Island).
FIRST_ZONE, LAST_ZONE = timedelta(hours=14), timedelta(hours=12)
# An airport's, of IATA, ICAO, or the FAA. Row keys begin with one, and `-` ends it there (aero/live/row_keys.py).
CODE = Form(re.compile(r"[A-Z0-9]{3,4}"), "three or four capital letters or digits")
STATUSES = ("scheduled", "active", "landed", "cancelled", "diverted", "incident")


@dataclass(frozen=True, kw_only=True)
class FlightEvent:
    """One update of one flight at one instant. Raises InvalidEvent, naming the field, if a value breaks the schema.

    Instants are aware datetimes, kept in UTC and cut to the millisecond. The flight is scheduled to leave when
    `flight_date` is the date in some time zone of the earth, UTC-12 to UTC+14.
    """

    schema_version: int = required("integer", "Version of this schema, 1", values=(SCHEMA_VERSION,))
    flight_id: str = required("text", "One leg on one day, DL1234-20130710-JFK-ATL-1830; the key", is_identity=True)
    event_at: datetime = required("instant", "UTC; when it happened, or when the source knew it", ahead=DAY)
    source: str = required("text", f"Who says so: {', '.join(SOURCES)}", values=tuple(SOURCES))
    status: str | None = column("text", f"{', '.join(STATUSES)}; null in a position", values=STATUSES)
    flight_date: date = required("date", "Scheduled local date at the origin", is_identity=True)
    airline_id: str = required("text", "Operating carrier", is_identity=True)
    flight_number: str = required("text", "Number of the operating flight, no leading zeros", is_identity=True)
    origin_id: str = required("text", "Airport code of the origin", form=CODE, is_identity=True)
    destination_id: str = required("text", "Airport code of the scheduled destination", form=CODE, is_identity=True)
    code_shares: str | None = column("text", "Numbers it is also sold under, sorted, BT5813,QF8371", longest=512)
    tail_number: str | None = column("text", "Aircraft registration")
    scheduled_departure_at: datetime = required("instant", "UTC, at the gate", is_identity=True)
    estimated_departure_at: datetime | None = column("instant", "UTC, at the gate, as the source expects it")
    departure_at: datetime | None = column("instant", "UTC, at the gate, as it was; null before", ahead=DAY)
    scheduled_arrival_at: datetime | None = column("instant", "UTC, at the gate", is_identity=True)
    estimated_arrival_at: datetime | None = column("instant", "UTC, at the gate, as the source expects it")
    arrival_at: datetime | None = column("instant", "UTC, at the scheduled destination, as it was", ahead=DAY)
    departure_terminal: str | None = column("text", "Terminal at the origin")
    departure_gate: str | None = column("text", "Gate at the origin")
    arrival_terminal: str | None = column("text", "Terminal at the destination")
    arrival_gate: str | None = column("text", "Gate at the destination")
    latitude: float | None = column("number", "Degrees, north positive", between=(-90, 90))
    longitude: float | None = column("number", "Degrees, east positive", between=(-180, 180))
    altitude_feet: float | None = column("number", "Feet above mean sea level", between=(-2_000, 200_000))
    ground_speed_knots: float | None = column("number", "Knots over the ground", between=(0, 5_000))
    heading_degrees: float | None = column("number", "Degrees clockwise from true north", between=(0, 360))

    def __post_init__(self) -> None:
        for field in FIELDS:
            object.__setattr__(self, field.name, field.checked(getattr(self, field.name)))
        day, at = self.flight_date.isoformat(), instant_text(self.scheduled_departure_at)
        if not _is_somewhere(day, at):
            fault = f"is {day}, which is nowhere the date at scheduled_departure_at, {at}"
            raise InvalidEvent(f"event: flight_date {fault}", field="flight_date")

    def known(self) -> dict[str, Any]:
        """The fields that this event says something about: name → value, all that are not null."""
        return {field.name: value for field in FIELDS if (value := getattr(self, field.name)) is not None}

    def identity(self) -> dict[str, Any]:
        """The fields that are the same in every event of the flight: name → value."""
        return {field.name: getattr(self, field.name) for field in FIELDS if field.is_identity}

    @property
    def key(self) -> bytes:
        """Key of its Kafka record: all events of a flight are in one partition, in order."""
        return self.flight_id.encode()

    def record(self) -> dict[str, Any]:
        """Its JSON object: every field, null where unknown, always in the order of the schema."""
        return {field.name: field.to_json(getattr(self, field.name)) for field in FIELDS}

    def to_json(self) -> bytes:
        """Its JSON object as text in UTF-8."""
        return json_text(self.record()).encode()


FIELDS: tuple[Field, ...] = table(FlightEvent)
_NAMES = tuple(field.name for field in FIELDS)
_TIMES = tuple((field.name, field.from_json) for field in FIELDS if field.kind in ("date", "instant"))
_EARLIEST = EARLIEST.date().isoformat()  # Of texts of dates and instants alike.
_TEXTS = tuple(field.name for field in FIELDS if field.kind == "text")
_Record = msgspec.defstruct("_Record", [(field.name, field.json_type) for field in FIELDS], forbid_unknown_fields=True)
_decode = msgspec.json.Decoder(_Record).decode
# The JSON text of a record, without spaces.
json_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def from_json(line: bytes | str) -> FlightEvent:
    """The event of one JSON text. Raises InvalidEvent naming a field that is missing, unknown, or of a wrong value.

    The version is looked at first: the fields of another version are not ours to judge.
    """
    return _event(_object(line))


def record_from_json(line: bytes | str) -> dict[str, Any]:
    """The same event as a record, checked alike: `from_json(line).record()`, in a tenth of the time.

    msgspec reads a good record, as nearly all are; what it refuses is read again, for the error that names the field.
    """
    try:
        record = msgspec.structs.asdict(_decode(line))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return from_json(line).record()
    latest = _latest(int(time.time()) // 60)
    for name, check in _TIMES:
        value = record[name]
        if value is not None:
            check(value)
            if not _EARLIEST <= value <= latest:
                return from_json(line).record()
    if not _is_somewhere(record["flight_date"], record["scheduled_departure_at"]):
        return from_json(line).record()
    if not _is_plain(line) and not all(record[name] is None or record[name].isprintable() for name in _TEXTS):
        return from_json(line).record()
    return record


@lru_cache(maxsize=1)
def _latest(_minute: int) -> str:
    """The lowest of the upper limits of times, computed once a minute; one that is above it is looked at closely."""
    return FIELDS[_NAMES.index("event_at")].upper_limit()


def _is_somewhere(day: str, at: str) -> bool:
    """Whether a date is that of an instant in some time zone, both as in JSON."""
    begins_at, ends_at = _anywhere(day)
    return begins_at <= at < ends_at


@lru_cache(maxsize=1024)
def _anywhere(day: str) -> tuple[str, str]:
    """When a date first begins on earth, and when it has ended everywhere, as in JSON."""
    in_utc = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return instant_text(in_utc - FIRST_ZONE), instant_text(in_utc + DAY + LAST_ZONE)


def _is_plain(line: bytes | str) -> bool:
    """Whether the texts in a good JSON text can be but visible: JSON takes others of ASCII only behind a backslash."""
    if isinstance(line, str):
        return False
    return line.isascii() and b"\\" not in line and b"\x7f" not in line


def _object(line: bytes | str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidEvent(f"event: not JSON: {error}") from None
    if not isinstance(record, dict):
        raise InvalidEvent(f"event: a JSON object was expected, not {type(record).__name__}")
    return record


def _event(record: dict[str, Any]) -> FlightEvent:
    FIELDS[0].checked(record.get(FIELDS[0].name))
    names = set(_NAMES)
    for fault, wrong in (("is missing", names - record.keys()), ("is not in the schema", record.keys() - names)):
        if wrong:
            raise InvalidEvent(f"event: {min(wrong)} {fault}", field=min(wrong))
    return FlightEvent(**{field.name: field.from_json(record[field.name]) for field in FIELDS})


def flight_id(
    airline_id: str,
    flight_number: str,
    flight_date: date,
    origin_id: str,
    destination_id: str,
    scheduled_departure_local: str,
) -> str:
    """Identity of one leg on one day, `DL1234-20130710-JFK-ATL-1830`: carrier and number, scheduled date, route, clock.

    Date and clock (`HH:MM`) are local at the origin. The clock belongs to it because a carrier flies one number twice
    on one day over one route. BTS' 24:00 stays 2400 on its date.
    """
    clock = scheduled_departure_local.replace(":", "")
    return f"{airline_id}{flight_number}-{flight_date:%Y%m%d}-{origin_id}-{destination_id}-{clock}"


def sql_columns() -> str:
    """The schema as Spark and Hive read it: `schema_version INT, flight_id STRING, …`."""
    return ", ".join(f"{field.name} {field.sql_type}" for field in FIELDS)
