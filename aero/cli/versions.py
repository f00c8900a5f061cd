"""aero versions, rollback and unpin."""

import getpass
import sys
from dataclasses import asdict
from functools import partial

import click
from rich.table import Table

from aero import connections, lease, pipeline
from aero.cli.as_json import json_option, print_json
from aero.cli.load import month_option, no_wait_option
from aero.cli.months import judged
from aero.month import Month
from aero.ops import rollback as going_back
from aero.ops import tables
from aero.ops import versions as kept_loads
from aero.screen import Console
from aero.settings import load_settings
from aero.superset.refresh import refresh_or_say


@click.command()
@click.argument("month", callback=month_option)
@click.option("--json", "as_json", is_flag=True, help="The list as JSON, for scripts.")
def versions(month: Month, as_json: bool) -> None:
    """List the loads of a month that are kept: rows, checks, when and why published, and which one readers see.

    \b
    aero versions 2013-02
    aero versions 2013-02 --json | jq '.[] | select(.is_served) | .load_id'
    """
    found = kept_loads.kept(connections.webhdfs(), month, judged(month))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("", "load", "rows", "refused", "checks", "published (UTC)", "why", "pinned"):
        table.add_column(column, justify="right" if column in ("rows", "refused") else "left")
    for one in found:
        at = f"{one.published_at:%Y-%m-%d %H:%M:%S}" if one.published_at else ""
        pin = f"by {one.pinned_by}: {one.pinned_because}" if one.pinned_by else ""
        served = "served" if one.is_served else ""
        table.add_row(
            served, one.load_id, f"{one.rows:,}", f"{one.rows_quarantined:,}", one.checks, at, one.why or "", pin
        )
    Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False).print(table)
    if not found:
        click.echo(f"No load of {month} is kept.")


@click.command()
@click.argument("month", callback=month_option)
@click.option("--to", "load_id", metavar="LOAD", help="A load of aero versions.  [default: the one served before]")
@click.option("--because", metavar="TEXT", help="Why, for those who meet the pin.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@no_wait_option
@json_option
def rollback(month: Month, load_id: str | None, because: str | None, dry_run: bool, as_json: bool) -> None:
    """Have readers see a kept load of a month again: flights, quarantine and the views that count them together.

    Readers are not disturbed. The month is pinned: loads and the scheduler leave it until aero unpin. Killed and run
    again, it ends what it began. Views whose rows for these flights are not kept are built, which takes longer.

    \b
    aero rollback 2013-02 --dry-run
    aero rollback 2013-02 --to 8c1f0e2d3b4a-2 --because "wrong airline ids"
    """
    client = connections.webhdfs()
    if dry_run:
        _tell(going_back.planned(client, month, load_id), "would be ", as_json)
        return
    lease.hold(f"a rollback of {month}")
    plan = going_back.planned(client, month, load_id)
    run_id = f"{tables.now():%Y%m%dT%H%M%SZ}-rollback"
    with connections.hive() as hive:
        going_back.execute(hive.cursor(), client, plan, run_id, getpass.getuser(), because)
    _tell(plan, "", as_json)
    lease.let_go()  # The pipeline's process takes it.
    try:
        if plan.waiting:
            pipeline.run("BuildViews", start=month, end=month, source="raw")
    finally:
        refresh_or_say(load_settings(), partial(click.echo, err=True))


def _tell(plan: going_back.Rollback, would: str, as_json: bool) -> None:
    """Say what is switched, and what must be built."""
    if as_json:
        print_json(
            {
                "month": str(plan.month),
                "load_id": plan.load_id,
                "served": plan.served,
                "rows": plan.report["rows_clean"],
                "switched": [dataset.name for dataset, loads in plan.switched.items() if loads],
                "waiting": list(map(str, plan.waiting)),
                "is_switched": not would,
            }
        )
        return
    click.echo(
        f"{plan.month}: from {plan.served or 'nothing'} to {plan.load_id}, {plan.report['rows_clean']:,} flights"
    )
    for dataset, loads in plan.switched.items():
        if loads:
            click.echo(f"{would}switched  {dataset.name}")
    for load in plan.waiting:
        click.echo(f"{would}built     {load} (its rows for these flights are not kept)")
    click.echo(f"{plan.month} {would or 'is '}pinned until: aero unpin {plan.month}")


@click.command()
@click.argument("month", callback=month_option)
@no_wait_option
@json_option
def unpin(month: Month, as_json: bool) -> None:
    """Let loads and the scheduler go on with a month that aero rollback has pinned. Readers keep what they see.

    \b
    aero unpin 2013-02
    """
    lease.hold(f"an unpin of {month}")
    load_id = going_back.unpin(connections.webhdfs(), month)
    if as_json:
        print_json({"month": str(month), "load_id": load_id})
        return
    click.echo(
        f"{month} was pinned to {load_id}; the next load brings its newest" if load_id else f"{month} is not pinned"
    )
