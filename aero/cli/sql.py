"""aero sql."""

import csv
import json
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from pyhive.exc import DatabaseError, OperationalError
from pyhive.hive import Connection
from rich import box
from rich.table import Table
from rich.text import Text

from aero import connections, hql
from aero.cli import passwords
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.ops import as_of, tables
from aero.plain import plain
from aero.screen import Console

ENGINES = {"hive": connections.hive, "spark": connections.spark}
DOORS = {"hive": "HIVESERVER2", "spark": "SPARK_THRIFT"}
FORMS = "A date is its first moment; UTC, or with its zone: 2026-11-01, '2026-11-01 14:30', '2026-11-01 14:30 +02:00'."
# Columns and rows.
Answer = tuple[list[str], list[tuple[Any, ...]]]
SHORT_TIME = re.compile(r"'\d{4}-\d\d-\d\d[ T]\d\d:\d\d'")


def past_option(_context: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    """The instant that --as-of gives, if it is given."""
    if value is None:
        return None
    try:
        at = as_of.instant(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}. {FORMS}", param=option) from None
    if at > tables.now():
        raise click.BadParameter(f"{at:{as_of.TIME}} UTC is in the future.", param=option)
    return at


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("-e", "--execute", help="Statements, separated by ;")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A parameter of the file, ${NAME}.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--engine", type=click.Choice(list(ENGINES)), default="hive", show_default=True, help="HiveServer2 or Spark's."
)
@click.option(
    "--as-of", "at", callback=past_option, metavar="TIME", help=f"Ask the loads that were served then. {FORMS}"
)
@click.option("--partial", is_flag=True, help="With --as-of: leave out partitions whose load of then is not kept.")
@passwords.as_option
@passwords.file_option
def sql(
    file: str | None,
    execute: str | None,
    assignments: tuple[str, ...],
    form: str,
    engine: str,
    at: datetime | None,
    partial: bool,
    name: str | None,
    password_file: str | None,
) -> None:
    """Ask HiveServer2 or the Spark Thrift Server: statements, or a file of them.

    \b
    aero sql -e "select count(*) from aero_clean.flights where year = 2013"
    aero sql -e "show tables in aero_batch" --format csv
    aero sql hive/aero_clean/flights/create.hql
    aero sql --as ada -e "select count(*) from aero_batch.airline_delays_monthly"
    aero sql --as-of "2026-11-01 14:30" -e "select count(*) from aero_clean.flights where year = 2013"

    As of a time, tables are named with their database. The partitioned ones of raw, clean and batch answer from the
    loads that were served then, all others as they are now.
    """
    if bool(file) == bool(execute):
        raise click.UsageError('Give either a FILE or -e "statements".')
    if partial and not at:
        raise click.UsageError("--partial goes with --as-of.")
    parameters = dict(_assignment(text) for text in assignments)
    statements = _of_file(Path(file), parameters) if file else hql.split(execute or "")
    for text in SHORT_TIME.findall(" ".join(statements)) if engine == "hive" else ():
        click.echo(f"HiveServer2 reads {text} as the midnight before: give the seconds too.", err=True)
    login = passwords.login(DOORS[engine], name, password_file)
    if at:
        _ask_the_past(statements, at, partial, form, lambda: ENGINES[engine](login))
        return
    with ENGINES[engine](login) as connection:
        for statement in statements:
            _print(_answer(connection, statement, statement), form)


def _ask_the_past(
    statements: list[str], at: datetime, partial: bool, form: str, connect: Callable[[], Connection]
) -> None:
    """The database is the platform's; the questions are whose the connection is."""
    as_of.must_be_questions(statements)
    client = connections.webhdfs()
    past = as_of.looked_up(client, statements, at, partial)
    named = [f"{dataset.name} ({len(loads)} partitions)" for dataset, loads in past.loads.items()]
    click.echo(f"As of {at:{as_of.TIME}} UTC: {', '.join(named) or 'no table'}; all others as they are now.", err=True)
    if past.gone:
        click.echo(f"Left out, for they are kept no longer: {', '.join(past.gone)}.", err=True)
    with as_of.database(past) as database, connect() as connection:
        for statement in statements:
            answer = _answer(connection, statement, past.statement(statement, database))
            as_of.must_be_kept(client, past)
            _print(answer, form)


def _answer(connection: Any, statement: str, asked: str) -> Answer | None:
    """What is answered to a statement, which is `asked` in these words; None where nothing is."""
    cursor = connection.cursor()
    try:
        cursor.execute(asked)
    except (OperationalError, DatabaseError) as error:
        raise AeroError(connections.refusal(error), f"The statement was:\n{statement}") from None
    if not cursor.description:
        return None
    return [column[0].split(".")[-1] for column in cursor.description], cursor.fetchall()


def _of_file(file: Path, parameters: dict[str, str]) -> list[str]:
    """Statements of a file; one of the project's must keep the house's form, anybody else's is taken as it is."""
    is_ours = file.resolve().is_relative_to(REPOSITORY)
    return hql.filled((hql.read if is_ours else hql.read_plain)(file), parameters)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    return name, value


def _print(answer: Answer | None, form: str) -> None:
    if answer is None:
        return
    columns, rows = answer
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        texts = [columns, *rows]
        if sys.stdout.isatty():  # In a file the values are as they are.
            texts = [[plain(str(cell)) for cell in row] for row in texts]
        writer.writerows(texts)
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
        table.add_column(Text(column), justify="right" if is_number else "left", no_wrap=True)
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)
