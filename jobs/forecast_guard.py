"""What keeps facts of the future out of a forecast. Each leak has a name, and stops what it is found in.

A feature leaks where it changes when facts are changed that were not known as of its instant. A fitted part leaks
where it has seen an outcome that was not known when the first of its forecasts was due.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum

import forecast_outcomes
import forecast_weather
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from forecast_outcomes import instants, minutes

from aero.errors import AeroError


class Leak(StrEnum):
    """What a forecast must not know."""

    OTHERS_FUTURE = "outcomes of other flights that were not known yet, as a LAG over the tail number takes them"
    OWN_OUTCOME = "the outcome of the flight itself, as a rate takes it that counts the flight's own row"
    DEPARTURE = "the departure of the flight itself"
    WEATHER = "the weather at the departure, which a forecast of the weather does not know"
    RANDOM_SPLIT = "flights of training that ended later than the first forecast was due, as in a random split"
    TEST_MONTH = "statistics over flights that ended later than the first forecast was due"


class Leaked(AeroError):
    """A forecast knows something that it cannot know."""

    def __init__(self, leak: Leak, what: str):
        super().__init__(f"{what} knows {leak}.", "Leave it out, or take it as of the forecast's instant.")
        self.leak = leak


DEPARTURE = ("departure_at", "departure_delay_minutes")
OUTCOME = ("arrival_at", "arrival_delay_minutes", "diversion_arrival_delay_minutes")
CANCELLED = ("is_cancelled",)
WEATHER = "weather_"
Features = Callable[[pa.Table, pa.Table, pa.Array], pa.Table]
# Makes features of the weather that was observed and that was forecast.
OfWeather = Callable[[pa.Table, pa.Table], pa.Table]


def check_features(make: Features, flights: pa.Table, asked: np.ndarray, instant: int) -> None:
    """Raises Leaked where a feature of the flights `asked` (their rows) as of an instant, in minutes since 1970, knows
    a fact of later. `make` returns features of flights, of the history that is known, as of an instant each.

    All facts later than the instant are changed, one kind after the other, and no feature may notice.
    """
    as_of = instants(np.full(len(asked), instant, np.int64))
    true = make(flights.take(asked), flights, as_of)
    for leak, changed in _changed(flights, asked, instant):
        _check_equal(leak, make(changed.take(asked), changed, as_of), true)


def check_weather(make: OfWeather, observed: pa.Table, forecasts: pa.Table, instant: int) -> None:
    """Raises Leaked where a feature as of an instant knows weather that was observed, or forecast, later than it.

    The tables are those of forecast_weather.Weather, of which `make` makes features as of the instant.
    """
    later = minutes(observed["hour_at"]) + forecast_weather.HOUR > instant
    newer = minutes(forecasts["known_at"]) > instant
    observed_later = _other(observed, (*forecast_weather.OBSERVED, forecast_weather.FALLEN), later)
    told = make(observed_later, _other(forecasts, tuple(forecast_weather.FORECAST), newer))
    _check_equal(Leak.WEATHER, told, make(observed, forecasts))


def _check_equal(leak: Leak, told: pa.Table, true: pa.Table) -> None:
    for name in true.column_names:
        if not told[name].combine_chunks().equals(true[name].combine_chunks()):
            raise Leaked(leak, name)


def _changed(flights: pa.Table, asked: np.ndarray, instant: int) -> Iterator[tuple[Leak, pa.Table]]:
    """The flights with later facts changed, by the leak that would notice."""
    is_own = np.zeros(flights.num_rows, bool)
    is_own[asked] = True
    departs_later = minutes(flights["departure_at"]) > instant
    ends_later = forecast_outcomes.of(flights).known_at > instant
    weather = [name for name in flights.column_names if name.startswith(WEATHER)]
    # Of a flight that should have arrived it would be known then that it was cancelled: nobody says so of those late.
    may_be_cancelled = ends_later & (minutes(flights["scheduled_arrival_at"]) > instant)
    ended = _other(flights, CANCELLED, is_own & may_be_cancelled)
    yield Leak.OWN_OUTCOME, _other(ended, OUTCOME, is_own & ends_later)
    yield Leak.DEPARTURE, _other(flights, DEPARTURE, is_own & departs_later)
    yield Leak.WEATHER, _other(flights, weather, is_own)
    ended = _other(_other(flights, CANCELLED, ~is_own & may_be_cancelled), OUTCOME, ~is_own & ends_later)
    yield Leak.OTHERS_FUTURE, _other(ended, DEPARTURE, ~is_own & departs_later)


def _other(flights: pa.Table, names: tuple[str, ...] | list[str], rows: np.ndarray) -> pa.Table:
    """Other values in some columns of some rows: instants a day later, numbers 500 more, flags the other way."""
    for name in names:
        column = flights[name].combine_chunks()
        if pa.types.is_boolean(column.type):
            other = pc.invert(column)
        elif pa.types.is_timestamp(column.type):
            other = pc.add(column, pa.scalar(86_400, pa.duration("s")))
        else:
            other = pc.add(pc.fill_null(column, 0), 500)
        changed = pc.if_else(pa.array(rows), other.cast(column.type), column)
        flights = flights.set_column(flights.column_names.index(name), name, changed)
    return flights


def check_split(train_known_at: np.ndarray, first_as_of: int) -> None:
    """Raises Leaked where an outcome of training was not known at the instant of the first forecast."""
    if len(train_known_at) and train_known_at.max() > first_as_of:
        raise Leaked(Leak.RANDOM_SPLIT, "The training")


def check_fitted(what: str, known_until: int, first_as_of: int) -> None:
    """Raises Leaked where a part, fitted to outcomes known until an instant, makes a forecast that was due before."""
    if known_until > first_as_of:
        raise Leaked(Leak.TEST_MONTH, what)
