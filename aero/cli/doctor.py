"""aero doctor."""

import json
from dataclasses import asdict

import click

from aero.ops import doctor as examination
from aero.ops.doctor import mending
from aero.ops.doctor.finding import Finding
from aero.plain import echo
from aero.screen import Console
from aero.settings import load_settings

# In which the SQL servers describe all tables.
WITHIN_SECONDS = 15.0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of what was found, for scripts.")
@click.option("--fix", is_flag=True, help="First mend what is safe to mend: close folders, start what has ended.")
@click.option("--within", default=WITHIN_SECONDS, show_default=True, help="Seconds that each question may take.")
def doctor(as_json: bool, fix: bool, within: float) -> None:
    """Look for what usually goes wrong: what it is, what shows it, what to do. Exit code 1 if something is found.

    It looks at the machine, at the folders, at the servers that run and at the data, and changes nothing, unless --fix
    is given: then it closes folders that others may enter, starts what has ended, says so, and looks again. Where
    nothing runs, it says what would keep a start from succeeding.

    \b
    aero doctor
    aero doctor --fix
    aero doctor --json | jq -r '.[] | .name + ": " + .what'
    aero --profile compose doctor
    """
    settings = load_settings()
    look, found = examination.look(settings, within)
    if fix and (done := mending.mend(settings, found, Console(stderr=True))):
        for line in done:
            echo(f"mended: {line}", err=True)
        look, found = examination.look(settings, within)
    if as_json:
        echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            echo(_in_lines(one))
        count = len(examination.checks(settings))
        state = "" if look.is_running else " Nothing runs: aero up"
        echo(f"{len(found) or 'Nothing'} found by {count} checks.{state}")
    if found:
        raise SystemExit(1)


def _in_lines(one: Finding) -> str:
    shown = "".join(f"    {line}\n" for line in one.evidence)
    return f"{one.name}: {one.what}\n{shown}  → {one.do}\n"
