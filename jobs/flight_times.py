"""The four instants of a flight in UTC, out of local clocks, minutes and the airports' time zones.

Instants are minutes since 1970 in UTC, and what a clock shows is the minutes since it showed 1970; NULL if not known.
A clock that a change to summer time skips is read as if the change had not come yet (02:30 is 03:30).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from arrow_columns import TEXT, Columns, are_known, each, filled, holds, replaced, taken

# No carrier leaves earlier than this before the schedule; only used where the delay is not given.
EARLIEST_DEPARTURE_MINUTES = -120
DAY, WEEK = 1440, 7 * 1440
# No zone changes twice in a week. Before and after, the first and the last offset hold.
YEARS = (1986, 2100)


class Offsets(NamedTuple):
    """Minutes that a zone is ahead of UTC: each from an instant on, and from when on its clocks show so."""

    minutes: np.ndarray
    instants: np.ndarray
    shown: np.ndarray


def with_instants(flights: Columns, zones: Mapping[str, str]) -> Columns:
    """Adds scheduled_departure_at, departure_at, scheduled_arrival_at and arrival_at. `zones` is the time zone of each
    known airport; where it is not known, so is the instant."""
    ends = {end: each(flights[f"{end}_id"], zones.get, TEXT) for end in ("origin", "destination")}
    timed = flights | {f"{end}_zone": zone for end, zone in ends.items()}
    for name, instants in INSTANTS.items():
        timed[name] = instants(timed)
    return timed


def scheduled_departure(flights: Columns) -> pa.Array:
    """The schedule's instant. In the hour that a change to winter time repeats, the first, unless only the second
    agrees with the scheduled arrival."""
    wall = _wall(flights["flight_date"], flights["scheduled_departure_local"])
    first = when_shown(wall, flights["origin_zone"])
    second = later(first, 60)
    rows = np.flatnonzero(holds(pc.equal(shown(second, flights["origin_zone"]), wall)))
    few, both = taken(flights, rows), (instants.take(pa.array(rows)) for instants in (first, second))
    first_agrees, second_agrees = (_arrives_on_schedule(few, instants) for instants in both)
    is_second = rows[holds(pc.invert(first_agrees)) & holds(second_agrees)]
    return replaced(first, is_second, second.take(pa.array(is_second)))


def _arrives_on_schedule(flights: Columns, departure: pa.Array) -> pa.Array:
    """Whether the scheduled minutes after `departure` the destination's clock shows the scheduled arrival."""
    arrival = shown(later(departure, flights["scheduled_elapsed_minutes"]), flights["destination_zone"])
    clock = flights["scheduled_arrival_local"].cast(pa.int64())
    return pc.equal(_of_day(arrival), pc.if_else(pc.equal(clock, DAY), 0, clock))


def departure(flights: Columns) -> pa.Array:
    """Schedule and delay; without a delay, the clock's next reading from two hours before the schedule on."""

    def by_clock(few: Columns) -> pa.Array:
        earliest = later(few["scheduled_departure_at"], EARLIEST_DEPARTURE_MINUTES)
        return next_instant(earliest, few["departure_local"], few["origin_zone"])

    by_delay = later(flights["scheduled_departure_at"], flights["departure_delay_minutes"])
    return filled(by_delay, flights, by_clock)


def scheduled_arrival(flights: Columns) -> pa.Array:
    """The scheduled minutes after the departure, else the clock's next reading."""

    def by_clock(few: Columns) -> pa.Array:
        return next_instant(few["scheduled_departure_at"], few["scheduled_arrival_local"], few["destination_zone"])

    planned = later(flights["scheduled_departure_at"], flights["scheduled_elapsed_minutes"])
    return filled(planned, flights, by_clock)


def arrival(flights: Columns) -> pa.Array:
    """From the departure, else from the schedule, else (a diverted flight) from what BTS says of the diversion,
    else from the clock."""
    return filled(later(flights["departure_at"], flights["elapsed_minutes"]), flights, _arrival_else)


