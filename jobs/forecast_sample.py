"""Flights with what was known of them so many hours before their departure, and what became of them."""

from typing import NamedTuple

import forecast_outcomes
import numpy as np
import pyarrow as pa
from forecast_features import FEATURES, History, features
from forecast_outcomes import NEVER, instants, minutes

from aero.month import Month

HORIZON_HOURS = 24
EPOCH = Month(1970, 1)


class Sample(NamedTuple):
    """Flights, a row each. Instants are minutes since 1970 in UTC; the outcomes are those of forecast_outcomes.py."""

    airline: np.ndarray
    origin: np.ndarray
    month: np.ndarray
    inputs: dict[str, np.ndarray]
    as_of: np.ndarray
    known_at: np.ndarray
    is_late: np.ndarray
    is_cancelled: np.ndarray
    late_minutes: np.ndarray

    def of(self, rows: np.ndarray) -> "Sample":
        """Some rows of it."""
        inputs = {name: values[rows] for name, values in self.inputs.items()}
        others = {name: getattr(self, name)[rows] for name in self._fields if name != "inputs"}
        return Sample(inputs=inputs, **others)

    def and_of(self, others: "Sample") -> "Sample":
        """These, and others after them."""
        inputs = {name: np.concatenate([values, others.inputs[name]]) for name, values in self.inputs.items()}
        names = [name for name in self._fields if name != "inputs"]
        return Sample(
            inputs=inputs, **{name: np.concatenate([getattr(self, name), getattr(others, name)]) for name in names}
        )

    @property
    def size(self) -> int:
        return len(self.as_of)


def sample(flights: pa.Table, history: History, no_later: int = NEVER) -> Sample:
    """The flights that have a schedule, as of HORIZON_HOURS before their departure; of `no_later` where that is before.

    `inputs` are FEATURES with NaN for NULL. `month` is the index of the Month of the day in BTS' file.
    """
    flights = flights.filter(flights["scheduled_departure_at"].is_valid())
    as_of = np.minimum(minutes(flights["scheduled_departure_at"]) - HORIZON_HOURS * 60, no_later)
    known = features(flights, history, instants(as_of))
    outcomes = forecast_outcomes.of(flights)
    days = flights["flight_date"].cast(pa.date32()).to_numpy().astype("datetime64[D]")
    return Sample(
        airline=flights["airline_id"].to_numpy(),
        origin=flights["origin_id"].to_numpy(),
        month=days.astype("datetime64[M]").astype(np.int64) + EPOCH.index,
        inputs={one.name: known[one.name].to_numpy(zero_copy_only=False) for one in FEATURES},
        as_of=as_of,
        known_at=outcomes.known_at,
        is_late=outcomes.is_late,
        is_cancelled=outcomes.is_cancelled,
        late_minutes=outcomes.late_minutes,
    )
