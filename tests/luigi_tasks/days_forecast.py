"""What forecasts and live flights of a test's days are: a flight a day, Delta's 1234 from New York to Atlanta."""

import io
import json
from datetime import datetime, time, timedelta

import pyarrow as pa
from pyarrow import orc
from stream_cells import flights_of
from stream_hbase import put_rows

from aero.datasets import HBASE_FLIGHT_STATE
from tests.jobs.live_events import event


def forecasts_of(*days):
    """An ORC file of aero_ml.delay_forecasts: a flight of each day."""
    flight = {
        "airline_id": "DL", "flight_number": "1234", "origin_id": "JFK", "destination_id": "ATL",
        "late_probability": 0.1234567890123456, "cancelled_probability": 0.02, "model_name": "logistic",
        "training_id": "t1",
    }  # fmt: skip
    leaves = [datetime.combine(day, time(21, 30)) for day in days]
    rows = [
        flight
        | {"flight_date": at.date(), "scheduled_departure_at": at, "as_of_at": at - timedelta(days=1), "reasons": ""}
        for at in leaves
    ]
    return _orc(rows)


def models_of(**parameters):
    """An ORC file of aero_ml.models: the parameters of each; of one that is not served NULL. All have a Brier score of
    0.2."""
    told = {name: of_model and json.dumps(of_model) for name, of_model in parameters.items()}
    return _orc([{"model_name": name, "parameters": text, "brier_score": 0.2} for name, text in told.items()])


def _orc(rows):
    file = io.BytesIO()
    orc.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


def told_of(hbase, *days):
    """HBase has a live flight of each day."""
    for day in days:
        told = event(
            flight_id=f"DL1234-{day.replace('-', '')}-JFK-ATL-1830",
            flight_date=day,
            scheduled_departure_at=f"{day}T23:30:00.000Z",
        )
        for key, flight in flights_of([told]).items():
            put_rows(hbase, HBASE_FLIGHT_STATE, [(key, flight.items())])
