"""What the day itself tells of a flight as of an instant: its aircraft's flight before, and what left its airports.

The aircraft is known from AIRCRAFT_MINUTES before the scheduled departure on. BTS has the one that flew, which is what
a live source tells when a flight is near. Instants are minutes since 1970 in UTC; NEVER where there is none.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from forecast_outcomes import NEVER, minutes

AIRCRAFT_MINUTES = 6 * 60
# An aircraft's flight before is looked for so far back: over a longer stop a delay is made up for.
BEFORE_MINUTES = 12 * 60
# What an aircraft needs between two flights, at the least.
TURN_MINUTES = 30
# Departures of so many minutes tell how late an airport is now.
RECENT_MINUTES = 2 * 60
ENDS = ("origin", "destination")
MEANINGS = {
    "inbound_delay_minutes": "Minutes that the aircraft's flight before came late; left late, while it is in the air; "
    "is overdue, while it should have left",
    "inbound_spare_minutes": "Minutes planned between that flight's arrival and this departure, beyond "
    f"{TURN_MINUTES} on the ground; beyond a flight back, too, where it ends elsewhere",
}
RECENT = {
    f"{end}_recent_delay_minutes": f"Mean minutes late, negative when early, of what left the {end} in the "
    f"{RECENT_MINUTES} minutes before"
    for end in ENDS
}


def inbound_delay(
    until: np.ndarray, planned_departure: np.ndarray, departure: np.ndarray, planned_arrival: np.ndarray,
    arrival: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Minutes late of flights as far as is known at `until`; NaN while they need not have left."""
    has_left, has_come = departure <= until, (arrival <= until) & (arrival != NEVER) & (planned_arrival != NEVER)
    overdue = np.where(until > planned_departure, until - planned_departure, np.nan)
    left = np.where(has_left & (departure != NEVER), departure - planned_departure, overdue)
    return np.where(has_come, arrival - planned_arrival, left)


def inbound_spare(
    departure: np.ndarray, before_departure: np.ndarray, before_arrival: np.ndarray, ends_here: np.ndarray
) -> np.ndarray:
    """Minutes to spare between an aircraft's flight before and the departure, all of them planned; NaN where the
    flight's planned arrival is not known. Where it ends elsewhere (not `ends_here`) the aircraft flies back first."""
    back = np.where(ends_here, 0, before_arrival - before_departure + TURN_MINUTES)
    return np.where(before_arrival == NEVER, np.nan, departure - before_arrival - TURN_MINUTES - back)


class Rotations:
    """Which flight an aircraft flew before another, and what is known of it."""

    def __init__(self, flights: pa.Table) -> None:
        """`flights` have forecast_features.COLUMNS."""
        self._tails = pc.unique(flights["tail_number"].combine_chunks()).drop_null()
        self._airports = pc.unique(flights["destination_id"].combine_chunks())
        departure = minutes(flights["scheduled_departure_at"])
        tails = _codes(flights["tail_number"], self._tails)
        rows = np.flatnonzero((tails >= 0) & (departure != NEVER))
        rows = rows[np.argsort((tails[rows] << 26) | departure[rows], kind="stable")]
        self._keys = (tails[rows] << 26) | departure[rows]
        self._destination = _codes(flights["destination_id"], self._airports)[rows]
        names = ("scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at")
        self._instants = [minutes(flights[name])[rows] for name in names]

    def features(self, flights: pa.Table, until: np.ndarray) -> dict[str, np.ndarray]:
        """MEANINGS' features of each flight as of its instant, NaN where its aircraft, or a flight before, is not
        known."""
        departure, tails = minutes(flights["scheduled_departure_at"]), _codes(flights["tail_number"], self._tails)
        if not len(self._keys):
            return dict.fromkeys(MEANINGS, np.full(len(until), np.nan))
        place = np.searchsorted(self._keys, (tails << 26) | departure, "left") - 1
        one = np.maximum(place, 0)
        is_one = (tails >= 0) & (place >= 0) & (self._keys[one] >= (tails << 26) | (departure - BEFORE_MINUTES))
        planned_departure, left, planned_arrival, came = (column[one] for column in self._instants)
        ends_here = self._destination[one] == _codes(flights["origin_id"], self._airports)
        delay = inbound_delay(until, planned_departure, left, planned_arrival, came)
        spare = inbound_spare(departure, planned_departure, planned_arrival, ends_here)
        return {name: np.where(is_one, values, np.nan) for name, values in zip(MEANINGS, (delay, spare), strict=True)}


class Departures:
    """The flights that left each airport, and how late."""

    def __init__(self, flights: pa.Table) -> None:
        """`flights` have forecast_features.COLUMNS."""
        self._airports = pc.unique(flights["origin_id"].combine_chunks())
        planned, departure = (minutes(flights[name]) for name in ("scheduled_departure_at", "departure_at"))
        airport = _codes(flights["origin_id"], self._airports)
        rows = np.flatnonzero((planned != NEVER) & (departure != NEVER))
        rows = rows[np.argsort((airport[rows] << 26) | departure[rows], kind="stable")]
        self._keys = (airport[rows] << 26) | departure[rows]
        self._sums = np.concatenate([[0], np.cumsum(departure[rows] - planned[rows])])

    def features(self, flights: pa.Table, until: np.ndarray) -> dict[str, np.ndarray]:
        """RECENT's features of each flight as of its instant, NaN where nothing left. What left at the instant counts,
        what left RECENT_MINUTES before it no more."""
        return {name: self._mean(flights[f"{end}_id"], until) for name, end in zip(RECENT, ENDS, strict=True)}

    def _mean(self, airports: pa.ChunkedArray, until: np.ndarray) -> np.ndarray:
        airport = _codes(airports, self._airports)
        last = np.searchsorted(self._keys, (airport << 26) | until, "right")
        first = np.searchsorted(self._keys, (airport << 26) | (until - RECENT_MINUTES), "right")
        count = np.where(airport >= 0, last - first, 0)
        return np.divide(self._sums[last] - self._sums[first], count, out=np.full(len(until), np.nan), where=count > 0)


def _codes(values: pa.ChunkedArray, known: pa.Array) -> np.ndarray:
    """The place of each value among those known; -1 for another, and for NULL."""
    return pc.fill_null(pc.index_in(values, known), -1).to_numpy().astype(np.int64)
