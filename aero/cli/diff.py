"""aero diff."""

from dataclasses import asdict

import click

from aero import connections
from aero.cli.as_json import print_json
from aero.cli.load import month_option
from aero.month import Month
from aero.ops import differences, versions


@click.command()
@click.argument("month", callback=month_option)
@click.argument("loads", nargs=-1, metavar="[LOAD LOAD]")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON, for scripts.")
def diff(month: Month, loads: tuple[str, ...], as_json: bool) -> None:
    """Count the flights that a load of a month has more, less and else than another, and in which columns.

    The loads are those of aero versions, or the beginnings of their ids; without them, the two published last. A flight
    is known by its key. Where a row comes from (load_id, source_file, source_line) is not compared.

    \b
    aero diff 2013-02
    aero diff 2013-02 8c1f0e2d3b4a-1 9d2e --json
    """
    if len(loads) not in (0, 2):
        raise click.UsageError("Give two loads, or none.")
    kept = [one.load_id for one in versions.kept(connections.webhdfs(), month, [])]
    before, after = differences.chosen(month, kept, loads)
    with connections.spark() as spark:
        found = differences.between(spark.cursor(), month, before, after)
    if as_json:
        print_json(asdict(found))
        return
    click.echo(f"{month}: {before}, {found.rows_before:,} flights, and then {after}, {found.rows_after:,}")
    for name in ("added", "gone", "changed"):
        click.echo(f"{name:<9} {getattr(found, name):>9,}")
    for name, rows in sorted(found.by_column.items(), key=lambda one: -one[1]):
        click.echo(f"  {rows:>17,}  {name}")
    for load_id, names in ((before, found.only_before), (after, found.only_after)):
        if names:
            click.echo(f"Only {load_id} has {', '.join(names)}; not compared.")
