"""aero live start, stop and status."""

import math
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any, Unpack

import click
from rich.table import Table
from rich.text import Text

from aero import process_state
from aero.cli.as_json import print_json
from aero.cluster import startup
from aero.cluster.supervision import Supervisor
from aero.datasets import TOPIC_LIVE
from aero.files import replace_text
from aero.live.replay import faults
from aero.live.sources import SOURCES, StartOptions, configs
from aero.live.sources.configs import ReplayConfig
from aero.ops import live_status as status
from aero.screen import Console
from aero.settings import Settings, load_settings

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def live() -> None:
    """Flights in the air now: a source of events, and the stream that brings them from Kafka to HBase.

    \b
    aero live start --day 2013-07-10 --speed 600
    aero live status
    aero live stop
    """


def _date(_context: click.Context, _option: click.Parameter, at: datetime | None) -> date | None:
    return at and at.date()


def _share(_context: click.Context, _option: click.Parameter, text: str) -> float:
    return faults.share(text)


def _finite(_context: click.Context, option: click.Parameter, seconds: float | None) -> float | None:
    if seconds is not None and not math.isfinite(seconds):
        raise click.BadParameter(f"{seconds} is no number of seconds", param=option)
    return seconds


def _pairs(_context: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param=option)
    return dict(text.split("=", 1) for text in texts)


@live.command()
@click.option("--source", type=click.Choice(list(SOURCES)), default="replay", show_default=True)
@click.option("--day", type=DAY, callback=_date, help="Day that is replayed.  [default: the newest that is loaded]")
@click.option("--from", "first", type=DAY, callback=_date, help="First of several days that are replayed.")
@click.option("--to", "last", type=DAY, callback=_date, help="Last of them.")
@click.option("--speed", type=click.FloatRange(1), help="Times as fast as it was.  [default: as fast as possible]")
@click.option("--seed", default=0, show_default=True, help="Of the dice that choose the events with faults.")
@click.option("--late", default="0%", callback=_share, help="Share of the events that come 5 to 180 minutes late.")
@click.option("--duplicate", default="0%", callback=_share, help="Share that comes twice.")
@click.option("--shuffle", default="0%", callback=_share, help="Share that comes up to two minutes late.")
@click.option("--corrupt", default="0%", callback=_share, help="Share that has a damaged copy beside it.")
@click.option("--again", is_flag=True, help="Play a replay from its beginning, although it was played before.")
@click.option(
    "--interval", type=click.FloatRange(1), callback=_finite, help="Seconds between two polls of a polled source."
)
@click.option(
    "--pages", default=1, type=click.IntRange(1), show_default=True, help="AviationStack: pages of 100 flights a poll."
)
@click.option(
    "--monthly-calls",
    default=100,
    type=click.IntRange(0),
    show_default=True,
    help="AviationStack: calls a month, at most.",
)
@click.option("--filter", "filters", multiple=True, callback=_pairs, metavar="NAME=VALUE", help="AviationStack's own.")
def start(source: str, again: bool, **options: Unpack[StartOptions]) -> None:
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
    chosen = SOURCES[source]
    module = chosen.load()
    _keep_key(module.read_key(configs.key_file(settings, source)), configs.key_file(settings, source))
    made = module.config_of(options)
    startup.Startup(settings, console).run(("stream", *chosen.needs))
    config = made()
    Supervisor(settings).stop_process(source)
    configs.write(settings, source, config)
    process_state.file(settings, source).unlink(missing_ok=True)
    if isinstance(config, ReplayConfig) and _was_played(settings, config, again):
        click.echo("This replay was played to its end before, so nothing is sent. Play it again with --again.")
        return
    startup.Startup(settings, console).run((source,))
    click.echo(f"{source} is live. Watch it: aero live status, aero board JFK")


def _was_played(settings: Settings, config: ReplayConfig, again: bool) -> bool:
    progress = status.progress(settings, config)
    if again:
        shutil.rmtree(progress["ledger"], ignore_errors=True)
    return progress["is_finished"] and not again


def _keep_key(key: str | None, file: Path) -> None:
    """Keep a key, of the environment too, in the file from which the live source, another process, reads it."""
    if key is not None:
        replace_text(file, key, mode=0o600)


@live.command()
def stop() -> None:
    """Stop the sources and the stream. Both go on where they were when they are started again.

    \b
    aero live stop
    """
    console = Console(stderr=True)
    if not startup.down(load_settings(), (*SOURCES, "stream", "hbase-thrift2"), console):
        console.print("Nothing was running.")


@live.command("status")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for scripts.")
def show_status(as_json: bool) -> None:
    """Show the flights by status, the stream's last batch and lag, and how far the source is.

    \b
    aero live status
    aero live status --json | jq .states
    """
    shown = status.read(load_settings())
    if as_json:
        print_json(shown)
    else:
        _print_status(shown, Console(highlight=False))


def _print_status(shown: dict[str, Any], console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    for name, process in shown["processes"].items():
        if process["state"] == "never started":
            continue
        state = process["state"] if process["running"] or process["state"] in ("ended", "failed") else "stopped"
        facts = process.get("problem") or process.get("budget") or ""
        table.add_row(name, f"[green]{state}[/]" if process["running"] else Text(state), Text(facts))
    if batch := shown["batch"]:
        took = Text(f"{batch['started_at'][:19]} UTC, {batch['batch_milliseconds']} ms")
        table.add_row("batch", str(batch["batch_id"]), took)
        names = ("processed", "rejected", "late", "missing")
        counts = ", ".join(f"{batch[f'rows_{name}']:,} {name}" for name in names)
        table.add_row("", f"{batch['rows_in']:,} in", counts)
        lag = batch["kafka_lag"]
        table.add_row("lag", "unknown" if lag is None else f"{lag:,}", f"records of {TOPIC_LIVE} behind the last batch")
        table.add_row("clock", (shown["clock"] or "")[:19].replace("T", " "), "UTC, newest event of the last batches")
    for name, flights in shown["states"].items():
        table.add_row("flights", f"{flights:,}", Text(name))
    if replay := shown["replay"]:
        done = "to its end" if replay["is_finished"] else "so far"
        plan = replay["plan"]
        table.add_row("replay", f"{replay['sent']:,} sent", f"{plan['first_day']} to {plan['last_day']}, {done}")
    console.print(table)
