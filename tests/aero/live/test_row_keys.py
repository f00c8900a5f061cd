from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from aero.live import row_keys

LEAVES = datetime(2013, 7, 10, 22, 30, tzinfo=UTC)
FLIGHT = row_keys.flight("JFK", LEAVES, "DL", "1234", "ATL")


def test_keys_are_those_that_the_tables_document():
    assert FLIGHT == "JFK-201307102230-DL1234-ATL"
    assert row_keys.arrival("ATL", datetime(2013, 7, 11, 1, tzinfo=UTC), FLIGHT) == f"ATL-201307110100-{FLIGHT}"
    assert row_keys.number("DL", "1234", LEAVES, FLIGHT) == f"DL1234-201307102230-{FLIGHT}"
    assert row_keys.window("airport", "JFK", "2013071022") == "airport-JFK-2013071022"


def test_five_minutes_are_those_in_which_a_flight_left():
    hour_at = LEAVES.replace(minute=0)
    keys = [row_keys.slot("JFK", hour_at, LEAVES + timedelta(minutes=minutes)) for minutes in (-31, 4, 5, 29)]
    assert keys == ["JFK-201307102200", "JFK-201307102230", "JFK-201307102235", "JFK-201307102255"]
    assert row_keys.slot_parts(keys[1]) == ("JFK", LEAVES)


def test_times_are_utc_whatever_the_zone_of_the_instant():
    new_york = LEAVES.astimezone(timezone(timedelta(hours=-4)))
    assert row_keys.flight("JFK", new_york, "DL", "1234", "ATL") == FLIGHT


def test_two_legs_of_one_number_on_one_day_have_keys_of_their_own():
    legs = {
        row_keys.flight("JFK", LEAVES, "DL", "1234", "ATL"),
        row_keys.flight("ATL", LEAVES + timedelta(hours=4), "DL", "1234", "MIA"),
        row_keys.flight("JFK", LEAVES + timedelta(hours=9), "DL", "1234", "ATL"),
    }
    assert len(legs) == 3


def test_a_range_holds_what_is_scheduled_from_its_begin_until_before_its_end():
    first, end = row_keys.between("JFK", LEAVES, LEAVES + timedelta(minutes=1))
    later = row_keys.flight("JFK", LEAVES + timedelta(minutes=1), "AA", "1", "LAX")
    assert first <= FLIGHT < end <= later


def test_all_of_an_airport_or_number_is_that_and_no_other_that_begins_alike():
    first, end = row_keys.all_of("DL12")
    assert first <= row_keys.number("DL", "12", LEAVES, FLIGHT) < end
    assert not first <= row_keys.number("DL", "1234", LEAVES, FLIGHT) < end


def test_a_window_is_read_back():
    assert row_keys.window_parts("airline-9E-2013071022") == ("airline", "9E", datetime(2013, 7, 10, 22, tzinfo=UTC))


def test_the_newest_batch_comes_first():
    assert row_keys.batch("flights", 5) == "flights-9999999994"
    keys = [row_keys.batch("flights", number) for number in (0, 9, 10, 99_999)]
    assert sorted(keys, reverse=True) == keys


CODES = st.text(st.sampled_from("ABCXYZ0189"), min_size=1, max_size=4)
TIMES = st.datetimes(datetime(1987, 10, 1), datetime(2100, 1, 1), timezones=st.timezones())


@given(CODES, CODES, CODES, CODES, TIMES, TIMES, TIMES)
def test_a_range_of_keys_holds_a_name_s_own_of_these_minutes_and_nothing_else(name, other, airline, to, at, start, end):
    for of in (name, other):
        key = row_keys.flight(of, at, airline, "1", to)
        minutes = [one.astimezone(UTC).replace(second=0, microsecond=0) for one in (start, at, end)]
        assert row_keys.scheduled_at(key) == minutes[1]
        first, last = row_keys.between(name, start, end)
        assert (first <= key < last) == (of == name and minutes[0] <= minutes[1] < minutes[2])
        first, last = row_keys.all_of(name)
        assert (first <= key < last) == (of == name)


@given(st.sampled_from(["airport", "airline"]), CODES, TIMES)
def test_every_window_is_read_back(kind, code, at):
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    assert row_keys.window_parts(row_keys.window(kind, code, f"{hour:%Y%m%d%H}")) == (kind, code, hour)


@given(st.integers(0, 10**10 - 1), st.integers(0, 10**10 - 1))
def test_batches_are_in_the_order_of_their_keys_turned_round(one, other):
    keys = row_keys.batch("flights", one), row_keys.batch("flights", other)
    assert (keys[0] < keys[1]) == (one > other)
