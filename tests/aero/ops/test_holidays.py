import pytest

from aero.month import Month
from aero.ops.holidays import holidays


@pytest.mark.parametrize(
    ("month", "days"),
    [
        ("2007-11", [22, 23, 24]),
        ("2013-11", [28, 29, 30]),
        ("2012-12", [24, 25, 31]),
        ("2013-07", [4]),
        ("2013-05", []),
    ],
)
def test_holidays_are_those_on_which_airlines_fly_less(month, days):
    assert holidays(Month.parse(month)) == days
