"""Days on which airlines fly less by plan: that a flight does not go then says nothing of its file."""

from datetime import date, timedelta

from aero.month import Month

# Month and day. The law's holidays: 5 U.S.C. 6103.
FIXED = {(1, 1), (7, 4), (12, 24), (12, 25), (12, 31)}
NOVEMBER = 11


def holidays(month: Month) -> list[int]:
    """The days of a month, as numbers, on which a good part of the flights of other weeks does not go: about a quarter
    at Thanksgiving, which is the fourth Thursday of November, and on the two days after it."""
    days = [day for number, day in FIXED if number == month.month]
    if month.month == NOVEMBER:
        days += [(thanksgiving(month.year) + timedelta(days=after)).day for after in range(3)]
    return sorted(days)


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, NOVEMBER, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)
