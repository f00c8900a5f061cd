"""The flights of a month as views ask of them: lines that an airline flies every day of the month at one time, as
airlines do, so that the views have about as many rows a flight as of real ones."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from aero.month import Month
from bench.generated_views.sums import AIRLINES
from bench.generator import carriers, history
from bench.generator.arrays import Array
from bench.generator.network import Network
from bench.generator.world import World

# Since when causes of delays and codes of cancellations are collected, and the time in the air is known.
CAUSES_SINCE, AIR_TIME_SINCE = Month(2003, 6), Month(1995, 1)
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")
OF_CAUSES = np.array([0.3, 0.05, 0.3, 0.005, 0.345])
CODES, OF_CODES = "ABCD", (0.35, 0.45, 0.198, 0.002)
CANCELLED, DIVERTED = 0.018, 0.002
# Departures by hour of the day, from midnight on.
HOURS = np.array(
    [3, 1, 1, 1, 1, 12, 45, 60, 62, 55, 58, 60, 58, 60, 55, 58, 60, 62, 58, 50, 40, 28, 15, 8], dtype=float
)


@dataclass(frozen=True)
class Flights:
    """The flights of a month: `table` as views ask of them, and for the sums their places in AIRLINES and AIRPORTS."""

    table: pa.Table
    airline: Array
    origin: Array
    measures: dict[str, Array]


def flights(month: Month, scale: float, seed: int) -> Flights:
    """About `scale` times as many flights as BTS has of the month; the same for the same seed."""
    random, world = np.random.default_rng([seed, *month]), World(month)
    airline, origin, destination = _lines(month, scale, world, random, seed)
    minute = random.choice(24, len(airline), p=HOURS / HOURS.sum()) * 60 + random.integers(0, 12, len(airline)) * 5
    days = len(month.days)
    line = np.tile(np.arange(len(airline)), days)
    day = np.repeat(np.arange(days), len(airline))
    airline, origin, destination, minute = (of_line[line] for of_line in (airline, origin, destination, minute))
    is_cancelled = random.random(len(line)) < CANCELLED
    is_diverted = ~is_cancelled & (random.random(len(line)) < DIVERTED)
    lateness = history.lateness(month.year)
    departure = np.rint(random.exponential(14 * lateness * (0.5 + minute / 960), len(line)) - 6).astype(np.int32)
    arrival = departure + np.rint(random.normal(-4, 12, len(line))).astype(np.int32)
    has_arrived = ~is_cancelled & ~is_diverted
    air = np.rint(world.air_minutes(origin, destination, False)).astype(int)
    columns = {
        "flight_date": pa.array(np.datetime64(month.first_day) + day),
        "day_of_week": (month.first_day.weekday() + day) % 7 + 1,
        "airline_id": _texts(airline, AIRLINES),
        "origin_id": _texts(origin, world.codes),
        "destination_id": _texts(destination, world.codes),
        "scheduled_departure_local": _texts(minute, [f"{at // 60:02}:{at % 60:02}" for at in range(1440)]),
        "departure_delay_minutes": _where(~is_cancelled, departure),
        "arrival_delay_minutes": _where(has_arrived, arrival),
        "is_cancelled": is_cancelled,
        "is_diverted": _where(~is_cancelled, is_diverted),
        "cancellation_code": _codes(month, is_cancelled, random),
        "air_minutes": _where(has_arrived & (month >= AIR_TIME_SINCE), air),
        "distance_miles": world.miles[origin, destination],
        **_causes(month, has_arrived, arrival, random),
        **{name: np.full(len(line), value, dtype=np.int32) for name, value in month._asdict().items()},
    }
    return Flights(pa.table(columns), airline, world.place[origin], _measures(is_cancelled, has_arrived, arrival))


def _measures(is_cancelled: Array, has_arrived: Array, arrival: Array) -> dict[str, Array]:
    return {
        "total_flights": np.ones(len(arrival)),
        "cancelled_flights": is_cancelled,
        "on_time_arrivals": has_arrived & (arrival < 15),
        "arrived_flights": has_arrived,
        "total_arrival_delay_minutes": np.where(has_arrived, arrival, 0),
    }


def _lines(
    month: Month, scale: float, world: World, random: np.random.Generator, seed: int
) -> tuple[Array, Array, Array]:
    """Airline, origin and destination of each line of a day, as places in AIRLINES and in the month's airports."""
    who = carriers.of(month, "reporting")
    thousands = np.array([carrier.thousands(month) for carrier in who])
    lines = random.multinomial(round(scale * history.flights(month) / len(month.days)), thousands / thousands.sum())
    places = []
    for carrier, count in zip(who, lines, strict=True):
        network = Network(carrier, world, month.year, seed)
        origin = network.first(random.random(count))
        destination = network.next(origin, random.random(count))
        places.append((np.full(count, AIRLINES.index(carrier.code)), origin, destination))
    airline, origin, destination = (np.concatenate(of_carriers) for of_carriers in zip(*places, strict=True))
    return airline, origin, destination


def _texts(places: Array, texts: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(texts)).cast(pa.string())


def _where(is_known: Array, values: Array) -> pa.Array:
    return pa.array(values, mask=~is_known)


def _codes(month: Month, is_cancelled: Array, random: np.random.Generator) -> pa.Array:
    codes = pa.array(random.choice(len(CODES), len(is_cancelled), p=OF_CODES), mask=~is_cancelled, type=pa.int32())
    if month < CAUSES_SINCE:
        return pa.nulls(len(codes), pa.string())
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(CODES))).cast(pa.string())


def _causes(month: Month, has_arrived: Array, arrival: Array, random: np.random.Generator) -> dict[str, pa.Array]:
    """A late flight has its minutes of one cause; one that is on time has none of each."""
    cause = random.choice(len(CAUSES), len(arrival), p=OF_CAUSES)
    late = np.where(arrival >= 15, arrival, 0)
    return {
        f"{name}_delay_minutes": _where(has_arrived & (month >= CAUSES_SINCE), np.where(cause == at, late, 0))
        for at, name in enumerate(CAUSES)
    }
