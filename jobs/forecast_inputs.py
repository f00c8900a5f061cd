"""What the models take of the features: a row a flight, a column a number, NaN where a feature is not known.

`month` and `departure_delay_minutes` are left out: a month of a year is in training once at most, and the delay of the
departure is not known a day before.
"""

import numpy as np
from forecast_features import FEATURES, Known
from forecast_sample import Sample

NAMES = tuple(one.name for one in FEATURES if one.known != Known.DEPARTED and one.name != "month")
SHARES = tuple(name for name in NAMES if "_share_" in name)
# A share of 0 or 1 has no odds.
LEAST = 0.002
HOURS, WEEKDAYS = range(24), range(1, 8)
SCALES = {
    "days_to_holiday": 7, "days_since_holiday": 7, "distance_miles": 1000, "planned_minutes": 100,
    "planned_departures": 10, "planned_arrivals": 10,
}  # fmt: skip


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


def _columns(values: np.ndarray, possible: range) -> np.ndarray:
    """1 in the column of the value, else 0; NaN in all where it is not known."""
    return np.where(np.isnan(values)[:, None], np.nan, values[:, None] == np.array(possible))
