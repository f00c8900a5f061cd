"""aero live start, stop and status."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from aero import connections, hql, process_state
from aero.cluster import services, startup
from aero.cluster.supervision import Supervisor
from aero.datasets import FLIGHTS, TOPIC_LIVE
from aero.errors import AeroError
from aero.live.replay import faults
from aero.live.sources import aviationstack, credentials, opensky, opensky_token, plans, process
from aero.live.sources.plans import PollPlan, ReplayPlan
from aero.ops import live_status as status
from aero.settings import Settings, load_settings

DAY = click.DateTime(["%Y-%m-%d"])
# Calls are few: the free plan of AviationStack has 100 a month, an anonymous user of OpenSky 400 credits a day.
INTERVALS = {"aviationstack": 8 * 3600, "opensky": 900}


@click.group()
def live() -> None:
    """Flights in the air now: a source of events, and the stream that brings them from Kafka to HBase.

    \b
    aero live start --day 2013-07-10 --speed 600
    aero live status
    aero live stop
    """


def _date(_context, _option, at: datetime | None) -> date | None:
    return at and at.date()


def _share(_context, _option, text: str) -> float:
    return faults.share(text)


def _pairs(_context, option: click.Option, texts: tuple[str, ...]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param=option)
    return dict(text.split("=", 1) for text in texts)


@live.command()
@click.option("--source", type=click.Choice(list(services.SOURCES)), default="replay", show_default=True)
@click.option("--day", type=DAY, callback=_date, help="Day that is replayed.  [default: the newest that is loaded]")
@click.option("--from", "first", type=DAY, callback=_date, help="First of several days that are replayed.")
@click.option("--to", "last", type=DAY, callback=_date, help="Last of them.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Replay a BTS file instead.")
@click.option("--speed", type=click.FloatRange(1), help="Times as fast as it was.  [default: as fast as possible]")
@click.option("--seed", default=0, show_default=True, help="Of the dice that choose the events with faults.")
@click.option("--late", default="0%", callback=_share, help="Share of the events that come 5 to 180 minutes late.")
@click.option("--duplicate", default="0%", callback=_share, help="Share that comes twice.")
@click.option("--shuffle", default="0%", callback=_share, help="Share that comes up to two minutes late.")
@click.option("--corrupt", default="0%", callback=_share, help="Share that has a damaged copy beside it.")
@click.option("--again", is_flag=True, help="Play a replay from its beginning, although it was played before.")
@click.option("--interval", type=click.FloatRange(1), help="Seconds between two polls of a polled source.")
@click.option("--pages", default=1, show_default=True, help="AviationStack: pages of 100 flights a poll.")
@click.option("--monthly-calls", default=100, show_default=True, help="AviationStack: calls a month, at most.")
@click.option("--filter", "filters", multiple=True, callback=_pairs, metavar="NAME=VALUE", help="AviationStack's own.")
def start(source: str, again: bool, **options) -> None:
    """Start the stream, a source of live events, and the services that they need.

    A replay needs no key; stopped, it goes on where it was when it is started in the same way. AviationStack's key is
    AVIATIONSTACK_API_KEY, OpenSky's client OPENSKY_CLIENT_ID and OPENSKY_CLIENT_SECRET (without, it is asked
    anonymously). They are kept for the source in a file of mode 0600.

    \b
    aero live start --day 2013-07-10 --speed 600
    aero live start --day 2013-07-10 --late 5% --duplicate 5% --shuffle 5% --corrupt 1% --seed 7
    aero live start --source aviationstack --interval 28800 --filter dep_iata=JFK
    """
    settings, console = load_settings(), Console(stderr=True)
    needed = ["stream"]
    if source != "replay":
        _keep_key(source, process.key_file(settings, source))
    elif not options["file"]:
        needed.append("hiveserver2")
    make_plan = _replay_plan(**options) if source == "replay" else _poll_plan(source, **options)
    startup.Startup(settings, console).run(tuple(needed))
    plan = make_plan()
    Supervisor(settings).stop_process(source)
    plans.write(settings, source, plan)
    process_state.file(settings, source).unlink(missing_ok=True)
    if source == "replay" and _was_played(settings, plan, again):
        click.echo("This replay was played to its end before, so nothing is sent. Play it again with --again.")
        return
    startup.Startup(settings, console).run((source,))
    click.echo(f"{source} is live. Watch it: aero live status, aero board JFK")


def _was_played(settings: Settings, plan: ReplayPlan, again: bool) -> bool:
    progress = status.progress(settings, plan)
    if again:
        shutil.rmtree(progress["ledger"], ignore_errors=True)
    return progress["is_finished"] and not again


def _keep_key(source: str, file: Path) -> None:
    """Keep a key of the environment in the file from which the source, another process, reads it."""
    if source == "aviationstack":
        text = credentials.read_secret(aviationstack.KEY_VARIABLE, file).reveal()
    elif client := opensky_token.read_client(file):
        text = json.dumps({"clientId": client[0], "clientSecret": client[1].reveal()})
    else:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as kept:
        kept.write(text)


def _replay_plan(
    day, first, last, file, speed, seed, late, duplicate, shuffle, corrupt, **_others
) -> Callable[[], ReplayPlan]:
    """The plan to be made when HiveServer2 can be asked for the newest day. What is wrong with the options shows now."""
    if day and (first or last):
        raise click.UsageError("Give either --day, or --from and --to.")
    if file and not (day or first):
        raise click.UsageError("Say which --day of the --file is to be replayed.")
    first, last = day or first or last, day or last or first
    if last and last < first:
        raise click.BadParameter(f"{last} is before {first}", param_hint="--to")
    injected = {"late": late, "duplicate": duplicate, "shuffled": shuffle, "corrupt": corrupt}
    faults.Faults(**injected)

    def plan() -> ReplayPlan:
        begin = first or _newest_day()
        return ReplayPlan(str(begin), str(last or begin), str(file.resolve()) if file else None, speed, seed, injected)

    return plan


def _newest_day() -> date:
    years = [name for name in connections.webhdfs().list(FLIGHTS.path) if name.startswith("year=")]
    if not years:
        raise AeroError("No flights are loaded that could be replayed.", "Load some: aero load --help")
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, FLIGHTS.hql("newest_day"), {"year": int(max(years).removeprefix("year="))})
        return date.fromisoformat(str(cursor.fetchone()[0]))


def _poll_plan(source: str, interval, pages, monthly_calls, filters, **_others) -> Callable[[], PollPlan]:
    url = aviationstack.base_url() if source == "aviationstack" else opensky.URL
    return partial(PollPlan, interval or INTERVALS[source], url, pages, monthly_calls, filters)


@live.command()
def stop() -> None:
    """Stop the sources and the stream. Both go on where they were when they are started again.

    \b
    aero live stop
    """
    console = Console(stderr=True)
    if not startup.down(load_settings(), (*services.SOURCES, "stream", "hbase-thrift2"), console):
        console.print("Nothing was running.")


@live.command("status")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for scripts.")
def show_status(as_json: bool) -> None:
    """Show the flights by status, the stream's last batch and lag, and how far the source is.

    \b
    aero live status
    aero live status --json | jq .states
    """
    told = status.read(load_settings())
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        _print_status(told, Console(highlight=False))


def _print_status(told: dict, console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    for name, told_of in told["processes"].items():
        if told_of["state"] == "never started":
            continue
        state = told_of["state"] if told_of["running"] or told_of["state"] in ("ended", "failed") else "stopped"
        facts = told_of.get("problem") or told_of.get("budget") or ""
        table.add_row(name, f"[green]{state}[/]" if told_of["running"] else state, facts)
    if batch := told["batch"]:
        table.add_row(
            "batch", str(batch["batch_id"]), f"{batch['started_at'][:19]} UTC, {batch['batch_milliseconds']} ms"
        )
        names = ("processed", "rejected", "late", "missing")
        counts = ", ".join(f"{batch[f'rows_{name}']:,} {name}" for name in names)
        table.add_row("", f"{batch['rows_in']:,} in", counts)
        lag = batch["kafka_lag"]
        table.add_row("lag", "unknown" if lag is None else f"{lag:,}", f"records of {TOPIC_LIVE} behind the last batch")
        table.add_row("clock", (told["clock"] or "")[:19].replace("T", " "), "UTC, newest event of the last batches")
    for name, flights in told["states"].items():
        table.add_row("flights", f"{flights:,}", name)
    if replay := told["replay"]:
        done = "to its end" if replay["is_finished"] else "so far"
        plan = replay["plan"]
        table.add_row("replay", f"{replay['sent']:,} sent", f"{plan['first_day']} to {plan['last_day']}, {done}")
    console.print(table)
