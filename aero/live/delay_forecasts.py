"""What was forecast of flights, in HBase beside the live ones' states: so a board has it by the keys that it shows.

The numbers are those of aero_ml.delay_forecasts, to the last digit: each as of 24 hours before the flight's schedule.
Days that were forecast again are other rows of the same keys. On the day itself the stream renews them
(jobs/stream_forecasts.py): RENEWED is put beside them, by corrections of the training that have a row of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from aero.datasets import HBASE_DELAY_FORECASTS
from aero.live import row_keys
from aero.live.store import Row

if TYPE_CHECKING:
    import happybase
    import pyarrow as pa

KEY = ("origin_id", "scheduled_departure_at", "airline_id", "flight_number", "destination_id")
TOLD = ("late_probability", "cancelled_probability", "as_of_at", "model_name", "training_id")
COLUMNS = (*KEY, *TOLD)
# The probability as of the newest event that told something of the flight, the instant, how far before the departure
# that was (forecast_corrections.Horizon), and when the event happened.
RENEWED = ("renewed_probability", "renewed_as_of_at", "renewed_horizon", "renewed_event_at")
# The row of corrections: a column a training and model, JSON by horizon. No flight has such a key.
CORRECTIONS = "corrections"
LATE, NOW = "forecast_late_probability", "forecast_renewed_probability"
ROWS_A_CALL = 500


def write(hbase: happybase.Connection, forecasts: pa.Table) -> None:
    """Keep forecasts: COLUMNS of aero_ml.delay_forecasts, a row a flight."""
    with hbase.table(HBASE_DELAY_FORECASTS).batch(batch_size=ROWS_A_CALL) as batch:
        for row in forecasts.select(COLUMNS).to_pylist():
            key = row_keys.flight(**{name: row[name] for name in KEY} | {KEY[1]: row[KEY[1]].replace(tzinfo=UTC)})
            told = row | {"as_of_at": row["as_of_at"].isoformat(" ", "milliseconds")}
            batch.put(key.encode(), {f"d:{name}".encode(): str(told[name]).encode() for name in TOLD})


def keep_corrections(
    hbase: happybase.Connection, training_id: str, model_name: str, corrections: Mapping[str, Any]
) -> None:
    """Have the stream renew what a model of a training forecast; nothing where the training has no corrections."""
    if corrections:
        column = f"d:{training_id}/{model_name}".encode()
        hbase.table(HBASE_DELAY_FORECASTS).put(CORRECTIONS.encode(), {column: json.dumps(corrections).encode()})


def beside(hbase: happybase.Connection, states: Sequence[Row]) -> list[Row]:
    """The states, each with TOLD and RENEWED behind `forecast_` where its flight was forecast, and renewed."""
    keys = [row["row_key"].encode() for row in states]
    found = dict(hbase.table(HBASE_DELAY_FORECASTS).rows(keys)) if keys else {}
    return [row | _told(found.get(key, {})) for key, row in zip(keys, states, strict=True)]


def _told(cells: dict[bytes, bytes]) -> Row:
    return {name.decode().replace("d:", "forecast_"): value.decode() for name, value in cells.items()}


def words(row: Row) -> str:
    """`late 62%`, or `late 62%, now 85%`; nothing where the flight was not forecast."""
    now = f", now {float(row[NOW]):.0%}" if NOW in row else ""
    return f"late {float(row[LATE]):.0%}{now}" if LATE in row else ""
