"""What is known of the months: flights of each year, seasons, shocks, holidays, and how late the years were."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from aero.errors import AeroError
from aero.holidays import thanksgiving
from aero.month import Month

FIRST = Month(1987, 10)
# Flights of the reporting family, rounded to thousands; three months of 1987.
_THOUSANDS = """
    1312 5202 5041 5271 5077 5092 5071 5180 5327 5352 5412 5385 5528 5683 5968 5271 6489 7129 7141 7142
    7455 7010 6450 6450 6085 6097 6369 5820 5819 5618 5675 7213 7422 4688 5444 6729 6848 7079
"""
THOUSANDS = {year: int(count) for year, count in enumerate(_THOUSANDS.split(), FIRST.year)}
# Flights a day of each month of a usual year.
SEASON = (0.965, 0.985, 1.015, 1.0, 1.0, 1.035, 1.04, 1.035, 0.98, 1.0, 0.975, 0.975)
# Flights a day beside the season, where the year was not a usual one.
SCHEDULED = {
    "2001-10": 0.90, "2001-11": 0.87, "2001-12": 0.86,
    "2020-03": 1.06, "2020-04": 0.54, "2020-05": 0.29, "2020-06": 0.38, "2020-07": 0.58, "2020-08": 0.62,
    "2020-09": 0.62, "2020-10": 0.62, "2020-11": 0.63, "2020-12": 0.62,
    "2021-01": 0.66, "2021-02": 0.66, "2021-03": 0.78, "2021-04": 0.84, "2021-05": 0.92,
}  # fmt: skip
# Share of arrivals 15 minutes late or more, by year, roughly: the years between follow a straight line.
LATENESS = {1987: 0.21, 1991: 0.18, 1996: 0.23, 2000: 0.25, 2002: 0.18, 2007: 0.24, 2012: 0.18, 2014: 0.22}
LATENESS |= {2016: 0.18, 2019: 0.20, 2020: 0.10, 2021: 0.17, 2022: 0.21, 2024: 0.21}
USUAL_LATENESS = 0.22


@dataclass(frozen=True)
class Shock:
    """`cancelled`: share of the month's flights that did not fly, most of them from day `first` to `last`."""

    cancelled: float
    first: int
    last: int


SHOCKS = {
    "1996-01": Shock(0.07, 6, 10),
    "2001-09": Shock(0.20, 11, 16),
    "2010-02": Shock(0.055, 5, 12),
    "2014-01": Shock(0.06, 2, 8),
    "2015-02": Shock(0.05, 1, 28),
    "2020-03": Shock(0.17, 16, 31),
    "2020-04": Shock(0.41, 1, 30),
    "2020-05": Shock(0.06, 1, 31),
    "2021-02": Shock(0.055, 12, 18),
    "2022-12": Shock(0.055, 21, 29),
}


def flights(month: Month) -> int:
    """Flights that BTS reports of a month, roughly; the years to come are like the last one known.

    Raises AeroError for a month before October 1987.
    """
    if month < FIRST:
        raise AeroError(f"BTS has no flights of {month}", f"The first month is {FIRST}.")
    months = [one for one in (Month(month.year, number) for number in range(1, 13)) if one >= FIRST]
    weights = [len(one.days) * SEASON[one.month - 1] * SCHEDULED.get(str(one), 1) for one in months]
    of_year = THOUSANDS.get(month.year, THOUSANDS[max(THOUSANDS)]) * 1000
    return round(of_year * weights[months.index(month)] / sum(weights))


def lateness(year: int) -> float:
    """How late a year's flights were beside a usual year's, which is 1."""
    return float(np.interp(year, list(LATENESS), list(LATENESS.values()))) / USUAL_LATENESS


def quiet(day: date) -> float:
    """Share of a day's usual flights that a holiday takes away."""
    after_thanksgiving = (day - thanksgiving(day.year)).days
    if after_thanksgiving in (0, 1):
        return (0.22, 0.12)[after_thanksgiving]
    return {(12, 24): 0.18, (12, 25): 0.22, (12, 31): 0.10, (1, 1): 0.12, (7, 4): 0.15}.get((day.month, day.day), 0.0)


def crowding(day: date) -> float:
    """How much more is late on a day because everybody travels; 1 on a usual one."""
    if (day - thanksgiving(day.year)).days in (-1, 3):
        return 1.25
    crowded = {(12, 20), (12, 21), (12, 22), (12, 23), (12, 26), (12, 27), (12, 28), (1, 2), (1, 3), (7, 1), (7, 3)}
    return 1.2 if (day.month, day.day) in crowded else 1.0
