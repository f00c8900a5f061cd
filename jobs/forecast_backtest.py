"""The rolling origin: each month is forecast by models that have seen only what was known before its first forecast.

For a test month, models are fitted to the months before the last one, calibrated on the last one, and judged on the
test month. Which one is served in it was chosen by the months that were judged before (best).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import forecast_cancelled
import forecast_guard
import forecast_minutes
import forecast_models
import numpy as np
import pyarrow as pa
from forecast_corrections import Horizon, corrected
from forecast_features import History, features
from forecast_judging import Bin, Score, of_parts, reliability, score, skill
from forecast_models import BASELINE, Model, Name, fitted, probabilities
from forecast_outcomes import instants, minutes
from forecast_sample import HORIZON_HOURS, Sample, sample, with_later
from forecast_weather import Weather
from pyspark.sql import SparkSession

from aero.errors import AeroError
from aero.month import Month

# A month to be judged needs two to fit to, and one to calibrate on.
LEAST_TRAINING_MONTHS = 2
PARTS = ("origin_id", "airline_id")
# A flight with its features is some 3 KB in Python while models are fitted to it; what the history has of it, 0.5 KB.
MOST_SAMPLED = 500_000
# Flights that are asked for in the check of the features.
CHECKED_FLIGHTS = 200


@dataclass(frozen=True)
class Minutes:
    """The quantiles of a model: their pinball loss in minutes, and the share of flights between the outer two."""

    pinball: float
    coverage: float


@dataclass(frozen=True)
class Judged:
    """One month: the measures of each model, which was served, and the bins of what was served; the quantiles of each
    model; the measures of the probability to be cancelled, and by what part its Brier score is below the share's.
    `parts` are the measures of what was served by PARTS, and by their names, each with the baseline's Brier score.
    `renewed` are the measures of one model's forecasts as they were corrected on the day, where that was asked for.
    """

    month: Month
    scores: dict[Name, Score]
    served: Name
    bins: list[Bin]
    minutes: dict[Name, Minutes]
    cancelled: Score
    cancelled_skill: float
    parts: dict[str, dict[str, tuple[Score, float]]]
    renewed: dict[Horizon, Score]

    @property
    def briers(self) -> dict[Name, float]:
        """The Brier score of each model."""
        return {name: one.brier for name, one in self.scores.items()}

    def skill(self, score: Score) -> float:
        """The part by which a Brier score of the month is below that of the baseline."""
        return skill(score.brier, self.scores[BASELINE].brier)


def all_known(flights: pa.Table, observed: pa.Table | None = None, forecasts: pa.Table | None = None) -> Sample:
    """The sample of the flights, MOST_SAMPLED of them at most, each as of its own instant, with what the day tells, and
    with the weather (forecast_weather.Weather), where there is some. What is known of all flights is in the features.
    Raises forecast_guard.Leaked where a feature leaks."""
    history = History(flights, Weather(observed, forecasts))
    # At equal distances: a table's order spreads them over days, airports and airlines.
    places = np.linspace(0, flights.num_rows - 1, min(flights.num_rows, MOST_SAMPLED)).astype(np.int64)
    some = flights.take(places)
    print(f"What was known before each of {some.num_rows:,} flights is worked out", flush=True)
    found = with_later(sample(some, history), some, history)
    del history  # The check makes others.
    check(flights, found, observed, forecasts)
    return found


def check(
    flights: pa.Table, found: Sample, observed: pa.Table | None = None, forecasts: pa.Table | None = None
) -> None:
    """Raises forecast_guard.Leaked where a feature knows a fact of later, as of the middle of the flights."""
    if not found.size:
        return
    instant = int(np.median(found.as_of))
    departure = minutes(flights["scheduled_departure_at"])
    # Those that leave a day later, and those that leave next.
    asked = np.concatenate([_first(departure, instant + wait) for wait in (HORIZON_HOURS * 60, 0)])
    weather = Weather(observed, forecasts)
    forecast_guard.check_features(
        lambda some, known, as_of: features(some, History(known, weather), as_of), flights, asked, instant
    )
    some, as_of = flights.take(asked), instants(np.full(len(asked), instant, np.int64))
    history = History(flights)
    forecast_guard.check_weather(
        lambda *changed: features(some, history.with_weather(Weather(*changed)), as_of), *weather.tables, instant
    )


def _first(departure: np.ndarray, start: int) -> np.ndarray:
    """The rows of CHECKED_FLIGHTS that leave first from an instant on."""
    rows = np.flatnonzero(departure >= start)
    return rows[np.argsort(departure[rows], kind="stable")][:CHECKED_FLIGHTS]


def split(known: Sample, month: int) -> tuple[Sample, Sample, Sample]:
    """What models of a month are fitted to, calibrated on and judged by: flights that arrived.

    `month` is the index of a Month. Of the first two, those whose outcome was known at the first forecast of the third.
    """
    has_arrived = known.is_late >= 0
    is_test = has_arrived & (known.month == month)
    first = int(known.as_of[known.month == month].min())
    is_before = has_arrived & (known.known_at <= first)
    train = known.of(is_before & (known.month < month - 1))
    calibrate = known.of(is_before & (known.month == month - 1))
    forecast_guard.check_split(np.concatenate([train.known_at, calibrate.known_at]), first)
    return train, calibrate, known.of(is_test)


def split_ended(known: Sample, month: int) -> tuple[Sample, Sample]:
    """What the probability to be cancelled is fitted to and judged by: flights that arrived or were cancelled."""
    has_ended = (known.is_late >= 0) | (known.is_cancelled == 1)
    is_test = known.month == month
    first = int(known.as_of[is_test].min())
    fit = known.of(has_ended & (known.known_at <= first) & (known.month < month))
    forecast_guard.check_split(fit.known_at, first)
    return fit, known.of(has_ended & is_test)


def backtest(
    spark: SparkSession, known: Sample, names: Collection[Name] = tuple(Name), renews: Name | None = None
) -> Iterator[Judged]:
    """Every month that has enough before it, in order; `renews` is the model whose forecasts are corrected on the day,
    without it what is served. AeroError where there is none."""
    served, before = BASELINE, []
    for month in testable(known):
        one = judged(spark, known, month, served, names, renews or served)
        yield one
        before.append(one.briers)
        served = best(before)


def testable(known: Sample) -> Sequence[int]:
    """The months that can be judged: three in a row are before them. AeroError where there is none."""
    there = set(np.unique(known.month[known.is_late >= 0]).tolist())
    before = range(1, LEAST_TRAINING_MONTHS + 2)
    months = [month for month in sorted(there) if all(month - back in there for back in before)]
    if not months:
        raise AeroError(
            "There are not four months in a row that are loaded: two to fit to, one to calibrate on, one to judge by.",
            "Load more: aero load",
        )
    return months


def judged(
    spark: SparkSession,
    known: Sample,
    month: int,
    served: Name,
    names: Collection[Name] = tuple(Name),
    renews: Name | None = None,
) -> Judged:
    """What models are worth in a month, fitted to those before it; and one of them, `renews`, corrected on the day."""
    train, calibrate, test = split(known, month)
    models = fitted(spark, train, calibrate, names)
    ended, ended_test = split_ended(known, month)
    cancelled, cancelled_skill = forecast_cancelled.judged(forecast_cancelled.fitted(spark, ended), ended_test)
    said = {name: probabilities(models, name, test) for name in models}
    scores = {name: score(of_model, test.is_late) for name, of_model in said.items()}
    minutes = {name: _minutes(models[name], said[name], test) for name in models}
    bins = reliability(said[served], test.is_late)
    names_of = zip(PARTS, (test.origin, test.airline), strict=True)
    parts = {what: of_parts(names, said[served], said[BASELINE], test.is_late) for what, names in names_of}
    renewed = {}
    if renews:
        corrections = forecast_models.corrections(spark, models, renews, train.and_of(calibrate))
        renewed = _renewed(corrections, said[renews], test)
    return Judged(Month.from_index(month), scores, served, bins, minutes, cancelled, cancelled_skill, parts, renewed)


def _renewed(corrections: dict[str, Any], said: np.ndarray, test: Sample) -> dict[Horizon, Score]:
    return {one: score(corrected(corrections[one], said, test.at(one)), test.is_late) for one in Horizon}


def _minutes(model: Model, said: np.ndarray, test: Sample) -> Minutes:
    quantiles = forecast_minutes.quantiles(model.parameters["minutes"], said)
    return Minutes(
        forecast_minutes.pinball(quantiles, test.late_minutes), forecast_minutes.coverage(quantiles, test.late_minutes)
    )


def best(months: Sequence[Mapping[Name, float]]) -> Name:
    """By the models' Brier scores in some months, the simplest model within one standard error of the least mean (the
    rule of Breiman et al., Classification and Regression Trees, 1984); of one or two months, which tell no error, the
    one with the least, the simpler of two alike.

    A few months tell little: in July 2013 the trees were best by far, and in August worse than the baseline.
    """
    names = [name for name in Name if name in months[0]]
    scores = np.array([[month[name] for name in names] for month in months])
    beside = scores - scores[:, [int(np.argmin(scores.mean(axis=0)))]]
    error = beside.std(axis=0, ddof=1) / len(months) ** 0.5 if len(months) > 2 else 0
    return names[int(np.argmax(beside.mean(axis=0) <= error))]
