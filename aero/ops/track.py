"""How good forecasts of delays turned out, day by day: aero_ml.track_record, and when a forecast drifts.

It drifts where over the last DAYS with LEAST_FLIGHTS that arrived it expected MOST_GAP more or fewer of them late than
were, or its Brier score is MOST_WORSE above the baseline's. Both limits are beyond what a month of 2013 had whose
forecast was better than the baseline (docs/forecast.md). A forecast that drifts and is worse than the baseline is
replaced by it, until it no longer is (jobs/forecast_delays.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import hdfs

from aero import webhdfs
from aero.datasets import FORECAST_TRACK
from aero.month import Month
from aero.ops import tables

DAYS = 7
LEAST_FLIGHTS = 300
MOST_GAP = 0.15
MOST_WORSE = 0.02


@dataclass(frozen=True)
class Errors:
    """Flights that arrived: how many, how many late and expected to be, and the sums of squared errors."""

    flights: int
    late: int
    expected_late: float
    squared: float
    baseline_squared: float

    @property
    def gap(self) -> float:
        """By what share of the flights more were late than expected; below 0 fewer."""
        return (self.late - self.expected_late) / self.flights

    @property
    def is_worse(self) -> bool:
        """Whether the baseline would have been better."""
        return self.squared > self.baseline_squared

    @property
    def drifts(self) -> bool:
        """Whether it is beyond the limits; of too few flights nothing is known."""
        if self.flights < LEAST_FLIGHTS:
            return False
        return abs(self.gap) > MOST_GAP or self.squared > (1 + MOST_WORSE) * self.baseline_squared


@dataclass(frozen=True)
class Day:
    """One day's forecast judged; fields as hive/aero_ml/track_record/create.hql says them, in its order."""

    flight_date: date
    model_name: str
    training_id: str
    arrived_flights: int
    late_flights: int
    expected_late_flights: float
    squared_error: float
    baseline_squared_error: float
    is_drifting: bool
    judged_at: datetime


def summed(days: Iterable[Day]) -> Errors:
    """The errors of some days together."""
    found = list(days)
    return Errors(
        sum(day.arrived_flights for day in found),
        sum(day.late_flights for day in found),
        sum(day.expected_late_flights for day in found),
        sum(day.squared_error for day in found),
        sum(day.baseline_squared_error for day in found),
    )


def judged(facts: Iterable[dict[str, Any]], before: Sequence[Day], now: datetime) -> list[Day]:
    """The days of `facts`, rows of hive/aero_ml/delay_forecasts/by_day.hql; `before` are days judged earlier."""
    days = list(before)
    made = []
    for fact in sorted(facts, key=lambda one: one["flight_date"]):
        day = Day(**fact, is_drifting=False, judged_at=now)
        first = day.flight_date - timedelta(days=DAYS - 1)
        window = [one for one in days if first <= one.flight_date < day.flight_date]
        day = Day(**vars(day) | {"is_drifting": summed([*window, day]).drifts})
        days.append(day)
        made.append(day)
    return made


def path(month: Month) -> str:
    """HDFS path of a month's file."""
    return f"{FORECAST_TRACK.path}/{month}.tsv"


def read(client: hdfs.Client, month: Month) -> list[Day]:
    """The days of a month that were judged; none where none were."""
    return tables.read_file(client, path(month), Day)[0] if webhdfs.exists(client, path(month)) else []


def write(client: hdfs.Client, month: Month, facts: Iterable[dict[str, Any]]) -> list[Day]:
    """Replace a month's days by those of `facts`, judged now."""
    days = judged(facts, read(client, month.plus(-1)), tables.now())
    tables.add(client, FORECAST_TRACK, str(month), days)
    return days


def newest(client: hdfs.Client) -> Day | None:
    """The last day that was judged; None where none was."""
    names = sorted(name for name in webhdfs.names(client, FORECAST_TRACK.path) if name[0].isdigit())
    days = read(client, Month.parse(names[-1].removesuffix(".tsv"))) if names else []
    return days[-1] if days else None
