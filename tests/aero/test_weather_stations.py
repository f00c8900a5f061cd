"""Airports and their weather stations."""

import pytest
from click.testing import CliRunner

from aero import airports, weather_stations
from aero.cli import main
from aero.errors import AeroError
from tests.printed import printed

HEADER = '"USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"'
CODES = {"KJFK": "JFK", "KLGA": "LGA", "CYYZ": "YYZ"}


def listed(*stations):
    """NOAA's list: (USAF, WBAN, country, ICAO code, day of the last report)."""
    filler = [("999999", f"{number:05d}", "US", "", "20200101") for number in range(100)]
    lines = [f'"{u}","{w}","A NAME","{c}","NY","{i}","+40.6","-073.7","+0003.4","19730101","{e}"' for u, w, c, i, e in
             (*filler, *stations)]  # fmt: skip
    return "\n".join((HEADER, *lines, ""))


def test_of_several_stations_of_an_airport_the_one_that_reported_last_counts():
    text = listed(
        ("744860", "94789", "US", "KJFK", "20261120"),
        ("999999", "94789", "US", "KJFK", "19721231"),
        ("725030", "14732", "US", "KLGA", "20261121"),
        ("712650", "99999", "CA", "CYYZ", "20261121"),  # Not of the United States.
        ("111111", "11111", "US", "KXYZ", "20261121"),  # No airport of ours.
    )
    assert weather_stations.matched(text, CODES) == {"JFK": "74486094789", "LGA": "72503014732"}


def test_numbers_that_lost_their_zeros_have_them_again():
    assert weather_stations.matched(listed(("3", "4789", "US", "KJFK", "2026")), CODES) == {"JFK": "00000304789"}


@pytest.mark.parametrize("text", ["", "<html>Moved</html>", HEADER, listed().replace('"WBAN"', '"ID"')])
def test_what_is_no_list_is_named(text):
    with pytest.raises(AeroError, match="This is not NOAA's list of stations"):
        weather_stations.matched(text, CODES)


def test_the_table_has_airports_that_there_are_and_a_station_once():
    known = weather_stations.load()
    assert known.keys() <= airports.time_zones().keys() and len(set(known.values())) == len(known)
    assert all(len(one) == 11 and one.isdigit() for one in known.values())
    assert list(known) == sorted(known)


def test_what_is_written_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(weather_stations, "STATIONS", tmp_path / "stations.csv")
    weather_stations.write({"LGA": "72503014732", "JFK": "74486094789"})
    assert weather_stations.load() == {"JFK": "74486094789", "LGA": "72503014732"}
    with pytest.raises(AeroError, match="No weather station is known of ORD"):
        weather_stations.of(["JFK", "ORD"])


def test_the_command_says_which_are_new_or_others_and_writes_when_told(tmp_path, monkeypatch):
    monkeypatch.setattr(weather_stations, "STATIONS", tmp_path / "stations.csv")
    weather_stations.write({"LGA": "00000000000"})
    file = tmp_path / "isd-history.csv"
    file.write_text(listed(("744860", "94789", "US", "KJFK", "2026"), ("725030", "14732", "US", "KLGA", "2026")))
    command = ["weather", "stations", "--list", str(file)]
    assert CliRunner().invoke(main, command).stdout == "2 airports have a station: 1 new, 1 another than before\n"
    told = printed("weather stations", CliRunner().invoke(main, [*command, "--json"]).stdout)
    assert told == {"airports": 2, "new": ["JFK"], "other": ["LGA"], "is_written": False}
    assert weather_stations.load() == {"LGA": "00000000000"}
    assert printed("weather stations", CliRunner().invoke(main, [*command, "--write", "--json"]).stdout)["is_written"]
    assert weather_stations.load() == {"JFK": "74486094789", "LGA": "72503014732"}


def test_the_codes_of_airports_are_those_of_airportsdata():
    assert weather_stations.matched(listed(("744860", "94789", "US", "KJFK", "2026"))) == {"JFK": "74486094789"}
