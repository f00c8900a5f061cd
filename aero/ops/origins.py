"""Of what each column is made: from a chart's number to the columns of BTS' files.

Nothing is written down twice: a view's columns come from its load.hql and a chart's from superset/assets, both read by
sqlglot; those of the master data from aero/bts.py. What the cleaning makes of several columns is DERIVED here, what the
forecast makes of them in aero/ops/forecast_origins.py: tests hold both to jobs/.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify

from aero import hql
from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, LAYOUTS
from aero.datasets import (
    AIRLINES,
    AIRPORTS,
    BATCH_VIEWS,
    DELAY_FORECASTS,
    FLIGHTS,
    FLIGHTS_QUARANTINE,
    LIVE_LOG,
    LIVE_VIEWS,
    REPOSITORY,
    TOPIC_LIVE,
    Dataset,
)  # fmt: skip
from aero.ops import charts, forecast_origins
from aero.ops.forecast_origins import ROWS as ROWS

DIALECT = "spark"
_ZONE = (AIRPORTS.name, "time_zone")
_TO_DEPART = ("flight_date", "scheduled_departure_local", "origin_id")
# Columns of the master data that the cleaning makes of others of it (jobs/flight_times.py, jobs/flight_rules.py).
DERIVED: dict[str, tuple[str, ...]] = {
    "scheduled_departure_at": (
        *_TO_DEPART, "destination_id", "scheduled_elapsed_minutes", "scheduled_arrival_local",
    ),
    "departure_at": ("scheduled_departure_at", "departure_delay_minutes", "departure_local", "origin_id"),
    "scheduled_arrival_at": (
        "scheduled_departure_at", "scheduled_elapsed_minutes", "scheduled_arrival_local", "destination_id",
    ),
    "arrival_at": (
        "departure_at", "elapsed_minutes", "scheduled_arrival_at", "arrival_delay_minutes", "arrival_local",
        "is_diversion_destination_reached", "diversion_arrival_delay_minutes", "diversion_elapsed_minutes",
        "destination_id",
    ),
    "is_delayed": ("is_departure_delayed_15", "departure_delay_minutes"),
    "is_schedule_derived": (
        "scheduled_departure_local", "scheduled_arrival_local", "scheduled_elapsed_minutes", "flight_date",
    ),
    "year": ("flight_date",),
    "month": ("flight_date",),
}  # fmt: skip
INSTANTS = ("scheduled_departure_at", "departure_at", "scheduled_arrival_at", "arrival_at")
# What the cleaning writes of the load itself.
OF_THE_LOAD = ("source_family", "source_layout", "source_file", "source_line", "load_id")
# Of files without the column: what it is made of then.
_PARTS_OF_DATE = ("Year", "Month", "DayofMonth")


class Column(NamedTuple):
    """A column of a table, a dataset of Superset's, a chart, a file or a topic."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"rows of {self.table}" if self.name == ROWS else f"{self.table}.{self.name}"


class Origin(NamedTuple):
    """Columns that another one is made of, and how in SQL or words; empty where it is taken as it is."""

    columns: tuple[Column, ...]
    how: str = ""


@cache
def tables() -> dict[str, tuple[str, ...]]:
    """The columns of every table that a create.hql makes, partitions last, by its name in SQL."""
    files = sorted(REPOSITORY.glob("hive/*/*/create.hql"))
    return {f"{one.parent.parent.name}.{one.parent.name}": tuple(c.name for c in hql.columns(one)) for one in files}


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table, or of a chart or dataset of Superset's; none of one that is not known."""
    return tables().get(table) or charts.columns_of(table)


@cache
def origin(column: Column) -> Origin:
    """What a column is made of directly; no columns where it comes from outside."""
    if column.table.startswith((charts.CHART, charts.DATASET)):
        return _of_superset(column)
    if view := next((one for one in BATCH_VIEWS if one.name == column.table), None):
        return _of_view(view).get(column.name, Origin((Column(FLIGHTS.name, column.name),)))
    if column.table == FLIGHTS.name:
        return _of_flights(column.name)
    return _of_others(column)


@cache
def _of_view(view: Dataset) -> dict[str, Origin]:
    [select] = hql.filled(hql.read(view.hql("load")), {"year": 2013, "months": "1"})
    found = of_select(select)
    whole = Origin((Column(FLIGHTS.name, ROWS),))
    return found | {name: Origin((Column(FLIGHTS.name, name),)) for name in view.partitions} | {ROWS: whole}


def of_select(select: str) -> dict[str, Origin]:
    """The columns of a SELECT's answer, each with the columns of tables that its expression names."""
    schema: dict[str, Any] = {}
    for table, columns in tables().items():
        database, _, name = table.partition(".")
        schema.setdefault(database, {})[name] = dict.fromkeys(columns, "string")
    whole = sqlglot.parse_one(select, dialect=DIALECT)
    star = [one for one in whole.find_all(exp.Table) if one.db]
    chosen: Any = qualify(whole.copy(), schema=schema, dialect=DIALECT)
    return {
        name: _origin_of(lineage(name, whole.copy(), schema=schema, dialect=DIALECT), star)
        for name in chosen.named_selects
    }


