"""Forecasts from a service of ours to their readers, on an HDFS and a metastore in memory."""

import io
import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from pyarrow import orc

from aero import connections, metastore
from aero.datasets import LIVE_ARCHIVE, WEATHER_FORECASTS_HOURLY
from aero.errors import AeroError
from luigi_tasks import load_weather_forecasts
from luigi_tasks.load_weather_forecasts import LoadWeatherForecasts
from luigi_tasks.sources import nws
from luigi_tasks.sources.download import Patience
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory
from tests.luigi_tasks.prezip_server import status
from tests.printed import printed

PERIODS = [{"startTime": f"2026-01-12T{hour:02d}:00:00-05:00", "windSpeed": "10 mph"} for hour in range(5, 17)]
POINTS = {"JFK": "40.6399,-73.7787", "LGA": "40.7772,-73.8726"}


class Lake(HdfsInMemory, HiveInMemory):
    def __init__(self):
        HdfsInMemory.__init__(self)
        HiveInMemory.__init__(self)

    def cursor(self):
        return self

    def write(self, path, data, overwrite=False):
        super().write(path, data)

    def rows(self):
        """What readers see."""
        folders = self.locations(WEATHER_FORECASTS_HOURLY).values()
        return [
            row
            for one in folders
            for row in orc.read_table(io.BytesIO(self.files[f"{one}/part-00000.orc"])).to_pylist()
        ]


@pytest.fixture
def lake(monkeypatch, tmp_path):
    one = Lake()

    @contextmanager
    def hive():
        yield one

    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(connections, "webhdfs", lambda: one)
    monkeypatch.setattr(connections, "hive", hive)
    monkeypatch.setattr(metastore, "locations", one.locations)
    return one


@pytest.fixture
def fetch(lake, prezip, monkeypatch):
    """A function that fetches the forecasts at an instant."""
    for airport, point in POINTS.items():
        prezip.put(
            f"points/{point}", json.dumps({"properties": {"forecastHourly": f"{prezip.url}/{airport}"}}).encode()
        )
        prezip.put(airport, json.dumps({"properties": {"periods": PERIODS}}).encode())

    def run(at):
        now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        patience = Patience(attempts=2, first_pause=0)
        made = lambda positions, cache, base: nws.Nws(positions, cache, base, patience, lambda: now)  # noqa: E731
        monkeypatch.setattr(load_weather_forecasts, "Nws", made)
        task = LoadWeatherForecasts(run_id=f"run-{at}", airports="jfk,LGA", base=prezip.url)
        task.run()
        return task.output().read()

    return run


def test_each_fetch_adds_its_hours_with_when_they_were_known(lake, fetch):
    assert fetch("2026-01-12 09:30") == {"airports": 2, "hours": {"2026-01": 24}}
    report = printed("weather forecasts", json.dumps(fetch("2026-01-12 15:30")))
    assert report == {"airports": 2, "hours": {"2026-01": 48}}
    rows = lake.rows()
    assert {(row["airport_id"], row["known_at"]) for row in rows} == {
        (code, datetime(2026, 1, 12, hour, 30)) for code in POINTS for hour in (9, 15)
    }
    assert min(row["hour_at"] for row in rows) == datetime(2026, 1, 12, 10) and rows[0]["wind_speed_knots"] == 8.69


def test_a_month_is_made_of_the_answers_that_were_kept(lake, fetch):
    fetch("2026-01-12 09:30")
    fetch("2026-02-01 09:30")
    assert list(lake.locations(WEATHER_FORECASTS_HOURLY)) == [(2026, 1), (2026, 2)]
    kept = [path for path in lake.files if path.startswith(f"{LIVE_ARCHIVE.path}/nws/")]
    assert sorted(path.split("/")[-2] for path in kept) == ["date=2026-01-12", "date=2026-02-01"]


def test_an_airport_that_fails_is_named_and_the_others_are_there(lake, fetch, prezip):
    prezip.misbehave("LGA", status(503), status(503))
    with pytest.raises(AeroError, match="1 of 2 airports failed, the others are loaded:\n.*503"):
        fetch("2026-01-12 09:30")
    assert {row["airport_id"] for row in lake.rows()} == {"JFK"}


def test_an_airport_that_is_none_is_named(lake):
    with pytest.raises(AeroError, match="there is no airport ZZ9"):
        LoadWeatherForecasts(run_id="run", airports="ZZ9").run()
