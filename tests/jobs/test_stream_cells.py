"""What events make of the live tables, without HBase."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from stream_cells import (
    PLACED_BY,
    Cell,
    Put,
    departure_puts,
    flight_key,
    flights_of,
    index_puts,
    instant,
    milliseconds,
)  # fmt: skip

from aero.live import row_keys
from tests.jobs.live_events import KEY, LANDED, LEFT, LEFT_LATER, event

SCHEDULED_AT, LEFT_AT, LANDED_AT = 1373473800000, 1373496600000, 1373504700000
LATER_AT = 1373499000000


def flight(*changes):
    [(key, cells)] = flights_of(event(**change) for change in changes).items()
    assert key == KEY
    return cells


def test_a_value_carries_the_time_of_its_event():
    cells = flight(LEFT)
    assert cells["status"] == Cell("active", LEFT_AT)
    assert cells["departure_at"] == Cell("2013-07-10 22:50:00.000", LEFT_AT)
    assert cells["departure_delay_minutes"] == Cell("20", LEFT_AT)
    assert cells["flight_date"] == Cell("2013-07-10", LEFT_AT)


def test_null_and_the_version_are_no_cells():
    assert flight({}).keys() == {
        "flight_id", "event_at", "source", "status", "flight_date", "airline_id", "flight_number", "origin_id",
        "destination_id", "scheduled_departure_at", "scheduled_arrival_at",
    }  # fmt: skip


def test_each_column_keeps_its_own_newest_value_in_any_order():
    position = {"event_at": "2013-07-10T23:30:00.000Z", "status": None, "source": "opensky", "latitude": 38.5}
    cells = flight(position, LEFT, {})
    assert cells == flight({}, LEFT, position) == flight(LEFT, position, {}, LEFT)
    assert (cells["status"], cells["latitude"]) == (Cell("active", LEFT_AT), Cell("38.5", LATER_AT))
    assert cells["event_at"] == Cell("2013-07-10 23:30:00.000", LATER_AT)


def test_of_one_instant_the_last_value_stays():
    assert flight({"status": "active"}, {"status": "cancelled"})["status"].text == "cancelled"


def test_two_legs_are_two_flights():
    second = {"origin_id": "ATL", "destination_id": "MIA", "scheduled_departure_at": "2013-07-11T03:00:00.000Z"}
    assert list(flights_of([event(), event(**second)])) == [KEY, "ATL-201307110300-DL1234-MIA"]


@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_a_flight_is_found_under_its_row_key(at):
    text = at.isoformat(timespec="milliseconds") + "Z"
    expected = row_keys.flight("JFK", datetime.fromisoformat(text), "DL", "1234", "ATL")
    assert flight_key(event(scheduled_departure_at=text)) == expected


def test_of_named_columns_the_cells_are_the_same():
    events = [event(**LANDED), event(**LEFT_LATER), event()]
    everything = flights_of(events)[KEY]
    some = flights_of(events, PLACED_BY)[KEY]
    assert some == {column: everything[column] for column in PLACED_BY}


def test_departures_and_indexes_are_made_of_the_named_columns():
    moved = [event(**LEFT_LATER), event(**LANDED)]
    known = {"departure_at": flight(LEFT)["departure_at"]}
    for puts in (index_puts, lambda key, cells: departure_puts(key, cells, known)):
        assert list(puts(KEY, flights_of(moved, PLACED_BY)[KEY])) == list(puts(KEY, flights_of(moved)[KEY]))


def test_a_flight_has_a_place_in_both_indexes():
    assert list(index_puts(KEY, flight({}))) == [
        Put("aero:arrivals", f"ATL-201307110100-{KEY}", "flight", Cell(KEY, SCHEDULED_AT)),
        Put("aero:flight_numbers", f"DL1234-201307102230-{KEY}", "flight", Cell(KEY, SCHEDULED_AT)),
    ]


def test_where_no_arrival_is_scheduled_the_departure_stands_in_the_index():
    [arrival, _] = index_puts(KEY, flight({"scheduled_arrival_at": None}))
    assert arrival.row == f"ATL-201307102230-{KEY}"


def departures(cells, **before):
    return {(put.row, put.column): put.cell for put in departure_puts(KEY, cells, before)}


def test_a_departure_counts_in_the_windows_of_its_airport_and_airline():
    assert departures(flight(LEFT)) == {
        ("airport-JFK-2013071022", KEY): Cell("20", LEFT_AT),
        ("airline-DL-2013071022", KEY): Cell("20", LEFT_AT),
    }


def test_without_a_departure_no_window_is_touched():
    assert departures(flight({})) == {}


def test_an_hour_of_any_year_is_one_of_a_window():
    cells = flight(LEFT | {"departure_at": "0001-02-03T04:59:00.000Z"})
    assert [row_keys.window_parts(row)[2] for row, _ in departures(cells)] == [datetime(1, 2, 3, 4, tzinfo=UTC)] * 2


def test_a_departure_that_is_known_touches_no_window():
    known = flight(LEFT)["departure_at"]
    assert departures(flight(LANDED), departure_at=known) == {}
    assert departures(flight(LEFT), departure_at=known) == {}


def test_a_departure_older_than_the_known_one_touches_no_window():
    assert departures(flight(LEFT), departure_at=flight(LEFT_LATER)["departure_at"]) == {}


def test_a_departure_that_moved_leaves_its_old_windows():
    assert departures(flight(LEFT_LATER), departure_at=flight(LEFT)["departure_at"]) == {
        ("airport-JFK-2013071023", KEY): Cell("40", LATER_AT),
        ("airline-DL-2013071023", KEY): Cell("40", LATER_AT),
        ("airport-JFK-2013071022", KEY): Cell("", LATER_AT),
        ("airline-DL-2013071022", KEY): Cell("", LATER_AT),
    }


def test_a_departure_that_moved_within_its_hour_is_corrected_there():
    sooner = LEFT_LATER | {"departure_at": "2013-07-10T22:55:00.000Z", "departure_delay_minutes": 25}
    assert departures(flight(sooner), departure_at=flight(LEFT)["departure_at"]) == {
        ("airport-JFK-2013071022", KEY): Cell("25", LATER_AT),
        ("airline-DL-2013071022", KEY): Cell("25", LATER_AT),
    }


def test_times_are_read_to_the_millisecond():
    assert milliseconds("2013-07-10T22:50:00.001Z") == LEFT_AT + 1
    assert instant("2013-07-10 22:50:00.001").timestamp() * 1000 == LEFT_AT + 1
