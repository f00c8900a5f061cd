"""The models: two baselines, and two of pyspark.ml, with and without a curve. Fitted, each is plain numbers.

- prior: the share of all flights that came late.
- airline_hour: the share of the airline's flights in that hour of the day, moved towards the airline's where there are
  few (forecast_rates.SMOOTHING). What other models have to beat.
- logistic: logistic regression. trees: gradient-boosted trees.
- logistic_isotonic, trees_isotonic: the same, fitted to all but the last month; an isotonic curve, fitted to the last
  one, makes probabilities of what they say. It helps where months are alike.

What Spark has fitted is read out of it, so a forecast needs no Spark, and is the same wherever it is made. Classes are
not re-weighted. A flight of which an input is not known is forecast by airline_hour.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import forecast_corrections
import forecast_minutes
import forecast_trees
import numpy as np
import pyarrow as pa
from forecast_corrections import Horizon
from forecast_guard import check_fitted
from forecast_inputs import linear, plain, typical
from forecast_rates import SMOOTHING
from forecast_sample import Sample
from pyspark import StorageLevel
from pyspark.ml.classification import GBTClassifier, LogisticRegression
from pyspark.ml.functions import array_to_vector
from pyspark.ml.regression import IsotonicRegression
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from aero.datasets import FLIGHTS
from aero.errors import AeroError

SEED = 24
TREES, DEPTH, STEP, LEAST_FLIGHTS = 30, 3, 0.1, 500
# Months differ more than flights in them: shrunk so much it was below the baseline in each month (docs/forecast.md).
# What corrects a forecast on the day has seven inputs alone.
RIDGE, RIDGE_OF_CORRECTIONS = 0.1, 1e-4
# Sums of two pieces are the same in either order; of more they are not, to the last digit.
PIECES = 2


class Name(StrEnum):
    """The models, from the simplest on."""

    PRIOR = "prior"
    AIRLINE_HOUR = "airline_hour"
    LOGISTIC = "logistic"
    LOGISTIC_ISOTONIC = "logistic_isotonic"
    TREES = "trees"
    TREES_ISOTONIC = "trees_isotonic"


BASELINE = Name.AIRLINE_HOUR


@dataclass(frozen=True)
class Model:
    """A fitted model. `known_until`: it has seen no outcome that was known later, in minutes since 1970."""

    name: Name
    known_until: int
    parameters: dict[str, Any]


Models = dict[Name, Model]


def fitted(spark: SparkSession, train: Sample, calibrate: Sample, names: Collection[Name] = tuple(Name)) -> Models:
    """The models, of flights whose outcome is known (is_late is 0 or 1). Those with a curve are fitted to `train`, and
    the curve to `calibrate`; all others see both. `names` are those wanted.
    """
    both = train.and_of(calibrate)
    until = int(both.known_at.max())
    models = {
        Name.PRIOR: Model(Name.PRIOR, until, {"share": float(np.mean(both.is_late))}),
        Name.AIRLINE_HOUR: Model(Name.AIRLINE_HOUR, until, _shares(both)),
    }
    for name, curved, fit, inputs in LEARNED:
        if name in names:
            _tell(name, both)
            models[name] = Model(name, until, fit(frame(spark, inputs(both), both.is_late)))
        if curved in names:
            _tell(curved, train)
            parameters = fit(frame(spark, inputs(train), train.is_late))
            curve = _isotonic(spark, SCORES[curved](parameters, calibrate), calibrate.is_late)
            models[curved] = Model(curved, until, parameters | {"curve": curve})
    usual = typical(both)
    for name in names:
        minutes = forecast_minutes.fitted(_said(models, name, both), both.late_minutes)
        models[name].parameters.update(typical=usual, minutes=minutes)
    return {name: model for name, model in models.items() if name in names}


def _tell(name: Name, flights: Sample) -> None:
    print(f"{name} learns from {flights.size:,} flights", flush=True)


def corrections(spark: SparkSession, models: Models, name: Name, flights: Sample) -> dict[str, Any]:
    """What corrects the model's forecasts on the day itself, by horizon, of the flights that it was fitted to: their
    sample has what the day tells."""
    said = _said(models, name, flights)

    def fit(one: Horizon) -> dict[str, Any]:
        inputs = np.column_stack(forecast_corrections.inputs(said, flights.at(one)))
        return _logistic(frame(spark, inputs, flights.is_late), RIDGE_OF_CORRECTIONS)

    return {str(one): fit(one) for one in Horizon}


def probabilities(models: Models, name: Name, flights: Sample) -> np.ndarray:
    """The probability of each flight to come late. Raises forecast_guard.Leaked where the model knows too much."""
    model = models[name]
    if flights.size:
        check_fitted(f"The model {name}", model.known_until, int(flights.as_of.min()))
    return _said(models, name, flights)


def knows(model: Model, flights: Sample) -> np.ndarray:
    """Whether it has all inputs of each flight; those of which it has not are forecast by the baseline."""
    return ~np.isnan(SCORES[model.name](model.parameters, flights))


def _said(models: Models, name: Name, flights: Sample) -> np.ndarray:
    model = models[name]
    said = SCORES[name](model.parameters, flights)
    if "curve" in model.parameters:
        scores, shares = np.array(model.parameters["curve"]).T
        said = np.interp(said, scores, shares)
    is_unknown = np.isnan(said)
    return np.where(is_unknown, SCORES[BASELINE](models[BASELINE].parameters, flights), said)


def _shares(flights: Sample) -> dict[str, Any]:
    """The share of all, of each airline, and of each airline and hour: `B6 9`."""
    late, airline = flights.is_late.astype(np.int64), flights.airline.astype(str)
    hours = flights.inputs["departure_hour"].tolist()
    both = np.array([f"{one} {int(at)}" for one, at in zip(airline, hours, strict=True)])
    share = float(np.mean(late))
    airlines = _grouped(airline, late, lambda _: share)
    return {
        "share": share,
        "airlines": airlines,
        "hours": _grouped(both, late, lambda name: airlines[name.rpartition(" ")[0]]),
    }


def _grouped(names: np.ndarray, late: np.ndarray, wider: Callable[[str], float]) -> dict[str, float]:
    """The share of each name, moved towards the wider one's."""
    values, group = np.unique(names, return_inverse=True)
    pairs = zip(values.tolist(), np.bincount(group, late).tolist(), np.bincount(group).tolist(), strict=True)
    return {name: (hits + SMOOTHING * wider(name)) / (count + SMOOTHING) for name, hits, count in pairs}


