"""aero export."""

from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from aero import connections
from aero.cli.as_json import print_json
from aero.cli.load import month_option
from aero.cli.sql import FORMS, past_option
from aero.month import Month
from aero.ops import export as exports
from aero.plain import echo
from aero.settings import load_settings


def _months(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> list[Month]:
    found = [month_option(context, option, value) for value in values]
    return [month for month in dict.fromkeys(found) if month]


@click.command()
@click.argument("months", nargs=-1, required=True, callback=_months, metavar="MONTH…")
@click.option("--format", "form", type=click.Choice(exports.FORMS), default="parquet", show_default=True)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="A folder of this machine.")
@click.option("--beside", is_flag=True, help="In HDFS, beside the ORC of the load, for as long as that is there.")
@click.option("--as-of", "at", callback=past_option, metavar="TIME", help=f"The loads served then. {FORMS}")
@click.option("--json", "as_json", is_flag=True, help="The manifests as a JSON list, for scripts.")
def export(
    months: list[Month], form: str, folder: Path | None, beside: bool, at: datetime | None, as_json: bool
) -> None:
    """Write the flights of months as files that other programs read, as readers see them now or saw them once.

    Beside each file is a manifest: its load, rows, columns and SHA-256. What is there already is not written again, so
    it can be repeated after a break. Files are for you alone (mode 600): what is in them is guarded by nobody else.

    \b
    aero export 2013-02 --format parquet --to flights
    aero export 2013-01 2013-02 --format csv --to flights --as-of 2026-11-01
    aero export 2013-02 --beside
    """
    if (folder is None) is not beside:
        raise click.UsageError("Say where to: --to DIR, or --beside.")
    settings, client, made = load_settings(), connections.webhdfs(), []
    for when, location in exports.folders(client, months, at).items():
        with TemporaryDirectory(dir=settings.temporary) if folder is None else nullcontext(str(folder)) as place:
            write = exports.beside if beside else exports.month
            manifest, is_new = write(client, when, location, form, Path(place))
        made.append(manifest)
        if not as_json:
            at_last = f"{f'hdfs:{location}' if beside else folder}/{manifest.file}"
            echo(f"{at_last}  {manifest.rows:,} flights{'' if is_new else ', it was there'}")
    if as_json:
        print_json([asdict(one) for one in made])
