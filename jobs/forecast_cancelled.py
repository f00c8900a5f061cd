"""The probability of a flight to be cancelled: logistic regression, or the share that was where that was better."""

from typing import Any

import numpy as np
from forecast_guard import check_fitted
from forecast_inputs import linear
from forecast_judging import Score, score, skill
from forecast_models import frame, odds_of
from forecast_sample import Sample
from pyspark.ml.classification import LogisticRegression
from pyspark.sql import SparkSession

NAME = "cancelled"
# So few are cancelled, and on so few days, that little may be read into any input.
RIDGE = 0.01


def fitted(spark: SparkSession, flights: Sample) -> dict[str, Any]:
    """The regression over flights whose end is known, and their share that was cancelled; the share alone where no
    flight has all inputs."""
    share = {"share": float(np.mean(flights.is_cancelled)), "known_until": int(flights.known_at.max())}
    if np.isnan(linear(flights)).any(axis=1).all():
        return share
    data = frame(spark, linear(flights), flights.is_cancelled).coalesce(1)
    model = LogisticRegression(regParam=RIDGE).fit(data)
    return share | {"coefficients": model.coefficients.toArray().tolist(), "intercept": model.intercept}


def without_regression(parameters: dict[str, Any]) -> dict[str, Any]:
    """The share alone."""
    return {name: parameters[name] for name in ("share", "known_until")}


def probabilities(parameters: dict[str, Any], flights: Sample) -> np.ndarray:
    """Of each flight; the share where an input is not known. Raises forecast_guard.Leaked as models do."""
    share = np.full(flights.size, parameters["share"])
    if flights.size:
        check_fitted(f"The model {NAME}", parameters["known_until"], int(flights.as_of.min()))
    if "coefficients" not in parameters:
        return share
    said = odds_of(parameters, flights)
    return np.where(np.isnan(said), share, said)


def judged(parameters: dict[str, Any], flights: Sample) -> tuple[Score, float]:
    """The measures of the regression over flights whose end is known, and its skill against the share."""
    found = score(probabilities(parameters, flights), flights.is_cancelled)
    of_share = float(np.mean((parameters["share"] - flights.is_cancelled) ** 2))
    return found, skill(found.brier, of_share)
