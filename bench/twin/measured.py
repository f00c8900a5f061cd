"""What the gates are told of a month's clean flights: the values of the checks on rows, and the month's profile."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from aero.bts import COLUMNS
from aero.holidays import holidays
from aero.month import Month
from aero.ops.profile import ColumnProfile, Profile
from bench.twin.clean import offsets

NUMBERS = {column.name for column in COLUMNS if column.kind == "integer"}
FLIGHT = ("airline_id", "flight_number", "origin_id", "destination_id")
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
    yield from _told_twice(f)
    yield from _sums(f)
    yield "departed_have_delay", f["departure_delay_minutes"].isna() | f["departure_local"].isna(), flown
    arrived = flown & (f["is_diverted"] != 1)
    yield "arrived_have_delay", f["arrival_delay_minutes"].isna() | f["arrival_local"].isna(), arrived
    yield "tail_numbers_known", f["tail_number"].isna(), flown
    yield "taxi_times_only_since_1995", f["taxi_out_minutes"].notna() | f["air_minutes"].notna(), every
    yield "causes_only_since_2003", f["carrier_delay_minutes"].notna(), every
    yield "cancelled_share", ~flown, every
    yield "diverted_share", f["is_diverted"] == 1, f["is_diverted"].notna()
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
    weekday = pd.to_datetime(f["flight_date"]).dt.day_of_week + 1
    yield "weekday_agrees_with_date", _differs(weekday, f["day_of_week"]), pd.Series(True, index=f.index)


def _told_twice(f: pd.DataFrame) -> Shares:
    """The fields of a departure and of an arrival that tell the same twice."""
    every = pd.Series(True, index=f.index)
    for end, clock, wheels, taxi in (
        ("departure", f["departure_local"], f["wheels_off_local"], f["taxi_out_minutes"]),
        ("arrival", f["arrival_local"], f["wheels_on_local"], -f["taxi_in_minutes"]),
    ):
        delay = f[f"{end}_delay_minutes"]
        off = wheels - clock - taxi
        block = pd.to_numeric(f[f"{end}_time_block"].str[:2], errors="coerce")
        hour = f[f"scheduled_{end}_local"] // 60 % 24
        yield (
            f"{end}_told_alike",
            _differs(f[f"{end}_delay_positive_minutes"], delay.clip(lower=0))
            | _differs(f[f"is_{end}_delayed_15"], (delay >= 15).astype(float).where(delay.notna()))
            | _differs(f[f"{end}_delay_group"], np.floor(delay / 15).clip(-2, 12))
            | (off.notna() & (off % 1440 != 0))
            | _differs(block, hour.mask(hour < 6, 0.0)),
            every,
        )
    for name, start, end, minutes in (
        ("scheduled_minutes_agree_with_clocks", "scheduled_departure_local", "scheduled_arrival_local",
         "scheduled_elapsed_minutes"),
        ("minutes_agree_with_clocks", "departure_local", "arrival_local", "elapsed_minutes"),
    ):  # fmt: skip
        off = f[end] - f[start] - f[minutes]
        yield name, off % 60 != 0, off.notna()
    group = (f["distance_miles"] // 250 + 1).clip(upper=11)
    yield "distance_told_alike", _differs(f["distance_group"], group), every
    landed = f["taxi_in_minutes"].notna() | f["air_minutes"].notna()
    yield "cancelled_did_not_land", landed, f["is_cancelled"] == 1


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


def profile(flights: pd.DataFrame, month: Month, measured: dict[str, float | None]) -> Profile:
    """How the month's flights are distributed; `columns` of those that BTS fills."""
    keys = flights["airline_id"] + " " + flights["origin_id"] + " " + flights["destination_id"]
    numbers = (
        flights["airline_id"] + " " + flights["airline_dot_id"].map("{:.0f}".format, na_action="ignore").fillna("")
    )
    hour = flights["scheduled_departure_local"] // 60
    group = np.floor(flights["departure_delay_minutes"] / 15).clip(-2, 12)
    flown = flights[(flights["is_cancelled"] != 1) & (flights["is_diverted"] != 1)]
    return Profile(
        rows=len(flights),
        routes=_counts(keys),
        days=_counts(flights["flight_date"]),
        hours=_counts(hour.map("{:02.0f}".format, na_action="ignore")),
        delay_groups=_counts(group.map("{:.0f}".format, na_action="ignore")),
        columns={column.name: _column(flown[column.name]) for column in COLUMNS},
        dot_numbers=_counts(numbers),
        **_rotations(flights),
        **_returns(flights, month),
        given=_given(flights),
        measures=measured,
    )


