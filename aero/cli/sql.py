"""aero sql."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click
from pyhive.exc import DatabaseError, OperationalError
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aero import connections, hql
from aero.datasets import REPOSITORY
from aero.errors import AeroError


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("-e", "--execute", help="Statements, separated by ;")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A parameter of the file, ${NAME}.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def sql(file: str | None, execute: str | None, assignments: tuple[str, ...], form: str) -> None:
    """Ask HiveServer2: statements, or a file of them.

    \b
    aero sql -e "select count(*) from aero_clean.flights where year = 2013"
    aero sql -e "show tables in aero_batch" --format csv
    aero sql hive/aero_clean/flights/create.hql
    """
    if bool(file) == bool(execute):
        raise click.UsageError('Give either a FILE or -e "statements".')
    parameters = dict(_assignment(text) for text in assignments)
    statements = _of_file(Path(file), parameters) if file else hql.split(execute or "")
    with connections.hive() as hive:
        cursor = hive.cursor()
        for statement in statements:
            try:
                cursor.execute(statement)
            except (OperationalError, DatabaseError) as error:
                raise AeroError(_reason(error), f"The statement was:\n{statement}") from None
            if cursor.description:
                _print([column[0].split(".")[-1] for column in cursor.description], cursor.fetchall(), form)


def _of_file(file: Path, parameters: dict[str, str]) -> list[str]:
    """Statements of a file; one of the project's must keep the house's form, anybody else's is taken as it is."""
    is_ours = file.resolve().is_relative_to(REPOSITORY)
    return hql.filled((hql.read if is_ours else hql.read_plain)(file), parameters)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    return name, value


def _reason(error: Exception) -> str:
    status = getattr(error.args[0], "status", None) if error.args else None
    return status.errorMessage if status and status.errorMessage else str(error)


def _print(columns: list[str], rows: list[tuple[Any, ...]], form: str) -> None:
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([columns, *rows])
    elif form == "json":
        click.echo(json.dumps([dict(zip(columns, row)) for row in rows], indent=2, default=str))
    else:
        _print_table(columns, rows)


def _print_table(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """A row a line; where that is wider than the terminal, a column a line."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 10_000)
    cells = [["NULL" if value is None else str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells)]
    if sum(widths) + 3 * len(widths) > console.width:
        for number, row in enumerate(cells, 1):
            console.rule(f"row {number}", align="left")
            for column, cell in zip(columns, row):
                console.print(f"{column:<{max(map(len, columns))}}  {cell}", markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        is_number = any(isinstance(row[number], (int, float)) for row in rows)
        table.add_column(column, justify="right" if is_number else "left", no_wrap=True)
    for row in cells:
        table.add_row(*map(escape, row))
    console.print(table)
