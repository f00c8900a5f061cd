"""The track record of forecasts, day by day, and when a forecast drifts."""

from datetime import UTC, date, datetime

import pytest

from aero.month import Month
from aero.ops import track
from aero.ops.track import Errors
from tests.hdfs_in_memory import HdfsInMemory

MAY = Month(2013, 5)


def fact(day, late=60, month=5, **fields):
    """A day with 200 flights, of which 60 were expected late."""
    return {
        "flight_date": date(2013, month, day), "model_name": "logistic", "training_id": "t1", "arrived_flights": 200,
        "late_flights": late, "expected_late_flights": 60.0, "squared_error": 40.0, "baseline_squared_error": 42.0,
    } | fields  # fmt: skip


def test_a_month_is_written_whole_and_read_as_it_was():
    client = HdfsInMemory()
    assert track.read(client, MAY) == [] and track.newest(client) is None
    written = track.write(client, MAY, [fact(2), fact(1)])
    assert [one.flight_date.day for one in written] == [1, 2]
    assert track.read(client, MAY) == written and track.newest(client) == written[-1]
    track.write(client, MAY, [fact(3)])
    assert [one.flight_date.day for one in track.read(client, MAY)] == [3]
    track.write(client, MAY.previous, [fact(30, month=4)])
    assert track.newest(client).flight_date == date(2013, 5, 3)


@pytest.mark.parametrize(
    ("errors", "drifts"),
    [
        (Errors(1000, 300, 300.0, 200.0, 200.0), False),
        (Errors(1000, 450, 300.0, 200.0, 250.0), False),  # 15 % are borne,
        (Errors(1000, 451, 300.0, 200.0, 250.0), True),  # and no more,
        (Errors(1000, 149, 300.0, 200.0, 250.0), True),  # nor fewer.
        (Errors(1000, 300, 300.0, 204.0, 200.0), False),
        (Errors(1000, 300, 300.0, 204.1, 200.0), True),
        (Errors(299, 299, 0.0, 299.0, 100.0), False),  # Of so few nothing is known.
        (Errors(0, 0, 0.0, 0.0, 0.0), False),
    ],
)
def test_it_drifts_beyond_the_limits(errors, drifts):
    assert errors.drifts is drifts


def test_a_day_is_judged_with_the_six_before_it_those_of_the_month_before_too():
    """April's last days are as expected; from May 3 on all are late: on the 4th too few are, beside five good days."""
    client = HdfsInMemory()
    track.write(client, MAY.previous, [fact(day, month=4) for day in range(25, 31)])
    days = track.write(client, MAY, [fact(day, late=200 if day > 2 else 60) for day in range(1, 13)])
    # Seven days are 1,400 flights, of which 210 more are too many; a day like this has 140 more.
    assert [one.flight_date.day for one in days if one.is_drifting] == list(range(4, 13))
    without = track.judged([fact(1, late=200), fact(2, late=60)], [], datetime(2013, 6, 1, tzinfo=UTC))
    assert [one.is_drifting for one in without] == [False, True]
