"""The weather of flights as of an instant: what was observed at their airports until then, and what was forecast for
their hours by then.

An observation is known from the end of its hour on. A forecast is known from when it was fetched; of several for one
hour the one counts that was fetched last. The weather that a flight met is never asked for.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from forecast_outcomes import minutes

HOUR = 60
# An airport that has been silent for longer is one of which nothing is known.
SILENT = 3 * HOUR
TREND = 6 * HOUR
DAY = 24 * HOUR

OBSERVED = {
    "temperature_celsius": "Degrees Celsius",
    "dew_point_celsius": "Dew point in degrees Celsius",
    "wind_speed_knots": "Wind in knots",
    "visibility_miles": "Visibility in statute miles",
    "sea_level_pressure_hectopascals": "Pressure at the sea level in hectopascals",
}
FORECAST = {
    "temperature_celsius": "Degrees Celsius",
    "wind_speed_knots": "Wind in knots",
    "precipitation_percent": "Probability of precipitation, 0 to 100",
}
FALLEN, RISE = "precipitation_millimetres", "sea_level_pressure_hectopascals"
OBSERVED_COLUMNS = ("airport_id", "hour_at", *OBSERVED, FALLEN)
FORECAST_COLUMNS = ("airport_id", "hour_at", "known_at", *FORECAST)
ENDS = {"origin": "departure", "destination": "arrival"}

# What each feature is.
OBSERVED_FEATURES = {
    **{f"observed_{end}_{name}": f"{what} at the {end}, of the last {SILENT // HOUR} hours' newest hour"
       for end in ENDS for name, what in OBSERVED.items()},
    **{f"observed_{end}_pressure_rise": f"Hectopascals that the pressure at the {end} rose in {TREND // HOUR} hours"
       for end in ENDS},
    **{f"observed_{end}_{FALLEN}": f"Millimetres of rain and snow at the {end} in {DAY // HOUR} hours" for end in ENDS},
}  # fmt: skip
FORECAST_FEATURES = {
    f"forecast_{end}_{name}": f"{what} at the {end}, as forecast for the hour of the scheduled {ENDS[end]}"
    for end in ENDS for name, what in FORECAST.items()
}  # fmt: skip


class _Values(NamedTuple):
    """Values of one column in the order of `keys`, which are an airport and an instant each; and their sums so far, in
    hundredths: whole numbers are the same summed in any order."""

    keys: np.ndarray
    values: np.ndarray
    sums: np.ndarray


class Weather:
    """The weather that is known of, ever: `tables`. Made once, asked for many flights."""

    def __init__(self, observed: pa.Table | None = None, forecasts: pa.Table | None = None) -> None:
        """`observed` has OBSERVED_COLUMNS of aero_clean.weather_hourly, `forecasts` has FORECAST_COLUMNS of
        aero_clean.weather_forecasts_hourly; None is no row of them."""
        observed = _none(OBSERVED_COLUMNS) if observed is None else observed
        forecasts = _none(FORECAST_COLUMNS) if forecasts is None else forecasts
        self.tables = observed, forecasts
        codes = pa.chunked_array([*observed["airport_id"].chunks, *forecasts["airport_id"].chunks], pa.string())
        self._airports = pc.unique(codes)
        known = (self._codes(observed["airport_id"]) << 26) | (minutes(observed["hour_at"]) + HOUR)
        self._observed = {name: _ordered(known, observed[name]) for name in (*OBSERVED, FALLEN)}
        hours = (self._codes(forecasts["airport_id"]) << 22) | (minutes(forecasts["hour_at"]) // HOUR)
        fetched = (hours << 26) | minutes(forecasts["known_at"])
        self._forecasts = {name: _ordered(fetched, forecasts[name]) for name in FORECAST}

    def features(self, flights: pa.Table, until: np.ndarray) -> dict[str, np.ndarray]:
        """OBSERVED_FEATURES and FORECAST_FEATURES of each flight as of its instant, in minutes since 1970; NaN where
        they are not known then. `flights` have the columns of aero_clean.flights."""
        found: dict[str, np.ndarray] = {}
        for end, event in ENDS.items():
            airport = self._codes(flights[f"{end}_id"])
            for name in OBSERVED:
                found[f"observed_{end}_{name}"] = self._newest(name, airport, until)
            rise = self._newest(RISE, airport, until) - self._newest(RISE, airport, until - TREND)
            found[f"observed_{end}_pressure_rise"] = rise
            found[f"observed_{end}_{FALLEN}"] = self._fallen(airport, until)
            hour = (airport << 22) | (minutes(flights[f"scheduled_{event}_at"]) // HOUR)
            for name in FORECAST:
                found[f"forecast_{end}_{name}"] = _last(self._forecasts[name], hour << 26, 0, until)
        return found

    def _newest(self, name: str, airport: np.ndarray, until: np.ndarray) -> np.ndarray:
        return _last(self._observed[name], airport << 26, until - SILENT + 1, until)

    def _fallen(self, airport: np.ndarray, until: np.ndarray) -> np.ndarray:
        """The sum of a day; NaN where no hour of it is known."""
        rain = self._observed[FALLEN]
        last = np.searchsorted(rain.keys, (airport << 26) | until, "right")
        first = np.searchsorted(rain.keys, (airport << 26) | (until - DAY), "right")
        return np.where(last > first, (rain.sums[last] - rain.sums[first]) / 100, np.nan)

    def _codes(self, airports: pa.ChunkedArray) -> np.ndarray:
        """A number for each airport, from 1 on; 0 for one without weather."""
        return pc.fill_null(pc.index_in(airports, self._airports), -1).to_numpy().astype(np.int64) + 1


def _none(columns: tuple[str, ...]) -> pa.Table:
    kinds = {"airport_id": pa.string(), **{name: pa.timestamp("us", "UTC") for name in columns if name.endswith("_at")}}
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in columns]).empty_table()


def _ordered(keys: np.ndarray, column: pa.ChunkedArray) -> _Values:
    """The values that are not NULL, the later of two with one key last."""
    values = column.cast(pa.float64()).to_numpy()
    rows = np.flatnonzero(~np.isnan(values))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    hundredths = np.rint(values[rows] * 100).astype(np.int64)
    return _Values(keys[rows], values[rows], np.concatenate([[0], np.cumsum(hundredths)]))


def _last(of: _Values, begin: np.ndarray, oldest: np.ndarray | int, until: np.ndarray) -> np.ndarray:
    """The newest value of each `begin` that was known from `oldest` to `until`; NaN where there is none."""
    if not len(of.keys):
        return np.full(len(until), np.nan)
    place = np.searchsorted(of.keys, begin | until, "right") - 1
    newest = np.maximum(place, 0)
    return np.where((place >= 0) & (of.keys[newest] >= (begin | oldest)), of.values[newest], np.nan)
