"""Sums of the hourly windows and the categories of delays."""

import pytest
import stream_delays
from stream_windows import sum_up

from tests.hbase_in_memory import HBaseInMemory


@pytest.mark.parametrize(
    ("minutes", "category"),
    [
        (None, None),
        (-12, "On-Time"),
        (0, "On-Time"),
        (1, "Minor"),
        (15, "Minor"),
        (16, "Moderate"),
        (60, "Moderate"),
        (61, "Major"),
    ],
)
def test_categories_end_at_their_last_minute(minutes, category):
    assert stream_delays.category(minutes) == category


def test_a_window_sums_up_the_delays_of_its_flights():
    assert stream_delays.sums([-3, 0, 7, 15, 16, 60, 61]) == {
        "departures": 7,
        "on_time_departures": 2,
        "minor_delays": 2,
        "moderate_delays": 2,
        "major_delays": 1,
        "departure_delay_minutes": 156,
        "longest_departure_delay_minutes": 61,
    }


def test_a_window_is_summed_up_anew_each_time():
    hbase = HBaseInMemory()
    row = b"airline-DL-2013071022"
    hbase.table("aero:departures").put(row, {b"d:one": b"20", b"d:two": b"-5", b"d:moved": b""}, 1)
    for _ in range(2):
        sum_up(hbase, {row.decode()})
    assert hbase.texts("aero:delays_hourly") == {
        row.decode(): {
            "kind": "airline",
            "code": "DL",
            "hour_at": "2013-07-10 22:00:00",
            "departures": "2",
            "on_time_departures": "1",
            "minor_delays": "0",
            "moderate_delays": "1",
            "major_delays": "0",
            "departure_delay_minutes": "15",
            "longest_departure_delay_minutes": "20",
        }
    }
