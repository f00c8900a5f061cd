"""aero metrics."""

from pathlib import Path

import click

from aero import files
from aero.ops import doctor
from aero.ops import metrics as exporter
from aero.settings import load_settings

WITHIN_SECONDS = 5.0
# Prometheus' own exporter runs as another user.
READABLE = 0o644


@click.command()
@click.option("--to", "path", type=click.Path(dir_okay=False, path_type=Path), help="Replace this file, by one rename.")
@click.option(
    "--within", default=WITHIN_SECONDS, show_default=True, help="Seconds in which each service has to answer."
)
def metrics(path: Path | None, within: float) -> None:
    """Print what monitoring asks, as Prometheus reads it: services, months, tables, alerts, disk and stream.

    With --to it is a file for node_exporter's textfile collector, readable by all: it holds numbers, and names of
    services and tables, alone. docs/alerts.md has the line for cron.

    \b
    aero metrics
    aero metrics --to textfiles/aero.prom
    """
    settings = load_settings()
    text = exporter.text(exporter.samples(doctor.processes_now(settings, within)))
    if path is None:
        click.echo(text, nl=False)
        return
    files.replace_text(path.absolute(), text, READABLE)
    path.chmod(READABLE)  # Whatever the umask is.
