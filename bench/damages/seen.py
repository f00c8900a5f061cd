"""Damages that gates once let pass, as they were seen; `strength` says nothing here. Each public function is one."""

from dataclasses import replace

import numpy as np
import pandas as pd

from bench.damages import lost, values
from bench.damages.sample import Sample


def _at(strength: float, month: Sample) -> Sample:
    return replace(month, strength=strength)


def a_third_lost_at_random(month: Sample) -> pd.DataFrame:
    """33 % of the lines are lost at random."""
    return lost.rows_lost_at_random(_at(0.33, month))


def two_of_three_lines_lost(month: Sample) -> pd.DataFrame:
    """Only every third line is there."""
    return month.rows.iloc[::3]


def four_of_five_late_flights_lost(month: Sample) -> pd.DataFrame:
    """80 % of the late flights are missing."""
    late = np.flatnonzero(month.numbers("DepDelay") >= 15)
    gone = month.random.choice(late, round(len(late) * 0.8), replace=False)
    return month.without(np.isin(np.arange(len(month.rows)), gone))


def small_airlines_lost(month: Sample) -> pd.DataFrame:
    """The smallest airlines, with up to 11.5 % of the flights, are missing."""
    return lost.airlines_lost(_at(0.115, month))


def all_cancelled_but_one_lost(month: Sample) -> pd.DataFrame:
    """All cancelled flights but one are missing."""
    is_cancelled = month.numbers("Cancelled") == 1
    return month.without(is_cancelled & (is_cancelled.cumsum() > 1))


def after_20_00_lost(month: Sample) -> pd.DataFrame:
    """All departures after 20:00 are missing."""
    return month.without(month.numbers("CRSDepTime") > 2000)


def distance_zero_everywhere(month: Sample) -> pd.DataFrame:
    """Distance is 0 in every line."""
    return values.distance_zero(_at(1, month))


def five_reasons_for_a_twentieth(month: Sample) -> pd.DataFrame:
    """4.6 % of the lines are refused, for five reasons."""
    return values.several_reasons_at_once(_at(0.046, month))


def late_cancelled_and_evening_lost(month: Sample) -> pd.DataFrame:
    """80 % of the late flights, all cancelled ones but one and all departures after 20:00 are missing."""
    for make in (four_of_five_late_flights_lost, all_cancelled_but_one_lost, after_20_00_lost):
        month = replace(month, rows=make(month).reset_index(drop=True))
    return month.rows


def all_of_these(month: Sample) -> pd.DataFrame:
    """All of the above together, but for every third line."""
    kinds = (
        late_cancelled_and_evening_lost, small_airlines_lost, a_third_lost_at_random,
        five_reasons_for_a_twentieth, distance_zero_everywhere,
    )  # fmt: skip
    for make in kinds:
        month = replace(month, rows=make(month).reset_index(drop=True))
    return month.rows


def cut_at_70_percent(month: Sample) -> pd.DataFrame:
    """The file is cut at 70 %, and no other month of its source is there."""
    return lost.end_of_file_lost(_at(0.30, month))
