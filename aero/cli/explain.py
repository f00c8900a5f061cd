"""aero explain."""

import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.markup import escape
from rich.text import Text

from aero import connections
from aero.cli.as_json import json_option, print_json
from aero.cli.board import carrier_and_number
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE, Dataset
from aero.errors import AeroError
from aero.ops import lineage
from aero.screen import Console

# What is shown of the clean row: the identity, the times, the outcome.
SHOWN = (
    *("flight_date", "airline_id", "flight_number", "tail_number", "origin_id", "destination_id"),
    *("scheduled_departure_local", "departure_local", "departure_delay_minutes"),
    *("scheduled_departure_at", "departure_at", "arrival_at", "arrival_delay_minutes"),
    *("is_cancelled", "cancellation_code", "is_diverted"),
)


@click.command()
@click.argument("number", type=str.upper)
@click.option("--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Scheduled local date at the origin.")
@click.option("--from", "origin", type=str.upper, help="Airport of the leg, where the number has several.")
@json_option
def explain(number: str, day: datetime, origin: str | None, as_json: bool) -> None:
    """Follow one flight of the history from the line of the source's file to the views that it counts in.

    \b
    aero explain B6703 --day 2013-07-10
    """
    airline_id, flight_number = carrier_and_number(number)
    with connections.hive() as hive:
        cursor = hive.cursor()
        legs = lineage.legs(cursor, day.date(), airline_id, flight_number)
        legs = [leg for leg in legs if origin in (None, leg["origin_id"])]
        if not legs:
            raise AeroError(
                f"{FLIGHTS.name} has no {number} on {day:%Y-%m-%d}{f' from {origin}' if origin else ''}.",
                f"Is the month there (aero months), or was the line refused ({FLIGHTS_QUARANTINE.name})?",
            )
        found = [_explained(cursor, leg) for leg in legs]
    if as_json:
        print_json(found)
        return
    for one in found:
        _print(one)


def _explained(cursor: Any, flight: lineage.Row) -> dict[str, Any]:
    raw = lineage.raw_line(connections.webhdfs(), flight)
    return {"raw": asdict(raw), "flight": flight, "views": lineage.views_of(cursor, flight)}


def _print(found: dict[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 140)
    raw, flight = found["raw"], found["flight"]
    manifest = raw["manifest"]
    leg = f"{flight['origin_id']} → {flight['destination_id']}"
    console.rule(Text(f"{flight['airline_id']}{flight['flight_number']} {flight['flight_date']} {leg}"))
    console.print("[bold]1 source[/]  ", end="")
    size = f"{manifest['size']:,} bytes"
    console.print(f"{manifest['source']}: {manifest['url']}, {size}, sha256 {manifest['sha256']}", markup=False)
    console.print("[bold]2 raw[/]     ", end="")
    console.print(f"hdfs:{raw['path']}, landed {manifest['landed_at']}", markup=False)
    console.print("          ", end="")
    console.print(f"line {raw['number']:,}: {raw['text']}", markup=False)
    console.print(f"[bold]3 clean[/]   {FLIGHTS.name}, load {escape(flight['load_id'])}")
    for name in SHOWN:
        if flight[name] is not None:
            console.print(f"          {name:<26} {flight[name]}", markup=False)
    console.print("[bold]4 views[/]   it is one of")
    for view in found["views"]:
        counted = f"{view['flights']:>7,} in {Dataset('batch', view['view_name']).name}"
        console.print(f"          {counted}: {view['counted_in']}", markup=False)
