"""What makes a line no clean flight, and the values that follow from others."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from arrow_columns import Columns, are_known, holds, ranks, replaced, taken
from flight_fields import EPOCH, source_name, typed

from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, KEY, Layout
from aero.month import Month

# The key in the order in which a month's file is sorted.
# The days of one flight follow each other, as they do in BTS' files: they share schedule, route, distance and often the
# aircraft, and their lines are next to each other. By date before the number a month was a fifth larger.
SORTED = ("airline_id", "origin_id", "destination_id", "flight_number", "flight_date", "scheduled_departure_local")
REASONS = ("wrong_field_count", "untypable", "missing_key", "wrong_month", "contradiction", "duplicate_key")
CAUSES = [f"{cause}_delay_minutes" for cause in ("carrier", "weather", "nas", "security", "late_aircraft")]
CAUSES_SINCE = Month(2003, 6)
# Since 2003-06 about a fifth of a month's rows give causes: nearly all that arrived late. A shifted line or two that
# happen to be good are none of it; a month of which an airline or two gave no causes still has ten times this share.
LEAST_LINES_WITH_CAUSES = 2
LEAST_SHARE_WITH_CAUSES = 0.1
YEARS_WITHOUT_SCHEDULES = (1996, 1999)
NEVER_NEGATIVE = {
    "scheduled_elapsed_minutes": "CRSElapsedTime",
    "elapsed_minutes": "ActualElapsedTime",
    "taxi_out_minutes": "TaxiOut",
    "air_minutes": "AirTime",
    "taxi_in_minutes": "TaxiIn",
    "distance_miles": "Distance",
}
MIDNIGHT = 1440

# Which rows a rule refuses, and what it says of one of them.
Refusal = tuple[np.ndarray, Callable[[int], str]]


@dataclass(frozen=True)
class Lines:
    """Some lines of a month's file, each as it came (bytes), and its columns as texts by BTS name and typed by ours."""

    lines: pa.BinaryArray
    texts: Columns
    flights: Columns
    has_wrong_count: np.ndarray
    header: str
    layout: Layout
    month: Month

    def quoted(self, name: str, row: int) -> str:
        """`DepDelay="abc"`."""
        return f'{name}="{self.texts[name][row]}"'


def problems(read: Lines) -> dict[int, tuple[str, str]]:
    """By row the first rule that the line alone breaks: its reason, and what is wrong in words."""
    rules = (_wrong_field_count, _untypable, _missing_key, _wrong_month, _contradiction)
    found: dict[int, tuple[str, str]] = {}
    is_good = np.ones(len(read.lines), bool)
    for reason, rule in zip(REASONS, rules):
        for refused, say in rule(read):
            rows = np.flatnonzero(refused & is_good)
            is_good[rows] = False
            found |= {row: (reason, say(row)) for row in rows.tolist()}
    return found


def _wrong_field_count(read: Lines) -> Iterator[Refusal]:
    def counts(row: int) -> str:
        unquoted = re.sub(b'"[^"]*"', b"", read.lines[row].as_py())
        return f"{unquoted.count(b',') + 1} fields, the header has {read.header.count(',') + 1}"

    yield read.has_wrong_count, counts


def _untypable(read: Lines) -> Iterator[Refusal]:
    texts, flights = read.texts, read.flights
    for column in COLUMNS:
        name = source_name(column.sources, read.layout.columns)
        if name and column.kind != "text":
            yield _without_value(texts[name], flights[column.name]), partial(read.quoted, name)
    for name in ("Year", "Month"):
        yield _without_value(texts[name], flights[f"{name.lower()}_given"]), partial(read.quoted, name)
    if "FlightDate" not in read.layout.columns:
        parts = ("Year", "Month", "DayofMonth")
        are_given = np.logical_and.reduce([are_known(texts[name]) for name in parts])
        yield (
            are_given & ~are_known(flights["flight_date"]),
            lambda row: " ".join(read.quoted(part, row) for part in parts),
        )
    for number in DIVERSIONS:
        for column in DIVERSION_COLUMNS:
            name = f"Div{number}{column.sources[0]}"
            if name in texts and column.kind != "text" and texts[name].null_count < len(texts[name]):
                yield (
                    _without_value(texts[name], typed(texts[name], column.kind, column.name)),
                    partial(read.quoted, name),
                )


