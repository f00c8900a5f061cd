"""From a month's texts to typed flights, and how many lines were refused for which reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from aero import airports
from aero.bts import COLUMNS
from aero.month import Month

NO_TAIL_NUMBER = ("UNKNOW", "UNKNOWN", "000000", "0", "NONE", "N/A", "NA")
KEY = ("flight_date", "airline_id", "flight_number", "origin_id", "destination_id", "scheduled_departure_local")
NEVER_NEGATIVE = ("scheduled_elapsed_minutes", "elapsed_minutes", "taxi_out_minutes", "air_minutes", "taxi_in_minutes")
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")


@dataclass(frozen=True)
class Cleaned:
    """`flights`: the clean ones by the columns of aero_clean.flights; clocks in minutes, flags 0 and 1, NaN is NULL."""

    rows_in: int
    reasons: dict[str, int]
    flights: pd.DataFrame


def clean(texts: pd.DataFrame, month: Month) -> Cleaned:
    """The month's flights. `texts` has a column a field of the file, by BTS' names; an empty text is nothing."""
    texts = texts.reset_index(drop=True)
    table, untypable = _typed(texts)
    given = {name: pd.to_numeric(texts[name], errors="coerce") for name in ("Year", "Month")}
    date = pd.to_datetime(table["flight_date"], format="%Y-%m-%d", errors="coerce")
    table["day"] = date.dt.day
    missing = np.logical_or.reduce([table[name].isna() for name in KEY if name != "scheduled_departure_local"])
    wrong = (date.dt.year != month.year) | (date.dt.month != month.month)
    wrong |= (given["Year"] != month.year) | (given["Month"] != month.month)
    problem = np.select(
        [untypable, missing, wrong, np.logical_or.reduce([*_contradictions(table)])],
        ["untypable", "missing_key", "wrong_month", "contradiction"],
        "",
    )
    is_good = problem == ""
    repeated = np.zeros(len(table), dtype=bool)
    # Where there is no schedule the actual departure stands for it.
    unscheduled = table["departure_local"].where(table["scheduled_departure_local"].isna())
    repeated[is_good] = table[list(KEY)].assign(unscheduled=unscheduled)[is_good].duplicated().to_numpy()
    problem[repeated] = "duplicate_key"
    reasons = {str(name): int(count) for name, count in pd.Series(problem[problem != ""]).value_counts().items()}
    return Cleaned(len(table), reasons, _derived(table[problem == ""].reset_index(drop=True), month))


def _typed(texts: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Every column of aero/bts.py, and whether a line has a text that is not of its column's kind."""
    columns, bad = {}, np.zeros(len(texts), dtype=bool)
    for column in COLUMNS:
        source = next((name for name in (*column.sources, *(f"{one} " for one in column.sources)) if name in texts), "")
        if not source:
            columns[column.name] = np.full(len(texts), None if column.kind in ("text", "date") else np.nan)
            continue
        places, distinct = pd.factorize(texts[source])
        values, is_wrong = KINDS[column.kind](pd.Series(distinct, dtype=object).str.strip())
        columns[column.name] = values.to_numpy()[places]
        bad |= is_wrong[places]
    table = pd.DataFrame(columns, index=texts.index)
    table["tail_number"] = table["tail_number"].where(~table["tail_number"].isin(NO_TAIL_NUMBER))
    table["flight_number"] = table["flight_number"].str.replace(r"^0+(?!$)", "", regex=True)
    return table, bad


