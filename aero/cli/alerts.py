"""aero alerts."""

import getpass
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from aero.cli.as_json import json_option, print_json
from aero.cli.audit import duration_option
from aero.errors import AeroError
from aero.instants import instant_text, utc_now
from aero.ops.alerts import events, receivers, rules, silences
from aero.ops.alerts.deliveries import Told
from aero.ops.alerts.receivers import Message
from aero.ops.alerts.silences import Silence
from aero.plain import echo
from aero.screen import Console
from aero.settings import Settings, load_settings

# The scheduler looks every 15 seconds, and may wait for servers.
OLD_SECONDS = 90


@click.group()
def alerts() -> None:
    """What is the matter, who is told of it, and what is silenced. The service `scheduler` looks, and tells.

    Who is told stands in the file alerts.toml in the folder of secrets: docs/alerts.md.

    \b
    aero alerts list
    aero alerts test
    aero alerts silence month-late --because "BTS is late" --for 7d
    """


@alerts.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """Show what is the matter, since when, who was told, and how it goes with each receiver.

    \b
    aero alerts list
    aero alerts list --json | jq -r '.events[] | .id + ": " + .what'
    """
    settings = load_settings()
    facts = _facts(settings)
    if as_json:
        print_json(facts)
        return
    table = Table(box=None, pad_edge=False)
    for column in ("since (UTC)", "severity", "what it is about", "told", "what, and what to do"):
        table.add_column(column, no_wrap=column != "what, and what to do")
    for one in facts["events"]:
        told = "silenced" if one["silenced"] else ", ".join(one["told"])
        table.add_row(one["since"][5:16].replace("T", " "), one["severity"], one["id"], told,
                      f"{one['what']}\n→ {one['do']}")  # fmt: skip
    if facts["events"]:
        Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False).print(table)
    else:
        click.echo("Nothing is the matter." if facts["looked_at"] else "Nothing was looked at yet.")
    if facts["is_old"]:
        click.echo(f"Looked at last: {facts['looked_at'] or 'never'}. The service does not run: aero up scheduler")
    for one in facts["silences"]:
        echo(f"silenced  {one['of']} until {one['until'][:16]} by {one['by']}: {one['because']}")
    for one in facts["receivers"]:
        fails = f": {one['failures']} tries failed. {one['problem']}" if one["failures"] else ""
        echo(f"tells     {one['name']} ({one['kind']}){fails}")
    if not facts["receivers"]:
        echo(f"Nobody is told: there is no receiver in {receivers.file(settings)} (docs/alerts.md)")


def _facts(settings: Settings) -> dict[str, Any]:
    now = utc_now()
    looked_at, found = events.read(settings)
    silenced = [one for one in silences.read(settings) if now < one.until]
    told_by = [(one, Told.read(settings, one.name)) for one in receivers.read(settings) if one.is_told]
    return {
        "looked_at": looked_at and instant_text(looked_at),
        "is_old": looked_at is None or (now - looked_at).total_seconds() > OLD_SECONDS,
        "events": [
            one.to_json()
            | {"told": [who.name for who, told in told_by if one.id in told.events]}
            | {"silenced": _words(silences.covering(silenced, one.id, now))}
            for one in found.values()
        ],
        "silences": [_words(one) for one in silenced],
        "receivers": [{"name": who.name, "kind": who.kind} | told.to_json() for who, told in told_by],
    }


def _words(silence: Silence | None) -> dict[str, str] | None:
    return asdict(silence) | {"until": instant_text(silence.until)} if silence else None


@alerts.command()
@click.argument("names", nargs=-1, metavar="[RECEIVER]…")
@json_option
def test(names: tuple[str, ...], as_json: bool) -> None:
    """Send a message that says that it is a test, to all receivers or the named ones. Exit code 1 if one fails.

    \b
    aero alerts test
    aero alerts test ops
    """
    settings = load_settings()
    known = {one.name: one for one in receivers.read(settings)}
    if not known or not known.keys() >= set(names):
        what = " ".join(["There is no receiver", *(name for name in names if name not in known)])
        raise AeroError(f"{what} in {receivers.file(settings)}.", "docs/alerts.md says what stands there.")
    said = []
    for name in names or known:
        try:
            known[name].send(Message([], [], is_test=True))
            said.append({"name": name, "problem": None})
        except AeroError as fault:
            said.append({"name": name, "problem": fault.problem})
    if as_json:
        print_json(said)
    else:
        for one in said:
            echo(one["problem"] or f"{one['name']} took it.")
    if any(one["problem"] for one in said):
        raise SystemExit(1)


@alerts.command()
@click.argument("of", metavar="RULE|EVENT")
@click.option("--because", metavar="TEXT", help="Why, for those who wonder.")
@click.option("--for", "lasts", default="1d", show_default=True, callback=duration_option, metavar="TIME",
              help="Such as 30m, 2h, 7d.")  # fmt: skip
@click.option("--end", "is_end", is_flag=True, help="Tell of it again from now on.")
@json_option
def silence(of: str, because: str | None, lasts: Any, is_end: bool, as_json: bool) -> None:
    """Tell nobody of a rule's troubles, or of one, by its id of aero alerts list, for a while.

    What was told before is withdrawn as ever when it is mended.

    \b
    aero alerts silence service-down:superset --because "it is being moved" --for 2h
    aero alerts silence service-down:superset --end
    """
    settings, now = load_settings(), utc_now()
    if is_end:
        silences.end(settings, of, now)
        if as_json:
            _print_silences(settings, now)
        return
    names = [rule.name for rule in rules.read()]
    if of.partition(":")[0] not in names:
        raise AeroError(f"There is no rule {of.partition(':')[0]}.", f"Rules: {', '.join(names)}.")
    if not because or not because.strip():
        raise AeroError("A silence needs a reason.", 'Add --because "…".')
    silences.add(settings, Silence(of, because.strip(), getpass.getuser(), now + lasts), now)
    if as_json:
        _print_silences(settings, now)
    else:
        click.echo(f"{of} is silenced until {now + lasts:%Y-%m-%d %H:%M} UTC.")


def _print_silences(settings: Settings, now: datetime) -> None:
    """Those in force, as scripts have them."""
    print_json([_words(one) for one in silences.read(settings) if now < one.until])
