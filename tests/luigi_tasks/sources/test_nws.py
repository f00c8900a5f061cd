"""Forecasts from a service of ours that misbehaves."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from aero.errors import AeroError
from aero.live.archive import Page
from luigi_tasks.sources import download
from luigi_tasks.sources.download import Patience
from luigi_tasks.sources.nws import Nws, rows
from tests.luigi_tasks.prezip_server import hang_up, page, status, truncate

NOW = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
POINT, GRID = "points/40.6399,-73.7787", "gridpoints/OKX/37,32/forecast/hourly"
PERIOD = {
    "startTime": "2026-01-12T05:00:00-05:00",
    "temperature": 41,
    "temperatureUnit": "F",
    "windSpeed": "5 to 10 mph",
    "shortForecast": "Chance Rain  Showers",
    "probabilityOfPrecipitation": {"unitCode": "wmoUnit:percent", "value": 40},
    "dewpoint": {"unitCode": "wmoUnit:degC", "value": 2.5},
}
FORECAST = {"properties": {"updateTime": "2026-01-12T08:15:00+00:00", "periods": [PERIOD]}}


def as_json(content):
    return json.dumps(content).encode()


@pytest.fixture
def service(prezip):
    prezip.put(POINT, as_json({"properties": {"forecastHourly": f"{prezip.url}/{GRID}"}}))
    prezip.put(GRID, as_json(FORECAST))
    return prezip


@pytest.fixture
def source(service, tmp_path):
    patience = Patience(attempts=3, first_pause=0)
    positions = {"JFK": (40.639928, -73.778692)}
    return Nws(positions, tmp_path / "addresses.json", service.url, patience, now=lambda: NOW)


def test_a_forecast_is_a_page_and_its_address_is_asked_for_once(source, service):
    assert source.page("JFK") == Page(NOW, {"airport_id": "JFK", "forecast": FORECAST})
    source.page("JFK")
    assert service.gets == [f"/{POINT}", f"/{GRID}", f"/{GRID}"]


def test_the_service_is_told_who_asks(source, service):
    service.only_for = "aero"
    assert source.page("JFK").body["airport_id"] == "JFK"


def test_an_address_that_is_gone_is_asked_for_again(source, service):
    source.page("JFK")
    other = service.put("gridpoints/OKX/1,1/forecast/hourly", as_json(FORECAST))
    service.put(POINT, as_json({"properties": {"forecastHourly": other}}))
    del service.files[f"/{GRID}"]
    assert source.page("JFK").body["forecast"] == FORECAST
    assert service.gets[-1] == "/gridpoints/OKX/1,1/forecast/hourly"


def zipped(handler, file):
    """Gzip that breaks off, with a length that says that it is whole."""
    body = gzip.compress(file.body)[:-20]
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


FAULTS = {
    "busy": status(429, Retry_After="0"), "away": status(503), "hung up": hang_up, "truncated": truncate(50),
    "truncated gzip": zipped, "HTML": page("<html>Sorry</html>"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_passes_is_tried_again(source, service, fault):
    service.misbehave(POINT, FAULTS[fault])
    service.misbehave(GRID, FAULTS[fault], FAULTS[fault])
    assert source.page("JFK").body["forecast"] == FORECAST
    assert len(service.gets) == 5


def test_what_the_server_asks_to_wait_is_waited(source, service, pauses):
    service.misbehave(GRID, status(429, Retry_After="17"))
    source.page("JFK")
    assert pauses == [17.0]


def test_an_answer_that_takes_too_long_is_given_up(source, service, monkeypatch):
    monkeypatch.setattr(download, "WHOLE_SECONDS", -1)
    with pytest.raises(AeroError, match="it was not whole after -1 seconds .3 attempts"):
        source.page("JFK")


def test_an_answer_that_is_too_large_is_given_up(source, service, monkeypatch):
    monkeypatch.setattr(download, "MOST_JSON", 20)
    with pytest.raises(AeroError, match="more than 20 bytes came"):
        source.page("JFK")


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        (POINT, {"properties": {}}, "it names no forecast of"),
        (POINT, {"properties": {"forecastHourly": "http://elsewhere.example/x"}}, "it names no forecast of"),
        (POINT, [1], "it names no forecast of"),
        (GRID, {"properties": {"periods": None}}, "the answer has no hours"),
        (GRID, "text", "the answer has no hours"),
    ],
)
def test_an_answer_of_another_form_is_named(source, service, path, content, words):
    service.put(path, as_json(content))
    with pytest.raises(AeroError, match=words):
        source.page("JFK")


def test_an_hour_has_the_units_of_the_table():
    assert list(rows(Page(NOW, {"airport_id": "JFK", "forecast": FORECAST}))) == [
        {
            "airport_id": "JFK",
            "hour_at": datetime(2026, 1, 12, 10, tzinfo=UTC),
            "known_at": NOW,
            "made_at": datetime(2026, 1, 12, 8, 15, tzinfo=UTC),
            "temperature_celsius": 5.0,
            "dew_point_celsius": 2.5,
            "wind_speed_knots": 8.69,
            "precipitation_percent": 40.0,
            "summary": "Chance Rain Showers",
        }
    ]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"temperature": "warm"}, "temperature_celsius"),
        ({"temperature": 4000}, "temperature_celsius"),
        ({"temperatureUnit": "K"}, "temperature_celsius"),
        ({"dewpoint": None}, "dew_point_celsius"),
        ({"windSpeed": 10}, "wind_speed_knots"),
        ({"windSpeed": "9" * 40 + " mph"}, "wind_speed_knots"),
        ({"probabilityOfPrecipitation": {"value": True}}, "precipitation_percent"),
        ({"probabilityOfPrecipitation": [40]}, "precipitation_percent"),
        ({"shortForecast": {}}, "summary"),
    ],
)
def test_a_value_of_another_type_is_null_and_the_rest_stays(fields, column):
    body = {"airport_id": "JFK", "forecast": {"properties": {**FORECAST["properties"], "periods": [PERIOD | fields]}}}
    [row] = rows(Page(NOW, body))
    assert [name for name, value in row.items() if value is None] == [column]


@pytest.mark.parametrize("period", [None, {}, {"startTime": "soon"}, {"startTime": "2026-01-12T05:00:00"}, [1]])
def test_an_hour_without_its_time_is_none(period):
    assert list(rows(Page(NOW, {"airport_id": "JFK", "forecast": {"properties": {"periods": [period]}}}))) == []


def test_a_page_that_is_none_has_no_hours():
    assert [list(rows(Page(NOW, body))) for body in (None, [], {"forecast": {"properties": {"periods": 1}}})] == [
        []
    ] * 3


def test_the_addresses_that_cannot_be_read_are_asked_for_again(source, service, tmp_path):
    for text in ("[", "[1]", '{"JFK": 1}', '{"JFK": "http://elsewhere.example/x"}'):
        (tmp_path / "addresses.json").write_text(text)
        assert source.page("JFK").body["forecast"] == FORECAST
