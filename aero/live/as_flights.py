"""Live flights as rows of aero_clean.flights: what the forecast knows of days whose month is not loaded yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from aero.live import store
from aero.live.store import Row, instant_if_any

if TYPE_CHECKING:
    import happybase

TEXTS = ("airline_id", "flight_number", "origin_id", "destination_id")
INSTANTS = ("scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at")
SCHEMA = pa.schema(
    [
        ("flight_date", pa.date32()),
        *((name, pa.string()) for name in (*TEXTS, "scheduled_departure_local")),
        *((name, pa.timestamp("us")) for name in INSTANTS),
        *((f"{end}_delay_minutes", pa.int32()) for end in ("departure", "arrival")),
        ("is_cancelled", pa.bool_()),
    ]
)
TOLD = ("flight_id", "flight_date", "status", "departure_delay_minutes", *TEXTS, *INSTANTS)


def read(hbase: happybase.Connection, first: date, last: date) -> pa.Table:
    """The flights that HBase has of these local days, as SCHEMA. Reads the whole table."""
    days = (first.isoformat(), last.isoformat())
    states = store.states(hbase, TOLD)
    return pa.Table.from_pylist([_flight(row) for row in states if days[0] <= row["flight_date"] <= days[1]], SCHEMA)


def _flight(row: Row) -> dict[str, Any]:
    instants = {name: instant_if_any(row.get(name)) for name in INSTANTS}
    left, clock = row.get("departure_delay_minutes"), row["flight_id"].rpartition("-")[2]
    return {
        **{name: row[name] for name in TEXTS},
        **{name: at and at.replace(tzinfo=None) for name, at in instants.items()},
        "flight_date": date.fromisoformat(row["flight_date"]),
        "scheduled_departure_local": f"{clock[:2]}:{clock[2:]}",
        "departure_delay_minutes": int(left) if left else None,
        "arrival_delay_minutes": _minutes(instants["scheduled_arrival_at"], instants["arrival_at"]),
        "is_cancelled": row.get("status") == "cancelled",
    }


def _minutes(planned: datetime | None, came: datetime | None) -> int | None:
    """Whole minutes from schedule to arrival, negative when early."""
    return int((came - planned).total_seconds() // 60) if planned and came else None
