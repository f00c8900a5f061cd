"""aero inspect, and the options by which aero load reads files as a person says."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options --header-from and --ignore-columns of a command that reads files of a folder."""
    header = click.option(
        "--header-from",
        metavar="LAYOUT|FILE",
        help="The columns of files without a header: dataexpo, reporting, marketing, or a file whose first line it is.",
    )
    ignore = click.option(
        "--ignore-columns",
        metavar="NAMES",
        default="",
        help="Unknown columns that may be there, separated by commas; they stay in the raw file alone.",
    )
    return header(ignore(command))


@click.command()
@click.argument("path", type=click.Path(exists=True))
@reading_options
@click.option("--json", "as_json", is_flag=True, help="A JSON list with an entry for each file, for scripts.")
def inspect(path: str, header_from: str | None, ignore_columns: str, as_json: bool) -> None:
    """Look at a folder or file of flights: what each file is, and what aero load would do with it. Nothing is loaded.

    Each file is named with its layout, rows, months and missing columns, or with why it is refused or left alone.

    \b
    aero inspect /data/ontime
    aero inspect /data/ontime --json | jq '.[] | select(.verdict == "refused") | .message'
    """
    options = [*(("--header-from", header_from) if header_from else ()), "--ignore-columns", ignore_columns]
    command = [sys.executable, "-m", "luigi_tasks.inspection", *options, *(["--json"] if as_json else []), "--", path]
    if code := subprocess.run(command).returncode:
        raise SystemExit(code)
