"""Rows that are gone, there twice, or of another file. Each public function is one kind of damage."""

import numpy as np
import pandas as pd

from bench.damages.sample import Mask, Sample


def _first_of(month: Sample, order: pd.Series) -> Mask:
    """So many rows as are wanted, those whose `order` is least."""
    return order.rank(method="first") <= month.wanted


def _groups(month: Sample, name: str) -> Mask:
    """All rows of some values of a column, the rarest first, until the next would be more rows than are wanted; those
    of the rarest where that one has more already."""
    counts = month.rows[name].value_counts(ascending=True)
    least = counts.iloc[0] if month.wanted else 0
    return month.rows[name].isin(counts.index[counts.cumsum() <= max(month.wanted, least)])


def rows_lost_at_random(month: Sample) -> pd.DataFrame:
    """Lines are lost here and there."""
    return month.without(month.some())


def end_of_file_lost(month: Sample) -> pd.DataFrame:
    """The file is cut: its last lines are missing."""
    return month.rows.iloc[: len(month.rows) - month.wanted]


def beginning_of_file_lost(month: Sample) -> pd.DataFrame:
    """The first lines are missing."""
    return month.rows.iloc[month.wanted :]


def last_days_lost(month: Sample) -> pd.DataFrame:
    """The month's last days are missing."""
    return month.without(_first_of(month, -pd.to_datetime(month.rows["FlightDate"]).dt.day))


def days_lost(month: Sample) -> pd.DataFrame:
    """Some days are missing."""
    return month.without(_groups(month, "FlightDate"))


def evenings_lost(month: Sample) -> pd.DataFrame:
    """The latest departures of the days are missing."""
    return month.without(_first_of(month, -month.numbers("CRSDepTime")))


def mornings_lost(month: Sample) -> pd.DataFrame:
    """The earliest departures of the days are missing."""
    return month.without(_first_of(month, month.numbers("CRSDepTime")))


def weekends_lost(month: Sample) -> pd.DataFrame:
    """Flights of Saturdays and Sundays are missing."""
    return month.without(month.some(month.rows["DayOfWeek"].isin(["6", "7"])))


def one_weekday_lost(month: Sample) -> pd.DataFrame:
    """Flights of Wednesdays are missing."""
    return month.without(month.some(month.rows["DayOfWeek"] == "3"))


def late_flights_lost(month: Sample) -> pd.DataFrame:
    """Flights that left 15 minutes late or more are missing."""
    return month.without(month.some(month.numbers("DepDelay") >= 15))


def punctual_flights_lost(month: Sample) -> pd.DataFrame:
    """Flights that left on time are missing."""
    return month.without(month.some(month.numbers("DepDelay") < 15))


def early_flights_lost(month: Sample) -> pd.DataFrame:
    """Flights that left early are missing: delays below zero were taken for errors."""
    return month.without(month.some(month.numbers("DepDelay") < 0))


def cancelled_flights_lost(month: Sample) -> pd.DataFrame:
    """Cancelled flights are missing."""
    return month.without(month.some(month.numbers("Cancelled") == 1))


def diverted_flights_lost(month: Sample) -> pd.DataFrame:
    """Diverted flights are missing."""
    return month.without(month.some(month.numbers("Diverted") == 1))


def airlines_lost(month: Sample) -> pd.DataFrame:
    """The smallest airlines are missing."""
    return month.without(_groups(month, "Reporting_Airline"))


def largest_airline_thinned(month: Sample) -> pd.DataFrame:
    """Flights of the largest airline are missing."""
    airline = month.rows["Reporting_Airline"]
    return month.without(month.some(airline == airline.mode()[0]))


def airports_lost(month: Sample) -> pd.DataFrame:
    """All departures of the smallest airports are missing."""
    return month.without(_groups(month, "Origin"))


def largest_airport_thinned(month: Sample) -> pd.DataFrame:
    """Departures of the largest airport are missing."""
    origin = month.rows["Origin"]
    return month.without(month.some(origin == origin.mode()[0]))


def middle_airports_thinned(month: Sample) -> pd.DataFrame:
    """Departures of airports that are neither large nor small are missing."""
    counts = month.rows["Origin"].value_counts()
    middle = counts.index[(counts.cumsum() > counts.sum() * 0.4) & (counts.cumsum() < counts.sum() * 0.85)]
    return month.without(month.some(month.rows["Origin"].isin(middle)))


def arrivals_lost(month: Sample) -> pd.DataFrame:
    """Flights to the airport with most arrivals are missing, those from it are there."""
    dest = month.rows["Dest"]
    return month.without(month.some(dest == dest.mode()[0]))


def long_flights_lost(month: Sample) -> pd.DataFrame:
    """The longest flights are missing."""
    return month.without(_first_of(month, -month.numbers("Distance")))


def short_flights_lost(month: Sample) -> pd.DataFrame:
    """The shortest flights are missing."""
    return month.without(_first_of(month, month.numbers("Distance")))


def lines_repeated(month: Sample) -> pd.DataFrame:
    """Lines are there twice."""
    return pd.concat([month.rows, month.rows[month.some()]])


def flights_repeated_under_other_numbers(month: Sample) -> pd.DataFrame:
    """Flights are there twice, the second time with another flight number."""
    again = month.rows[month.some()].copy()
    number = pd.to_numeric(again["Flight_Number_Reporting_Airline"])
    again["Flight_Number_Reporting_Airline"] = (number + 20_000).astype(str)
    return pd.concat([month.rows, again])


def flights_of_the_other_family(month: Sample) -> pd.DataFrame:
    """Flights are there again under an airline that sold them, as in the marketing family."""
    again = month.rows[month.some()].copy()
    sellers = np.array(["AA", "DL", "UA"])
    again["Reporting_Airline"] = sellers[month.random.integers(3, size=len(again))]
    return pd.concat([month.rows, again]).drop_duplicates()


def flights_of_the_month_before(month: Sample) -> pd.DataFrame:
    """Flights are those of the month before, under this month's dates."""
    gone = month.some()
    fits = month.before[month.before["DayofMonth"].isin(month.rows["DayofMonth"])]
    stale = fits.iloc[: int(gone.sum())].copy()
    dates = month.rows.drop_duplicates("DayofMonth").set_index("DayofMonth")
    for name in ("Year", "Quarter", "Month", "DayOfWeek", "FlightDate"):
        stale[name] = stale["DayofMonth"].map(dates[name])
    return pd.concat([month.without(gone), stale])


def lines_of_the_month_before(month: Sample) -> pd.DataFrame:
    """Lines of the month before stand among this month's."""
    return pd.concat([month.rows, month.before.iloc[: month.wanted]])
