"""Rows whose values are wrong, in another unit, or in another's place. Each public function is one kind of damage."""

import pandas as pd

from bench.damages.sample import Sample, written

_CLOCKS = ("CRSDepTime", "DepTime", "CRSArrTime", "ArrTime")
_DELAYS = ("DepDelay", "DepDelayMinutes", "ArrDelay", "ArrDelayMinutes")
_CAUSES = ("CarrierDelay", "WeatherDelay", "NASDelay", "SecurityDelay", "LateAircraftDelay")
_FLOWN = (*_DELAYS, *_CAUSES, "DepTime", "DepDel15", "ArrTime", "ArrDel15", "ActualElapsedTime", "AirTime")


def _times(month: Sample, factor: float, *names: str) -> pd.DataFrame:
    return month.changed(month.some(), **{name: written(month.numbers(name) * factor) for name in names})


def _emptied(month: Sample, *names: str) -> pd.DataFrame:
    return month.changed(month.some(), **dict.fromkeys(names, ""))


def _swapped(month: Sample, *pairs: tuple[str, str]) -> pd.DataFrame:
    other = {name: month.rows[of].copy() for pair in pairs for name, of in (pair, pair[::-1])}
    return month.changed(month.some(), **other)


def _clocks_later(month: Sample, minutes: int, *names: str) -> pd.DataFrame:
    return month.changed(month.some(), **{name: month.clock_later(name, minutes) for name in names})


def distance_zero(month: Sample) -> pd.DataFrame:
    """Distance is 0."""
    return month.changed(month.some(), Distance="0.00")


def distance_in_kilometres(month: Sample) -> pd.DataFrame:
    """Distance is in kilometres."""
    return _times(month, 1.609, "Distance")


def delays_in_hours(month: Sample) -> pd.DataFrame:
    """Delays are in whole hours."""
    return _times(month, 1 / 60, *_DELAYS)


def delays_in_seconds(month: Sample) -> pd.DataFrame:
    """Delays are in seconds."""
    return _times(month, 60, *_DELAYS)


def delays_of_other_sign(month: Sample) -> pd.DataFrame:
    """Early is late: delays have the other sign."""
    return _times(month, -1, "DepDelay", "ArrDelay")


def delays_zero(month: Sample) -> pd.DataFrame:
    """Flights left and arrived to the minute; clocks and delays agree."""
    chosen = month.some(month.numbers("ArrDelay").notna())
    clocks = {"DepTime": month.rows["CRSDepTime"], "ArrTime": month.rows["CRSArrTime"]}
    return month.changed(chosen, **dict.fromkeys(_DELAYS, "0.00"), DepDel15="0.00", ArrDel15="0.00", **clocks)


def late_flights_on_time(month: Sample) -> pd.DataFrame:
    """Flights that left late are said to have left on time."""
    chosen = month.some(month.numbers("DepDelay") >= 15)
    zero = {"DepDelay": "0.00", "DepDelayMinutes": "0.00", "DepDel15": "0.00"}
    return month.changed(chosen, **zero, DepTime=month.rows["CRSDepTime"])


def departures_an_hour_late(month: Sample) -> pd.DataFrame:
    """Departures are an hour later, clock and delay."""
    delay = month.numbers("DepDelay") + 60
    new = {"DepDelay": written(delay), "DepDelayMinutes": written(delay.clip(lower=0))}
    return month.changed(month.some(), **new, DepTime=month.clock_later("DepTime", 60))


def delays_empty(month: Sample) -> pd.DataFrame:
    """Delays are not given."""
    return _emptied(month, *_DELAYS)


def clocks_in_utc(month: Sample) -> pd.DataFrame:
    """All clocks are five hours on."""
    return _clocks_later(month, 300, *_CLOCKS)


def clocks_an_hour_on(month: Sample) -> pd.DataFrame:
    """All clocks are an hour on, as if summer time were missed."""
    return _clocks_later(month, 60, *_CLOCKS)


def arrivals_an_hour_on(month: Sample) -> pd.DataFrame:
    """Clocks of arrivals are of another zone."""
    return _clocks_later(month, 60, "CRSArrTime", "ArrTime")


def afternoons_in_the_morning(month: Sample) -> pd.DataFrame:
    """Clocks have twelve hours: the afternoon is read as morning."""
    is_later = {name: month.numbers(name) >= 1300 for name in _CLOCKS}
    new = {name: month.clock_later(name, 720).where(is_later[name], month.rows[name]) for name in _CLOCKS}
    return month.changed(month.some(), **new)


def actual_clocks_empty(month: Sample) -> pd.DataFrame:
    """Clocks of departure and arrival are not given."""
    return _emptied(month, "DepTime", "ArrTime")


def schedules_constant(month: Sample) -> pd.DataFrame:
    """Scheduled departures are all at noon."""
    return month.changed(month.some(), CRSDepTime="1200")


def clocks_unreadable(month: Sample) -> pd.DataFrame:
    """Clocks are written as decimals of an hour."""
    return month.changed(month.some(), CRSDepTime="12.75")


def routes_reversed(month: Sample) -> pd.DataFrame:
    """Origin and destination are swapped."""
    return _swapped(month, ("Origin", "Dest"), ("OriginAirportID", "DestAirportID"))


def departure_and_arrival_swapped(month: Sample) -> pd.DataFrame:
    """Clocks of departure and arrival are swapped."""
    return _swapped(month, ("CRSDepTime", "CRSArrTime"), ("DepTime", "ArrTime"))


def delay_columns_swapped(month: Sample) -> pd.DataFrame:
    """Delays of departure and arrival are swapped."""
    return _swapped(month, ("DepDelay", "ArrDelay"))


