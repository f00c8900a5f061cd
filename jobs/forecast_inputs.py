"""What the models take of the features: a row a flight, a column a number, NaN where a feature is not known.

`month` is left out, and what the day itself tells: a month of a year is in training once at most, and a day before
nothing of that day is known. No model takes the weather yet; bench/forecast_weather.py tells its worth.
"""

from typing import NamedTuple

import numpy as np
from forecast_features import FEATURES, LATER, Known
from forecast_sample import Sample

LEFT_OUT = (Known.OBSERVED, Known.FORECAST)
NAMES = tuple(one.name for one in FEATURES if one.known not in LEFT_OUT and one.name not in ("month", *LATER))
SHARES = tuple(name for name in NAMES if "_share_" in name)
# A share of 0 or 1 has no odds.
LEAST = 0.002
HOURS, WEEKDAYS = range(24), range(1, 8)
SCALES = {
    "days_to_holiday": 7, "days_since_holiday": 7, "distance_miles": 1000, "planned_minutes": 100,
    "planned_departures": 10, "planned_arrivals": 10,
}  # fmt: skip


class Usual(NamedTuple):
    """What a number of the weather is mostly like, and by how much it usually differs."""

    value: float
    scale: float


USUAL = {
    "temperature_celsius": Usual(12, 10), "dew_point_celsius": Usual(5, 10), "wind_speed_knots": Usual(9, 5),
    "visibility_miles": Usual(10, 5), "sea_level_pressure_hectopascals": Usual(1016, 10),
    "pressure_rise": Usual(0, 5), "precipitation_millimetres": Usual(0, 10), "precipitation_percent": Usual(20, 50),
}  # fmt: skip
WEATHER = {
    one.name: USUAL[one.name.split("_", 2)[2]] for one in FEATURES if one.known in (Known.OBSERVED, Known.FORECAST)
}


def typical(flights: Sample) -> dict[str, float]:
    """The median of each of NAMES."""
    return {name: float(np.nanmedian(flights.inputs[name])) for name in NAMES}


def plain(flights: Sample) -> np.ndarray:
    """As trees take them: NAMES in their order."""
    return np.column_stack([flights.inputs[name] for name in NAMES])


def linear(flights: Sample) -> np.ndarray:
    """As logistic regression takes them: the log odds of shares, a column an hour and a weekday, the rest scaled."""
    shares = np.column_stack([flights.inputs[name] for name in SHARES]).clip(LEAST, 1 - LEAST)
    hours = _columns(flights.inputs["departure_hour"], HOURS)
    weekdays = _columns(flights.inputs["weekday"], WEEKDAYS)
    rest = [flights.inputs[name] / scale for name, scale in SCALES.items()]
    return np.column_stack([np.log(shares / (1 - shares)), hours, weekdays, *rest])


def weather(flights: Sample) -> np.ndarray:
    """The weather as logistic regression would take it, beside `linear`: how far it is from the usual one. Weather that
    is not known is the usual one: of many airports there is none, and their flights have all the rest."""
    values = {name: flights.inputs[name] for name in WEATHER}
    return np.column_stack(
        [
            (np.where(np.isnan(values[name]), usual.value, values[name]) - usual.value) / usual.scale
            for name, usual in WEATHER.items()
        ]
    )


def _columns(values: np.ndarray, possible: range) -> np.ndarray:
    """1 in the column of the value, else 0; NaN in all where it is not known."""
    return np.where(np.isnan(values)[:, None], np.nan, values[:, None] == np.array(possible))