def _without_value(texts: pa.Array, values: pa.Array) -> np.ndarray:
    """Where a text could not be typed."""
    return are_known(texts) & ~are_known(values)


def _missing_key(read: Lines) -> Iterator[Refusal]:
    for name in KEY:
        if name != "scheduled_departure_local":  # Some of 1996-1999 had no schedule.
            yield ~are_known(read.flights[name]), _each(f"{name} is not given")


def _wrong_month(read: Lines) -> Iterator[Refusal]:
    month, dates = read.month, read.flights["flight_date"]
    first, end = (one.first_day.toordinal() - EPOCH for one in (month, month.next))
    is_other = pc.or_(pc.less(dates, first), pc.greater_equal(dates, end))
    of_file = f"is not in the file's month {month}"

    def other(name: str, row: int) -> str:
        return f"{read.quoted(name, row)} {of_file}"

    yield holds(is_other), lambda row: f"flight date {_date(dates[row])} {of_file}"
    for name, expected in (("Year", month.year), ("Month", month.month)):
        is_other = pc.not_equal(read.flights[f"{name.lower()}_given"], expected)
        yield holds(is_other), partial(other, name)


def _contradiction(read: Lines) -> Iterator[Refusal]:
    """Only what cannot be true of any flight."""
    flights = read.flights
    is_cancelled, elapsed = holds(flights["is_cancelled"]), flights["elapsed_minutes"]
    has_arrived = are_known(flights["arrival_local"]) | are_known(elapsed)
    yield is_cancelled & has_arrived, _each("cancelled, but it arrived")
    yield is_cancelled & holds(flights["is_diverted"]), _each("cancelled and diverted")
    for name, spelling in NEVER_NEGATIVE.items():
        yield holds(pc.less(flights[name], 0)), partial(_negative, spelling, flights[name])
    parts = [flights[name].cast(pa.int64()) for name in ("taxi_out_minutes", "air_minutes", "taxi_in_minutes")]
    total = pc.add(pc.add(parts[0], parts[1]), parts[2])
    yield (
        holds(pc.not_equal(total, elapsed)),
        lambda row: (
            f"TaxiOut + AirTime + TaxiIn: {' + '.join(str(part[row]) for part in parts)} is not"
            f" ActualElapsedTime {elapsed[row]}"
        ),
    )
    dates, days = flights["flight_date"], flights["day_of_month"]
    yield (
        holds(pc.not_equal(pc.day(dates.cast(pa.date32())), days)),
        lambda row: f"DayofMonth {days[row]} is not the day of {_date(dates[row])}",
    )


def _each(words: str) -> Callable[[int], str]:
    """What is said of every row."""
    return lambda row: words


def _negative(name: str, values: pa.Array, row: int) -> str:
    return f"{name} {values[row]} is below zero"


def _date(days: pa.Scalar) -> str:
    return str(days.cast(pa.date32()))


def in_order(flights: Columns) -> tuple[np.ndarray, np.ndarray]:
    """The rows as they are sorted, and of each of these, in that order, the line that has its key first: its own, or
    an earlier one.

    Two flights with the same key would be one flight counted twice. Where there was no schedule, the actual departure
    clock stands for it: two flights of one number and route that left at different times are two. A code-share swap
    (Duplicate=Y) is a flight like others: only its key counts.
    """
    line = flights["source_line"].to_numpy()
    is_unscheduled = ~are_known(flights["scheduled_departure_local"])
    keys = [ranks(flights[name]) for name in SORTED]
    keys.append(np.where(is_unscheduled, ranks(flights["departure_local"]), -1))
    order = np.lexsort((line, *reversed(keys)))
    begins = np.ones(len(order), bool)
    if len(order):
        begins[1:] = np.logical_or.reduce([np.diff(key[order]) != 0 for key in keys])
    first = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    return order, line[order][first]


