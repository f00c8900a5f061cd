"""Values that were written, rounded or joined otherwise. Each public function is one kind of damage."""

import numpy as np
import pandas as pd

from bench.damages.sample import Sample, written

_DELAYS = ("DepDelay", "DepDelayMinutes", "ArrDelay", "ArrDelayMinutes")


def _mixed(month: Sample, *names: str) -> pd.DataFrame:
    """With the values of some lines dealt out among these anew."""
    chosen = month.some()
    places = np.flatnonzero(np.asarray(chosen))
    from_line = np.arange(len(month.rows))
    from_line[places] = month.random.permutation(places)
    return month.changed(chosen, **{name: month.rows[name].to_numpy()[from_line] for name in names})


def _exchanged(month: Sample, *names: str) -> pd.DataFrame:
    """With the two most frequent values of the first column exchanged, those of the others with them."""
    key = month.rows[names[0]]
    one, other = key.value_counts().index[:2]
    chosen = month.some(key.isin([one, other]))
    new = {}
    for name in names:
        known = month.rows[name].groupby(key).first()
        new[name] = key.map({one: known[other], other: known[one]})
    return month.changed(chosen, **new)


def delays_capped(month: Sample) -> pd.DataFrame:
    """The longest delays are cut to the shortest of them."""
    longest = month.numbers("DepDelay").rank(method="first", ascending=False) <= month.wanted
    most = month.numbers("DepDelay")[longest].min()
    return month.changed(
        longest, **{name: written(month.numbers(name).clip(upper=most)) for name in _DELAYS if month.wanted}
    )


def delays_rounded(month: Sample) -> pd.DataFrame:
    """Delays are rounded to ten minutes."""
    return month.changed(month.some(), **{name: written((month.numbers(name) / 10).round() * 10) for name in _DELAYS})


def early_is_punctual(month: Sample) -> pd.DataFrame:
    """Delays below zero are written as 0."""
    new = {name: written(month.numbers(name).clip(lower=0)) for name in ("DepDelay", "ArrDelay")}
    return month.changed(month.some(month.numbers("DepDelay") < 0), **new)


def decimals_with_comma(month: Sample) -> pd.DataFrame:
    """Numbers have a decimal comma."""
    names = (*_DELAYS, "Distance", "AirTime")
    return month.changed(month.some(), **{name: month.rows[name].str.replace(".", ",") for name in names})


def fifteen_or_more_inverted(month: Sample) -> pd.DataFrame:
    """The flag of 15 minutes or more says the opposite."""
    new = {name: month.rows[name].map({"0.00": "1.00", "1.00": "0.00"}).fillna("") for name in ("DepDel15", "ArrDel15")}
    return month.changed(month.some(month.rows["DepDel15"] != ""), **new)


def distance_constant(month: Sample) -> pd.DataFrame:
    """All flights are as long as one."""
    return month.changed(month.some(), Distance="733.00", DistanceGroup="3")


def distance_empty(month: Sample) -> pd.DataFrame:
    """Distance is not given."""
    return month.changed(month.some(), Distance="", DistanceGroup="")


def distances_mixed_up(month: Sample) -> pd.DataFrame:
    """Distances stand at other flights."""
    return _mixed(month, "Distance", "DistanceGroup")


def departures_mixed_up(month: Sample) -> pd.DataFrame:
    """Departures, clock and delays, stand at other flights."""
    return _mixed(month, "DepTime", "DepDelay", "DepDelayMinutes", "DepDel15", "DepartureDelayGroups")


def tail_numbers_mixed_up(month: Sample) -> pd.DataFrame:
    """Tail numbers stand at other flights."""
    return _mixed(month, "Tail_Number")


def two_airlines_exchanged(month: Sample) -> pd.DataFrame:
    """The two largest airlines have each other's codes."""
    return _exchanged(month, "Reporting_Airline", "DOT_ID_Reporting_Airline", "IATA_CODE_Reporting_Airline")


def two_airports_exchanged(month: Sample) -> pd.DataFrame:
    """The two largest airports have each other's codes as origins."""
    return _exchanged(month, "Origin", "OriginAirportID", "OriginCityName")


def dates_a_day_on(month: Sample) -> pd.DataFrame:
    """Flights are dated a day later, as in another time zone; those of the last day stay."""
    day = pd.to_datetime(month.rows["FlightDate"]) + pd.Timedelta(days=1)
    chosen = month.some(day.dt.month == month.numbers("Month"))
    return month.changed(
        chosen,
        FlightDate=day.dt.strftime("%Y-%m-%d"),
        DayofMonth=day.dt.day.astype(str),
        DayOfWeek=(day.dt.dayofweek + 1).astype(str),
    )


def cancellation_codes_empty(month: Sample) -> pd.DataFrame:
    """Why flights were cancelled is not given."""
    return month.changed(month.some(month.rows["CancellationCode"] != ""), CancellationCode="")


def wheels_empty(month: Sample) -> pd.DataFrame:
    """Clocks of wheels off and on are not given."""
    return month.changed(month.some(), WheelsOff="", WheelsOn="")


def taxi_out_zero(month: Sample) -> pd.DataFrame:
    """The taxi before the flight takes no time; the sum is made to fit."""
    elapsed = written(month.numbers("ActualElapsedTime") - month.numbers("TaxiOut"))
    return month.changed(month.some(month.rows["TaxiOut"] != ""), TaxiOut="0.00", ActualElapsedTime=elapsed)