def frame(spark: SparkSession, inputs: np.ndarray, label: np.ndarray) -> DataFrame:
    """Rows with all inputs known, as Spark's learners take them, in PIECES that the executor keeps: each of a learner's
    steps would send them to it. On its disk: while it learns a learner has what it needs in memory, and Java gives up
    pieces late, so that those of a year's months would fill the heap. They are sent in small parts, for a task with a
    whole piece would fill the driver's; and in their order, for other sums are others in the last digit.
    """
    rows = np.flatnonzero(~np.isnan(inputs).any(axis=1))
    if not len(rows):
        raise AeroError(
            "No flight to learn from has all that models take of it.",
            f"Which columns of {FLIGHTS.name} are NULL in these months? See: aero checks",
        )
    values = pa.FixedSizeListArray.from_arrays(inputs[rows].ravel(), inputs.shape[1]).cast(pa.list_(pa.float64()))
    number = np.arange(len(rows))
    columns = {"label": label[rows].astype(np.float64), "values": values, "number": number}
    columns["piece"] = (number * PIECES // len(rows)).astype(np.int32)
    pieces = spark.createDataFrame(pa.table(columns)).repartitionById(PIECES, "piece").sortWithinPartitions("number")
    vectors = pieces.select("label", array_to_vector(F.col("values")).alias("features"))
    return vectors.localCheckpoint(storageLevel=StorageLevel.DISK_ONLY)


def _logistic(data: DataFrame, ridge: float = RIDGE) -> dict[str, Any]:
    # The mean and deviation of inputs, which it takes first, depend on the order of two pieces.
    model = LogisticRegression(regParam=ridge).fit(data.coalesce(1))
    return {"coefficients": model.coefficients.toArray().tolist(), "intercept": model.intercept}


def _trees(data: DataFrame) -> dict[str, Any]:
    learner = GBTClassifier(maxIter=TREES, maxDepth=DEPTH, stepSize=STEP, minInstancesPerNode=LEAST_FLIGHTS, seed=SEED)
    return forecast_trees.read_out(learner.fit(data))


def _isotonic(spark: SparkSession, scores: np.ndarray, is_late: np.ndarray) -> list[tuple[float, float]]:
    """Points of a curve that never falls: score and share late."""
    rows = np.flatnonzero(~np.isnan(scores))
    pairs = pa.table({"features": scores[rows], "label": is_late[rows].astype(np.float64)})
    model = IsotonicRegression().fit(spark.createDataFrame(pairs).coalesce(1))
    return list(zip(model.boundaries.toArray().tolist(), model.predictions.toArray().tolist(), strict=True))


def _by_prior(parameters: dict[str, Any], flights: Sample) -> np.ndarray:
    return np.full(flights.size, parameters["share"])


def _by_airline_hour(parameters: dict[str, Any], flights: Sample) -> np.ndarray:
    hours, airlines, share = parameters["hours"], parameters["airlines"], parameters["share"]
    pairs = zip(flights.airline.tolist(), flights.inputs["departure_hour"].tolist(), strict=True)
    # The hour is NaN where the schedule was not known yet.
    return np.array(
        [hours.get(f"{one} {int(at)}" if at == at else "", airlines.get(one, share)) for one, at in pairs], float
    )


def odds_of(parameters: dict[str, Any], flights: Sample) -> np.ndarray:
    """What a logistic regression says of each flight; NaN where an input is not known."""
    odds = linear(flights) @ np.array(parameters["coefficients"]) + parameters["intercept"]
    return 1 / (1 + np.exp(-odds))


def _by_trees(parameters: dict[str, Any], flights: Sample) -> np.ndarray:
    return forecast_trees.probability(parameters, plain(flights))


SCORES: dict[Name, Callable[[dict[str, Any], Sample], np.ndarray]] = {
    Name.PRIOR: _by_prior,
    Name.AIRLINE_HOUR: _by_airline_hour,
    Name.LOGISTIC: odds_of,
    Name.LOGISTIC_ISOTONIC: odds_of,
    Name.TREES: _by_trees,
    Name.TREES_ISOTONIC: _by_trees,
}
LEARNED = (
    (Name.LOGISTIC, Name.LOGISTIC_ISOTONIC, _logistic, linear),
    (Name.TREES, Name.TREES_ISOTONIC, _trees, plain),
)
