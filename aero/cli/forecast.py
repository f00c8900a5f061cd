"""aero forecast."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from aero import connections, metastore, pipeline
from aero.cli.board import carrier_and_number
from aero.cli.load import month_option, no_wait_option
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import forecasts
from aero.screen import Console

day_option = click.option(
    "--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Local date at the origins, YYYY-MM-DD."
)
end_option = click.option(
    "--to", "end", callback=month_option, help="Last month, YYYY-MM.  [default: the last one loaded]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")


@click.group()
def forecast() -> None:
    """The probability of each flight to arrive late, a day before it leaves, and how good such forecasts were.

    \b
    aero forecast train --to 2013-11
    aero forecast score --day 2013-12-20
    aero forecast show --day 2013-12-20
    """


@forecast.command()
@end_option
@json_option
def backtest(end: Month | None, as_json: bool) -> None:
    """Judge the models on each month that has three before it, by what was known when it began. Minutes; keeps nothing.

    \b
    aero forecast backtest --to 2013-12
    """
    report = pipeline.run("BacktestForecast", end=end or _last())
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    rows = [
        (one["month"], name, "served" if name == one["served"] else "", *_measures(score))
        for one in report["months"]
        for name, score in one["scores"].items()
    ]
    _print(("month", "model", "", "flights", "late", *MEASURES), rows)


@forecast.command()
@end_option
@no_wait_option
@json_option
def train(end: Month | None, as_json: bool) -> None:
    """Fit the models to the months up to one, judge them on it, and keep them. The best, or a baseline, is served.

    They forecast the days of later months.

    \b
    aero forecast train --to 2013-11
    """
    report = pipeline.run("TrainForecast", end=end or _last())
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    rows = [
        (name, "served" if name == report["served"] else "", *_measures(score))
        for name, score in report["scores"].items()
    ]
    click.echo(f"Training {report['training_id']}, judged on {report['month']}:")
    _print(("model", "", "flights", "late", *MEASURES), rows)


@forecast.command()
@json_option
def models(as_json: bool) -> None:
    """List the models that were fitted, how good each was on its last month, and which is served.

    \b
    aero forecast models
    """
    with connections.spark() as spark:
        rows = forecasts.models(spark.cursor())
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    table = []
    for row in rows:
        measures = _cells([row[name] for name in COLUMNS])
        served = "served" if row["is_served"] else ""
        table.append((row["training_id"], row["last_month"], row["model_name"], served, *measures))
    _print(("training", "last month", "model", "", "flights", "late", *MEASURES), table)


@forecast.command()
@day_option
@no_wait_option
@json_option
def score(day: datetime, as_json: bool) -> None:
    """Forecast the flights of a day that is loaded, each by what was known 24 hours before it, and publish that.

    \b
    aero forecast score --day 2013-12-20
    """
    report = pipeline.run("ScoreTomorrow", day=f"{day:%Y-%m-%d}")
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    click.echo(f"{report['day']}: {report['flights']:,} flights forecast by {report['model']}")
    if report["arrived"]:
        click.echo(
            f"{report['arrived']:,} arrived, {report['late']:,} of them late, {report['expected_late']:,.0f} expected. "
            f"Brier score {report['brier']:.4f}, of the baseline {report['baseline_brier']:.4f}"
        )


@forecast.command()
@click.argument("number", type=str.upper, required=False)
@day_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="Flights that are shown.")
@json_option
def show(number: str | None, day: datetime, limit: int, as_json: bool) -> None:
    """Show what was forecast of a day's flights, the likeliest to be late first, and what came of them.

    \b
    aero forecast show --day 2013-12-20
    aero forecast show B6703 --day 2013-12-20
    """
    with connections.spark() as spark:
        rows = forecasts.of_day(spark.cursor(), day.date())
    if number:
        wanted = carrier_and_number(number)
        rows = [row for row in rows if (row["airline_id"], row["flight_number"]) == wanted]
    if not rows:
        raise AeroError(
            f"There is no forecast of {number or 'flights'} on {day:%Y-%m-%d}.",
            f"Make them: aero forecast score --day {day:%Y-%m-%d}",
        )
    if as_json:
        click.echo(json.dumps(rows[:limit], indent=2, default=str))
        return
    _print(("flight", "from", "to", "leaves", "late", "baseline", "came"), [_flight(row) for row in rows[:limit]])


# What is shown of a model's measures, and the columns of aero_ml.models that have them.
MEASURES = ("Brier", "skill", "AUC", "PR-AUC", "ECE")
COLUMNS = ("judged_flights", "late_share", "brier_score", "brier_skill", "auc", "pr_auc", "calibration_error")


def _measures(score: dict[str, Any]) -> tuple[str, ...]:
    return _cells([score[name] for name in ("flights", "late_share", "brier", "skill", "auc", "pr_auc", "ece")])


def _cells(values: Sequence[Any]) -> tuple[str, ...]:
    flights, late, brier, skill, auc, pr_auc, ece = values
    return (f"{flights:,}", f"{late:.1%}", f"{brier:.4f}", f"{skill:.1%}", f"{auc:.3f}", f"{pr_auc:.3f}", f"{ece:.3f}")


def _flight(row: dict[str, Any]) -> tuple[str, ...]:
    delay = row["arrival_delay_minutes"]
    came = "cancelled" if row["is_cancelled"] else "" if delay is None else f"{delay:+} min"
    name = f"{row['airline_id']}{row['flight_number']}"
    chances = (f"{row[f'{which}_probability']:.0%}" for which in ("late", "baseline"))
    return (name, row["origin_id"], row["destination_id"], row["scheduled_departure_local"], *chances, came)


def _last() -> Month:
    """The last month that is loaded. AeroError where none is."""
    seen = metastore.locations(FLIGHTS)
    if not seen:
        raise AeroError("No month is loaded.", "Load some: aero load")
    return Month(*max(seen))


def _print(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False).print(table)
