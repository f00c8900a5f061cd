"""What became of each flight: weather, delays that aircraft carry on, cancellations, diversions."""

import numpy as np

from aero.month import Month
from bench.generator import history
from bench.generator.arrays import Array, Columns
from bench.generator.rotations import MOST_LEGS
from bench.generator.schedule import Schedule
from bench.generator.world import World

# LEFT_GATE and RETURNED were cancelled after they left the gate, or took off. REACHED and ELSEWHERE were diverted.
NORMAL, CANCELLED, LEFT_GATE, RETURNED, REACHED, ELSEWHERE = range(6)
# What a delay that nothing else explains is put down to.
CARRIER, WEATHER, AIR_SYSTEM, SECURITY = range(4)
CAUSE_CHANCES = np.array([0.66, 0.72, 0.9985], dtype=np.float32)

BY_HOUR = np.repeat(np.array([0.5, 0.4, 0.36, 0.42, 0.57, 0.72, 0.9, 1.1, 1.27, 1.38, 1.3, 0.9], dtype=np.float32), 2)
BY_MONTH = (1.15, 1.1, 1.0, 0.88, 0.95, 1.2, 1.2, 1.05, 0.75, 0.8, 0.8, 1.2)
# So bad that a usual year has its share of late flights; and how much worse it is where queues are a minute longer.
USUAL, BUSY = 1.15, 0.02
# Delays are of four sizes: mean minutes, and up to which chance.
LATE_SCALES = np.array([9, 28, 62, 150], dtype=np.float32)
LATE_MIX = np.array([0.58, 0.89, 0.985], dtype=np.float32)
# Share of small delays written as on time, before the aircraft measured them.
ROUNDED_TO_ZERO = {"WN": 0.5, "HP": 0.35, "CO": 0.25, "XE": 0.4}
ROUNDED_UNTIL = 2003

TYPES = {"leg": np.int32, "day": np.int16, "tail": np.int32, "status": np.int8, "cause": np.int8}
# `departure`: delay. `propagated`: of it from the flight before. `more`: minutes that a diversion took.
MINUTES = ("departure", "out", "air", "into", "propagated", "more")


def flown(schedule: Schedule, seed: int) -> Columns:
    """One row a flight, in no order: the columns of TYPES and MINUTES. `leg` and `tail` are places in the schedule."""
    made = _Flights(schedule, seed)
    parts = [made.next(number) for number in range(MOST_LEGS)]
    flights = {name: np.concatenate([part[name] for part in parts]) for name in (*TYPES, *MINUTES)}
    _shock(flights, schedule.month, seed)
    return flights


def _shock(flights: Columns, month: Month, seed: int) -> None:
    """Cancel flights of the days of a shock, until as many are as it is known for."""
    shock = history.SHOCKS.get(str(month))
    if shock is None:
        return
    is_cancelled = (flights["status"] >= CANCELLED) & (flights["status"] <= RETURNED)
    may = ~is_cancelled & (flights["day"] >= shock.first - 1) & (flights["day"] < shock.last)
    more = shock.cancelled * len(may) - is_cancelled.sum()
    chance = np.random.default_rng([seed, 9, *month]).random(len(may), dtype=np.float32)
    flights["status"][may & (chance < min(more / max(may.sum(), 1), 0.98))] = CANCELLED


