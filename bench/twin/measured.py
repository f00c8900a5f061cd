"""What the gates are told of a month's clean flights: the values of the checks on rows, and the month's profile."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from aero.bts import COLUMNS
from aero.month import Month
from aero.ops.profile import Profile

Shares = Iterator[tuple[str, pd.Series, pd.Series]]


def measures(flights: pd.DataFrame) -> dict[str, float | None]:
    """The value of every check that is measured on rows, by its name."""
    return {
        name: float((bad & among).sum() / among.sum()) if among.any() else None for name, bad, among in _rows(flights)
    }


def _differs(left: pd.Series, right: pd.Series) -> pd.Series:
    """As SQL's <>: not true where one is NULL."""
    return left.notna() & right.notna() & (left != right)


def _rows(f: pd.DataFrame) -> Shares:
    """Every check with rows_where: the rows it holds for, and the rows it is asked of."""
    every = pd.Series(True, index=f.index)
    flown = f["is_cancelled"] != 1
    yield from _clocks(f)
    yield from _sums(f)
    yield "departed_have_delay", f["departure_delay_minutes"].isna(), flown
    yield "arrived_have_delay", f["arrival_delay_minutes"].isna(), flown & (f["is_diverted"] != 1)
    yield "tail_numbers_known", f["tail_number"].isna(), flown
    yield "taxi_times_only_since_1995", f["taxi_out_minutes"].notna() | f["air_minutes"].notna(), every
    yield "causes_only_since_2003", f["carrier_delay_minutes"].notna(), every
    unknown = f["scheduled_departure_local"].notna() & f["origin_zone"].isna()
    unknown |= f["scheduled_arrival_local"].notna() & f["scheduled_minutes"].isna() & f["destination_zone"].isna()
    yield "airports_known", unknown | (f["scheduled_arrival_local"].notna() & f["scheduled_minutes"].isna()), every
    yield "cancelled_share", ~flown, every
    delay = f["departure_delay_minutes"]
    yield "delayed_share", delay >= 15, delay.notna()
    yield "punctual_to_the_minute", delay == 0, delay.notna()
    yield "delays_in_range", ~delay.between(-120, 4320), delay.notna()
    hour = f["scheduled_departure_local"] // 60
    yield "departures_by_day", hour.isin([0, 1, 2, 3, 4, 24]), hour.notna()


def _clocks(f: pd.DataFrame) -> Shares:
    for end in ("departure", "arrival"):
        off = f[f"{end}_local"] - f[f"scheduled_{end}_local"] - f[f"{end}_delay_minutes"]
        yield f"{end}_delay_agrees_with_clocks", off % 1440 != 0, off.notna()
    weekday = pd.to_datetime(f["flight_date"]).dt.weekday + 1
    yield "weekday_agrees_with_date", _differs(weekday, f["day_of_week"]), pd.Series(True, index=f.index)


def _sums(f: pd.DataFrame) -> Shares:
    causes = sum(f[f"{cause}_delay_minutes"] for cause in ("carrier", "weather", "nas", "security", "late_aircraft"))
    late = f["arrival_delay_minutes"] >= 15
    yield (
        "causes_sum_to_arrival_delay",
        _differs(causes, f["arrival_delay_minutes"]),
        late & f["carrier_delay_minutes"].notna(),
    )
    parts, elapsed = f["taxi_out_minutes"] + f["air_minutes"] + f["taxi_in_minutes"], f["elapsed_minutes"]
    told = f["taxi_out_minutes"].notna() & f["air_minutes"].notna() & elapsed.notna()
    yield "taxi_and_air_sum_to_elapsed", _differs(parts, elapsed), told
    speed = f["distance_miles"] * 60 / f["air_minutes"].where(f["air_minutes"] != 0)
    yield (
        "speed_in_the_air",
        speed.notna() & ~speed.between(100, 650),
        (f["distance_miles"] >= 100) & (f["air_minutes"] > 0),
    )
    planned = f["distance_miles"] * 60 / f["scheduled_minutes"].where(f["scheduled_minutes"] != 0)
    told = (f["distance_miles"] >= 200) & (f["scheduled_minutes"] > 0)
    yield "speed_as_scheduled", planned.notna() & ~planned.between(70, 650), told


def values(flights: pd.DataFrame) -> dict[str, float | None]:
    """The value of every check with an aggregate of its own."""
    known = flights.loc[flights["airline_dot_id"].notna(), ["airline_id", "airline_dot_id"]]
    pairs, airlines = len(known.drop_duplicates()), known["airline_id"].nunique()
    return {"one_dot_number_an_airline": pairs / airlines if airlines else None}


def profile(flights: pd.DataFrame, month: Month) -> Profile:
    """How the month's flights are distributed; `filled` of the columns that BTS fills."""
    keys = flights["airline_id"] + " " + flights["origin_id"] + " " + flights["destination_id"]
    hour = flights["scheduled_departure_local"] // 60
    group = np.floor(flights["departure_delay_minutes"] / 15).clip(-2, 12)
    return Profile(
        rows=len(flights),
        routes=_counts(keys),
        days=_counts(flights["flight_date"]),
        hours=_counts(hour.map("{:02.0f}".format, na_action="ignore")),
        delay_groups=_counts(group.map("{:.0f}".format, na_action="ignore")),
        filled={column.name: float(flights[column.name].notna().mean()) for column in COLUMNS} if len(flights) else {},
    )


def _counts(column: pd.Series) -> dict[str, int]:
    return {str(key): int(count) for key, count in column.fillna("").value_counts().items()}
