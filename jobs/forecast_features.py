"""The features of flights as of an instant each: by one function, in training and in scoring.

Every feature says from when on it is known. Asked earlier it is NULL. What a feature counts is what is known at that
instant, so a flight still in the air then counts in none, and a fact of later changes none (forecast_guard.py).
"""

import copy
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import forecast_outcomes
import forecast_rates
import forecast_today
import forecast_weather
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from forecast_outcomes import NEVER, minutes
from forecast_rates import DAY, Rate, Tally
from forecast_weather import Weather

from aero import holidays

# Schedules are taken as fixed from so many days before the departure; BTS does not say when a flight was planned.
SCHEDULE_DAYS = 7
NEAR_DAYS = 7
# Arrow's days are counted from 1970-01-01, a Thursday.
EPOCH = date(1970, 1, 1).toordinal()
THURSDAY = 3

# What the flights and the history need of aero_clean.flights.
COLUMNS = (
    "flight_date", "airline_id", "flight_number", "tail_number", "origin_id", "destination_id", "distance_miles",
    "scheduled_departure_local", "scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at",
    "departure_delay_minutes", "arrival_delay_minutes", "diversion_arrival_delay_minutes", "is_cancelled",
)  # fmt: skip


class Known(StrEnum):
    """From when on a feature is known."""

    SCHEDULED = "seven days before the scheduled departure"
    ALWAYS = "at any time: it counts what is known by then"
    OBSERVED = "at any time: from the end of the hour in which it was observed"
    FORECAST = "at any time: from when the forecast of the weather was fetched"
    AIRCRAFT = "from six hours before the scheduled departure on: it says what is known by then"
    LEFT = "at any time: it counts what has left by then"
    DEPARTED = "at the departure"


@dataclass(frozen=True)
class Feature:
    """A column of what `features` returns."""

    name: str
    known: Known
    meaning: str


SCHEDULE = (
    ("departure_hour", "Hour of the scheduled departure on the origin's clocks, 0 to 23"),
    ("weekday", "1 Monday to 7 Sunday, of the local day of the scheduled departure"),
    ("month", "1 to 12, of the same day"),
    ("days_to_holiday", f"Days until the next public holiday, 0 on it, {NEAR_DAYS} for so many and more"),
    ("days_since_holiday", f"Days since the last public holiday, 0 on it, {NEAR_DAYS} for so many and more"),
    ("distance_miles", "Statute miles between the airports"),
    ("planned_minutes", "Minutes from the scheduled departure to the scheduled arrival"),
    ("planned_departures", "Flights that the plan has from the origin in the same hour of UTC"),
    ("planned_arrivals", "Flights that the plan has at the destination in the hour of the scheduled arrival"),
)
LATE = [Rate(kind, days) for days in (7, 28, 365) for kind in forecast_rates.KINDS]
# The state of the system on the day before.
DAY_KINDS = ("all", "airline", "origin", "destination")
DAY_BEFORE = [Rate(kind, 1) for kind in DAY_KINDS]


def _of_rate(word: str, one: Rate) -> Feature:
    columns = ", ".join(forecast_rates.KINDS[one.kind][0])
    whose = f"flights with the same {columns}" if columns else "all flights"
    meaning = f"Share of {whose} that were {word}, of those known of in the {one.days} days before; 0 to 1"
    return Feature(f"{word}_share_{one.kind}_{one.days}d", Known.ALWAYS, meaning)


FEATURES = (
    *(Feature(name, Known.SCHEDULED, meaning) for name, meaning in SCHEDULE),
    *(_of_rate("late", one) for one in (*LATE, *DAY_BEFORE)),
    *(_of_rate("cancelled", one) for one in DAY_BEFORE),
    *(Feature(name, Known.OBSERVED, meaning) for name, meaning in forecast_weather.OBSERVED_FEATURES.items()),
    *(Feature(name, Known.FORECAST, meaning) for name, meaning in forecast_weather.FORECAST_FEATURES.items()),
    *(Feature(name, Known.AIRCRAFT, meaning) for name, meaning in forecast_today.MEANINGS.items()),
    *(Feature(name, Known.LEFT, meaning) for name, meaning in forecast_today.RECENT.items()),
    Feature("departure_delay_minutes", Known.DEPARTED, "Minutes that it left late, negative when early"),
)
# What a forecast a day before does not take (forecast_inputs.py): it corrects it on the day.
LATER = tuple(one.name for one in FEATURES if one.known in (Known.AIRCRAFT, Known.LEFT, Known.DEPARTED))


class History:
    """The flights that are known of: their plans and what became of them, and the weather. Made once, asked for many
    flights."""

    def __init__(self, flights: pa.Table, weather: Weather | None = None) -> None:
        """`flights` have COLUMNS. Without weather its features are NULL."""
        self.weather = weather or Weather()
        outcomes = forecast_outcomes.of(flights)
        timed = _with_hour(flights)
        of_word = {"late": (forecast_rates.KINDS, outcomes.is_late), "cancelled": (DAY_KINDS, outcomes.is_cancelled)}
        self.tallies = {
            word: {kind: Tally(timed, kind, outcomes.known_at, is_hit) for kind in kinds}
            for word, (kinds, is_hit) in of_word.items()
        }
        self.planned = {end: _Plan(flights, end) for end in ("departure", "arrival")}
        self.today = forecast_today.Rotations(flights), forecast_today.Departures(flights)

    def with_weather(self, weather: Weather) -> "History":
        """The same flights in another weather."""
        other = copy.copy(self)
        other.weather = weather
        return other


