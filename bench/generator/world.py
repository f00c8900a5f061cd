"""The airports of a month: where they are, how far from each other, and what their clocks show."""

import csv
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from aero import airports
from aero.month import Month
from bench.generator.arrays import Array

AIRPORTS = Path(__file__).with_name("airports.csv")
DAY = 1440
EARTH_MILES = 3958.76
NEVER = 10**6


@cache
def records() -> tuple[dict[str, str], ...]:
    """The lines of airports.csv: BTS' own fields of an airport, its departures (thousands a year), and how many minutes
    longer than elsewhere an aircraft taxies there."""
    with AIRPORTS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _zones() -> dict[str, str]:
    return airports.time_zones()


class World:
    """The airports that are open in a month.

    In all arrays an airport is its place in `codes`. Minutes of the month are counted from its first midnight.
    """

    def __init__(self, month: Month):
        every = records()
        self.records = [record for record in every if record["since"] <= str(month)]
        self.codes = [record["airport"] for record in self.records]
        self.index = {code: place for place, code in enumerate(self.codes)}
        # What is drawn for an airport stays its own, whichever others are open.
        self.place = np.array([every.index(record) for record in self.records])
        self.places = len(every)
        self.size = self._numbers("departures")
        self.latitude, self.longitude = self._numbers("latitude"), self._numbers("longitude")
        self.miles = self._distances()
        busy = np.sqrt(self.size / 400)
        self.taxi_out_more = self._numbers("taxi_out_more")
        self.taxi_out = (10 + 6 * busy + self.taxi_out_more).astype(np.float32)
        self.taxi_in = (3.8 + 3 * busy + self._numbers("taxi_in_more")).astype(np.float32)
        clocks = np.array([_clocks(_zones()[code], month) for code in self.codes], dtype=np.int32)
        self._before, self._after, self._change = clocks.T.copy()
        self._is_changing = bool((self._change < NEVER).any())

    def _numbers(self, name: str) -> Array:
        return np.array([float(record[name]) for record in self.records])

    def _distances(self) -> Array:
        latitude, longitude = np.radians(self.latitude), np.radians(self.longitude)
        products = np.cos(latitude)[:, None] * np.cos(latitude) * np.cos(longitude[:, None] - longitude)
        cosine = np.sin(latitude)[:, None] * np.sin(latitude) + products
        return np.rint(EARTH_MILES * np.arccos(np.clip(cosine, -1, 1))).astype(np.int32)

    def west(self, origin: Array, dest: Array) -> Array:
        """Miles that a flight goes to the west, against the wind."""
        return (self.longitude[origin] - self.longitude[dest]) * np.cos(np.radians(self.latitude[origin])) * 69

    def air_minutes(self, origin: Array, dest: Array, is_regional: Array | bool) -> Array:
        """Expected minutes in the air."""
        miles, west = self.miles[origin, dest], self.west(origin, dest)
        return np.where(is_regional, 15.5 + miles / 7.8 + 0.013 * west, 16 + miles / 8.35 + 0.0115 * west)

    def ahead(self, origin: Array, dest: Array) -> Array:
        """Minutes that the destination's clock is ahead of the origin's, as the month begins."""
        return self._before[dest] - self._before[origin]

    def utc(self, airport: Array, local: Array) -> Array:
        """The minute of the month in UTC at which the airport's clock shows the minute `local`."""
        utc = local - self._before[airport]
        if self._is_changing:
            utc = np.where(utc >= self._change[airport], local - self._after[airport], utc)
        return utc

    def local(self, airport: Array, utc: Array) -> Array:
        """The minute of the month that the airport's clock shows."""
        if not self._is_changing:
            return utc + self._before[airport]
        return utc + np.where(utc >= self._change[airport], self._after[airport], self._before[airport])


@cache
def _clocks(zone: str, month: Month) -> tuple[int, int, int]:
    """Minutes ahead of UTC as the month begins and as it ends, and the UTC minute of the change between them."""
    begin = datetime(month.year, month.month, 1, tzinfo=UTC)
    hours = range(-24, len(month.days) * 24 + 48)
    instants = [(begin + timedelta(hours=hour)).astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    ahead = [int(offset.total_seconds()) // 60 for offset in instants if offset is not None]
    change = next((hour for hour in range(1, len(ahead)) if ahead[hour] != ahead[hour - 1]), None)
    return ahead[0], ahead[-1], NEVER if change is None else (change - 24) * 60
