"""aero lineage."""

import difflib
import json

import click

from aero import connections
from aero.cli.load import month_option
from aero.cluster import answers, services
from aero.errors import AeroError
from aero.instants import utc_now
from aero.month import Month
from aero.ops import charts, openlineage, origin_files, origin_pictures, origins
from aero.ops.origin_files import MonthFile
from aero.ops.origins import Column
from aero.plain import echo
from aero.settings import load_settings

WITHIN_SECONDS = 5.0


@click.command()
@click.argument("target", metavar="TABLE|CHART")
@click.option("--column", help="One column, or metric of a chart, alone; all the way back.")
@click.option("--month", callback=month_option, help="The file of this month alone, YYYY-MM.")
@click.option("--no-files", is_flag=True, help="Without the files of the months: asks no server.")
@click.option(
    "--as", "form", type=click.Choice(["text", "json", "dot", "mermaid", "openlineage"]), default="text",
    show_default=True, help="Text, JSON, a picture (dot for Graphviz, mermaid for Markdown), or events, one a line.",
)  # fmt: skip
def lineage(target: str, column: str | None, month: Month | None, no_files: bool, form: str) -> None:
    """Of what a table or a chart is made, column by column, back to the files of the source.

    A chart goes by its title. The columns are those of the SQL that makes them; the files are those that readers see.

    \b
    aero lineage aero_batch.route_delays_monthly --column on_time_arrival_share
    aero lineage "On-time arrivals by airline" --month 2013-02
    aero lineage aero_clean.flights --column arrival_at --no-files --as dot | dot -Tsvg > lineage.svg
    """
    name = found(target)
    columns = [Column(name, one) for one in _chosen(name, column)]
    known = {key: value for one in columns for key, value in origins.upstream(one).items()}
    if form in ("dot", "mermaid"):
        pairs = origin_pictures.edges(known, by_table=column is None)
        echo(origin_pictures.dot(pairs) if form == "dot" else origin_pictures.mermaid(pairs))
        return
    if form == "openlineage":
        made = dict.fromkeys(one.table for one in known if origins.columns_of(one.table))
        for table in reversed(made):
            click.echo(json.dumps(openlineage.job_event(load_settings(), table, utc_now())))
        return
    from_files = not no_files and any(one.table.startswith("file:") for one in known)
    files = _files(month) if from_files else []
    if form == "json":
        ways = [{"column": str(one), "of": [str(two) for two in origin.columns], "how": origin.how}
                for one, origin in known.items()]  # fmt: skip
        click.echo(json.dumps({"columns": ways, "files": [one._asdict() for one in files or []]}, indent=2))
        return
    for one in columns:
        lines = origin_pictures.tree(one, known) if column else [_in_a_line(one, known)]
        for line in lines:
            echo(line)
    _print_files(files)


def found(target: str) -> str:
    """The name of what is meant: a table, or a chart by its name or title. Raises AeroError naming what is near."""
    of_title = {one.title.lower(): name for name, one in charts.all_of().items()}
    names = {**of_title, **{name: name for name in (*origins.tables(), *charts.all_of(), *charts.datasets())}}
    if target in names or target.lower() in names:
        return names.get(target) or names[target.lower()]
    near = difflib.get_close_matches(target.lower(), names, 3, 0.4)
    raise AeroError(f"No table or chart is called {target!r}.", f"Near it: {', '.join(near)}" if near else "")


def _chosen(name: str, column: str | None) -> tuple[str, ...]:
    there = origins.columns_of(name)
    if column and column not in there:
        raise AeroError(f"{name} has no column {column!r}.", f"It has {', '.join(there)}.")
    return (column,) if column else there


def _in_a_line(column: Column, known: origin_pictures.Known) -> str:
    """A column, what it is made of directly, and the columns of files at the end of the way."""
    direct = ", ".join(map(str, known[column].columns)) or "no column"
    ends = (one for one in origins.upstream(column) if one.table.startswith("file:") and one.name != origins.ROWS)
    files = ", ".join(sorted({one.name for one in ends}))
    return f"{column} <- {direct}" + (f" <- BTS {files}" if files else "")


def _files(month: Month | None) -> list[MonthFile] | None:
    """None where HDFS does not answer."""
    settings = load_settings()
    needed = [services.BY_NAME[name] for name in ("namenode", "datanode")]
    if any(answers.waits(settings, needed, WITHIN_SECONDS).values()):
        return None
    return origin_files.served(connections.webhdfs(), month)


def _print_files(files: list[MonthFile] | None) -> None:
    if files is None:
        click.echo("\nWhich files readers see is not known: HDFS does not answer (aero status).", err=True)
        return
    if files:
        echo("\nmonths that readers see, and the files that they were made of:")
    for one in files:
        echo(f"  {one}")
