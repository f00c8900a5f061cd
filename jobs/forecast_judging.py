"""How good probabilities were: measures of forecasts against what came, to the last digit the same for the same rows.

- auc: the share of pairs of a late flight and one that was not in which the late one had the higher probability.
- pr_auc: average precision, the mean over late flights of the share of late ones among those forecast as high or
  higher.
- brier: the mean square of probability less outcome; 0 is best. skill: its part below the baseline's, 0.05 is 5 %.
- ece: the mean over BINS equally wide bins of |mean probability - share late|, by the flights in each.
"""

from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Flights with a probability in one bin: how many, the mean probability, and the share that came late."""

    flights: int
    probability: float
    late_share: float


@dataclass(frozen=True)
class Score:
    """The measures of one model over some flights; auc is 0.5 where all flights are alike."""

    flights: int
    late_share: float
    auc: float
    pr_auc: float
    brier: float
    ece: float


def score(probability: np.ndarray, is_late: np.ndarray) -> Score:
    """Measures of forecasts, of one flight at least."""
    bins = reliability(probability, is_late)
    ece = sum(one.flights * abs(one.probability - one.late_share) for one in bins) / len(is_late)
    auc, pr_auc = _ranked(probability, is_late)
    brier = float(np.mean((probability - is_late) ** 2))
    return Score(len(is_late), float(np.mean(is_late)), auc, pr_auc, brier, ece)


def skill(brier: float, baseline: float) -> float:
    """The part by which a Brier score is below the baseline's; 0 where that has no error."""
    return 1 - brier / baseline if baseline else 0.0


def of_parts(
    names: np.ndarray, probability: np.ndarray, baseline: np.ndarray, is_late: np.ndarray
) -> dict[str, tuple[Score, float]]:
    """The measures of the flights of each name, such as an airport's, and the Brier score of the baseline's
    probabilities there."""
    found = {}
    for name in np.unique(names).tolist():
        rows = np.flatnonzero(names == name)
        of_baseline = float(np.mean((baseline[rows] - is_late[rows]) ** 2))
        found[str(name)] = score(probability[rows], is_late[rows]), of_baseline
    return found


def reliability(probability: np.ndarray, is_late: np.ndarray) -> list[Bin]:
    """The bins that have flights, from the lowest probability to the highest."""
    place = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    groups = [np.flatnonzero(place == one) for one in range(BINS)]
    return [
        Bin(len(rows), float(np.mean(probability[rows])), float(np.mean(is_late[rows]))) for rows in groups if len(rows)
    ]


def _ranked(probability: np.ndarray, is_late: np.ndarray) -> tuple[float, float]:
    """auc and pr_auc; flights of one probability are taken together."""
    _, group = np.unique(-probability, return_inverse=True)
    late = np.bincount(group, is_late)
    others = np.bincount(group) - late
    if not late.sum() or not others.sum():
        return 0.5, float(np.mean(is_late))
    others_below = others.sum() - np.cumsum(others) + others / 2
    precision = np.cumsum(late) / np.cumsum(late + others)
    return float(late @ others_below / (late.sum() * others.sum())), float(late @ precision / late.sum())