def _origin_of(node: Node, counted: list[exp.Table]) -> Origin:
    found: list[Column] = []
    for one in node.walk():
        if isinstance(one.expression, exp.Table):
            table = one.expression
            found.append(Column(f"{table.db}.{table.name}", one.name.rpartition(".")[2]))
        elif any(isinstance(count.this, exp.Star) for count in one.expression.find_all(exp.Count)):
            found += [Column(f"{table.db}.{table.name}", ROWS) for table in counted]
    value = node.expression.unalias()
    if not found and value.find(exp.AggFunc):  # It counts rows by what a part of the SELECT says of all of its own.
        found = [Column(f"{table.db}.{table.name}", ROWS) for table in counted]
    taken = isinstance(value, exp.Column)
    return Origin(tuple(dict.fromkeys(found)), "" if taken else value.sql(dialect=DIALECT))


def _of_superset(column: Column) -> Origin:
    if column.table.startswith(charts.CHART):
        dataset = charts.dataset_of(column.table)
        return Origin((Column(dataset, column.name),))
    metrics = charts.metrics_of(column.table)
    if column.name in metrics:
        named = sqlglot.parse_one(metrics[column.name], dialect=DIALECT).find_all(exp.Column)
        own = dict.fromkeys(one for part in named for one in _of_metric(column, part.name))
        return Origin(tuple(own) or (Column(column.table, ROWS),), metrics[column.name])
    found = _of_dataset(column.table)
    if column.name == ROWS:
        asked = dict.fromkeys(one.table for origin in found.values() for one in origin.columns)
        return Origin(tuple(Column(table, ROWS) for table in asked))
    return found.get(column.name, Origin(()))


def _of_metric(metric: Column, named: str) -> tuple[Column, ...]:
    """A column of the dataset that a metric names; where the metric has its name, what that is made of."""
    if named != metric.name:
        return (Column(metric.table, named),)
    return _of_dataset(metric.table)[named].columns


@cache
def _of_dataset(dataset: str) -> dict[str, Origin]:
    return of_select(charts.select_of(dataset))


def _of_flights(name: str) -> Origin:
    if name in DERIVED:
        zone = (Column(*_ZONE),) if name in INSTANTS else ()
        return Origin((*(Column(FLIGHTS.name, one) for one in DERIVED[name]), *zone), "made by the cleaning")
    if name in OF_THE_LOAD or name == ROWS:
        how = "said of the load" if name in OF_THE_LOAD else "a line of the file, unless it was refused or came twice"
        return Origin(tuple(Column(raw, ROWS) for raw in _raw_tables()), how)
    if name == "diversions":
        sources = tuple(f"Div{number}{one.sources[0]}" for number in DIVERSIONS for one in DIVERSION_COLUMNS)
        return Origin(tuple(_in_raw(*sources)), "the landings elsewhere, in order")
    known = next((one for one in COLUMNS if one.name == name), None)
    if known is None:
        return Origin(())
    parts = _PARTS_OF_DATE if name == "flight_date" else ()
    return Origin(tuple(_in_raw(*known.sources, *parts)), f"typed as {known.kind}")


def _raw_tables() -> tuple[str, ...]:
    return tuple(dict.fromkeys(layout.raw.name for layout in LAYOUTS.values()))


def _in_raw(*sources: str) -> Iterator[Column]:
    """Columns of BTS in the raw tables, whose columns stand in the layout's places, whatever names they have."""
    found = {
        Column(layout.raw.name, tables()[layout.raw.name][layout.columns.index(source)]): None
        for layout in LAYOUTS.values()
        for source in sources
        if source in layout.columns
    }
    yield from found


def _of_others(column: Column) -> Origin:
    """Of what comes from outside: raw tables from files, live tables from the topic."""
    layouts = [one for one in LAYOUTS.values() if one.raw.name == column.table]
    if layouts and column.name in tables()[column.table][: len(layouts[0].columns)]:
        place = tables()[column.table].index(column.name)
        return Origin(tuple(Column(f"file:{one.name}", one.columns[place]) for one in layouts), "as it came")
    if layouts:
        return Origin(tuple(Column(f"file:{one.name}", ROWS) for one in layouts), "as it came")
    if column.table == FLIGHTS_QUARANTINE.name:
        return Origin(tuple(Column(raw, ROWS) for raw in _raw_tables()), "lines that were refused")
    if column.table in {one.name for one in LIVE_VIEWS} - {LIVE_LOG.name}:
        return Origin((Column(f"topic:{TOPIC_LIVE}", ROWS),), "the newest that events said")
    if column.table in forecast_origins.TABLES:
        return _of_forecasts(column)
    if column.table == AIRPORTS.name:
        return Origin((Column("package:airportsdata", ROWS), Column("file:supplement.csv", ROWS)))
    if column.table == AIRLINES.name:
        return Origin((Column("file:airlines.csv", ROWS),))
    return Origin(())


def _of_forecasts(column: Column) -> Origin:
    made = forecast_origins.TABLES[column.table]
    if column.name in made:
        sources, how = made[column.name]
        return Origin(tuple(Column(*one) for one in sources), how)
    return _of_track().get(column.name, Origin(()))


@cache
def _of_track() -> dict[str, Origin]:
    [select] = hql.filled(hql.read(DELAY_FORECASTS.hql("by_day")), {"year": 2013, "month": 1})
    return of_select(select)


def upstream(column: Column) -> dict[Column, Origin]:
    """A column and all that it is made of, each with its origin, in the order of the way back."""
    found: dict[Column, Origin] = {}
    waiting = [column]
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found[one] = origin(one)
            waiting += found[one].columns
    return found
