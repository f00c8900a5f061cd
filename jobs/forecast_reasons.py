"""Why a flight has its probability: the features that moved its odds most, in words.

A feature moves the odds by how much they change where its value is taken for the typical one, the median of the flights
that the model was fitted to, and all others stay.
"""

import numpy as np
from forecast_inputs import NAMES
from forecast_models import Models, Name, probabilities
from forecast_sample import Sample

MOST = 5
# What moves the odds by less is no reason.
LEAST_FACTOR = 1.02
WORDS = {
    "departure_hour": "leaves at {0:.0f} o'clock", "weekday": "on a {day}", "distance_miles": "{0:,.0f} miles",
    "days_to_holiday": "{0:.0f} days before a holiday", "days_since_holiday": "{0:.0f} days after a holiday",
    "planned_minutes": "{0:.0f} minutes planned", "planned_departures": "{0:.0f} departures planned in that hour",
    "planned_arrivals": "{0:.0f} arrivals planned in that hour",
}  # fmt: skip
KINDS = {
    "all": "all flights", "airline": "the airline's flights", "origin": "flights from its origin",
    "destination": "flights to its destination", "hour": "flights in that hour",
    "airline_hour": "the airline's flights in that hour", "route": "its route's flights",
    "flight": "its number's flights",
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def in_words(models: Models, name: Name, flights: Sample) -> list[str]:
    """The MOST reasons of each flight, the strongest first, with the factor of the odds."""
    usual = models[name].parameters["typical"]
    odds = _log_odds(models, name, flights)
    columns = []
    for feature in NAMES:
        values = np.where(np.isnan(flights.inputs[feature]), np.nan, usual[feature])
        columns.append(odds - _log_odds(models, name, flights._replace(inputs=flights.inputs | {feature: values})))
    moved = np.column_stack(columns)
    strongest = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :MOST]
    return [_told(flights, row, moved[row], strongest[row]) for row in range(flights.size)]


def _log_odds(models: Models, name: Name, flights: Sample) -> np.ndarray:
    said = probabilities(models, name, flights).clip(1e-6, 1 - 1e-6)
    return np.log(said / (1 - said))


def _told(flights: Sample, row: int, moved: np.ndarray, strongest: np.ndarray) -> str:
    factors = {NAMES[place]: float(np.exp(moved[place])) for place in strongest}
    return "; ".join(
        f"{words(name, float(flights.inputs[name][row]))} (odds ×{factor:.2f})"
        for name, factor in factors.items()
        if max(factor, 1 / factor) >= LEAST_FACTOR
    )


def words(name: str, value: float) -> str:
    """What a feature's value says: `45% of its route's flights late in 7 days`."""
    if name in WORDS:
        return WORDS[name].format(value, day=DAYS[int(value) - 1] if name == "weekday" else "")
    what, _, rest = name.partition("_share_")
    kind, _, days = rest.rpartition("_")
    span = "the day before" if days == "1d" else f"in {days[:-1]} days"
    return f"{value:.0%} of {KINDS[kind]} {what} {span}"
