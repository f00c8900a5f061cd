"""The forecasts of flights, renewed by what a micro-batch tells: on the driver, without a job of Spark.

A flight is scored again with each event of it, and of the flight that its aircraft flies before: as of that event, or
of its departure once it has left, by the correction of the newest horizon that it reached (forecast_corrections.py).
What its probability is made of is read from the live tables, and what came later than the instant is not looked at. So
the same events give the same cells, a batch that runs again too, and the number is that which training would have had.

A flight that was not forecast a day before is left alone, and so are all while no training's corrections are there.
Its corrections are those of the training and model that its forecast bears, which may be the baseline.
"""

import json
import logging
import math
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from itertools import accumulate
from typing import Any, NamedTuple

import forecast_today
import numpy as np
from forecast_corrections import Horizon, corrected, reached
from forecast_outcomes import NEVER
from forecast_today import BEFORE_MINUTES, MEANINGS, RECENT, RECENT_MINUTES
from stream_cells import Cell, Flight, Put, instant, stored_instant
from stream_hbase import put, read
from stream_parts import no_search_for_cycles
from thriftpy2.thrift import TClient

from aero.datasets import HBASE_AIRCRAFT_FLIGHTS, HBASE_DELAY_FORECASTS, HBASE_DEPARTURES, HBASE_FLIGHT_STATE
from aero.live import delay_forecasts, row_keys

# Of a batch that has events of more, as after a long rest, the flights with the newest ones; each takes 0.2 ms or so.
MOST_FLIGHTS = 5_000
# How long corrections are not asked for where there were none.
NONE_SECONDS = 60
# What a flight's key does not say of it, which has its airports and the minute of its schedule.
STATE = ("tail_number", "departure_at", "scheduled_arrival_at", "arrival_at")
FORECAST = ("late_probability", "model_name", "training_id", "renewed_event_at")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# By training and model, and by horizon.
Corrections = dict[str, dict[Horizon, Mapping[str, Any]]]
log = logging.getLogger(__name__)


class Due(NamedTuple):
    """A flight to be scored: as of which minute since 1970, by which training's model, and what is known of it."""

    key: str
    event_at: int
    as_of: int
    horizon: Horizon
    model: str
    probability: float
    departure: int
    inbound: str | None


@dataclass
class Renewal:
    """Renews forecasts, batch after batch. `known` are the corrections that were read, by their text; of damaged ones
    none, and it was said. Where there were none they are not asked for again until `asks_at`, a time of `clock`."""

    known: dict[str, dict[Horizon, Mapping[str, Any]]] = field(default_factory=dict)
    asks_at: float = -math.inf
    clock: Callable[[], float] = time.monotonic

    def __call__(self, connection: TClient, told: Mapping[str, int]) -> int:
        """Renew the forecasts of what was `told`: keys of flights, and the time of the newest event of each in
        milliseconds since 1970. Returns how many were."""
        corrections = self._corrections(connection)
        if not corrections:
            return 0
        newest = dict(nlargest(MOST_FLIGHTS, told.items(), key=lambda one: one[1]))
        with no_search_for_cycles():
            fleet = Fleet(connection, newest)
            due = list(_due(connection, fleet, _with_next(fleet, newest), corrections.keys()))
            scores = probabilities(due, fleet, Recent(connection, due), corrections)
            put(connection, (cell for one, score in zip(due, scores, strict=True) for cell in _cells(one, score)))
        return len(due)

    def _corrections(self, connection: TClient) -> Corrections:
        """Those that are kept, by training and model; without damaged ones."""
        if self.clock() < self.asks_at:
            return {}
        rows = read(connection, HBASE_DELAY_FORECASTS, [delay_forecasts.CORRECTIONS])
        row = rows.get(delay_forecasts.CORRECTIONS, {})
        if not row:
            self.asks_at = self.clock() + NONE_SECONDS
        for model, (text, _) in row.items():
            if text not in self.known:
                try:
                    self.known[text] = {one: _checked(json.loads(text)[one]) for one in Horizon}
                except (ValueError, KeyError, TypeError) as fault:
                    log.warning("no forecast of %s is renewed: its corrections are damaged: %r", model, fault)
                    self.known[text] = {}
        return {model: self.known[text] for model, (text, _) in row.items() if self.known[text]}