def _column(values: pd.Series) -> ColumnProfile:
    told = values.dropna()
    is_number = values.name in NUMBERS
    return ColumnProfile(
        filled=len(told) / len(values) if len(values) else 0.0,
        zero=float((told == 0).mean()) if is_number and len(told) else None,
        mean=float(told.mean()) if is_number and len(told) else None,
        is_constant=len(told) > 1 and bool(told.min() == told.max()),
    )


def _given(flights: pd.DataFrame) -> dict[str, dict[str, int]]:
    """By what happened to flights how many have each column, and under "" all of them."""
    is_cancelled, is_diverted = flights["is_cancelled"] == 1, flights["is_diverted"] == 1
    late = (flights["arrival_delay_minutes"] >= 15) & ~is_cancelled & ~is_diverted
    found = {}
    for name, among in (("cancelled", is_cancelled), ("diverted", is_diverted & ~is_cancelled), ("late", late)):
        counts = {"": among.sum(), **{column.name: flights.loc[among, column.name].count() for column in COLUMNS}}
        if among.any():
            found[name] = {column: int(count) for column, count in counts.items() if count}
    return found


def _rotations(flights: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Flights by airline that an aircraft made after another one of the day, and those that begin elsewhere than it
    ended."""
    at = flights["scheduled_departure_local"] - flights["origin_zone"].map(offsets(flights)).astype(float)
    told = flights.assign(at=at)[flights["tail_number"].notna() & at.notna()]
    told = told.sort_values(
        ["flight_date", "tail_number", "at", "flight_number", "origin_id", "destination_id", "airline_id"]
    )
    same = (told["flight_date"] == told["flight_date"].shift()) & (told["tail_number"] == told["tail_number"].shift())
    broken = same & (told["origin_id"] != told["destination_id"].shift())
    foreign = same & (told["airline_id"] != told["airline_id"].shift())
    no_tail = flights["airline_id"][flights["tail_number"].isna()]
    counted = {name: told["airline_id"][of] for name, of in (("legs", same), ("broken", broken), ("foreign", foreign))}
    counted["no_tail"] = no_tail
    return {name: _counts(airlines) for name, airlines in counted.items()}


def _returns(flights: pd.DataFrame, month: Month) -> dict[str, dict[str, int]]:
    """By airline and day, hour, and origin the flights that go a week before and a week after, and those of them that
    are absent; no flight is due on a holiday."""
    of = flights.assign(bit=2 ** flights["day"].astype(int), hour=flights["scheduled_departure_local"] // 60)
    hours = of.groupby(list(FLIGHT))["hour"].min().map("{:02.0f}".format, na_action="ignore").fillna("")
    days = of.drop_duplicates([*FLIGHT, "day"]).groupby(list(FLIGHT))["bit"].sum().to_numpy()
    airlines, origins = hours.index.get_level_values("airline_id"), hours.index.get_level_values("origin_id")
    due = (days >> 7) & (days << 7) & ~sum(1 << day for day in holidays(month))
    found: dict[str, dict[str, int]] = {}
    for name, bits in (("due", due), ("absent", due & ~days)):
        on = pd.DataFrame((bits[:, None] >> np.arange(32)) & 1)
        counts = {f"airline {key} {day:02d}": count for (key, day), count in on.groupby(airlines).sum().stack().items()}
        for kind, keys in (("hour", hours.to_numpy()), ("origin", origins)):
            counts |= {f"{kind} {key}": count for key, count in on.sum(axis=1).groupby(keys).sum().items()}
        found[name] = {key: int(count) for key, count in counts.items() if count}
    return found


def _counts(column: pd.Series) -> dict[str, int]:
    return {str(key): int(count) for key, count in column.fillna("").value_counts().items()}
