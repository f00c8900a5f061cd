"""Flights with what was known of them so many hours before their departure, and what became of them."""

from typing import Any, NamedTuple

import forecast_outcomes
import numpy as np
import pyarrow as pa
from forecast_corrections import Horizon, as_of
from forecast_features import FEATURES, History, features, later
from forecast_outcomes import NEVER, instants, minutes

from aero.month import Month

HORIZON_HOURS = 24
EPOCH = Month(1970, 1)


class Sample(NamedTuple):
    """Flights, a row each. Instants are minutes since 1970 in UTC; the outcomes are those of forecast_outcomes.py.

    `later` is what the day itself tells, by horizon and feature (with_later), or nothing."""

    airline: np.ndarray
    origin: np.ndarray
    month: np.ndarray
    inputs: dict[str, np.ndarray]
    as_of: np.ndarray
    known_at: np.ndarray
    is_late: np.ndarray
    is_cancelled: np.ndarray
    late_minutes: np.ndarray
    later: dict[tuple[Horizon, str], np.ndarray]

    def of(self, rows: np.ndarray) -> "Sample":
        """Some rows of it."""
        return Sample._make(_rows(part, rows) for part in self)

    def and_of(self, others: "Sample") -> "Sample":
        """These, and others after them."""
        return Sample._make(_joined(part, other) for part, other in zip(self, others, strict=True))

    def at(self, horizon: Horizon) -> dict[str, np.ndarray]:
        """What the day tells as of a horizon, by feature."""
        return {name: values for (one, name), values in self.later.items() if one == horizon}

    @property
    def size(self) -> int:
        return len(self.as_of)


def _rows(part: Any, rows: np.ndarray) -> Any:
    return {name: values[rows] for name, values in part.items()} if isinstance(part, dict) else part[rows]


def _joined(part: Any, other: Any) -> Any:
    if isinstance(part, dict):
        return {name: np.concatenate([values, other[name]]) for name, values in part.items()}
    return np.concatenate([part, other])


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
        later={},
    )


def with_later(known: Sample, flights: pa.Table, history: History) -> Sample:
    """The sample of the flights, with forecast_features.LATER as of each horizon, too, NaN for NULL."""
    flights = flights.filter(flights["scheduled_departure_at"].is_valid())
    planned, left = (minutes(flights[name]) for name in ("scheduled_departure_at", "departure_at"))
    found = {one: later(flights, history, instants(as_of(one, planned, left))) for one in Horizon}
    return known._replace(
        later={
            (one, name): values.to_numpy(zero_copy_only=False)
            for one, of_horizon in found.items()
            for name, values in of_horizon.items()
        }
    )
