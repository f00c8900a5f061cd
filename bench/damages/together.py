"""Several kinds at once, each to its part of the rows. Each public function is one kind of damage."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from bench.damages import lost, values, written
from bench.damages.sample import Sample


def _in_turn(month: Sample, *makes: Callable[[Sample], pd.DataFrame]) -> pd.DataFrame:
    """Each kind, at its part of the strength, to what the ones before it left."""
    for make in makes:
        month = replace(month, rows=make(replace(month, strength=month.strength / len(makes))).reset_index(drop=True))
    return month.rows


def lines_and_late_flights_lost(month: Sample) -> pd.DataFrame:
    """Lines are lost here and there, and flights that left late."""
    return _in_turn(month, lost.rows_lost_at_random, lost.late_flights_lost)


def cancelled_evening_and_small_airlines_lost(month: Sample) -> pd.DataFrame:
    """Cancelled flights, the latest departures and the smallest airlines are missing."""
    return _in_turn(month, lost.cancelled_flights_lost, lost.evenings_lost, lost.airlines_lost)


def lost_and_repeated(month: Sample) -> pd.DataFrame:
    """Lines are lost and as many are there again under other numbers: the count stays."""
    return _in_turn(month, lost.rows_lost_at_random, lost.flights_repeated_under_other_numbers)


def lost_and_filled_with_the_month_before(month: Sample) -> pd.DataFrame:
    """The last days are missing, others' flights are those of the month before."""
    return _in_turn(month, lost.last_days_lost, lost.flights_of_the_month_before)


def distance_zero_and_air_times_empty(month: Sample) -> pd.DataFrame:
    """Some distances are 0, some times in the air are not given: no speed can be told."""
    return _in_turn(month, values.distance_zero, values.air_times_empty)


def rounded_capped_and_early_is_punctual(month: Sample) -> pd.DataFrame:
    """Delays were tidied up: rounded, capped, none below zero."""
    return _in_turn(month, written.delays_rounded, written.delays_capped, written.early_is_punctual)


def everything_a_little(month: Sample) -> pd.DataFrame:
    """Eight kinds, each to an eighth of the rows."""
    kinds = (
        lost.rows_lost_at_random, lost.late_flights_lost, lost.airlines_lost, lost.evenings_lost,
        values.delays_empty, values.tail_numbers_empty, values.distance_zero, values.several_reasons_at_once,
    )  # fmt: skip
    return _in_turn(month, *kinds)
