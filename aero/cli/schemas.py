"""aero schema: what the commands print for scripts, command by command, as JSON Schema."""

import json
from collections.abc import Mapping
from typing import Any

import click
import msgspec

from aero import audit, lease
from aero.cli.cluster import ServiceRow
from aero.cli.printed import forecasts as predicted
from aero.cli.printed import like, live, months, operations
from aero.errors import AeroError
from aero.ops import catalog, differences, export, freshness, gates, run_logs, schedule, track, versions
from aero.ops.doctor.finding import Finding
from aero.ops.forecasts import Promotion
from aero.run_log import Line
from aero.run_reports import LoadReport

# By command, without --json.
SCHEMAS: Mapping[str, Any] = {
    "accept": months.Accepted,
    "accept --dry-run": months.TO_ACCEPT,
    "alerts list": operations.Alerts,
    "alerts silence": list[operations.Silenced],
    "alerts test": list[operations.Sent],
    "archive": live.Archived,
    "audit": list[audit.Entry],
    "backup": operations.Backup,
    "board": live.BOARD,
    "checks": list[gates.CheckRow],
    "clean-slate": operations.Cleared,
    "coverage": months.Covered,
    "diff": differences.Difference,
    "doctor": list[Finding],
    "explain": list[months.EXPLAINED],
    "export": list[export.Manifest],
    "flight": list[live.LEG],
    "forecast backtest": predicted.Backtest,
    "forecast models": list[predicted.MODEL],
    "forecast promote": Promotion,
    "forecast score": predicted.Scores,
    "forecast show": list[predicted.FORECAST],
    "forecast track": list[track.Day],
    "forecast train": predicted.Training,
    "freshness": list[freshness.TableFreshness],
    "increment": months.INCREMENT,
    "inspect": list[months.Inspected],
    "live status": live.LIVE,
    "load": LoadReport,
    "logs": operations.ServiceLine,
    "logs --run": like(Line),
    "logs --runs": like(run_logs.Run),
    "months": list[months.MonthRow],
    "rebuild": months.Rebuilt,
    "recover": operations.Recovered,
    "report list": list[operations.Report],
    "report send": operations.Mailed,
    "restore": operations.Restored,
    "restore --acceptances": operations.AcceptancesRestored,
    "rollback": months.Rolled,
    "schedule pause": schedule.Schedule,
    "schedule resume": schedule.Schedule,
    "schedule run-now": schedule.Schedule,
    "schedule set": schedule.Schedule,
    "schedule show": operations.Plan,
    "status": list[ServiceRow],
    "status --writers": list[lease.Holder],
    "superset export": list[str],
    "superset sync": operations.Synced,
    "tables": list[catalog.Table],
    "unpin": months.Unpinned,
    "user list": list[operations.Person],
    "versions": list[versions.Version],
    "wall add": operations.WallLink,
    "wall list": list[operations.Wall],
    "weather forecasts": predicted.WeatherForecasts,
    "weather load": predicted.Weather,
    "weather stations": operations.Stations,
}


@click.command()
@click.argument("words", nargs=-1, metavar="[COMMAND]…")
def schema(words: tuple[str, ...]) -> None:
    """Print the JSON Schema of what a command prints with --json; without one, the commands that have one.

    Of `aero logs`, which prints an object a line, it is that of a line.

    \b
    aero schema
    aero schema alerts list
    aero schema "status --writers"
    """
    name = " ".join(words)
    if name and name not in SCHEMAS:
        raise AeroError(f"There is no schema of {name!r}.", "Which there are: aero schema")
    click.echo(json.dumps(msgspec.json.schema(SCHEMAS[name]), indent=2) if name else "\n".join(SCHEMAS))
