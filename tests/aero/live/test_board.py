"""An airport's board, of rows as HBase has them."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from aero.errors import AeroError
from aero.live import board

NOW = datetime(2013, 7, 10, 22, 30, tzinfo=UTC)
ROW = {
    "row_key": "JFK-201307102230-DL1234-ATL",
    "airline_id": "DL",
    "flight_number": "1234",
    "origin_id": "JFK",
    "destination_id": "ATL",
    "status": "scheduled",
    "scheduled_departure_at": "2013-07-10 22:30:00.000",
    "scheduled_arrival_at": "2013-07-11 01:00:00.000",
}


def row(**changes):
    return {name: value for name, value in (ROW | changes).items() if value is not None}


def left(minutes_ago):
    return f"{NOW - timedelta(minutes=minutes_ago):%Y-%m-%d %H:%M:%S}.000"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "on time"),
        ({"estimated_departure_at": "2013-07-10 22:50:00.000"}, "delayed"),
        ({"scheduled_departure_at": "2013-07-10 21:00:00.000"}, "delayed"),
        ({"status": "active", "departure_at": left(10)}, "departed"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "cancelled", "departure_at": left(10)}, "cancelled"),
        ({"status": None}, "on time"),
        ({"status": "landed", "departure_at": left(-20)}, "delayed"),
    ],
)
def test_a_departure_says_what_it_is(changes, words):
    [line] = board.departures([row(**changes)], NOW)
    assert (line.words, line.number, line.airport_id) == (words, "DL1234", "ATL")


@pytest.mark.parametrize(
    "changes",
    [{"departure_at": left(46)}, {"status": "cancelled", "scheduled_departure_at": left(46)}],
)
def test_what_has_left_or_was_cancelled_long_ago_is_off_the_board(changes):
    assert board.departures([row(**changes)], NOW) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "not departed"),
        ({"departure_at": left(10)}, "in the air"),
        ({"departure_at": left(10), "estimated_arrival_at": "2013-07-11 01:20:00.000"}, "in the air, late"),
        ({"departure_at": left(90), "arrival_at": left(10), "status": "landed"}, "landed"),
        ({"status": "diverted", "departure_at": left(90)}, "diverted"),
        ({"status": "cancelled"}, "cancelled"),
        ({"scheduled_arrival_at": None}, "not departed"),
        ({"departure_at": left(10), "arrival_at": left(-140), "status": "landed"}, "in the air"),
        ({"departure_at": left(-10), "arrival_at": left(-140), "status": "landed"}, "not departed"),
    ],
)
def test_an_arrival_says_what_it_is(changes, words):
    [line] = board.arrivals([row(**changes)], NOW)
    assert (line.words, line.airport_id) == (words, "JFK")


def test_what_came_long_ago_is_off_the_board():
    assert board.arrivals([row(departure_at=left(120), arrival_at=left(46))], NOW) == []


def shown(departures, at_most=None):
    console = Console(width=100, file=StringIO())
    console.print(board.rendered(board.Board("JFK", board.zone_of("JFK"), NOW, departures, []), at_most))
    return console.file.getvalue()


def test_times_are_local():
    text = shown(board.departures([row(departure_terminal="4", departure_gate="B31")], NOW))
    assert "Wednesday 10 July 2013, 18:30 EDT" in text
    assert [word for word in text.split() if word in ("18:30", "22:30")] == ["18:30", "18:30", "18:30"]
    assert "4 B31" in text and "Arrivals (0)" in text


def test_a_small_terminal_shows_the_flights_nearest_to_now():
    rows = [row(scheduled_departure_at=left(-minutes), flight_number=str(minutes)) for minutes in (1, 60, 120)]
    text = shown(board.departures(rows, NOW), at_most=2)
    assert "DL60" in text and "DL120" not in text


def test_an_airport_that_is_none_is_named():
    with pytest.raises(AeroError, match="XX1 is no airport"):
        board.zone_of("XX1")


@pytest.mark.parametrize("gate", ["[/b]", "[red]7[/]", "[link=http://a.example]B4[/link]"])
def test_a_gate_is_shown_as_the_source_tells_it(gate):
    departures = board.departures([row(departure_gate=gate)], NOW)
    output = StringIO()
    shown = board.Board("JFK", board.zone_of("JFK"), NOW, departures, [])
    Console(file=output, width=140).print(board.rendered(shown))
    assert gate in output.getvalue()
