"""What a file says of its flights: clocks in the airports' time, sums, and what BTS did not know in an era."""

from dataclasses import dataclass

import numpy as np

from aero.month import Month
from bench.generator.arrays import Array, Columns
from bench.generator.flown import (
    AIR_SYSTEM,
    CANCELLED,
    CARRIER,
    LEFT_GATE,
    NORMAL,
    REACHED,
    RETURNED,
    SECURITY,
    WEATHER,
)
from bench.generator.schedule import Schedule
from bench.generator.texts import CANCELLED as CANCELLED_UNTOLD
from bench.generator.texts import CANCELLED_A, DIVERTED, NOTHING
from bench.generator.world import DAY, World

TIMES_SINCE, CAUSES_SINCE, LANDINGS_SINCE = Month(1995, 1), Month(2003, 6), Month(2008, 10)
# Instead of a tail number, in this order, behind those of the schedule.
NO_TAILS = ("", "UNKNOW", "000000")


@dataclass(frozen=True)
class Facts:
    """Flights of a file. Clocks are minutes of the local day; NOTHING (-1) is what is not known or did not happen.

    `delay` and `arrival_delay` may be below zero: they are known where `departure` and `arrival_is_known` say so.
    `causes`: minutes for carrier, weather, air system, security and late aircraft. `state`: which text of texts.STATES.
    `tail`: place in the schedule's tails and NO_TAILS. `came_back`: to the gate before the departure. `is_special`: the
    columns of landings elsewhere tell of it. `flown`: the rows of flown.flown.
    """

    legs: Columns
    day: Array
    status: Array
    tail: Array
    state: Array
    departure: Array
    delay: Array
    out: Array
    wheels_off: Array
    wheels_on: Array
    into: Array
    scheduled_arrival: Array
    arrival: Array
    arrival_delay: Array
    arrival_is_known: Array
    elapsed: Array
    air: Array
    miles: Array
    causes: list[Array]
    came_back: Array
    is_special: Array
    flown: Columns


def facts(schedule: Schedule, flights: Columns, random: np.random.Generator) -> Facts:
    """The facts of some flights of the month."""
    month, world = schedule.month, schedule.world
    legs = {name: values[flights["leg"]] for name, values in schedule.legs.items()}
    origin, dest, lasts = legs["origin"], legs["dest"], legs["lasts"]
    status, delay, out, air, into = (flights[name] for name in ("status", "departure", "out", "air", "into"))
    elapsed = out + air + into
    arrival_delay = delay + elapsed - lasts
    left, arrived = status != CANCELLED, status == NORMAL
    has_times, has_causes, has_landings = (month >= since for since in (TIMES_SINCE, CAUSES_SINCE, LANDINGS_SINCE))
    landed = arrived | ((status == REACHED) & has_landings)
    scheduled = world.utc(origin, flights["day"] * DAY + legs["departs"])
    arrives = scheduled + delay + elapsed + flights["more"]
    chance = random.random((3, len(status)), dtype=np.float32)
    came_back = has_landings & (left & (delay > 35) & (chance[0] < 0.03) | (status == LEFT_GATE))
    took_off = left & (status != LEFT_GATE) & has_times
    return Facts(
        legs=legs,
        day=flights["day"],
        status=status,
        tail=_tails(schedule, flights, chance),
        state=_states(flights, chance[2], has_causes),
        departure=_where(left, _clock(world, origin, scheduled + delay)),
        delay=delay,
        out=_where(took_off, out),
        wheels_off=_where(took_off, _clock(world, origin, scheduled + delay + out)),
        wheels_on=_where(landed & has_times, _clock(world, dest, arrives - into)),
        into=_where(landed & has_times, into),
        scheduled_arrival=_clock(world, dest, scheduled + lasts),
        arrival=_where(landed, _clock(world, dest, arrives)),
        arrival_delay=arrival_delay,
        arrival_is_known=arrived,
        elapsed=_where(arrived, elapsed),
        air=_where(arrived & has_times, air),
        miles=world.miles[origin, dest],
        causes=_causes(flights, arrived & has_causes & (arrival_delay >= 15), arrival_delay, elapsed - lasts),
        came_back=came_back,
        is_special=came_back | (has_landings & ((status >= REACHED) | (status == RETURNED))),
        flown=flights,
    )


def _where(known: Array, values: Array) -> Array:
    return np.where(known, values, NOTHING)


def _clock(world: World, airport: Array, utc: Array) -> Array:
    """The minutes since midnight that an airport's clock shows at an instant."""
    return world.local(airport, utc) % DAY


def _tails(schedule: Schedule, flights: Columns, chance: Array) -> Array:
    """Empty before 1995, and for most of the cancelled; placeholders here and there until 2006."""
    year, nothing = schedule.month.year, len(schedule.tails)
    if schedule.month < TIMES_SINCE:
        return np.full(len(chance[0]), nothing)
    unknown = (flights["status"] == CANCELLED) & (chance[1] < (0.9 if year < 2008 else 0.1))
    tail = np.where(unknown, nothing, flights["tail"])
    if year < 2007:
        tail = np.where(chance[1] > 0.996, nothing + 1 + (chance[2] < 0.3), tail)
    return tail


def _states(flights: Columns, chance: Array, has_codes: bool) -> Array:
    """Which text of texts.STATES tells whether a flight was cancelled or diverted."""
    status = flights["status"]
    is_cancelled = (status >= CANCELLED) & (status <= RETURNED)
    code = np.where(chance < 0.5, 1, np.where(chance < 0.82, 0, 2))
    states = CANCELLED_A + np.where(flights["cause"] == SECURITY, 3, code) if has_codes else CANCELLED_UNTOLD
    return np.where(is_cancelled, states, np.where(status >= REACHED, DIVERTED, 0))


def _causes(flights: Columns, is_told: Array, arrival_delay: Array, longer: Array) -> list[Array]:
    """Minutes by cause, which sum to the delay. `longer`: minutes that the flight took more than scheduled."""
    before = np.minimum(flights["propagated"], arrival_delay)
    system = np.clip(longer, 0, arrival_delay - before)
    rest, cause = arrival_delay - before - system, flights["cause"]
    of_rest = [rest * (cause == one) for one in (CARRIER, WEATHER, AIR_SYSTEM, SECURITY)]
    of_rest[AIR_SYSTEM] += system
    return [np.where(is_told, minutes, NOTHING) for minutes in (*of_rest, before)]
