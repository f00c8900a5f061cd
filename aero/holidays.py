"""Days on which airlines fly less by plan: that a flight does not go then says nothing of its file."""

from datetime import date, timedelta

from aero.month import Month

# Month and day. The law's holidays: 5 U.S.C. 6103.
FIXED = {(1, 1), (7, 4), (12, 24), (12, 25), (12, 31)}
NOVEMBER = 11
MONDAY, THURSDAY = 0, 3


def holidays(month: Month) -> list[int]:
    """The days of a month, as numbers, on which a good part of the flights of other weeks does not go: about a quarter
    at Thanksgiving, which is the fourth Thursday of November, and on the two days after it."""
    days = [day for number, day in FIXED if number == month.month]
    if month.month == NOVEMBER:
        days += [(thanksgiving(month.year) + timedelta(days=after)).day for after in range(3)]
    return sorted(days)


def public(year: int) -> list[date]:
    """The public holidays that a year has in the whole country, in order."""
    return sorted(named(year))


def named(year: int) -> dict[date, str]:
    """The same with their names: 5 U.S.C. 6103, each on its own day. Martin Luther King's is one since 1986, Juneteenth
    since 2021."""
    days = {
        date(year, 1, 1): "New Year's Day",
        _weekday(year, 2, MONDAY, 3): "Washington's Birthday",
        _weekday(year, 6, MONDAY, 1) - timedelta(days=7): "Memorial Day",  # The last Monday of May.
        date(year, 7, 4): "Independence Day",
        _weekday(year, 9, MONDAY, 1): "Labor Day",
        _weekday(year, 10, MONDAY, 2): "Columbus Day",
        date(year, 11, 11): "Veterans Day",
        thanksgiving(year): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
    if year >= 1986:
        days[_weekday(year, 1, MONDAY, 3)] = "Birthday of Martin Luther King, Jr."
    if year >= 2021:
        days[date(year, 6, 19)] = "Juneteenth"
    return days


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    return _weekday(year, NOVEMBER, THURSDAY, 4)


def _weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The first, second or later such day of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
