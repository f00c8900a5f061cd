"""aero months and aero checks."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from aero import connections, files, hql
from aero.cli.as_json import print_json
from aero.cli.load import month_option
from aero.datasets import CHECKS, FLIGHTS
from aero.errors import AeroError
from aero.month import Month, in_words
from aero.ops import acceptances, expectations, readers, rollback
from aero.ops import months as month_ledger
from aero.ops.acceptances import Acceptance
from aero.ops.checks import newest
from aero.ops.months import Ledger, MonthEntry, MonthState
from aero.plain import echo
from aero.screen import Console

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

    It compares the ledger with what readers see now: a partition that was deleted by hand is missing. A month from a
    file that lacks columns says how many it has; --json names those that it lacks (raw_lacks).

    \b
    aero months
    aero months --failed
    aero months --json | jq '.[] | select(.state == "missing") | .month_date'
    """
    ledger, accepted = readers.reconciled(), acceptances.read(connections.webhdfs())
    if as_json:
        rows = [asdict(one) | {"accepted": _overruled(accepted, one)} for one in ledger.values()]
        print_json(rows)
        return
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    if not only_failed:
        console.print(_calendar(ledger))
    for first, last in _runs((entry for entry in ledger.values() if entry.message), _said):
        sign, colour = SIGNS[first.state]
        console.print(f"{in_words(first.when, last.when)} [{colour}]{sign} {first.state}[/]  ", end="")
        console.print(first.message, markup=False, soft_wrap=True)
    for first, last in _runs((entry for entry in ledger.values() if entry.raw_columns), lambda one: one.raw_lacks):
        console.print(f"{in_words(first.when, last.when)}  {first.raw_columns}", markup=False, soft_wrap=True)
    for line in (*_accepted(ledger, accepted), *rollback.pins(ledger, ledger).values()):
        console.print(line, markup=False, soft_wrap=True)
    counts = Counter(entry.state for entry in ledger.values())
    console.print(", ".join(f"{SIGNS[state][0]} {counts[state]} {state}" for state in SIGNS if counts[state]))


def _overruled(known: Sequence[Acceptance], entry: MonthEntry) -> list[dict[str, Any]]:
    """The gates that refused what readers see of a month, by whom and why each was overruled."""
    names = ("check_name", "message", "accepted_by", "because", "accepted_at")
    return [{name: getattr(one, name) for name in names} for one in acceptances.of_served(known, entry)]


def _runs(
    entries: Iterable[MonthEntry], said: Callable[[MonthEntry], object]
) -> Iterator[tuple[MonthEntry, MonthEntry]]:
    """The first and last of each run of months of which the same is said."""
    run: list[MonthEntry] = []
    for entry in entries:
        if run and (entry.when != run[-1].when.next or said(entry) != said(run[-1])):
            yield run[0], run[-1]
            run = []
        run.append(entry)
    if run:
        yield run[0], run[-1]


def _said(entry: MonthEntry) -> tuple[MonthState, str]:
    """State and message, the same for every month where the message tells the month itself, as 2013_1 or 2013-01."""
    return entry.state, re.sub(rf"{entry.year}\D?0?{entry.month}(?!\d)", "", entry.message or "")


def _accepted(ledger: Ledger, known: Sequence[Acceptance]) -> Iterator[str]:
    """A line for each month that readers see though a gate refused it."""
    for month in sorted({Month(one.year, one.month) for one in known} & ledger.keys()):
        if words := acceptances.in_words(acceptances.of_served(known, ledger[month])):
            yield f"{month} {ledger[month].state}, {words}"


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
@click.option(
    "--as-gx", "suites", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Write them as suites of Great Expectations 1.x, with the limits that decided.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="A JSON list of the verdicts, for scripts.")
def checks(month: Month, suites: Path | None, as_json: bool) -> None:
    """Show what the quality gates said of a month the last time that it was judged.

    \b
    aero checks 2013-02
    aero checks 2013-02 --json | jq -r '.[] | select(.outcome == "failed") | .message'
    aero checks 2013-02 --as-gx gx
    """
    if suites and as_json:
        raise click.UsageError("--as-gx goes without --json.")
    rows = newest(judged(month))
    if as_json:
        print_json(rows)
        return
    if suites:
        _write_suites(month, rows, suites)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("check", "outcome", "value", "passes", "what"):
        table.add_column(column)
    for row in rows:
        value = "" if row["value"] is None else f"{row['value']:.4g}"
        cells = (row["check_name"], row["outcome"], value, _bounds(row), row["message"] or row["what"])
        table.add_row(*map(Text, cells))  # Messages have names of files and words of people, never Rich's markup.
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(table)
    click.echo(f"judged {rows[0]['checked_at']} UTC" if rows else f"{month} was never judged")
    client = connections.webhdfs()
    for line in _accepted(month_ledger.read(client), acceptances.read(client, month)):
        echo(line)


def _write_suites(month: Month, rows: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """The suites of a judgement as files, DIR/flights-2013-02.json and DIR/lines-2013-02.json."""
    if not rows:
        raise AeroError(f"{month} was never judged.", f"aero load --from {month} --to {month} does it.")
    for name, suite in expectations.suites(month, rows).items():
        path = folder / f"{name}-{month}.json"
        files.replace_json(path, suite)
        echo(f"{path}  {len(suite['expectations'])} expectations")
        if left_out := suite["meta"].get("not_expectations"):
            echo(f"  and {len(left_out)} gates that are none: their reasons stand in its meta")


def judged(month: Month) -> list[dict[str, Any]]:
    """The rows of aero_ops.checks of a month."""
    with connections.hive() as hive:
        cursor = hive.cursor()
        own = f"table_name = '{FLIGHTS.name}' AND year = {month.year} AND month = {month.month}"
        cursor.execute(f"SELECT * FROM {CHECKS.name} WHERE {own}")
        return hql.rows(cursor)


def _bounds(row: Mapping[str, Any]) -> str:
    low, high = row["lowest"], row["highest"]
    return f"{'' if low is None else f'{low:.4g}'} … {'' if high is None else f'{high:.4g}'}".strip()