def with_derived(flights: Columns, causes_collected: bool) -> Columns:
    """Fills the causes of flights on time with 0 where causes were collected, what the date implies, and is_delayed."""
    derived = dict(flights)
    if causes_collected:
        is_on_time = holds(pc.less(flights["arrival_delay_minutes"], 15))
        zero = pc.if_else(pa.array(is_on_time), pa.scalar(0, pa.int32()), pa.scalar(None, pa.int32()))
        derived |= {cause: pc.coalesce(flights[cause], zero) for cause in CAUSES}
    dates = flights["flight_date"].cast(pa.date32())
    told = {
        "quarter": pc.quarter,
        "day_of_month": pc.day,
        "day_of_week": partial(pc.day_of_week, count_from_zero=False),
    }
    derived |= {name: pc.coalesce(flights[name], tell(dates).cast(pa.int32())) for name, tell in told.items()}
    late = pc.greater_equal(flights["departure_delay_minutes"], 15)
    return derived | {"is_delayed": pc.coalesce(flights["is_departure_delayed_15"], late)}


def causes_collected(flights: Columns, month: Month) -> bool:
    """Whether a month collected causes: whether enough of its good late flights give one. None did before June 2003."""
    is_late = holds(pc.greater_equal(flights["arrival_delay_minutes"], 15))
    gives_one = is_late & np.logical_or.reduce([are_known(flights[cause]) for cause in CAUSES])
    late, given = int(np.count_nonzero(is_late)), int(np.count_nonzero(gives_one))
    return month >= CAUSES_SINCE and given >= LEAST_LINES_WITH_CAUSES and given >= late * LEAST_SHARE_WITH_CAUSES


def with_schedules(flights: Columns) -> Columns:
    """Replaces the scheduled clocks of 0 that meant `no schedule` in 1996 to 1999, fills those that are not given, and
    adds `is_schedule_derived`.

    The schedule is the actual clock less the delay where both are given, else NULL. Midnight is believed where the
    schedule has a duration and the other clock is not 0 as well.
    """
    clocks = {name: flights[f"scheduled_{name}_local"] for name in ("departure", "arrival")}
    is_zero = {name: pc.equal(clock, 0) for name, clock in clocks.items()}
    both_are_zero = pc.and_kleene(is_zero["departure"], is_zero["arrival"])
    is_real = holds(pc.greater(flights["scheduled_elapsed_minutes"], 0)) & holds(pc.invert(both_are_zero))
    year = pc.year(flights["flight_date"].cast(pa.date32())).to_numpy()
    is_suspect = (year >= YEARS_WITHOUT_SCHEDULES[0]) & (year <= YEARS_WITHOUT_SCHEDULES[1]) & ~is_real
    schedules, is_derived = dict(flights), np.zeros(len(year), bool)
    for name, clock in clocks.items():
        rows = np.flatnonzero(~are_known(clock) | (is_suspect & holds(is_zero[name])))
        if len(rows):
            derived = _schedule_of(taken(flights, rows), name)
            is_derived[rows] |= are_known(derived)
            schedules[f"scheduled_{name}_local"] = replaced(clock, rows, derived)
    return schedules | {"is_schedule_derived": pa.array(is_derived)}


def _schedule_of(flights: Columns, name: str) -> pa.Array:
    """The actual clock less the delay; NULL for 00:00 where a 0 is given, which the delay may be counted from."""
    clock, delay = flights[f"{name}_local"].cast(pa.int64()), flights[f"{name}_delay_minutes"]
    scheduled = pc.subtract(clock, delay)
    of_day = pa.array(pc.fill_null(scheduled, 0).to_numpy() % MIDNIGHT, pa.int32())
    is_end_of_day = holds(pc.equal(scheduled, MIDNIGHT))
    is_told = (of_day.to_numpy() != 0) | ~are_known(flights[f"scheduled_{name}_local"]) | is_end_of_day
    minutes = np.where(is_end_of_day, MIDNIGHT, of_day.to_numpy())
    return pa.array(minutes, pa.int32(), mask=~(is_told & are_known(scheduled)))