def _arrival_else(flights: Columns) -> pa.Array:
    departed, planned = flights["departure_at"], flights["scheduled_arrival_at"]
    diverted = pc.coalesce(
        later(planned, flights["diversion_arrival_delay_minutes"]),
        later(departed, flights["diversion_elapsed_minutes"]),
    )
    nothing = pa.nulls(len(departed), pa.int64())
    return pc.coalesce(
        later(planned, flights["arrival_delay_minutes"]),
        pc.if_else(pc.fill_null(flights["is_diversion_destination_reached"], False), diverted, nothing),
        next_instant(departed, flights["arrival_local"], flights["destination_zone"]),
    )


INSTANTS = {
    "scheduled_departure_at": scheduled_departure,
    "departure_at": departure,
    "scheduled_arrival_at": scheduled_arrival,
    "arrival_at": arrival,
}


def later(instants: pa.Array, minutes: pa.Array | int) -> pa.Array:
    """Instants plus whole minutes; NULL if either is."""
    return pc.add(instants, minutes)


def next_instant(after: pa.Array, clock: pa.Array, zones: pa.Array) -> pa.Array:
    """The first instant after `after` at which the clocks of `zones` show `clock`."""
    now = shown(after, zones)
    today = pc.add(pc.subtract(now, _of_day(now)), clock)
    is_to_come = pc.greater(when_shown(today, zones), after)
    return pc.if_else(pc.fill_null(is_to_come, False), when_shown(today, zones), when_shown(pc.add(today, DAY), zones))


def shown(instants: pa.Array, zones: pa.DictionaryArray) -> pa.Array:
    """What the clocks of the zones show at some instants."""
    return _moved(instants, zones, lambda offsets: offsets.instants, 1)


def when_shown(walls: pa.Array, zones: pa.DictionaryArray) -> pa.Array:
    """When the clocks of the zones show something: the first time, where they do so twice."""
    return _moved(walls, zones, lambda offsets: offsets.shown, -1)


def _moved(
    minutes: pa.Array, zones: pa.DictionaryArray, begins: Callable[[Offsets], np.ndarray], sign: int
) -> pa.Array:
    """Minutes plus (or less, by `sign`) what their zone is ahead of UTC by then."""
    is_known = are_known(minutes) & are_known(zones)
    values, places = pc.fill_null(minutes, 0).to_numpy(), pc.fill_null(zones.indices, -1).to_numpy()
    ahead = np.zeros(len(values), np.int64)
    for place, zone in enumerate(zones.dictionary.to_pylist()):
        rows = np.flatnonzero(is_known & (places == place))
        if len(rows):
            offsets = offsets_of(zone)
            ahead[rows] = offsets.minutes[np.searchsorted(begins(offsets), values[rows], "right") - 1]
    return pa.array(values + sign * ahead, pa.int64(), mask=~is_known)


@cache
def offsets_of(zone: str) -> Offsets:
    """The offsets of an IANA zone in YEARS."""
    ends = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) // 60 for year in YEARS]
    begins, minutes = [-(2**62)], [_ahead(zone, ends[0])]
    for week in range(ends[0], ends[1], WEEK):
        if (ahead := _ahead(zone, week + WEEK)) != minutes[-1]:
            change = range(week, week + WEEK + 1)
            begins.append(change[bisect_left(change, True, key=lambda instant: _ahead(zone, instant) == ahead)])
            minutes.append(ahead)
    # Where clocks are put back, what they show twice is read the first time; where they are put on, as if not yet.
    later_of_two = [minutes[0], *map(max, pairwise(minutes))]
    return Offsets(*map(np.array, (minutes, begins, [sum(both) for both in zip(begins, later_of_two)])))


def _ahead(zone: str, instant: int) -> int:
    offset = datetime.fromtimestamp(instant * 60, ZoneInfo(zone)).utcoffset()
    assert offset is not None  # A time with a zone has one.
    return offset // timedelta(minutes=1)


def _wall(dates: pa.Array, clocks: pa.Array) -> pa.Array:
    """What a clock reads on a local day; 24:00 is 00:00 of the next."""
    return pc.add(pc.multiply(dates.cast(pa.int64()), DAY), clocks)


def _of_day(minutes: pa.Array) -> pa.Array:
    """Minutes since midnight."""
    return pc.subtract(minutes, pc.multiply(pc.floor(pc.divide(minutes.cast(pa.float64()), DAY)).cast(pa.int64()), DAY))
