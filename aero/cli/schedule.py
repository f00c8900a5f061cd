"""aero schedule and aero freshness."""

import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from aero import pipeline, weather_stations
from aero.cli.as_json import json_option, print_json
from aero.cluster import answers, services
from aero.ops import freshness as fresh
from aero.ops import readers
from aero.ops import schedule as schedules
from aero.ops.freshness import Freshness
from aero.plain import echo
from aero.screen import Console
from aero.settings import load_settings

# What a run of the scheduler needs: that of a load, and Kafka.
NEEDED = (*pipeline.NEEDED, "kafka")
# How long each of them may take to say that it is ready, in seconds.
WITHIN_SECONDS = 1.5


@click.group()
def schedule() -> None:
    """When new and revised months are looked for, and what came of it. The service `scheduler` does it.

    \b
    aero schedule show
    aero schedule run-now
    aero schedule pause
    """


@schedule.command()
@json_option
def show(as_json: bool) -> None:
    """Show the plan, the next time, and the last run.

    \b
    aero schedule show
    """
    settings = load_settings()
    planned, report = schedules.read(settings), schedules.report(settings)
    now = datetime.now(UTC)
    waits = answers.waits(settings, [services.BY_NAME[name] for name in ("scheduler", *NEEDED)], WITHIN_SECONDS)
    facts: dict[str, Any] = {
        "plan": asdict(planned),
        "is_running": waits["scheduler"] is None,
        "next_at": None if planned.is_paused else schedules.next_after(planned, now).isoformat(timespec="minutes"),
        "last_run": report,
        "waiting": [name for name in NEEDED if waits[name]],
    }
    if as_json:
        print_json(facts)
        return
    click.echo(f"looks for months of {planned.source} at `{planned.cron}` UTC, {planned.months_back} months back")
    click.echo(f"live states stay in HBase for {planned.live_days} days, the log of the stream for {planned.log_days}")
    if planned.weather != "none":
        click.echo(f"the weather of {planned.weather.replace('all', 'all airports with a station')} is loaded too")
    click.echo(f"next       {facts['next_at'] or 'never: it is paused (aero schedule resume)'}")
    if not facts["is_running"]:
        click.echo("The service does not run: aero up scheduler")
    if facts["waiting"]:
        click.echo(f"A run would miss now what is not ready: {', '.join(facts['waiting'])} (aero status)")
    if "outcome" in report:
        echo(f"last run   {report['ran_at'][:16]}: {report['outcome']}")
    for month in report.get("months", []):
        rows = f", {month['rows']:,} flights" if "rows" in month else ""
        why = f": {month['message']}" if "message" in month else ""
        echo(f"  {month['when']}  {month['found']}: {month['outcome']}{rows}{why}")


@schedule.command("run-now")
@json_option
def run_now(as_json: bool) -> None:
    """Look for new months now, also while it is paused.

    \b
    aero schedule run-now
    """
    _change(as_json, asked_at=datetime.now(UTC).isoformat())
    if not as_json:
        click.echo("asked; see `aero schedule show`, or `aero logs scheduler -f`")


@schedule.command()
@json_option
def pause(as_json: bool) -> None:
    """Look for nothing any more until `aero schedule resume`. A run that goes on ends as it would.

    \b
    aero schedule pause
    """
    _change(as_json, is_paused=True)


@schedule.command()
@json_option
def resume(as_json: bool) -> None:
    """Go on after a pause. Times that passed meanwhile are made up for by one run.

    \b
    aero schedule resume
    """
    _change(as_json, is_paused=False)


def _airports(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Codes in capitals; `all` and `none` as they are."""
    if value is None or value in ("all", "none"):
        return value
    codes = [code.strip().upper() for code in value.split(",")]
    if unknown := [code for code in codes if code not in weather_stations.load()]:
        raise click.BadParameter(f"{unknown[0]} has no weather station: aero weather stations --help")
    return ",".join(codes)


@schedule.command("set")
@click.option("--cron", help='Five fields, in UTC, such as "15 6 * * *".')
@click.option("--source", help="bts, or the URL of a mirror, or a folder.")
@click.option("--family", type=click.Choice(["reporting", "marketing"]), help="Which of BTS' two families of files.")
@click.option("--months-back", type=click.IntRange(1, 480), help="How far back to look for revised months.")
@click.option("--live-days", type=click.IntRange(1), help="How many days live states and departures stay in HBase.")
@click.option("--log-days", type=click.IntRange(1), help="How many days the Live Log has a row for each batch.")
@click.option(
    "--weather",
    callback=_airports,
    help="Airports whose weather is loaded too: JFK,LGA, or all with a station, or none.",
)
@json_option
def set_schedule(cron: str | None, source: str | None, family: str | None, as_json: bool, **others: Any) -> None:
    """Change when and where it looks; what is not given stays.

    \b
    aero schedule set --cron "15 6 * * 1" --source https://mirror.example/PREZIP/
    aero schedule set --weather JFK,LGA,EWR
    """
    given = {"cron": cron, "source": source, "family": family, **others}
    changes = {name: value for name, value in given.items() if value is not None}
    if source and os.path.exists(source):
        changes["source"] = os.path.abspath(source)
    _change(as_json, **changes)


def _change(as_json: bool, **changes: Any) -> None:
    """Change the schedule; with `as_json` what it is then is printed."""
    changed = schedules.change(load_settings(), **changes)
    if as_json:
        print_json(asdict(changed))


@click.command()
@json_option
def freshness(as_json: bool) -> None:
    """Show each table's newest event and load, and whether that is as new as it should be. Exit code 3 if one is not.

    The real-time views are idle, and no fault, while the stream does not run.

    \b
    aero freshness
    """
    rows = fresh.found(load_settings(), readers.reconciled())
    if as_json:
        print_json([asdict(row) for row in rows])
    else:
        table = Table(box=None, pad_edge=False)
        for column in ("table", "state", "newest event (UTC)", "newest load (UTC)", "age", "fresh up to"):
            table.add_column(column)
        for row in rows:
            times = [f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (row.newest_event_at, row.newest_load_at)]
            age = "" if row.age_hours is None else _duration(row.age_hours)
            table.add_row(row.table_name, _coloured(row.state), *times, age, _duration(row.expected_hours))
        Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(table)
    if any(row.state in (Freshness.STALE, Freshness.EMPTY) for row in rows):
        raise SystemExit(3)


def _coloured(state: Freshness) -> str:
    colour = {Freshness.FRESH: "green", Freshness.IDLE: "dim"}.get(state, "bold red")
    return f"[{colour}]{state}[/]"


def _duration(hours: float) -> str:
    return f"{hours / 24:,.0f} d" if hours >= 48 else f"{hours:.1f} h"
