"""aero schema."""

import json
from typing import Any

import click
import msgspec

from aero import audit
from aero.cli.cluster import Row
from aero.ops.catalog import Table
from aero.ops.coverage import Compared, Coverage
from aero.ops.doctor.finding import Finding
from aero.ops.export import Manifest
from aero.ops.freshness import TableFreshness
from aero.ops.months import MonthEntry
from aero.plain import echo


class CoverageReport(msgspec.Struct):
    """Each month, and published totals beside what is there."""

    months: list[Coverage]
    totals: list[Compared]


# By a command, what `--json` of it prints.
PRINTED: dict[str, Any] = {
    "audit": list[audit.Entry],
    "coverage": CoverageReport,
    "doctor": list[Finding],
    "export": list[Manifest],
    "freshness": list[TableFreshness],
    "months": list[MonthEntry],
    "status": list[Row],
    "tables": list[Table],
}


@click.command()
@click.argument("command", required=False, type=click.Choice(tuple(PRINTED)), metavar="[COMMAND]")
def schema(command: str | None) -> None:
    """Show what `--json` of a command prints, as a JSON Schema (2020-12); without one, the commands that have it.

    A field may come to an object that the schema does not name; one that it names stays.

    \b
    aero schema
    aero schema status
    """
    if command is None:
        echo("\n".join(PRINTED))
        return
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"aero {command} --json"}
    click.echo(json.dumps(head | msgspec.json.schema(PRINTED[command]), indent=2))