def taxi_times_swapped(month: Sample) -> pd.DataFrame:
    """Taxi times before and after the flight are swapped: the sum stays."""
    return _swapped(month, ("TaxiOut", "TaxiIn"))


def columns_shifted(month: Sample) -> pd.DataFrame:
    """A field is missing in the middle: all after it stand one to the left."""
    names = list(month.rows.columns)
    at, chosen = names.index("TaxiOut"), month.some()
    shifted = {name: month.rows[after].copy() for name, after in zip(names[at:], names[at + 1 :])}
    return month.changed(chosen, **shifted, **{names[-1]: ""})


def air_times_empty(month: Sample) -> pd.DataFrame:
    """Times in the air are not given."""
    return _emptied(month, "AirTime")


def air_times_negative(month: Sample) -> pd.DataFrame:
    """Times in the air are below zero."""
    return _times(month, -1, "AirTime")


def elapsed_constant(month: Sample) -> pd.DataFrame:
    """All flights are scheduled to take two hours."""
    return month.changed(month.some(), CRSElapsedTime="120.00")


def causes_empty(month: Sample) -> pd.DataFrame:
    """Causes of delay are not given."""
    return month.changed(month.some(month.rows["CarrierDelay"] != ""), **dict.fromkeys(_CAUSES, ""))


def causes_of_other_sums(month: Sample) -> pd.DataFrame:
    """Causes of delay do not sum to the delay."""
    chosen = month.some(month.rows["CarrierDelay"] != "")
    return month.changed(chosen, CarrierDelay=written(month.numbers("CarrierDelay") + 7))


def causes_all_the_carrier_s(month: Sample) -> pd.DataFrame:
    """All delay is put down to the carrier: the sum stays."""
    chosen = month.some(month.rows["CarrierDelay"] != "")
    return month.changed(chosen, **dict.fromkeys(_CAUSES, "0.00") | {"CarrierDelay": month.rows["ArrDelay"].copy()})


def tail_numbers_empty(month: Sample) -> pd.DataFrame:
    """Tail numbers are not given."""
    return _emptied(month, "Tail_Number")


def tail_numbers_constant(month: Sample) -> pd.DataFrame:
    """All flights are of one aircraft."""
    return month.changed(month.some(), Tail_Number="N12345")


def flight_numbers_empty(month: Sample) -> pd.DataFrame:
    """Flight numbers are not given."""
    return _emptied(month, "Flight_Number_Reporting_Airline")


def airlines_mixed_up(month: Sample) -> pd.DataFrame:
    """Airlines stand at other flights."""
    mixed = month.random.permutation(month.rows["Reporting_Airline"].to_numpy())
    return month.changed(month.some(), Reporting_Airline=mixed)


def airlines_unknown(month: Sample) -> pd.DataFrame:
    """Airlines have codes that nobody knows."""
    return month.changed(month.some(), Reporting_Airline="?!")


def airports_unknown(month: Sample) -> pd.DataFrame:
    """Destinations have codes that nobody knows."""
    return month.changed(month.some(), Dest="QQ" + month.rows["Dest"].str[1])


def dot_numbers_mistyped(month: Sample) -> pd.DataFrame:
    """Airlines have another DOT number."""
    return month.changed(month.some(month.rows["DOT_ID_Reporting_Airline"] != ""), DOT_ID_Reporting_Airline="19999")


def weekdays_off_by_one(month: Sample) -> pd.DataFrame:
    """Weekdays are counted from Sunday."""
    return month.changed(month.some(), DayOfWeek=(month.numbers("DayOfWeek") % 7 + 1).astype(int).astype(str))


def dates_all_the_first(month: Sample) -> pd.DataFrame:
    """All flights are of the month's first day."""
    first = month.rows.loc[month.rows["FlightDate"].idxmin()] if len(month.rows) else month.rows
    names = ("DayofMonth", "DayOfWeek", "FlightDate")
    return month.changed(month.some(), **{name: first[name] for name in names})


def dates_of_the_next_year(month: Sample) -> pd.DataFrame:
    """Dates are of another year than the file's."""
    year = (month.numbers("Year") + 1).astype(int).astype(str)
    return month.changed(month.some(), Year=year, FlightDate=year + month.rows["FlightDate"].str[4:])


def dates_unreadable(month: Sample) -> pd.DataFrame:
    """Dates are written day first."""
    return month.changed(month.some(), FlightDate=month.rows["FlightDate"].str.split("-").str[::-1].str.join("/"))


def flights_cancelled(month: Sample) -> pd.DataFrame:
    """Flights that took place are said to be cancelled."""
    chosen = month.some(month.numbers("Diverted") == 0)
    return month.changed(chosen, **dict.fromkeys(_FLOWN, ""), Cancelled="1.00")


def cancelled_but_arrived(month: Sample) -> pd.DataFrame:
    """Flights are said to be cancelled, and have arrived."""
    return month.changed(month.some(), Cancelled="1.00")


def cancelled_flights_flown(month: Sample) -> pd.DataFrame:
    """Cancelled flights are said to have taken place."""
    return month.changed(month.some(month.numbers("Cancelled") == 1), Cancelled="0.00", CancellationCode="")


def several_reasons_at_once(month: Sample) -> pd.DataFrame:
    """Lines are refused for five reasons, a fifth of them for each."""
    chosen, kind = month.some(), month.random.integers(5, size=len(month.rows))
    month.changed(chosen & (kind == 0), DepDelay="late")
    month.changed(chosen & (kind == 1), Flight_Number_Reporting_Airline="")
    month.changed(chosen & (kind == 2), Month="13")
    month.changed(chosen & (kind == 3), AirTime="-1.00")
    return pd.concat([month.rows, month.rows[chosen & (kind == 4)]])
