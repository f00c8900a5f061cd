"""aero coverage."""

import json
import sys
from collections import Counter
from dataclasses import asdict

import click
from rich.table import Table

from aero.month import Month, in_words
from aero.ops import coverage as covering
from aero.ops import published, readers
from aero.ops.coverage import Compared, Coverage
from aero.plain import echo
from aero.screen import Console


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="A JSON object: months, and published totals beside what is there."
)
def coverage(as_json: bool) -> None:
    """Show what the record should hold of all months since October 1987, what is there, and how to fill the gaps.

    A year's rows are compared with totals that others have counted, where there are any. Of each gap it says what to
    fetch, from where, under which name it comes, and the command that loads it.

    \b
    aero coverage
    aero coverage --json | jq '.months[] | select(.gap) | [.month, .gap, .fetch.where]'
    aero coverage --json | jq '.totals[] | select(.apart != null and .apart != 0)'
    """
    ledger = readers.reconciled()
    covered = [covering.of_month(entry) for entry in ledger.values()]
    totals = list(covering.compared(ledger))
    if as_json:
        click.echo(json.dumps({"months": [asdict(one) for one in covered], "totals": [asdict(one) for one in totals]}))
        return
    Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(_years(covered, totals))
    for first, last, gap, fetch in covering.gaps(covered):
        echo(f"{in_words(first, last)}  {gap}")
        echo(f"    fetch   {fetch.what}")
        echo(f"    from    {fetch.where}")
        echo(f"    named   {fetch.name}; it is told by what it holds, under any name")
        echo(f"    load    {fetch.command}")
    for total in totals:
        if total.first[:4] != total.last[:4] or total.first == total.last:
            months = in_words(Month.parse(total.first), Month.parse(total.last))
            echo(f"{months}: {total.published[0]:,} rows are published; {_beside(total)}")


def _years(covered: list[Coverage], totals: list[Compared]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("year", "months", "rows", "published", "", "from"):
        table.add_column(column, justify="right" if column in ("months", "rows", "published") else "left")
    by_period = {(one.first, one.last): one for one in totals}
    for year in dict.fromkeys(one.month[:4] for one in covered):
        months = [one for one in covered if one.month[:4] == year]
        there = [one for one in months if one.is_served]
        total = published.of_year(int(year))
        found = by_period[str(total.first), str(total.last)] if total else None
        table.add_row(
            year,
            f"{len(there)} of {len(months)}",
            f"{sum(one.rows or 0 for one in there):,}" if there else "",
            f"{total.bts:,}" if total else "not known",
            _beside(found) if found and there else "",
            _files(there),
        )
    return table


def _beside(total: Compared) -> str:
    """How what is there compares with what is published."""
    months = "" if total.last.endswith("-12") or total.first == total.last else f" (to {total.last})"
    if total.apart is None:
        return f"{total.months_there} of {total.months} months whole{months}"
    return f"as published{months}" if total.apart == 0 else f"{total.apart:+,} rows{months}"


def _files(there: list[Coverage]) -> str:
    """The kinds of files that a year is from, with their columns."""
    kinds = Counter(
        f"{one.kind}" + (f" ({one.columns} of {one.of_columns} columns)" if one.lacks else "") for one in there
    )
    return "; ".join(f"{count} × {kind}" if len(kinds) > 1 else kind for kind, count in kinds.items())
