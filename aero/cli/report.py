"""aero report list, send and picture."""

from pathlib import Path

import click

from aero.cli.as_json import json_option, print_json
from aero.errors import AeroError
from aero.ops import reports
from aero.ops.alerts import receivers
from aero.plain import echo
from aero.settings import load_settings
from aero.superset import assets, picture


@click.group()
def report() -> None:
    """Dashboards by mail, each day: who gets which stands in alerts.toml in the folder of secrets (docs/alerts.md).

    \b
    aero report list
    aero report send duty
    aero report picture history --to history.png
    """


@report.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show who gets which dashboards when, and how it went the last time.

    \b
    aero report list
    """
    settings = load_settings()
    last = reports.known(settings)
    rows = [
        {"name": one.name, "dashboards": one.fields["dashboards"], "at": one.fields["at"],
         "tried_at": last[one.name].at if one.name in last else None,
         "problem": last[one.name].problem or None if one.name in last else None}
        for one in reports.readers(settings)
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        went = f"tried {row['tried_at']}: {row['problem'] or 'taken'}" if row["tried_at"] else "not tried yet"
        echo(f"{row['name']}  {', '.join(row['dashboards'])}  daily at {row['at']} UTC, {went}")
    if not rows:
        echo(f"Nobody gets dashboards: no receiver in {receivers.file(settings)} names some (docs/alerts.md)")


@report.command()
@click.argument("name")
@json_option
def send(name: str, as_json: bool) -> None:
    """Draw the dashboards of a receiver now, and mail them. Its next daily mail comes all the same.

    \b
    aero report send duty
    """
    settings = load_settings()
    known = {one.name: one for one in reports.readers(settings)}
    if name not in known:
        raise AeroError(f"{name} gets no dashboards.", f"Who does: {', '.join(known) or 'nobody'} (docs/alerts.md)")
    reports.send(settings, known[name])
    dashboards = known[name].fields["dashboards"]
    if as_json:
        print_json({"name": name, "dashboards": dashboards})
    else:
        echo(f"{name} took {', '.join(dashboards)}.")


@report.command("picture")
@click.argument("dashboard", type=click.Choice(list(assets.titles())))
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A PNG.")
def picture_(dashboard: str, file: Path) -> None:
    """Draw a dashboard as it is now into a file, by the Chromium of this machine.

    \b
    aero report picture history --to history.png
    """
    file.write_bytes(picture.draw(load_settings(), dashboard))
    echo(f"{file} shows {dashboard}.")
