from datetime import date

import pytest

from aero.holidays import holidays, named, public
from aero.month import Month


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


def test_public_holidays_are_those_of_the_law():
    """As the Office of Personnel Management lists them, but those on a Saturday or Sunday on their own days."""
    days = ["01-01", "01-21", "02-18", "05-27", "07-04", "09-02", "10-14", "11-11", "11-28", "12-25"]
    assert public(2013) == [date.fromisoformat(f"2013-{day}") for day in days]
    days = ["01-01", "01-18", "02-15", "05-31", "06-19", "07-04", "09-06", "10-11", "11-11", "11-25", "12-25"]
    assert public(2021) == [date.fromisoformat(f"2021-{day}") for day in days]


def test_a_holiday_has_its_name():
    names = named(2021)
    assert names[date(2021, 5, 31)] == "Memorial Day" and names[date(2021, 11, 25)] == "Thanksgiving Day"
    assert "Juneteenth" in names.values() and "Juneteenth" not in named(2020).values()
    assert "Birthday of Martin Luther King, Jr." not in named(1985).values()
