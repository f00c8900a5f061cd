"""aero wall add, list and remove."""

from datetime import timedelta
from typing import Any

import click
from rich.table import Table

from aero import walls
from aero.cli.as_json import json_option, print_json
from aero.cli.audit import duration_option
from aero.screen import Console
from aero.settings import load_settings
from aero.superset import assets


@click.group()
def wall() -> None:
    """Boards for a screen on the wall: a link that shows one dashboard to who has not signed in, and nothing else.

    \b
    aero wall add lobby --dashboard live
    aero wall list
    aero wall remove lobby
    """


@wall.command()
@click.argument("name")
@click.option("--dashboard", type=click.Choice(list(assets.titles())), required=True, help="Which it shows.")
@click.option("--for", "lasts", default="365d", show_default=True, callback=duration_option, metavar="TIME",
              help="For how long the link is good, such as 12h or 90d.")  # fmt: skip
@json_option
def add(name: str, dashboard: str, lasts: timedelta, as_json: bool) -> None:
    """Make a link, and print it this once. Whoever has it sees the board, so treat it as a password.

    The board renews itself. Another way to Superset, such as a proxy's, takes the place of the link's beginning.

    \b
    aero wall add lobby --dashboard live
    aero wall add fair --dashboard history --for 3d
    """
    settings = load_settings()
    key = walls.add(settings, name, dashboard, lasts)
    server = settings.page("SUPERSET") or f"http://{settings.address('SUPERSET')}/"
    link = f"{server.rstrip('/')}{walls.PAGE}#{key}"
    if as_json:
        print_json(_row(walls.load(settings)[name]) | {"link": link})
    else:
        click.echo(link)


@wall.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show which boards there are, of which dashboard, and until when their links are good.

    \b
    aero wall list
    """
    there = walls.load(load_settings()).values()
    if as_json:
        print_json([_row(one) for one in there])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "dashboard", "good until (UTC)"):
        table.add_column(column)
    for one in there:
        table.add_row(one.name, one.dashboard, one.until[:16].replace("T", " ") + ("" if one.is_good else ", ended"))
    Console(highlight=False).print(table)


def _row(one: walls.Wall) -> dict[str, Any]:
    return {"name": one.name, "dashboard": one.dashboard, "until": one.until, "is_good": one.is_good}


@wall.command()
@click.argument("name")
def remove(name: str) -> None:
    """End a board's link: screens that show it are refused with their next question.

    \b
    aero wall remove lobby
    """
    walls.remove(load_settings(), name)
    click.echo(f"The link of {name} has ended.")
