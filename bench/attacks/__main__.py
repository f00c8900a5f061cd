"""Runs the attack suite on the platform that runs, and says what came in.

    .venv/bin/aero up
    .venv/bin/python -m bench.attacks --csv after.csv --out docs/attacks.md

It needs root, to become another user and to make another network. Everything that it makes bears the name aero_attack,
and is removed again. Ends with 1 where something came in that must not, or an attempt failed.
"""

import json
import os
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click

from aero.settings import load_settings
from bench.attacks import boards, dashboards, hadoop, machine, queues, report, signed_in, sql, stores
from bench.attacks.attempts import ATTEMPTS, Attempt
from bench.attacks.platform import cleaned, opened
from bench.attacks.runner import Outcome, Place, Result, Runner, another_network

MODULES = (hadoop, sql, stores, queues, dashboards, boards, signed_in, machine)
BAD = (Outcome.CAME_IN, Outcome.SHUT, Outcome.FAILED)


def chosen(doors: tuple[str, ...], names: tuple[str, ...]) -> list[Attempt]:
    """The attempts at some doors, or with some words in their names; all without either. Those that guess passwords
    come last: a door that counts them is in the way of the others then."""
    ordered = sorted(ATTEMPTS, key=lambda one: "guesses" in one.name or "locks" in one.name)
    return [
        one
        for one in ordered
        if (not doors or any(door.lower() in one.door.lower() for door in doors))
        and (not names or any(name.lower() in one.name.lower() for name in names))
    ]


def run(runner: Runner, attempts: list[Attempt], places: tuple[Place, ...], say=lambda result: None) -> list[Result]:
    """Make all attempts from all places; files and processes are only tried on this machine."""
    results = []
    for place in places:
        for attempt in attempts:
            if place == Place.NETWORK and attempt.port is None and attempt.door != "ports in no setting":
                continue
            results.append(runner.made(attempt, place))
            say(results[-1])
    return results


@click.command()
@click.option("--door", "doors", multiple=True, help="Only attempts at doors with this in their names.")
@click.option("--attempt", "names", multiple=True, help="Only attempts with this in their names.")
@click.option("--place", "places", multiple=True, type=click.Choice([one.name.lower() for one in Place]))
@click.option("--with-firewall", is_flag=True, help="The rules of aero firewall are in force: nothing may come in.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the table there too.")
@click.option("--out", type=click.Path(path_type=Path), help="A page, whose table between its markers is made anew.")
@click.option("--list", "is_listed", is_flag=True, help="Say which attempts there are, and make none.")
def main(doors, names, places, with_firewall, as_json, csv_file, out, is_listed) -> None:
    """Try every door of the platform that AERO_HOME names."""
    attempts = chosen(doors, names)
    if is_listed:
        for one in attempts:
            click.echo(f"{one.door}: {one.name}: {one.tries}")
        click.echo(f"{len(attempts)} attempts")
        return
    if os.getuid():
        raise click.ClickException("It must become another user, which root may: sudo -E .venv/bin/python -m …")
    wanted = tuple(Place[one.upper()] for one in places) or tuple(Place)
    with ExitStack() as stack:
        runner = stack.enter_context(opened(load_settings(), with_firewall))
        if Place.NETWORK in wanted:
            stack.enter_context(another_network())
        results = run(runner, attempts, wanted, lambda one: click.echo(report.line(one), err=True))
    cleaned(load_settings())
    if csv_file:
        report.write_csv(csv_file, results)
    if out:
        report.replace_table(out, results)
    counts = Counter(one.outcome for one in results)
    if as_json:
        click.echo(json.dumps([report.row(one) for one in results], indent=1))
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()), err=True)
    raise SystemExit(any(one.outcome in BAD for one in results))


if __name__ == "__main__":
    main()
