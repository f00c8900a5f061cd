"""Flights for the tests of the forecast: a base row of aero_clean.flights, and what differs."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
from forecast_features import COLUMNS

INSTANT = pa.timestamp("us", "UTC")
TYPES = {
    "flight_date": pa.date32(),
    "distance_miles": pa.int32(),
    "is_cancelled": pa.bool_(),
    **dict.fromkeys((name for name in COLUMNS if name.endswith("_minutes")), pa.int32()),
    **dict.fromkeys((name for name in COLUMNS if name.endswith("_at")), INSTANT),
}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in COLUMNS])
NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    """An instant: `2013-07-15 13:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def flight(day: str = "2013-07-15", clock: str = "09:00", late: int | None = 0, fold: int = 0, **fields) -> dict:
    """A flight from JFK to BOS of an hour, so many minutes late at both ends; cancelled where `late` is None."""
    hours, minutes = map(int, clock.split(":"))
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time())
    wall = midnight + timedelta(hours=hours, minutes=minutes)
    departs = wall.replace(tzinfo=NEW_YORK, fold=fold).astimezone(UTC)
    row = {
        "flight_date": date.fromisoformat(day),
        "airline_id": "B6",
        "flight_number": "1",
        "origin_id": "JFK",
        "destination_id": "BOS",
        "distance_miles": 187,
        "scheduled_departure_local": clock,
        "scheduled_departure_at": departs,
        "scheduled_arrival_at": departs + timedelta(hours=1),
        "is_cancelled": late is None,
    }
    if late is not None:
        row |= {f"{end}_delay_minutes": late for end in ("departure", "arrival")}
        row |= {f"{end}_at": row[f"scheduled_{end}_at"] + timedelta(minutes=late) for end in ("departure", "arrival")}
    return dict.fromkeys(COLUMNS) | row | fields


def table(*rows: dict) -> pa.Table:
    """Flights as a table of COLUMNS."""
    return pa.Table.from_pylist(list(rows), SCHEMA)


def instants(*texts: str | datetime) -> pa.Array:
    """Instants in UTC."""
    return pa.array([utc(text) if isinstance(text, str) else text for text in texts], INSTANT)