def _weather(world: World, month: Month, random: np.random.Generator) -> Array:
    """How bad it was at each airport on each day: about 1 on most, up to 9 in a storm."""
    days = len(month.days)
    region = (np.clip((world.longitude + 125) // 10, 0, 6) * 2 + (world.latitude > 37.5)).astype(int)
    of_country = np.exp(0.25 * random.normal(size=days))
    of_region = np.exp(0.35 * random.normal(size=(14, days)))
    storm = random.random((14, days)) < 0.05
    storm[:, 1:] |= storm[:, :-1] & (random.random((14, days - 1)) < 0.35)
    of_region *= np.where(storm, 1.6 + 2.4 * random.random((14, days)), 1)
    of_airport = np.exp(0.30 * random.normal(size=(world.places, days)))[world.place]
    busy = 1 + BUSY * world.taxi_out_more[:, None]
    usual = busy * USUAL * BY_MONTH[month.month - 1] * history.lateness(month.year)
    crowding = np.array([history.crowding(day) for day in month.days])
    return (usual * crowding * of_country * of_region[region] * of_airport).clip(0.1, 9).astype(np.float32)


class _Flights:
    """Makes the first flights of all rotations, then the second ones: each knows how late the one before it was."""

    def __init__(self, schedule: Schedule, seed: int):
        self._schedule, self._legs, world = schedule, schedule.legs, schedule.world
        self._random = np.random.Generator(np.random.SFC64([seed, 6, *schedule.month]))
        self._bad = _weather(world, schedule.month, self._random)
        origin, dest, carrier = (self._legs[name] for name in ("origin", "dest", "carrier"))
        is_regional = np.array([one.is_regional for one in schedule.carriers])[carrier]
        self._in_air = world.air_minutes(origin, dest, is_regional).astype(np.float32)
        self._west = world.west(origin, dest).astype(np.float32)
        self._wind = (0.0035 * self._random.standard_normal(len(schedule.month.days))).astype(np.float32)
        of_carrier = [np.random.default_rng([seed, 7, one.dot_id]).uniform(0.8, 1.25) for one in schedule.carriers]
        by_hour = BY_HOUR[self._legs["departs"] // 60]
        self._risk = by_hour * np.array(of_carrier, dtype=np.float32)[carrier]
        is_rounded = schedule.month.year < ROUNDED_UNTIL
        rounded = [ROUNDED_TO_ZERO.get(one.code, 0.1) if is_rounded else 0.0 for one in schedule.carriers]
        self._to_zero = np.array(rounded, dtype=np.float32)[carrier]
        self._late = np.zeros(len(schedule.line), dtype=np.float32)
        self._luck = self._uniform(len(schedule.line))

    def _uniform(self, size: int) -> Array:
        return self._random.random(size, dtype=np.float32)

    def _normal(self, size: int) -> Array:
        return self._random.standard_normal(size, dtype=np.float32)

    def _exponential(self, size: int) -> Array:
        return self._random.standard_exponential(size, dtype=np.float32)

    def next(self, number: int) -> Columns:
        """The flights of that number, from 0, of all rotations that have so many."""
        schedule = self._schedule
        size = int(np.searchsorted(-schedule.count, -number, side="left"))
        leg, day = schedule.line[:size] + number, schedule.day[:size]
        here, there = self._bad[self._legs["origin"][leg], day], self._bad[self._legs["dest"][leg], day]
        bad = 0.55 * here + 0.45 * there
        propagated = np.rint(np.maximum(self._late[:size] - self._legs["slack"][leg], 0))
        departure = self._departure(leg, bad, propagated)
        out, air, into = self._minutes(leg, day, here, there)
        status, kind = self._status(bad, there, departure)
        is_diverted = status >= REACHED
        more = np.where(is_diverted, 70 + self._exponential(size) * 110, 0).clip(0, 700)
        late = departure + out + air + into - self._legs["lasts"][leg] + more
        late = np.where(late > 150, 150 + 0.4 * (late - 150), late)
        self._late[:size] = np.where((status == NORMAL) | is_diverted, late, 0)
        cause = np.searchsorted(CAUSE_CHANCES, self._uniform(size))
        cause[(cause == CARRIER) & (bad > 2) & (kind < 0.25)] = WEATHER
        values = (leg, day, schedule.tail[:size], status, cause)
        minutes = (departure, out, air, into, propagated, more)
        types = TYPES | dict.fromkeys(MINUTES, np.int16)
        return {name: value.astype(types[name]) for name, value in zip(types, (*values, *minutes), strict=True)}

    def _departure(self, leg: Array, bad: Array, propagated: Array) -> Array:
        """Minutes of delay as a flight leaves: most are a little early, some late, some because the one before was."""
        size = len(leg)
        risk = self._risk[leg] * bad
        is_late = self._uniform(size) < np.minimum(0.2 * risk, 0.8)
        scale = LATE_SCALES[np.searchsorted(LATE_MIX, self._uniform(size))] * (0.75 + 0.25 * np.minimum(risk, 3))
        late = np.where(is_late, self._exponential(size) * scale + 2, 0)
        early = np.clip(2.9 * self._normal(size) - 3.4, -22, 9)
        early = np.where((self._uniform(size) < self._to_zero[leg]) & (np.abs(early) < 8), 0, early)
        begun = np.where(propagated > 0, propagated + np.maximum(early + 4, 0), early)
        return np.rint(np.clip(begun + late, -40, 1700))

    def _minutes(self, leg: Array, day: Array, here: Array, there: Array) -> tuple[Array, Array, Array]:
        """Taxi out, in the air, taxi in."""
        size, world, legs = len(leg), self._schedule.world, self._legs
        queue = (self._uniform(size) < 0.018 * here) * self._exponential(size) * 24
        usual = world.taxi_out[legs["origin"][leg]] * np.exp(0.37 * self._normal(size) - 0.05 + 0.08 * (here - 1))
        out = np.rint(np.clip(usual + queue, 3, 240))
        holding = self._exponential(size) * np.maximum(there - 0.8, 0) * 2.2
        air = self._in_air[leg] * (1 + 0.045 * self._normal(size)) + 2 * self._normal(size)
        air = np.rint(np.clip(air + self._west[leg] * self._wind[day] + holding, 8, 900))
        queue = (self._uniform(size) < 0.03 * there) * self._exponential(size) * 13
        usual = world.taxi_in[legs["dest"][leg]] * np.exp(0.48 * self._normal(size) - 0.08)
        return out, air, np.rint(np.clip(usual + queue, 1, 180))

    def _status(self, bad: Array, there: Array, departure: Array) -> tuple[Array, Array]:
        """What became of the flights, and the chance that told which way they were cancelled or diverted. Half of the
        luck is the rotation's: an aircraft that stands is cancelled all day."""
        size = len(bad)
        status = np.zeros(size, dtype=np.int8)
        chance = np.where(self._uniform(size) < 0.5, self._luck[:size], self._uniform(size))
        risk = 0.007 * bad + 0.022 * np.maximum(bad - 1.9, 0) ** 2 + 0.00005 * np.maximum(departure - 60, 0)
        is_cancelled = chance < np.minimum(risk, 0.7)
        kind = self._uniform(size)
        how = np.where(kind < 0.02, LEFT_GATE, np.where(kind < 0.03, RETURNED, CANCELLED))
        status[is_cancelled] = how[is_cancelled]
        is_diverted = ~is_cancelled & (self._uniform(size) < 0.0011 * (0.4 + there))
        status[is_diverted] = np.where(kind < 0.75, REACHED, ELSEWHERE)[is_diverted]
        return status, kind