def _numbers(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    number = pd.to_numeric(text, errors="coerce")
    number = number.where(number % 1 == 0)
    return number, ((text != "") & number.isna()).to_numpy()


def _flags(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    number = pd.to_numeric(text, errors="coerce")
    number = number.where(number.isin([0, 1]))
    return number, ((text != "") & number.isna()).to_numpy()


def _clocks(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    digits = text.str.zfill(4).where(text.str.isdecimal() & (text.str.len() <= 4))
    number = pd.to_numeric(digits, errors="coerce")
    is_clock = ((number // 100 < 24) & (number % 100 < 60)) | (number == 2400)
    minutes = (number // 100 * 60 + number % 100).where(is_clock)
    return minutes, ((text != "") & minutes.isna()).to_numpy()


def _dates(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    date = text.where(text.str.fullmatch(r"\d{4}-\d{2}-\d{2}") & pd.to_datetime(text, errors="coerce").notna())
    return date, ((text != "") & date.isna()).to_numpy()


def _texts(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    return text.where(text != ""), np.zeros(len(text), dtype=bool)


def _yes_no(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    number = text.map({"Y": 1.0, "N": 0.0})
    return number, ((text != "") & number.isna()).to_numpy()


KINDS = {"integer": _numbers, "flag": _flags, "clock": _clocks, "date": _dates, "text": _texts, "yes_no": _yes_no}


def _contradictions(table: pd.DataFrame) -> Iterator[np.ndarray]:
    is_cancelled = (table["is_cancelled"] == 1).to_numpy()
    yield is_cancelled & (table["arrival_local"].notna() | table["elapsed_minutes"].notna()).to_numpy()
    yield is_cancelled & (table["is_diverted"] == 1).to_numpy()
    for name in (*NEVER_NEGATIVE, "distance_miles"):
        yield (table[name] < 0).to_numpy()
    total = table["taxi_out_minutes"] + table["air_minutes"] + table["taxi_in_minutes"]
    yield (total.notna() & table["elapsed_minutes"].notna() & (total != table["elapsed_minutes"])).to_numpy()
    yield (table["day"].notna() & table["day_of_month"].notna() & (table["day"] != table["day_of_month"])).to_numpy()


def _derived(flights: pd.DataFrame, month: Month) -> pd.DataFrame:
    """With the causes of flights on time, where any were collected, and the scheduled minutes between instants."""
    names = [f"{cause}_delay_minutes" for cause in CAUSES]
    late = flights["arrival_delay_minutes"] >= 15
    given = int((late & flights[names].notna().any(axis=1)).sum())
    if str(month) >= "2003-06" and given >= 2 and given >= late.sum() * 0.1:
        for name in names:
            flights[name] = flights[name].mask(flights[name].isna() & (flights["arrival_delay_minutes"] < 15), 0.0)
    zones = _zones()
    for end in ("origin", "destination"):
        flights[f"{end}_zone"] = flights[f"{end}_id"].map(zones)
    flights["scheduled_minutes"] = flights["scheduled_elapsed_minutes"].fillna(_by_clocks(flights))
    flights.loc[flights["scheduled_departure_local"].isna() | flights["origin_zone"].isna(), "scheduled_minutes"] = None
    return flights


@cache
def _zones() -> dict[str, str]:
    return airports.time_zones()


def _by_clocks(flights: pd.DataFrame) -> pd.Series:
    """Minutes between the scheduled clocks, with the offsets that the zones have in the middle of the month."""
    if flights["scheduled_elapsed_minutes"].notna().all():
        return flights["scheduled_elapsed_minutes"]
    ahead = offsets(flights)
    west = flights["origin_zone"].map(ahead) - flights["destination_zone"].map(ahead)
    minutes = (flights["scheduled_arrival_local"] - flights["scheduled_departure_local"] + west) % 1440
    return minutes.where(minutes > 0, 1440.0)


def offsets(flights: pd.DataFrame) -> dict[str, float]:
    """Minutes that each zone is ahead of UTC in the middle of the month."""
    if not len(flights):
        return {}
    middle = pd.Timestamp(flights["flight_date"].iloc[0][:7] + "-15", tz="UTC")
    every = pd.unique(flights[["origin_zone", "destination_zone"]].to_numpy().ravel())
    return {zone: middle.tz_convert(zone).utcoffset().total_seconds() / 60 for zone in every if isinstance(zone, str)}
