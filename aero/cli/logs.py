"""aero logs."""

import json
import subprocess
from dataclasses import dataclass

import click

from aero.cli.load import month_option
from aero.cluster import services
from aero.errors import AeroError
from aero.month import Month
from aero.ops import run_logs
from aero.plain import echo
from aero.settings import Settings, load_settings

LAST = "last"


@dataclass(frozen=True)
class _Shown:
    """Which lines, and how."""

    lines: int | None
    as_json: bool
    month: Month | None


@click.command()
@click.argument("name", type=click.Choice(list(services.BY_NAME)), metavar="[SERVICE]", required=False)
@click.option(
    "--run", "run_id", is_flag=False, flag_value=LAST, metavar="[ID]", help="A run's instead; the last one's."
)
@click.option("--runs", "only_runs", is_flag=True, help="Which runs have a log: when, what, and how they ended.")
@click.option("--month", callback=month_option, help="Of a run, what is about this month alone, YYYY-MM.")
@click.option("-f", "--follow", is_flag=True, help="Of a service, go on as lines are written, until Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(1), help="How many of the last.  [default: 100; of a run all]")
@click.option("--json", "as_json", is_flag=True, help="Lines, or runs, as JSON, an object a line.")
def logs(
    name: str | None,
    run_id: str | None,
    only_runs: bool,
    month: Month | None,
    follow: bool,
    lines: int | None,
    as_json: bool,
) -> None:
    """Show the log of a service, or of one run: of Luigi, its tasks, Spark, YARN and its containers, in the order of
    time.

    A line of a run is: instant (UTC), run, month or -, who says it, level, words.

    \b
    aero logs namenode
    aero logs hiveserver2 -f
    aero logs --run
    aero logs --run 20261129T044213.720151Z --month 2013-02
    """
    settings = load_settings()
    if (name is not None) + (run_id is not None) + only_runs != 1:
        raise click.UsageError("One of a service, --run and --runs is needed.")
    if name:
        _of_service(settings, name, follow, _Shown(lines or 100, as_json, month))
        return
    if follow:
        raise click.UsageError("--follow goes with a service.")
    shown = _Shown(lines, as_json, month)
    _print_runs(settings, shown) if run_id is None else _of_run(settings, "" if run_id == LAST else run_id, shown)


def _of_service(settings: Settings, name: str, follow: bool, shown: _Shown) -> None:
    file = services.log_file(settings, name)
    if not file.is_file():
        raise AeroError(f"{name} has no log yet: {file}", f"Start it: aero up {name}")
    tail = ["tail", "-n", str(shown.lines), *(["-F"] if follow else []), str(file)]
    with subprocess.Popen(tail, stdout=subprocess.PIPE, text=True, errors="replace") as written:
        for line in written.stdout or ():
            text = line.removesuffix("\n")
            echo(json.dumps({"service": name, "line": text}) if shown.as_json else text)


def _of_run(settings: Settings, asked: str, shown: _Shown) -> None:
    run_id, month = run_logs.found(settings, asked)
    known = run_logs.lines(settings, run_id, shown.month or month)
    for line in known[-shown.lines :] if shown.lines else known:
        echo(json.dumps(line._asdict()) if shown.as_json else str(line))


def _print_runs(settings: Settings, shown: _Shown) -> None:
    known = run_logs.runs(settings)
    for run in known[-shown.lines :] if shown.lines else known:
        echo(json.dumps(run._asdict()) if shown.as_json else f"{run.run}  {run.what}: {run.ended}")
