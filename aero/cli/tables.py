"""aero tables."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from aero.cli.as_json import json_option, print_json
from aero.errors import AeroError
from aero.ops import catalog, dbt_project
from aero.screen import Console
from aero.settings import load_settings


@click.command()
@click.argument("name", required=False)
@json_option
@click.option("--markdown", is_flag=True, help="As docs/tables.md has it.")
@click.option(
    "--as-dbt",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a project for dbt into this folder: tables as sources, with comments and tests.",
)
def tables(name: str | None, as_json: bool, markdown: bool, as_dbt: Path | None) -> None:
    """Show every table, or the columns of one: what it is, its unit, what NULL means, who writes and may read it.

    It reads the files under hive/, and asks no service.

    \b
    aero tables
    aero tables aero_batch.route_delays_monthly
    aero tables --markdown > docs/tables.md
    aero tables --as-dbt flights
    """
    known = {one.name: one for one in catalog.datasets_of()}
    if name and name not in known:
        raise AeroError(f"There is no table {name!r}.", "Those that there are: aero tables")
    found = [catalog.table(one) for one in ([known[name]] if name else known.values())]
    if as_dbt:
        for path in dbt_project.write(as_dbt, found, load_settings()):
            click.echo(path)
    elif as_json:
        print_json([asdict(one) for one in found])
    elif markdown:
        click.echo(catalog.markdown(found), nl=False)
    elif name:
        _print_columns(found[0])
    else:
        _print(("table", "stale after", "read by", "what it is"), [_row(one) for one in found])


def _row(table: catalog.Table) -> tuple[str, ...]:
    hours = table.stale_after_hours
    return (
        table.name,
        "–" if hours is None else catalog.duration(hours),
        f"{table.role}s",
        f"{table.purpose.split('. ')[0].rstrip('.')}.",
    )


def _print_columns(table: catalog.Table) -> None:
    click.echo(
        f"{table.name}: {table.purpose}\nGrain: {table.grain}\nWritten by {table.written_by}; read by {table.role}s.\n"
    )
    rows = [(one.name, one.type, one.what, one.null) for one in table.columns]
    _print(("column", "type", "what it is", "NULL"), rows)


def _print(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)
