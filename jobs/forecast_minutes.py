"""How late a flight may be: quantiles of the delays of flights that were forecast alike.

Flights are put into GROUPS equally large groups by the probability that a model gives them; each has quantiles of its
arrival delays, and between the groups' mean probabilities they are straight lines.
"""

from typing import Any

import numpy as np

QUANTILES = (10, 50, 90)
GROUPS = 20


def fitted(probability: np.ndarray, minutes: np.ndarray) -> dict[str, Any]:
    """The groups of flights that arrived so many minutes late: mean probability, and delays by QUANTILES."""
    # Flights of one probability, as of a model that says little, are in one group.
    edges = np.unique(np.percentile(probability, np.linspace(0, 100, GROUPS + 1)[1:-1]))
    place = np.searchsorted(edges, probability, "right")
    groups = [np.flatnonzero(place == one) for one in np.unique(place)]
    return {
        "probability": [float(probability[group].mean()) for group in groups],
        "minutes": [np.percentile(minutes[group], QUANTILES).tolist() for group in groups],
    }


def quantiles(parameters: dict[str, Any], probability: np.ndarray) -> np.ndarray:
    """Minutes of delay by QUANTILES, a row a flight of this probability."""
    minutes = np.array(parameters["minutes"])
    return np.column_stack([np.interp(probability, parameters["probability"], column) for column in minutes.T])


def pinball(said: np.ndarray, minutes: np.ndarray) -> float:
    """The mean pinball loss of quantiles over flights and QUANTILES, in minutes; 0 is best."""
    missed = minutes[:, None] - said
    share = np.array(QUANTILES) / 100
    return float(np.mean(np.maximum(share * missed, (share - 1) * missed)))


def coverage(said: np.ndarray, minutes: np.ndarray) -> float:
    """The share of flights whose delay was from the lowest quantile to the highest: 0.8 is meant."""
    return float(np.mean((said[:, 0] <= minutes) & (minutes <= said[:, -1])))
