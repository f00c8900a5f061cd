"""Weather for the tests of the forecast: rows of the two tables, a base row and what differs."""

import pyarrow as pa
from forecast_weather import FORECAST_COLUMNS, OBSERVED_COLUMNS

from tests.jobs.forecast_flights import utc


def _table(columns: tuple[str, ...], rows: list[dict]) -> pa.Table:
    kinds = {"airport_id": pa.string(), **{name: pa.timestamp("us", "UTC") for name in columns if name.endswith("_at")}}
    return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.float64())) for name in columns]))


def hour(at: str, airport: str = "JFK", **values) -> dict:
    """What was observed at an airport in the hour that begins at an instant of UTC."""
    return {"airport_id": airport, "hour_at": utc(at)} | values


def observed(*rows: dict) -> pa.Table:
    return _table(OBSERVED_COLUMNS, list(rows))


def forecast(at: str, known_at: str, airport: str = "JFK", **values) -> dict:
    """What was forecast of an airport's hour, and when that was fetched."""
    return hour(at, airport, **values) | {"known_at": utc(known_at)}


def forecasts(*rows: dict) -> pa.Table:
    return _table(FORECAST_COLUMNS, list(rows))