class _Plan:
    """How many flights are planned at an airport in an hour of UTC."""

    def __init__(self, flights: pa.Table, end: str) -> None:
        self._end = end
        self._airport = "origin_id" if end == "departure" else "destination_id"
        self._airports = pc.unique(flights[self._airport].combine_chunks())
        self._in_order = np.sort(self._hours(flights))

    def counts(self, flights: pa.Table) -> np.ndarray:
        hours = self._hours(flights)
        return np.searchsorted(self._in_order, hours, "right") - np.searchsorted(self._in_order, hours, "left")

    def _hours(self, flights: pa.Table) -> np.ndarray:
        airport = pc.fill_null(pc.index_in(flights[self._airport], self._airports), -1).to_numpy().astype(np.int64)
        return (airport << 26) | (minutes(flights[f"scheduled_{self._end}_at"]) // 60)


def features(flights: pa.Table, history: History, as_of: pa.Array) -> pa.Table:
    """FEATURES of each flight as of its instant: a row a flight in their order, NULL what is not known then.

    `flights` have COLUMNS; their outcomes may be NULL. `history` has their plan, and all that is known of before.
    """
    asked = _with_hour(flights)
    until = minutes(as_of)
    values = _schedule(asked, history)
    for word, rates in (("late", [*LATE, *DAY_BEFORE]), ("cancelled", DAY_BEFORE)):
        shares = forecast_rates.smoothed(history.tallies[word], asked, until, rates)
        values |= {_of_rate(word, one).name: pa.array(share, from_pandas=True) for one, share in shares.items()}
    weather = history.weather.features(asked, until)
    values |= {name: pa.array(of_flights, from_pandas=True) for name, of_flights in weather.items()}
    departure = minutes(flights["scheduled_departure_at"])
    is_scheduled = (until >= departure - SCHEDULE_DAYS * DAY) & (departure != NEVER)
    of_today = later(flights, history, as_of)
    for one in FEATURES:
        if one.name not in of_today:
            is_known = is_scheduled if one.known == Known.SCHEDULED else np.ones(len(until), bool)
            values[one.name] = _where(is_known, values[one.name])
    return pa.table({one.name: (values | of_today)[one.name] for one in FEATURES})


def later(flights: pa.Table, history: History, as_of: pa.Array) -> dict[str, pa.Array]:
    """LATER of the features alone, as `features` has them."""
    until, departure = minutes(as_of), minutes(flights["scheduled_departure_at"])
    found = {name: values for part in history.today for name, values in part.features(flights, until).items()}
    values = {name: pa.array(of_flights, from_pandas=True) for name, of_flights in found.items()}
    values["departure_delay_minutes"] = flights["departure_delay_minutes"]
    is_known = {
        Known.AIRCRAFT: until >= departure - forecast_today.AIRCRAFT_MINUTES,
        Known.LEFT: np.ones(len(until), bool),
        Known.DEPARTED: until >= minutes(flights["departure_at"]),
    }
    return {one.name: _where(is_known[one.known], values[one.name]) for one in FEATURES if one.name in LATER}


def _where(is_known: np.ndarray, values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Numbers where they are known, as DOUBLE, else NULL."""
    return pc.if_else(pa.array(is_known), values.cast(pa.float64()), pa.scalar(None, pa.float64()))


def _schedule(flights: pa.Table, history: History) -> dict[str, pa.Array]:
    days = flights["departure_day"].to_numpy()
    departure, arrival = (minutes(flights[f"scheduled_{end}_at"]) for end in ("departure", "arrival"))
    near = _holidays(days)
    return {
        "departure_hour": flights["departure_hour"],
        "weekday": pa.array((days + THURSDAY) % 7 + 1),
        "month": pc.month(pa.array(days.astype("datetime64[D]"))),
        "days_to_holiday": pa.array(_days_to(near, days)),
        "days_since_holiday": pa.array(_days_to(-near[::-1], -days)),
        "distance_miles": flights["distance_miles"],
        "planned_minutes": pa.array(arrival - departure, mask=arrival == NEVER),
        "planned_departures": pa.array(history.planned["departure"].counts(flights)),
        "planned_arrivals": pa.array(history.planned["arrival"].counts(flights), mask=arrival == NEVER),
    }


def _holidays(days: np.ndarray) -> np.ndarray:
    """The public holidays of the years of some days and those around them, as days since 1970, in order."""
    years = {date.fromordinal(EPOCH + day).year + near for day in np.unique(days).tolist() for near in (-1, 0, 1)}
    return np.array([day.toordinal() - EPOCH for year in sorted(years) for day in holidays.public(year)])


def _days_to(ordered: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Days from each day to the next of some, NEAR_DAYS at most."""
    return np.minimum(ordered[np.minimum(np.searchsorted(ordered, days), len(ordered) - 1)] - days, NEAR_DAYS)


def _with_hour(flights: pa.Table) -> pa.Table:
    """With the hour and the day of the scheduled departure, on the origin's clocks: 24:00 is 00:00 of the next day."""
    clocks = pc.fill_null(flights["scheduled_departure_local"], "00:00")
    hours = pc.utf8_slice_codeunits(clocks.cast(pa.string()), 0, 2).cast(pa.int64()).to_numpy()
    days = flights["flight_date"].cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64)
    timed = flights.append_column("departure_hour", pa.array(hours % 24))
    return timed.append_column("departure_day", pa.array(days + hours // 24))
