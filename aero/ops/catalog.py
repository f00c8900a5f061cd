"""What every table is: its `create.hql` taken apart, beside who writes it, who may read it and when it is stale."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from aero import datasets, hql
from aero.datasets import BATCH_VIEWS, DELAY_FORECASTS, FLIGHTS, LIVE_VIEWS, WEATHER_HOURLY, Dataset
from aero.ops import freshness

_GRAIN = re.compile(r"^-- (Grain:.*?)(?=^-- (?:Parameters|Asked by):)", re.MULTILINE | re.DOTALL)
# A comment's last clause, where it says what NULL means or that there is none.
_NULL = re.compile(r"(?P<what>.*?); (?P<null>(?:never )?NULL\b.*)", re.DOTALL)
# Luigi's tasks and the services that write; a table of its own name goes before its layer.
_WRITERS = {
    "raw": "LandFlights",
    "clean": "CleanFlights",
    "clean.airlines": "LoadDimensions",
    "clean.airports": "LoadDimensions",
    "clean.live_flights": "ArchiveLiveFlights",
    "clean.live_flights_moving": "ArchiveLiveFlights",
    "clean.weather_hourly": "LoadWeather",
    "clean.weather_quarantine": "LoadWeather",
    "clean.weather_forecasts_hourly": "LoadWeatherForecasts",
    "clean.weather_stations": "LoadDimensions",
    "batch": "BuildViews",
    "live": "the service stream",
    "ml.models": "TrainForecast",
    "ml.delay_forecasts": "ScoreTomorrow",
    "ml.promotions": "TrainForecast, aero forecast promote",
    "ml.track_record": "ScoreTomorrow",
    "ops": "loads, and the service scheduler",
    "ops.acceptances": "aero accept",
    "ops.audit": "the service scheduler",
    "ops.columns": "the service scheduler",
    "ops.machine_samples": "the service scheduler",
    "ops.tables": "the service scheduler",
}
# Units by the last word of a column's name, where it is not the unit itself.
_UNITS = {
    **{one: one for one in ("minutes", "hours", "milliseconds", "bytes", "feet", "knots", "degrees", "percent")},
    **{one: one for one in ("millimetres", "hectopascals", "flights", "departures", "arrivals")},
    "celsius": "degrees Celsius",
    "latitude": "degrees",
    "longitude": "degrees",
    "local": "local clock",
    "miles": "statute miles",
    "probability": "0 to 1",
    "share": "0 to 1",
}


@dataclass(frozen=True)
class Column:
    """`what` has the unit in words, `unit` the one that the name ends in, if any; `null` says what NULL means,
    `never NULL`, or nothing where the comment does not."""

    name: str
    type: str
    unit: str
    what: str
    null: str
    is_partition: bool


@dataclass(frozen=True)
class Table:
    """`role` is the least that may read it. `stale_after_hours` is None where aero_ops.freshness does not judge it."""

    name: str
    purpose: str
    grain: str
    written_by: str
    role: str
    stale_after_hours: float | None
    columns: list[Column]


def datasets_of() -> list[Dataset]:
    """Every table that is declared, in the order of aero/datasets.py."""
    return [one for one in vars(datasets).values() if isinstance(one, Dataset)]


def table(dataset: Dataset) -> Table:
    """Raises AeroError where its `create.hql` is not one."""
    file = hql.read(dataset.hql("create"))
    grain = _GRAIN.search(file.text)
    return Table(
        dataset.name,
        file.purpose,
        " ".join(re.sub(r"^-- ?", "", grain[1], flags=re.MULTILINE).split()).removeprefix("Grain: ") if grain else "",
        _WRITERS.get(f"{dataset.layer}.{dataset.table}") or _WRITERS[dataset.layer],
        _role(dataset),
        _stale_after(dataset),
        [_column(one, dataset) for one in hql.columns(file.path)],
    )


def markdown(tables: Iterable[Table]) -> str:
    """docs/tables.md."""
    head = (
        "Written by `aero tables --markdown` from each table's `create.hql`: do not edit. Columns that end in `_at` are"
    )
    parts = [f"# The tables\n\n{head} instants in UTC, those in `_local` texts of the airport's clock.\n"]
    for one in tables:
        parts.append(f"\n## {one.name}\n\n{one.purpose} Grain: {one.grain}\n\n{_facts(one)}\n")
        parts.append("\n| column | type | what it is | NULL |\n| --- | --- | --- | --- |\n")
        parts += [f"| {' | '.join(map(_cell, _row(column)))} |\n" for column in one.columns]
    return "".join(parts)


def _facts(table: Table) -> str:
    hours = table.stale_after_hours
    stale = "" if hours is None else f" It is stale after {duration(hours)}."
    return f"Written by {table.written_by}; read by {table.role}s and whoever may more.{stale}"


def duration(hours: float) -> str:
    """Such as `107 days`, `6 hours`, `15 minutes`."""
    if hours >= 48:
        return f"{hours / 24:g} days"
    return f"{hours:g} hours" if hours >= 1 else f"{hours * 60:g} minutes"


def _row(column: Column) -> tuple[str, str, str, str]:
    kind = f"{column.type}, partition" if column.is_partition else column.type
    return f"`{column.name}`", kind, column.what, column.null


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _column(column: hql.Column, dataset: Dataset) -> Column:
    said = _NULL.fullmatch(column.comment)
    what, null = (said["what"], said["null"]) if said else (column.comment, "")
    return Column(column.name, column.type, _unit(column), what, null, column.name in dataset.partitions)


def _unit(column: hql.Column) -> str:
    return "UTC" if column.type == "TIMESTAMP" else _UNITS.get(column.name.rpartition("_")[2], "")


def _role(dataset: Dataset) -> str:
    may_read = {"reader": datasets.READER_TABLES, "analyst": datasets.ANALYST_TABLES}
    may = (role for role, names in may_read.items() if any(fnmatchcase(dataset.name, name) for name in names))
    return next(may, "operator")


def _stale_after(dataset: Dataset) -> float | None:
    if dataset in (FLIGHTS, DELAY_FORECASTS, WEATHER_HOURLY):
        return freshness.WEATHER_HOURS if dataset == WEATHER_HOURLY else freshness.MONTHLY_HOURS
    return freshness.VIEW_HOURS if dataset in BATCH_VIEWS else freshness.LIVE_HOURS if dataset in LIVE_VIEWS else None