def _checked(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a horizon. Raises an error where they correct nothing."""
    nothing = dict.fromkeys((*MEANINGS, *RECENT, "departure_delay_minutes"), np.zeros(1))
    if not np.isfinite(corrected(parameters, np.array([0.5]), nothing)).all():
        raise ValueError("a coefficient is no number")
    return parameters


class Fleet:
    """The states of flights, and which flights an aircraft flies one after the other."""

    def __init__(self, connection: TClient, keys: Iterable[str]) -> None:
        """Reads the states of the flights, and enters them into the index of aircraft where they are not."""
        self._connection = connection
        self.states: dict[str, Flight] = read(connection, HBASE_FLIGHT_STATE, keys, STATE)
        tails = {key: tail for key, state in self.states.items() if (tail := _text_of(state, "tail_number"))}
        index = read(connection, HBASE_AIRCRAFT_FLIGHTS, sorted(set(tails.values())))
        new = [(tail, key) for key, tail in tails.items() if key not in index.get(tail, {})]
        put(connection, (Put(HBASE_AIRCRAFT_FLIGHTS, tail, key, Cell("")) for tail, key in new))
        flights = defaultdict(set, {tail: set(row) for tail, row in index.items()})
        for tail, key in new:
            flights[tail].add(key)
        # By the minute of the schedule, which a key has behind the origin, and those of one minute by the whole key.
        self._flights = {
            tail: sorted(keys, key=lambda key: (key.split("-", 2)[1], key)) for tail, keys in flights.items()
        }

    def neighbours(self, keys: Iterable[str], step: int) -> dict[str, str]:
        """The flight that the aircraft of each flies next (1), or before (-1), where one is known."""
        while True:
            found = {key: self._nearest(key, step) for key in keys}
            missing = {one for one in found.values() if one} - self.states.keys()
            if not missing:
                return {key: one for key, one in found.items() if one}
            self.states |= dict.fromkeys(missing, Flight()) | read(
                self._connection, HBASE_FLIGHT_STATE, sorted(missing), STATE
            )

    def _nearest(self, key: str, step: int) -> str | None:
        """The nearest within BEFORE_MINUTES that is of the same aircraft still, as far as states are read."""
        tail, at = _text_of(self.states.get(key, {}), "tail_number"), _scheduled(key)
        flights = self._flights.get(tail, [])
        for other in flights if step > 0 else reversed(flights):
            minutes = (_scheduled(other) - at) * step
            if minutes > BEFORE_MINUTES:
                break
            if minutes > 0 and _text_of(self.states.get(other, {"tail_number": Cell(tail)}), "tail_number") == tail:
                return other
        return None


def _with_next(fleet: Fleet, told: Mapping[str, int]) -> dict[str, int]:
    """The flights told of and those that their aircraft fly next, each with the newest time at which it is due."""
    due = dict(told)
    for key, follower in fleet.neighbours(told, 1).items():
        due[follower] = max(due.get(follower, 0), told[key])
    return due


def _due(connection: TClient, fleet: Fleet, due: Mapping[str, int], models: Iterable[str]) -> Iterator[Due]:
    """Those that were forecast a day before by one of the models, have reached a horizon, and were not renewed as of a
    newer event."""
    forecasts = read(connection, HBASE_DELAY_FORECASTS, due, FORECAST)
    inbound = fleet.neighbours(forecasts, -1)
    for key, told in forecasts.items():
        event_at, departure = due[key], _minute(fleet.states.get(key, {}), "departure_at")
        model = "/".join(told[name].text for name in ("training_id", "model_name") if name in told)
        if model not in models or _is_newer(told, event_at):
            continue
        as_of = min(event_at // 60_000, departure)
        if horizon := reached(as_of, _scheduled(key), departure):
            probability = float(told["late_probability"].text)
            yield Due(key, event_at, as_of, horizon, model, probability, departure, inbound.get(key))


def _is_newer(told: Flight, event_at: int) -> bool:
    return "renewed_event_at" in told and told["renewed_event_at"].text > _text(event_at)


class Recent:
    """What left the airports in the hours before."""

    def __init__(self, connection: TClient, due: Iterable[Due]) -> None:
        hours = {
            (airport, minute // 60)
            for one in due
            for airport in _airports(one.key)
            for minute in (one.as_of, one.as_of - 60, one.as_of - RECENT_MINUTES + 1)
        }
        windows = sorted(row_keys.window("airport", airport, f"{_at(hour * 60):%Y%m%d%H}") for airport, hour in hours)
        left = defaultdict(list)
        for window, flights in read(connection, HBASE_DEPARTURES, windows).items():
            _, airport, _ = row_keys.window_parts(window)
            for key, delay in flights.items():
                if delay.text:
                    minutes = int(delay.text)
                    left[airport].append((_scheduled(key) + minutes, minutes))
        self._minutes, self._sums = {}, {}
        for airport, pairs in left.items():
            pairs.sort()
            self._minutes[airport] = [minute for minute, _ in pairs]
            self._sums[airport] = [0, *accumulate(delay for _, delay in pairs)]

    def mean(self, airport: str, until: int) -> float:
        """The mean delay of what left in the RECENT_MINUTES up to a minute; NaN where nothing did."""
        minutes, sums = self._minutes.get(airport, []), self._sums.get(airport, [0])
        first, last = bisect_right(minutes, until - RECENT_MINUTES), bisect_right(minutes, until)
        return (sums[last] - sums[first]) / (last - first) if last > first else float("nan")


def probabilities(due: list[Due], fleet: Fleet, recent: Recent, corrections: Corrections) -> list[float]:
    """The probability of each to come late, by the correction of its model and horizon."""
    later, said = _later(due, fleet, recent), np.array([one.probability for one in due])
    scores = np.full(len(due), np.nan)
    groups = defaultdict(list)
    for row, one in enumerate(due):
        groups[one.model, one.horizon].append(row)
    for (model, horizon), rows in groups.items():
        of_group = {name: values[rows] for name, values in later.items()}
        scores[rows] = corrected(corrections[model][horizon], said[rows], of_group)
    return scores.tolist()


def _later(due: list[Due], fleet: Fleet, recent: Recent) -> dict[str, np.ndarray]:
    """forecast_features.LATER of each flight as of its instant, NaN where it is not known."""
    until, planned = _array(one.as_of for one in due), _array(_scheduled(one.key) for one in due)
    before = [fleet.states[one.inbound] if one.inbound else Flight() for one in due]
    departure = _array(_scheduled(one.inbound) if one.inbound else NEVER for one in due)
    left, arrival, came = (_array(_minute(state, name) for state in before) for name in STATE[1:])
    airports = [_airports(one.key) for one in due]
    ends = [one.inbound and _airports(one.inbound)[1] for one in due]
    ends_here = np.array([end == origin for end, (origin, _) in zip(ends, airports, strict=True)], bool)
    is_known = (departure != NEVER) & (until >= planned - forecast_today.AIRCRAFT_MINUTES)
    of_aircraft = (
        forecast_today.inbound_delay(until, departure, left, arrival, came),
        forecast_today.inbound_spare(planned, departure, arrival, ends_here),
    )
    found = {name: np.where(is_known, values, np.nan) for name, values in zip(MEANINGS, of_aircraft, strict=True)}
    for place, name in enumerate(RECENT):
        means = (recent.mean(of_one[place], one.as_of) for one, of_one in zip(due, airports, strict=True))
        found[name] = np.fromiter(means, float)
    own = _array(one.departure for one in due)
    return found | {"departure_delay_minutes": np.where(own <= until, own - planned, np.nan)}


def _cells(one: Due, probability: float) -> Iterator[Put]:
    """A flight's cells beside its forecast of a day before. They have HBase's own time: HBase counts from it how long
    it keeps them."""
    told = (repr(probability), _text(one.as_of * 60_000), str(one.horizon), _text(one.event_at))
    for name, text in zip(delay_forecasts.RENEWED, told, strict=True):
        yield Put(HBASE_DELAY_FORECASTS, one.key, name, Cell(text))


def _array(minutes: Iterable[int]) -> np.ndarray:
    return np.fromiter(minutes, np.int64)


def _minute(flight: Flight, column: str) -> int:
    """The minute since 1970 of an instant, NEVER where there is none."""
    return int(instant(flight[column].text).timestamp()) // 60 if column in flight else NEVER


@lru_cache(65_536)  # An hour's departures are asked for again with each batch.
def _scheduled(key: str) -> int:
    """The minute since 1970 in which a flight was to leave."""
    return (row_keys.scheduled_at(key) - EPOCH) // timedelta(minutes=1)


def _airports(key: str) -> tuple[str, str]:
    """Origin and destination of a flight."""
    return key[: key.index("-")], key[key.rindex("-") + 1 :]


def _text_of(flight: Flight, column: str) -> str:
    return flight[column].text if column in flight else ""


def _at(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


@lru_cache(4096)
def _text(milliseconds: int) -> str:
    return stored_instant(EPOCH + timedelta(milliseconds=milliseconds))
