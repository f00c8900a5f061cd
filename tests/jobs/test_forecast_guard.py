"""Six leaks, planted: each is found, by its name."""

from datetime import timedelta

import forecast_guard
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from forecast_features import History, features
from forecast_guard import Leak, Leaked, check_features, check_fitted, check_split, check_weather
from forecast_outcomes import minutes
from forecast_weather import Weather

from tests.jobs.forecast_flights import flight, instants, table, utc
from tests.jobs.forecast_skies import forecast, forecasts, hour, observed

INSTANT = "2013-07-14 12:00"
AT = int(utc(INSTANT).timestamp()) // 60


@pytest.fixture(scope="module")
def flights():
    """Two days of flights each hour, some cancelled, and the weather that was observed as they left."""
    clocks = [(day, hour) for day in ("2013-07-13", "2013-07-14", "2013-07-15") for hour in range(6, 23)]
    rows = [
        flight(day, f"{hour:02d}:00", late=None if hour == 11 else 7 * hour - 60, flight_number=str(hour))
        for day, hour in clocks
    ]
    return table(*rows).append_column("weather_wind_knots", pa.array([float(hour) for _, hour in clocks]))


@pytest.fixture
def asked(flights):
    """The flights that leave 24 hours after the instant, or later."""
    return np.flatnonzero(minutes(flights["scheduled_departure_at"]) >= AT + 24 * 60)


def own(some, known, as_of):
    return features(some, History(known), as_of)


def with_column(name, make):
    """The features, and one more of the flights, what is known, and when."""
    return lambda some, known, as_of: own(some, known, as_of).append_column(name, make(some, known))


def test_the_features_know_no_fact_of_later(flights, asked):
    assert len(asked) > 10
    check_features(own, flights, asked, AT)


def delay_of_the_flight_before(some, known):
    """As a LAG does it: of the flights sorted by departure the one before."""
    order = pc.sort_indices(known["scheduled_departure_at"].combine_chunks())
    before = dict(
        zip(
            known["scheduled_departure_at"].take(order).to_pylist(),
            known["arrival_delay_minutes"].take(order).to_pylist(),
        )
    )
    return pa.array(
        [before.get(at - timedelta(hours=1)) for at in some["scheduled_departure_at"].to_pylist()], pa.int32()
    )


def rate_with_the_row_itself(some, known):
    """The share of the number's flights that came late, its own row among them."""
    late = np.nan_to_num(known["arrival_delay_minutes"].to_numpy()) >= 15
    numbers = np.array(known["flight_number"].to_pylist())
    is_own_day = np.array(known["flight_date"].to_pylist()) == some["flight_date"][0].as_py()
    return pa.array([float(late[(numbers == one) & is_own_day].mean()) for one in some["flight_number"].to_pylist()])


LEAKS = {
    Leak.OTHERS_FUTURE: delay_of_the_flight_before,
    Leak.OWN_OUTCOME: rate_with_the_row_itself,
    Leak.DEPARTURE: lambda some, known: some["departure_delay_minutes"],
    Leak.WEATHER: lambda some, known: some["weather_wind_knots"],
}


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name)
def test_a_feature_that_leaks_is_stopped_by_the_name_of_its_leak(flights, asked, leak):
    if leak == Leak.OTHERS_FUTURE:
        asked = asked[1:2]  # The one before is not asked, or its own outcome would tell.
    with pytest.raises(Leaked, match=f"planted knows {leak}") as stopped:
        check_features(with_column("planted", LEAKS[leak]), flights, asked, AT)
    assert stopped.value.leak == leak


def test_a_feature_that_may_know_what_ended_before_is_none(flights, asked):
    def ended(some, known):
        outcomes = forecast_guard.forecast_outcomes.of(known)
        return pa.array([int((outcomes.known_at <= AT).sum())] * some.num_rows)

    check_features(with_column("ended", ended), flights, asked, AT)


def test_a_random_split_is_stopped_by_its_name():
    check_split(np.array([AT - 1, AT]), AT)
    with pytest.raises(Leaked, match="random split") as stopped:
        check_split(np.array([AT + 1, AT - 1]), AT)
    assert stopped.value.leak == Leak.RANDOM_SPLIT


def test_statistics_over_the_test_month_are_stopped_by_their_name():
    check_fitted("The curve", AT, AT)
    with pytest.raises(Leaked, match="The curve knows statistics over flights") as stopped:
        check_fitted("The curve", AT + 1, AT)
    assert stopped.value.leak == Leak.TEST_MONTH


SKIES = (
    observed(
        *(hour(f"2013-07-{day} {one:02d}:00", wind_speed_knots=float(one)) for day in (14, 15) for one in range(24))
    ),
    forecasts(
        *(forecast("2013-07-15 13:00", f"2013-07-{day} 06:00", wind_speed_knots=float(day)) for day in (13, 14, 15))
    ),
)


def as_of_the_instant(*skies):
    asked = table(flight())
    return features(asked, History(asked, Weather(*skies)), instants(INSTANT))


def test_the_weather_of_a_flight_is_what_was_observed_and_forecast_by_then():
    found = as_of_the_instant(*SKIES).to_pylist()[0]
    assert found["observed_origin_wind_speed_knots"] == 11.0 and found["forecast_origin_wind_speed_knots"] == 14.0
    check_weather(as_of_the_instant, *SKIES, AT)


@pytest.mark.parametrize("place", [0, 1], ids=["observed", "forecast"])
def test_weather_of_later_is_stopped_by_its_name(place):
    """What was observed at the departure, and a forecast that was fetched after the instant."""

    def leaks(*skies):
        values = skies[place]["wind_speed_knots"]
        return as_of_the_instant(*skies).append_column("planted", [[values[-1].as_py()]])

    with pytest.raises(Leaked, match=f"planted knows {Leak.WEATHER}") as stopped:
        check_weather(leaks, *SKIES, AT)
    assert stopped.value.leak == Leak.WEATHER
