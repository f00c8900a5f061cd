"""aero forecast."""

import getpass
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from aero import connections, lease, metastore, pipeline
from aero.cli.as_json import json_option, print_json
from aero.cli.board import carrier_and_number
from aero.cli.load import month_option, no_wait_option
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.month import Month
from aero.ops import forecasts
from aero.ops import track as track_record
from aero.screen import Console

day_option = click.option(
    "--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Local date at the origins, YYYY-MM-DD."
)
end_option = click.option(
    "--to", "end", callback=month_option, help="Last month, YYYY-MM.  [default: the last one loaded]"
)
BASELINE = "airline_hour"


@click.group()
def forecast() -> None:
    """The probability of each flight to arrive late, a day before it leaves, and how good such forecasts were.

    \b
    aero forecast train --to 2013-11
    aero forecast score --day 2013-12-20
    aero forecast show B6703 --day 2013-12-20
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
        print_json(report)
        return
    rows = []
    for one in report["months"]:
        for name, score in one["scores"].items():
            rows.append((one["month"], name, "served" if name == one["served"] else "", *_measures(score)))
        for horizon, score in one["renewed"].items():
            rows.append((one["month"], one["served"], f"renewed, {horizon}", *_measures(score)))
    _print(("month", "model", "", "flights", "late", *MEASURES), rows)


@forecast.command()
@end_option
@click.option("--models", metavar="NAMES", help="Fit these alone, separated by commas.  [default: all]")
@no_wait_option
@json_option
def train(end: Month | None, models: str | None, as_json: bool) -> None:
    """Fit the models to the months up to one, judge them on it, and keep them.

    The best, or a baseline, is taken into service for the months after it, if on that month it is no worse than what
    is in service there.

    \b
    aero forecast train --to 2013-11
    """
    report = pipeline.run("TrainForecast", end=end or _last(), models=_with_baseline(models))
    if as_json:
        print_json(report)
        return
    rows = [
        (name, "served" if name == report["served"] else "", *_measures(score))
        for name, score in report["scores"].items()
    ]
    click.echo(f"Training {report['training_id']}, judged on {report['month']}:")
    _print(("model", "", "flights", "late", *MEASURES), rows)
    if report["promoted"]:
        click.echo(f"{report['served']} is in service for the months after {report['month']}.")
    else:
        old = report["in_service"]
        click.echo(
            f"{old['model']} of {old['training_id']} stays in service: its Brier score is {old['brier']:.4f} there. "
            f"To have this one all the same: aero forecast promote {report['training_id']} --because …"
        )


@forecast.command()
@click.argument("training")
@click.option("--model", metavar="NAME", help="A model of the training.  [default: the best on its last month]")
@click.option("--because", required=True, metavar="TEXT", help="Why, for others.")
@click.option("--from", "start", callback=month_option, help="First month that it forecasts, YYYY-MM.  [default: the"
              " newest one that any forecasts]")  # fmt: skip
@json_option
def promote(training: str, model: str | None, because: str, start: Month | None, as_json: bool) -> None:
    """Take a model of a training into service, whatever it measured: an older one, or the baseline, airline_hour.

    Who did it, when and why is kept in aero_ml.promotions.

    \b
    aero forecast promote 20131201T060000.000000Z --because "the newer one drifts"
    aero forecast promote 20131201T060000.000000Z --model airline_hour --because "a strike begins" --from 2014-01
    """
    with connections.spark() as spark:
        rows = {row["model_name"]: row for row in forecasts.models(spark.cursor()) if row["training_id"] == training}
    name = model or next((name for name, row in rows.items() if row["is_served"]), "")
    if rows and not (name in rows and rows[name]["is_kept"] and name != "cancelled"):
        kept = ", ".join(one for one, row in rows.items() if row["is_kept"] and one != "cancelled")
        raise AeroError(f"Of {training} no model {name} is kept.", f"There are: {kept}")
    client = connections.webhdfs()
    lease.hold("a promotion of the forecast")
    made = forecasts.promote(client, training, name, getpass.getuser(), because, start)
    if as_json:
        print_json(asdict(made))
    else:
        click.echo(f"{name} of {training} forecasts from {made.from_month} on.")


@forecast.command()
@click.option("--month", required=True, callback=month_option, help="Month of the flights, YYYY-MM.")
@json_option
def track(month: Month, as_json: bool) -> None:
    """Show what came of each day's forecast, and where it drifts: the last seven days are far from what came.

    \b
    aero forecast track --month 2013-12
    """
    days = track_record.read(connections.webhdfs(), month)
    if not days:
        raise AeroError(f"No day of {month} was forecast, or no flight of it has arrived.",
                        f"Forecast it: aero forecast score --day {month.last_day}")  # fmt: skip
    if as_json:
        print_json([asdict(one) for one in days])
        return
    _print(("day", "model", "arrived", "late", "expected", "Brier", "baseline", ""), map(_day, days))
    total = track_record.summed(days)
    click.echo(f"Brier score {total.squared / total.flights:.4f}, of the baseline"
               f" {total.baseline_squared / total.flights:.4f}")  # fmt: skip


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
        print_json(rows)
        return
    table = []
    for row in rows:
        measures = _cells([row[name] for name in COLUMNS])
        served = "served" if row["is_served"] else ""
        table.append((row["training_id"], row["last_month"], row["model_name"], served, *measures))
    _print(("training", "last month", "model", "", "flights", "late", *MEASURES), table)


@forecast.command()
@day_option
@click.option(
    "--days",
    default=1,
    show_default=True,
    type=click.IntRange(1, 31),
    help="So many days of the month up to it.",
)
@click.option("--models", metavar="NAMES", help="Where no model is in service, fit these first to the months before,"
              " separated by commas; airline_hour is the baseline.")  # fmt: skip
@no_wait_option
@json_option
def score(day: datetime, days: int, models: str | None, as_json: bool) -> None:
    """Forecast the flights of days, each by what was known 24 hours before it, and publish that.

    Of a month that is not loaded the live flights are forecast, by what is known now, of days to come. On a day on
    which the model in service drifts and is worse than the baseline, or knows nothing of the week before, the baseline
    forecasts.

    \b
    aero forecast score --day 2013-12-20
    aero forecast score --day 2013-12-31 --days 31
    """
    report = pipeline.run("ScoreTomorrow", day=f"{day:%Y-%m-%d}", days=days, models=_with_baseline(models))
    if as_json:
        print_json(report)
        return
    by_model = ", ".join(f"{flights:,} by {name}" for name, flights in report["flights_by_model"].items())
    click.echo(f"{report['day']}: {report['flights']:,} flights forecast, {by_model}")
    if report["arrived"]:
        click.echo(
            f"{report['arrived']:,} arrived, {report['late']:,} of them late, {report['expected_late']:,.0f} expected. "
            f"Brier score {report['brier']:.4f}, of the baseline {report['baseline_brier']:.4f}"
        )
    if report["days_by_baseline"]:
        told = ", ".join(report["days_by_baseline"])
        click.echo(f"The model drifted, or knew nothing of the days before; the baseline forecast {told}.")
    if not report["is_on_boards"]:
        click.echo("HBase was not there to have it for aero board and aero flight. Once it is, score again.", err=True)


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
        print_json(rows[:limit])
        return
    chances, minutes = ("late", "baseline", "cancelled"), "minutes, of ten flights 1 5 9"
    _print(("flight", "from", "to", "leaves", *chances, minutes, "came"), [_flight(row) for row in rows[:limit]])
    for row in rows if number else ():
        click.echo(f"Why {row['late_probability']:.0%}: {row['reasons'] or 'nothing moved it'}")


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
    chances = (f"{row[f'{which}_probability']:.0%}" for which in ("late", "baseline", "cancelled"))
    minutes = " ".join(f"{row[f'delay_p{percent}_minutes']:+.0f}" for percent in (10, 50, 90))
    place = (row["origin_id"], row["destination_id"], row["scheduled_departure_local"])
    return (name, *place, *chances, minutes, came)


def _day(one: track_record.Day) -> tuple[str, ...]:
    brier = (f"{sum_of / one.arrived_flights:.4f}" for sum_of in (one.squared_error, one.baseline_squared_error))
    late = (f"{one.arrived_flights:,}", f"{one.late_flights:,}", f"{one.expected_late_flights:,.0f}")
    return (str(one.flight_date), one.model_name, *late, *brier, "drifts" if one.is_drifting else "")


def _with_baseline(models: str | None) -> str:
    """Names of models, separated by commas; none where none are given, which is all."""
    return ",".join(dict.fromkeys([BASELINE, *models.replace(" ", "").split(",")])) if models else ""


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
