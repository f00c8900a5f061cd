"""The lines of the 2009 Data Expo: 29 bare columns, whole minutes, clocks without leading zeros, NA for nothing."""

from collections.abc import Iterable

import numpy as np

from aero.bts import LAYOUTS
from bench.generator import texts
from bench.generator.arrays import Array, Columns
from bench.generator.facts import CAUSES_SINCE, NO_TAILS, Facts
from bench.generator.schedule import Schedule
from bench.generator.texts import LEAST_DELAY, MOST_MINUTES, NOTHING, joined, table
from bench.generator.world import DAY

COLUMNS = LAYOUTS["dataexpo"].columns
CAUSES = COLUMNS[-5:]
MISSING = "NA"
# The delays' table begins below zero; its last text is the one of nothing, as in all others.
_DELAYS = table([*(f"{value}," for value in range(-LEAST_DELAY, MOST_MINUTES)), f"{MISSING},"])
_CLOCKS = table([*(f"{(value // 60 * 100 + value % 60) or 2400}," for value in range(DAY)), f"{MISSING},"])
_LAST = table([*(f"{value}\n" for value in range(MOST_MINUTES)), f"{MISSING}\n"])


def _fields(values: Iterable[object]) -> Array:
    return table(f"{value}," for value in values)


class Expo:
    """Writes the lines of a month."""

    def __init__(self, schedule: Schedule):
        self._month = schedule.month
        self._numbers = table([*(f"{value}," for value in range(10_000)), f"{MISSING},"])
        self._carriers = _fields(one.iata for one in schedule.carriers)
        self._flights = _fields(range(int(schedule.legs["flight"].max()) + 1))
        self._tails = _fields(tail or MISSING for tail in (*schedule.tails, *NO_TAILS))
        self._airports = _fields(schedule.world.codes)
        # Since there are codes, a flight that was not cancelled has an empty one.
        no_code = "" if schedule.month >= CAUSES_SINCE else MISSING
        self._codes = _fields([no_code, no_code, MISSING, *"ABCD"])

    def text(self, facts: Facts) -> bytes:
        """The lines of some flights."""
        columns = self._columns(facts)
        return joined([columns[name] for name in COLUMNS])

    def _columns(self, facts: Facts) -> Columns:
        legs, numbers = facts.legs, self._numbers
        days = self._month.days
        left = facts.departure != NOTHING
        same = np.zeros(len(facts.day), dtype=np.int32)
        return {
            "Year": numbers[same + self._month.year],
            "Month": numbers[same + self._month.month],
            "DayofMonth": numbers[facts.day + 1],
            "DayOfWeek": numbers[np.array([day.isoweekday() for day in days])[facts.day]],
            "DepTime": _CLOCKS[facts.departure],
            "CRSDepTime": _CLOCKS[legs["departs"]],
            "ArrTime": _CLOCKS[facts.arrival],
            "CRSArrTime": _CLOCKS[facts.scheduled_arrival],
            "UniqueCarrier": self._carriers[legs["carrier"]],
            "FlightNum": self._flights[legs["flight"]],
            "TailNum": self._tails[facts.tail],
            "ActualElapsedTime": numbers[facts.elapsed],
            "CRSElapsedTime": numbers[legs["lasts"]],
            "AirTime": numbers[facts.air],
            "ArrDelay": _DELAYS[np.where(facts.arrival_is_known, facts.arrival_delay + LEAST_DELAY, NOTHING)],
            "DepDelay": _DELAYS[np.where(left, facts.delay + LEAST_DELAY, NOTHING)],
            "Origin": self._airports[legs["origin"]],
            "Dest": self._airports[legs["dest"]],
            "Distance": numbers[facts.miles],
            "TaxiIn": numbers[facts.into],
            "TaxiOut": numbers[facts.out],
            "Cancelled": numbers[(facts.state >= texts.CANCELLED).astype(np.int8)],
            "CancellationCode": self._codes[facts.state],
            "Diverted": numbers[(facts.state == texts.DIVERTED).astype(np.int8)],
            **{name: numbers[cause] for name, cause in zip(CAUSES[:-1], facts.causes)},
            CAUSES[-1]: _LAST[facts.causes[-1]],
        }
