"""aero months and aero checks."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from aero import connections, hql
from aero.cli.load import month_option
from aero.datasets import CHECKS
from aero.month import Month
from aero.ops import readers, rollback
from aero.ops.months import Ledger, MonthEntry, MonthState

# A letter a month: seen at a glance, and without colours too.
SIGNS = {
    MonthState.PUBLISHED: ("●", "green"),
    MonthState.REVISED: ("R", "cyan"),
    MonthState.CLEAN: ("c", "yellow"),
    MonthState.LANDED: ("l", "yellow"),
    MonthState.FAILED: ("!", "bold red"),
    MonthState.MISSING: ("·", "dim"),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of all months with all that is known.")
@click.option("--failed", "only_failed", is_flag=True, help="List the months that failed or went missing, with why.")
def months(as_json: bool, only_failed: bool) -> None:
    """Show the calendar of all months since October 1987: which are there, which are not, and what is wrong.

    It compares the ledger with what readers see now: a partition that was deleted by hand is missing.

    \b
    aero months
    aero months --failed
    aero months --json | jq '.[] | select(.state == "missing") | .month_date'
    """
    ledger = readers.reconciled()
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in ledger.values()], indent=2, default=str))
        return
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    if not only_failed:
        console.print(_calendar(ledger))
    for entry in ledger.values():
        if entry.message:
            sign, colour = SIGNS[entry.state]
            console.print(f"{entry.when} [{colour}]{sign} {entry.state}[/]  ", end="")
            console.print(entry.message, markup=False, soft_wrap=True)
    for line in rollback.pins(ledger, ledger).values():
        console.print(line, markup=False, soft_wrap=True)
    counts = Counter(entry.state for entry in ledger.values())
    console.print(", ".join(f"{SIGNS[state][0]} {counts[state]} {state}" for state in SIGNS if counts[state]))


def _calendar(ledger: Ledger) -> Table:
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    for column in ("", *"JFMAMJJASOND", "flights"):
        table.add_column(column, justify="right" if column == "flights" else "left")
    for year in sorted({month.year for month in ledger}):
        entries = [ledger.get(Month(year, month)) for month in range(1, 13)]
        rows = sum(entry.served_rows or 0 for entry in entries if entry)
        table.add_row(str(year), *map(_sign, entries), f"{rows:,}" if rows else "")
    return table


def _sign(entry: MonthEntry | None) -> str:
    if entry is None:
        return " "
    sign, colour = SIGNS[entry.state]
    return f"[{colour}]{sign}[/]"


@click.command()
@click.argument("month", callback=month_option)
def checks(month: Month) -> None:
    """Show what the quality gates said of a month the last time that it was judged.

    \b
    aero checks 2013-02
    """
    with connections.hive() as hive:
        cursor = hive.cursor()
        cursor.execute(f"SELECT * FROM {CHECKS.name} WHERE year = {month.year} AND month = {month.month}")
        rows = hql.rows(cursor)
    newest = max((row["checked_at"] for row in rows), default=None)
    table = Table(box=None, pad_edge=False)
    for column in ("check", "outcome", "value", "passes", "what"):
        table.add_column(column)
    for row in rows:
        if row["checked_at"] == newest:
            value = "" if row["value"] is None else f"{row['value']:.4g}"
            table.add_row(row["check_name"], row["outcome"], value, _bounds(row), row["message"] or row["what"])
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(table)
    click.echo(f"judged {newest} UTC" if newest else f"{month} was never judged")


def _bounds(row: dict[str, Any]) -> str:
    low, high = row["lowest"], row["highest"]
    return f"{'' if low is None else f'{low:.4g}'} … {'' if high is None else f'{high:.4g}'}".strip()
