"""The forecast of a day before, corrected on the day itself: a logistic regression for each horizon.

It takes the log odds of the forecast and what the day tells as of the horizon (forecast_features.LATER); what is not
known then is taken for nothing unusual. Plain numbers, the same sum in the same order for one flight and for many: what
the stream says of a flight is what training would have said.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np
from forecast_outcomes import NEVER

# A forecast of 0 or 1 has no odds.
LEAST = 0.002
HOUR = 60


class Horizon(StrEnum):
    """When a forecast is corrected: so long before the scheduled departure, or at the departure itself."""

    HOURS_6 = "6 h"
    HOURS_3 = "3 h"
    MINUTES_90 = "90 min"
    MINUTES_45 = "45 min"
    DEPARTURE = "departure"


MINUTES = {Horizon.HOURS_6: 360, Horizon.HOURS_3: 180, Horizon.MINUTES_90: 90, Horizon.MINUTES_45: 45}
Later = Mapping[str, np.ndarray]


def as_of(horizon: Horizon, scheduled_departure: np.ndarray, departure: np.ndarray) -> np.ndarray:
    """The instants of a horizon, in minutes since 1970; NEVER at the departure of a flight that did not leave."""
    return departure if horizon == Horizon.DEPARTURE else scheduled_departure - MINUTES[horizon]


def reached(instant: int, scheduled_departure: int, departure: int) -> Horizon | None:
    """The newest horizon that a flight has reached; None more than six hours before. Minutes since 1970."""
    if departure <= instant and departure != NEVER:
        return Horizon.DEPARTURE
    passed = [one for one, minutes in MINUTES.items() if instant >= scheduled_departure - minutes]
    return passed[-1] if passed else None


def inputs(probability: np.ndarray, later: Later) -> list[np.ndarray]:
    """What a regression takes of flights: their forecast of a day before, and forecast_features.LATER, NaN where it is
    not known."""
    share = np.clip(probability, LEAST, 1 - LEAST)
    delay, spare = later["inbound_delay_minutes"], later["inbound_spare_minutes"]
    knock_on = np.clip(delay - np.maximum(spare, 0), 0, 3 * HOUR)
    return [
        np.log(share / (1 - share)),
        _known(knock_on / HOUR),
        _known(np.clip(delay, -HOUR / 4, 3 * HOUR) / HOUR),
        np.where(np.isnan(delay), 0.0, 1.0),
        _known(np.clip(later["origin_recent_delay_minutes"], -HOUR / 4, HOUR) / HOUR),
        _known(np.clip(later["destination_recent_delay_minutes"], -HOUR / 4, HOUR) / HOUR),
        _known(np.clip(later["departure_delay_minutes"], -HOUR / 2, 2 * HOUR) / HOUR),
    ]


def corrected(parameters: Mapping[str, Any], probability: np.ndarray, later: Later) -> np.ndarray:
    """The probability of each flight to come late, by the regression of a horizon."""
    odds = np.full(len(probability), float(parameters["intercept"]))
    for coefficient, values in zip(parameters["coefficients"], inputs(probability, later), strict=True):
        odds = odds + coefficient * values
    return 1 / (1 + np.exp(-odds))


def _known(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), 0.0, values)
