"""aero rebuild, clean-slate and archive."""

from functools import partial

import click

from aero import connections, lease, pipeline
from aero.cli.as_json import json_option, print_json
from aero.cli.load import month_option, no_wait_option
from aero.errors import AeroError
from aero.month import Month
from aero.ops import months, readers, rebuilds, slate
from aero.settings import Settings, load_settings


@click.command()
@click.option("--from", "start", callback=month_option, help="First month, YYYY-MM.  [default: the first one landed]")
@click.option("--to", "end", callback=month_option, help="Last month, YYYY-MM.  [default: the last one landed]")
@click.option("--quarantined", is_flag=True, help="Only the months that have refused lines: to try them after a fix.")
@no_wait_option
@json_option
def rebuild(start: Month | None, end: Month | None, quarantined: bool, as_json: bool) -> None:
    """Make everything after the raw layer anew from it, while readers read what there is.

    The clean months are written beside those there are, judged, and taken into use one after the other; then the views
    are. What was in use before is deleted by a later load, an hour after.

    The same command goes on with a rebuild that was killed, or in which months failed; a new one begins where jobs/, or
    the columns or airports that it cleans by, were changed since.

    \b
    aero rebuild
    aero rebuild --from 2013-01 --to 2013-03
    aero rebuild --quarantined
    """
    client = connections.webhdfs()
    ledger = months.read(client)
    landed = [
        entry
        for entry in ledger.values()
        if entry.raw_file and (start or entry.when) <= entry.when <= (end or entry.when)
    ]
    if quarantined:
        landed = [entry for entry in landed if entry.rows_quarantined]
    if not landed:
        raise AeroError("There is no such month in the raw layer.", "See aero months; aero load lands months.")
    ranges = [(entry.when, entry.when) for entry in landed] if quarantined else [(landed[0].when, landed[-1].when)]
    name = f"{start or 'first'}-{end or 'last'}{'-quarantined' if quarantined else ''}"
    asked, is_resumed = rebuilds.begun(client, name, ranges)
    if is_resumed:
        click.echo(f"It goes on with rebuild {asked.stamp}, which had not ended.", err=True)
    loads = []
    for first, last in asked.ranges:
        account = pipeline.run("LoadFlights", start=first, end=last, source="raw", rebuild=asked.stamp)
        loads.append({"first": str(first), "last": str(last), "load": account})
        rows = account["rows"]
        if not as_json:
            click.echo(f"{first} to {last}: {rows['clean']:,} flights, {rows['quarantined']:,} lines refused")
    rebuilds.ended(client, name)
    if as_json:
        print_json({"stamp": asked.stamp, "is_resumed": is_resumed, "ranges": loads})


@click.command("clean-slate")
@click.option(
    "--layer", required=True, type=click.Choice(list(slate.LAYERS)), help="What to clear; all is all but raw."
)
@click.option("--delete", is_flag=True, help="Do it. Without this it says what it would delete.")
@click.option("--confirm", metavar="LAYER", help="The layer's name again, instead of being asked for it.")
@no_wait_option
@json_option
def clean_slate(layer: str, delete: bool, confirm: str | None, as_json: bool) -> None:
    """Delete all that a layer holds: topics, checkpoints, HBase rows, partitions and files that belong together.

    Nothing is deleted without --delete and the layer's name typed. The raw layer goes only where it is named.

    \b
    aero clean-slate --layer live
    aero clean-slate --layer clean --delete
    aero clean-slate --layer clean --json | jq -r '.items[].what'
    """
    settings = load_settings()
    found = slate.items(settings, layer)
    say = partial(click.echo, err=as_json)
    for item in found:
        say(f"{'delete' if delete else 'would delete'}  {item.what:<50} {item.holds}")
    if delete:
        _clear(settings, layer, confirm, as_json)
    say(f"{layer} is empty." if delete else "Nothing was deleted. Add --delete to do it.")
    if as_json:
        items = [{"what": item.what, "holds": item.holds} for item in found]
        print_json({"layer": layer, "items": items, "is_deleted": delete})


def _clear(settings: Settings, layer: str, confirm: str | None, as_json: bool) -> None:
    """Delete what the layer holds. Raises AeroError where its name is not typed, or it is written to."""
    slate.refuse_while_used(settings, layer)
    typed = confirm or click.prompt(f"Type {layer} to delete all this", default="", show_default=False, err=as_json)
    if typed != layer:
        raise AeroError(f"{typed!r} is not {layer!r}: nothing was deleted.")
    held = lease.hold(f"clean-slate of {layer}")
    for item in slate.items(settings, layer):
        held.check()
        item.clear()
    slate.make_again(settings, layer)
    readers.reconcile()
    slate.void_answers(settings, layer)


@click.command()
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(0), help="How many days states stay in HBase."
)
@no_wait_option
@json_option
def archive(days: int, as_json: bool) -> None:
    """Move the states of old live flights from HBase to aero_clean.live_flights. The scheduler does it daily.

    A flight is old that left, and of which nothing was told, for so many days before the newest live event: of a
    replay, in the time that it plays.

    \b
    aero archive --days 30
    """
    account = pipeline.run("ArchiveLiveFlights", (*pipeline.NEEDED, "hbase-thrift", "hbase-thrift2"), days=days)
    if as_json:
        print_json(account)
        return
    months = ", ".join(account["months"]) or "none"
    click.echo(f"{account['flights']:,} flights last told of before {account['before'][:10]} moved: {months}")
