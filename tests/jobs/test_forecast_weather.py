"""The weather as features: hand-computed, each to the minute from which on it is known."""

import pytest
from forecast_features import FEATURES, History, Known, features
from forecast_inputs import WEATHER, weather
from forecast_sample import sample
from forecast_weather import Weather

from tests.jobs.forecast_flights import flight, instants, table
from tests.jobs.forecast_skies import forecast, forecasts, hour, observed


def of(as_of, weather=None, **fields):
    """The features of a flight from JFK to BOS that leaves at 13:00 UTC on July 15 and arrives at 14:00."""
    asked = flight() | fields
    return features(table(asked), History(table(asked), weather), instants(as_of)).to_pylist()[0]


def wind(as_of, *hours):
    return of(as_of, Weather(observed(*hours)))["observed_origin_wind_speed_knots"]


@pytest.mark.parametrize(
    ("as_of", "knots"),
    [
        ("2013-07-14 12:59", 7.0),
        ("2013-07-14 13:00", 8.0),  # The hour of 12:00 has ended.
        ("2013-07-14 15:59", 8.0),  # Three hours of silence,
        ("2013-07-14 16:00", None),  # and no longer.
        ("2013-07-14 11:59", None),
    ],
)
def test_an_hour_is_known_from_its_end_on_and_for_three_hours(as_of, knots):
    hours = hour("2013-07-14 11:00", wind_speed_knots=7.0), hour("2013-07-14 12:00", wind_speed_knots=8.0)
    assert wind(as_of, *hours) == knots


def test_the_weather_of_each_end_is_its_own_and_a_gap_is_filled_by_the_hour_before():
    weather = Weather(
        observed(
            hour("2013-07-14 10:00", "JFK", visibility_miles=3.0, temperature_celsius=20.0),
            hour("2013-07-14 11:00", "JFK", temperature_celsius=21.0),
            hour("2013-07-14 11:00", "BOS", temperature_celsius=15.0),
        )
    )
    found = of("2013-07-14 12:00", weather)
    assert found["observed_origin_temperature_celsius"] == 21.0
    assert found["observed_origin_visibility_miles"] == 3.0
    assert found["observed_destination_temperature_celsius"] == 15.0
    assert found["observed_destination_visibility_miles"] is None
    assert of("2013-07-14 12:00", weather, origin_id="LGA")["observed_origin_temperature_celsius"] is None


def test_the_pressure_rose_since_six_hours_before():
    name = "sea_level_pressure_hectopascals"
    weather = Weather(observed(hour("2013-07-14 05:00", **{name: 1010.0}), hour("2013-07-14 11:00", **{name: 1004.5})))
    assert of("2013-07-14 12:00", weather)["observed_origin_pressure_rise"] == -5.5
    assert of("2013-07-14 11:00", weather)["observed_origin_pressure_rise"] is None


@pytest.mark.parametrize(
    ("as_of", "millimetres"),
    [
        ("2013-07-14 12:00", 0.4),  # 0.1 + 0.3
        ("2013-07-15 11:00", 0.3),  # The first hour ended 24 hours ago.
        ("2013-07-15 12:00", None),
        ("2013-07-14 10:59", None),
    ],
)
def test_rain_is_summed_over_a_day_to_the_hundredth(as_of, millimetres):
    rain = "precipitation_millimetres"
    weather = Weather(observed(hour("2013-07-14 10:00", **{rain: 0.1}), hour("2013-07-14 11:00", **{rain: 0.3})))
    assert of(as_of, weather)["observed_origin_precipitation_millimetres"] == millimetres


@pytest.mark.parametrize(
    ("as_of", "percent"),
    [("2013-07-14 05:59", None), ("2013-07-14 06:00", 40.0), ("2013-07-14 11:59", 40.0), ("2013-07-14 12:00", 70.0)],
)
def test_a_forecast_is_known_from_when_it_was_fetched_and_the_newest_counts(as_of, percent):
    weather = Weather(
        forecasts=forecasts(
            forecast("2013-07-15 13:00", "2013-07-14 12:00", precipitation_percent=70.0),
            forecast("2013-07-15 13:00", "2013-07-14 06:00", precipitation_percent=40.0),
            forecast("2013-07-15 14:00", "2013-07-14 06:00", precipitation_percent=99.0),  # Another hour,
            forecast("2013-07-15 13:00", "2013-07-14 06:00", "BOS", precipitation_percent=98.0),  # another airport.
        )
    )
    assert of(as_of, weather)["forecast_origin_precipitation_percent"] == percent


def test_the_forecast_of_the_destination_is_that_of_the_hour_of_arrival():
    rows = forecast("2013-07-15 14:00", "2013-07-14 06:00", "BOS", wind_speed_knots=12.0)
    found = of("2013-07-14 13:00", Weather(forecasts=forecasts(rows)))
    assert (found["forecast_destination_wind_speed_knots"], found["forecast_origin_wind_speed_knots"]) == (12.0, None)
    unknown = of("2013-07-14 13:00", Weather(forecasts=forecasts(rows)), scheduled_arrival_at=None)
    assert unknown["forecast_destination_wind_speed_knots"] is None


def test_without_weather_its_features_are_null():
    names = {one.name for one in FEATURES if one.known in (Known.OBSERVED, Known.FORECAST)}
    assert names == WEATHER.keys() and len(names) == 20
    assert {of("2013-07-14 13:00")[name] for name in names} == {None}


def test_a_model_is_told_how_far_the_weather_is_from_the_usual_one_which_is_taken_where_none_is_known():
    rows = table(flight(), flight("2013-07-16"))
    windy = Weather(observed(hour("2013-07-14 12:00", wind_speed_knots=19.0)))
    [known, unknown] = weather(sample(rows, History(rows, windy))).tolist()
    place = list(WEATHER).index("observed_origin_wind_speed_knots")
    assert known[place] == 2.0 and {value for at, value in enumerate(known) if at != place} == {0.0} == set(unknown)
