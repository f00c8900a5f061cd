"""aero spark-history."""

import subprocess

import click

from aero.cluster import spark_events
from aero.cluster import spark_history as server
from aero.errors import AeroError
from aero.settings import load_settings


@click.command("spark-history")
def spark_history() -> None:
    """Show Spark's pages of loads that have ended, in a browser, until Ctrl-C: stages, tasks, time and memory.

    Operators sign in. The newest 100 applications are there, 1 GB at most, each named after its run (aero logs --runs).

    \b
    aero spark-history
    """
    settings = load_settings()
    if not spark_events.folder(settings).is_dir():
        raise AeroError(
            f"No load has left Spark's events in {spark_events.folder(settings)}.", "aero load leaves them."
        )
    command, environment = server.command(settings)
    click.echo(f"http://localhost:{settings.port('SPARK_HISTORY_HTTP')}/ in some seconds; Ctrl-C ends it.", err=True)
    try:
        code = subprocess.run(command, env=environment).returncode
    except KeyboardInterrupt:
        return
    if code:
        raise AeroError(
            f"Spark's history server ended with {code}; the reason is above.",
            "Is its port taken? SPARK_HISTORY_HTTP_PORT sets another.",
        )
