"""How many flights of a kind were late, or cancelled, in the days that end at an instant: exact to the minute.

A flight counts from when its outcome is known (forecast_outcomes.py) until so many days later.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from forecast_outcomes import NEVER

DAY = 1440
# Kinds of flights: the columns that those of a kind share, and the wider kind towards which a rate of few is moved.
KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "all": ((), ""),
    "airline": (("airline_id",), "all"),
    "origin": (("origin_id",), "all"),
    "destination": (("destination_id",), "all"),
    "hour": (("departure_hour",), "all"),
    "airline_hour": (("airline_id", "departure_hour"), "airline"),
    "route": (("origin_id", "destination_id"), "origin"),
    "flight": (("airline_id", "flight_number", "origin_id", "destination_id"), "route"),
}
# So many flights with the rate of the wider kind are added to a kind's own: with as many of its own it is half way.
SMOOTHING = 20


class Tally:
    """The events of a kind of flights, in the order of kind and instant: each is a hit or is not."""

    def __init__(self, flights: pa.Table, kind: str, known_at: np.ndarray, is_hit: np.ndarray) -> None:
        """`flights` has the kind's columns; -1 in `is_hit` is no event."""
        self._columns, self.wider = KINDS[kind]
        self._values = [pc.unique(flights[name].combine_chunks()) for name in self._columns]
        codes = self._composed(flights)
        self._codes = np.unique(codes)
        rows = np.flatnonzero((known_at != NEVER) & (is_hit >= 0))
        keys = (np.searchsorted(self._codes, codes[rows]) << 26) | known_at[rows]
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._hits = np.concatenate([[0], np.cumsum(is_hit[rows][order], dtype=np.int64)])

    def counts(self, flights: pa.Table, until: np.ndarray, days: int) -> tuple[np.ndarray, np.ndarray]:
        """For each flight the events of its kind in the `days` that end at its `until`, and the hits among them.

        An event at `until` counts, one so many days before it no more.
        """
        composed = self._composed(flights)
        place = np.searchsorted(self._codes, composed)
        code = np.minimum(place, max(len(self._codes) - 1, 0))
        is_known = (self._codes[code] == composed) if len(self._codes) else np.zeros(len(composed), bool)
        last = np.searchsorted(self._keys, (code << 26) | until, "right")
        first = np.searchsorted(self._keys, (code << 26) | (until - days * DAY), "right")
        return np.where(is_known, last - first, 0), np.where(is_known, self._hits[last] - self._hits[first], 0)

    def _composed(self, flights: pa.Table) -> np.ndarray:
        """A number for what each flight has in the kind's columns, -1 for what no event has."""
        number = np.zeros(flights.num_rows, np.int64)
        is_known = np.ones(flights.num_rows, bool)
        for name, values in zip(self._columns, self._values, strict=True):
            place = pc.fill_null(pc.index_in(flights[name], values), -1).to_numpy().astype(np.int64)
            is_known &= place >= 0
            number = number * len(values) + place
        return np.where(is_known, number, -1)


class Rate(NamedTuple):
    """A rate that is a feature: of which kind, over how many days."""

    kind: str
    days: int


def smoothed(
    tallies: Mapping[str, Tally], flights: pa.Table, until: np.ndarray, rates: Sequence[Rate]
) -> dict[Rate, np.ndarray]:
    """The rates of each flight, moved towards those of the wider kinds; NaN where no flight at all is known."""
    found: dict[Rate, np.ndarray] = {}

    def rate(one: Rate) -> np.ndarray:
        if one not in found:
            tally = tallies[one.kind]
            events, hits = tally.counts(flights, until, one.days)
            if tally.wider:
                hits, events = hits + SMOOTHING * rate(Rate(tally.wider, one.days)), events + SMOOTHING
            found[one] = np.divide(hits, events, out=np.full(len(until), np.nan), where=events > 0)
        return found[one]

    return {one: rate(one) for one in rates}
