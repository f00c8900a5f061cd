"""aero board and aero flight."""

import re
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.table import Table
from rich.text import Text

from aero.cli.as_json import json_option, print_json
from aero.errors import AeroError
from aero.live import board as boards
from aero.live import delay_forecasts, store
from aero.live.store import instant_if_any
from aero.live.zones import airport_zone
from aero.screen import Console

REFRESH_SECONDS = 2
LEG = ("date", "from", "scheduled", "left", "to", "scheduled", "came", "status", "late", "aircraft", "forecast")
# Where an airline has now the code of another, BTS numbers the one before: `OH (1)` is Comair.
_NUMBER = re.compile(r"([A-Z0-9]{2}|[A-Z]{3})(\([0-9]\))?0*([1-9][0-9]{0,3})")


@click.command()
@click.argument("airport", type=str.upper)
@click.option("--once", is_flag=True, help="Show it once, instead of again every two seconds.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d %H:%M"]), help="Local time, instead of the live flights' own.")
@json_option
def board(airport: str, once: bool, at: datetime | None, as_json: bool) -> None:
    """Show an airport's departures and arrivals about now, in its own time, until Ctrl-C.

    Now is the time of the newest events: of a replay, the time that it plays. Behind a flight that was forecast stands
    how likely it was a day before to come late (aero forecast score), and how likely it is now.

    \b
    aero board JFK
    aero board JFK --once --at "2013-07-10 18:00"
    aero board JFK --json | jq '.departures[] | select(.words == "delayed") | .number'
    """
    zone = boards.zone_of(airport)
    console = Console(highlight=False)
    chosen = at.replace(tzinfo=zone) if at else None
    if as_json:
        print_json(asdict(_board(airport, chosen)))
        return
    if once or chosen or not sys.stdout.isatty():
        shown = _board(airport, chosen)
        console.print(boards.rendered(shown))
        if not shown.departures and not shown.arrivals:
            _say_where_flights_are(shown)
        return
    from rich.live import Live

    with Live(console=console, auto_refresh=False, screen=True) as screen:
        try:
            while True:
                lines = max(4, (console.height - 8) // 2)
                screen.update(boards.rendered(_board(airport, None), lines), refresh=True)
                time.sleep(REFRESH_SECONDS)
        except KeyboardInterrupt:
            return


def _board(airport: str, at: datetime | None) -> boards.Board:
    with store.opened() as hbase:
        now = at or store.clock(hbase)
        if now is None:
            raise AeroError("No live events have come yet.", "Start a source: aero live start")
        return boards.read(hbase, airport, now)


def _say_where_flights_are(shown: boards.Board) -> None:
    """A replay's last event may come long after the last flight of most airports."""
    with store.opened() as hbase:
        newest = store.newest_departure(hbase, shown.airport_id)
    if newest is None:
        click.echo(f"No live flight out of {shown.airport_id} is known.")
        return
    at = newest.astimezone(shown.zone).strftime("%Y-%m-%d %H:%M")
    click.echo(f'Nothing about that time; the newest departure is of {at}: aero board {shown.airport_id} --at "{at}"')


def carrier_and_number(text: str) -> tuple[str, str]:
    """`DL 0123` as carrier and number, `DL` and `123`; `OH (1) 5123` as `OH (1)` and `5123`. Raises AeroError where it
    is no flight number."""
    match = _NUMBER.fullmatch(text.replace(" ", ""))
    if match is None:
        raise AeroError(f"{text} is no flight number.", "Give carrier and number, such as DL1234.")
    carrier, which, number = match.groups()
    return f"{carrier} {which}" if which else carrier, number


@click.command()
@click.argument("number", type=str.upper)
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="Scheduled local date at the origin.  [default: all known]"
)
@json_option
def flight(number: str, day: datetime | None, as_json: bool) -> None:
    """Show what is known of a flight: all legs under its number, times in the local time of each end.

    \b
    aero flight DL1234
    aero flight B6703 --day 2013-07-10 --json
    """
    full_number = "".join(carrier_and_number(number))
    with store.opened() as hbase:
        legs = delay_forecasts.beside(hbase, store.legs(hbase, full_number))
    legs = [leg for leg in legs if day is None or leg["flight_date"] == f"{day:%Y-%m-%d}"]
    if as_json:
        print_json(legs)
        return
    if not legs:
        raise AeroError(f"No flight {number} is known{f' on {day:%Y-%m-%d}' if day else ''}.", "See aero live status.")
    Console(highlight=False, width=None if sys.stdout.isatty() else 140).print(_legs(legs))


def _legs(legs: list[store.Row]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in LEG:
        table.add_column(column)
    for leg in legs:
        origin, destination = leg["origin_id"], leg["destination_id"]
        late = leg.get("departure_delay_minutes")
        cells = (
            leg["flight_date"],
            origin,
            _clock(leg.get("scheduled_departure_at"), origin),
            _clock(leg.get("departure_at"), origin),
            destination,
            _clock(leg.get("scheduled_arrival_at"), destination),
            _clock(leg.get("arrival_at"), destination),
            leg.get("status", ""),
            f"{late} min, {leg['delay_category']}" if late else "",
            leg.get("tail_number", ""),
            delay_forecasts.words(leg),
        )
        table.add_row(*map(Text, cells))  # What a source tells is text, never Rich's markup.
    return table


def _clock(text: str | None, airport_id: str) -> str:
    at = instant_if_any(text)
    return f"{at.astimezone(airport_zone(airport_id) or UTC):%H:%M %Z}" if at else ""
