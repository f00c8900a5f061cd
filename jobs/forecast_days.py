"""The forecast of days: each flight as of 24 hours before it, by the model in service.

On a day on which that drifts and is worse than the baseline (aero/ops/track.py), by what is known when the day's first
forecast is due, the baseline forecasts; so it does where the model lacks an input of each of the day's flights, because
nothing is known of the days before.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

import forecast_cancelled
import forecast_minutes
import forecast_reasons
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from forecast_features import History
from forecast_models import BASELINE, Models, Name, knows, probabilities
from forecast_outcomes import NEVER, instants
from forecast_rates import DAY
from forecast_sample import Sample, sample

from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.ops import track
from aero.ops.track import Errors

# So many days before one are looked at too: what landed in the last track.DAYS left then, but for a day's delay.
BACK = timedelta(days=track.DAYS + 4)
KEY = (
    "flight_date", "airline_id", "flight_number", "origin_id", "destination_id", "scheduled_departure_local",
    "scheduled_departure_at",
)  # fmt: skip


class Forecast(NamedTuple):
    """Flights of the days that were asked for, with what was known of them, the name of the model that forecasts each,
    its probability and the baseline's; `rows` are those of aero_ml.delay_forecasts but for training_id."""

    found: Sample
    names: np.ndarray
    late: np.ndarray
    baseline: np.ndarray
    rows: pa.Table


def forecast(
    models: Models, served: Name, cancelled: dict[str, Any], flights: pa.Table, days: Collection[date], now: int = NEVER
) -> Forecast:
    """The forecast of days; of `now`, in minutes since 1970, where that is earlier than a day before. AeroError where
    there are no flights of them; forecast_guard.Leaked where a model saw an outcome that was not known then."""
    near = _of_days(flights, min(days) - BACK, max(days))
    known = sample(near, History(flights), now)
    date_of = near["flight_date"].cast(pa.date32()).to_numpy()
    is_asked = np.isin(date_of, np.array(list(days), "datetime64[D]"))
    if not is_asked.any():
        raise AeroError(f"{FLIGHTS.name} has no flights of {min(days)}.", "Load its month: aero load")
    taken = np.flatnonzero(is_asked | (known.as_of >= models[served].known_until))
    known, is_asked, date_of = known.of(taken), is_asked[taken], date_of[taken]
    said = {name: probabilities(models, name, known) for name in {served, BASELINE}}
    names, is_told = np.full(known.size, served.value, object), knows(models[served], known)
    for day in np.unique(date_of[is_asked]):
        is_day = date_of == day
        errors = _errors(known, said[served], said[BASELINE], int(known.as_of[is_day].min()))
        if (errors.drifts and errors.is_worse) or not is_told[is_day].any():
            names[is_day] = BASELINE.value
    asked = np.flatnonzero(is_asked)
    found, names = known.of(asked), names[asked]
    late, baseline = np.where(names == served, said[served][asked], said[BASELINE][asked]), said[BASELINE][asked]
    rows = near.take(taken[asked]).select(KEY)
    made = Forecast(found, names, late, baseline, rows)
    return made._replace(rows=_rows(models, cancelled, made))


def _of_days(flights: pa.Table, first: date, last: date) -> pa.Table:
    """The flights of these days that have a schedule, by day and departure."""
    is_near = pc.and_(pc.greater_equal(flights["flight_date"], first), pc.less_equal(flights["flight_date"], last))
    near = flights.filter(pc.and_(is_near, flights["scheduled_departure_at"].is_valid()))
    return near.sort_by([(name, "ascending") for name in KEY])


def _errors(known: Sample, said: np.ndarray, baseline: np.ndarray, instant: int) -> Errors:
    """The errors of the flights of the last track.DAYS, as of an instant in minutes since 1970."""
    is_in = (known.is_late >= 0) & (known.known_at <= instant) & (known.known_at > instant - track.DAYS * DAY)
    return errors(known.is_late[is_in], said[is_in], baseline[is_in])


def errors(is_late: np.ndarray, said: np.ndarray, baseline: np.ndarray) -> Errors:
    """The errors over flights that arrived."""
    squared, of_baseline = (float(((one - is_late) ** 2).sum()) for one in (said, baseline))
    return Errors(len(is_late), int(is_late.sum()), float(said.sum()), squared, of_baseline)


def _rows(models: Models, cancelled: dict[str, Any], made: Forecast) -> pa.Table:
    """The columns beside KEY."""
    columns = {
        "as_of_at": instants(made.found.as_of),
        "late_probability": pa.array(made.late),
        "baseline_probability": pa.array(made.baseline),
        "model_name": pa.array(made.names.tolist()),
        "cancelled_probability": pa.array(forecast_cancelled.probabilities(cancelled, made.found)),
    }
    reasons = np.full(made.found.size, None, object)
    minutes = np.full((made.found.size, len(forecast_minutes.QUANTILES)), np.nan)
    for name in np.unique(made.names.astype(str)):
        rows = np.flatnonzero(made.names == name)
        model = models[Name(name)]
        minutes[rows] = forecast_minutes.quantiles(model.parameters["minutes"], made.late[rows])
        reasons[rows] = forecast_reasons.in_words(models, Name(name), made.found.of(rows))
    columns["reasons"] = pa.array(reasons.tolist(), pa.string())
    for place, percent in enumerate(forecast_minutes.QUANTILES):
        columns[f"delay_p{percent}_minutes"] = pa.array(minutes[:, place])
    rows = made.rows
    for name, values in columns.items():
        rows = rows.append_column(name, values)
    return rows
