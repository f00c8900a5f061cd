"""aero audit."""

import re
import sys
from dataclasses import asdict
from datetime import datetime, timedelta

import click
from rich.table import Table

from aero import audit as lines
from aero import connections
from aero.audit import Entry, Outcome
from aero.cli.as_json import print_json
from aero.datasets import AUDIT
from aero.instants import instant_text, utc_now
from aero.ops import audit_table
from aero.screen import Console
from aero.settings import load_settings

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def duration_option(_context: click.Context, option: click.Parameter, value: str) -> timedelta:
    """A length of time, of minutes, hours or days."""
    if not (found := re.fullmatch(r"([1-9]\d{0,4})([mhd])", value, re.ASCII)):
        raise click.BadParameter("say how long, such as 30m, 1h or 2d", param=option)
    number, unit = found.groups()
    return timedelta(**{_UNITS[unit]: int(number)})


def _since(context: click.Context, option: click.Parameter, value: str) -> datetime:
    return utc_now() - duration_option(context, option, value)


@click.command()
@click.option("--since", default="1h", show_default=True, callback=_since, metavar="TIME", help="Such as 30m, 1h, 2d.")
@click.option("--who", help="Only of this name.")
@click.option("--door", help="Only of this door, such as hiveserver2, spark or superset.")
@click.option("--outcome", type=click.Choice([str(one) for one in Outcome]), help="Only what came to this.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts, uncut.")
@click.option("--publish", is_flag=True, help=f"Bring what is new to {AUDIT.name}, as the scheduler does each minute.")
def audit(
    since: datetime, who: str | None, door: str | None, outcome: str | None, as_json: bool, publish: bool
) -> None:
    """Show who asked what, at which door, from where, and what came of it. What is older is in aero_ops.audit.

    \b
    aero audit --since 1h
    aero audit --since 2d --who ann --outcome refused
    """
    settings = load_settings()
    if publish:
        brought = audit_table.publish(connections.webhdfs(), settings)
        click.echo(f"{brought:,} new lines are in {AUDIT.name}")
        return
    wanted = {"who": who, "door": door, "outcome": outcome}
    found = [
        entry
        for entry in lines.read(settings.home, since)
        if all(value is None or getattr(entry, name) == value for name, value in wanted.items())
    ]
    if as_json:
        print_json([asdict(entry) | {"at": instant_text(entry.at)} for entry in found])
        return
    _show(found)


def _show(found: list[Entry]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("at (UTC)", "door", "who", "from", "outcome", "what", "why"):
        table.add_column(column, no_wrap=column not in ("what", "why"))
    for entry in found:
        table.add_row(
            f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.door, entry.who, entry.address, entry.outcome, entry.what, entry.why
        )
    Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False).print(table)
    if not found:
        click.echo("Nothing was asked.")
