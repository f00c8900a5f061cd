"""aero recover."""

from functools import partial

import click

from aero.cli.as_json import json_option, print_json
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.ops import recovery
from aero.plain import echo
from aero.settings import load_settings


@click.command()
@click.argument("server", type=click.Choice(list(recovery.SERVERS)))
@click.option("--apply", is_flag=True, help="Do it. Without this it says what it would do.")
@json_option
def recover(server: str, apply: bool, as_json: bool) -> None:
    """Bring back a server that has lost its data, without a backup: what is left, what will be done, what is lost.

    namenode: its names are written from the newest image and edits that are left; in safe mode it goes on without the
    blocks that are lost. metastore: its tables are to be loaded again. hbase, kafka: they start empty. Nothing is
    deleted: what is in the way is moved beside. Where there is a backup, take aero restore first.

    \b
    aero recover namenode
    aero recover namenode --apply
    """
    settings = load_settings()
    if settings.is_container:
        raise AeroError("In a cluster of containers each part is a volume.", "docs/production.md, “Backups”")
    plan = recovery.SERVERS[server](settings, Supervisor(settings).processes())
    say = partial(echo, err=as_json)
    say(f"found  {plan.found}")
    for step in plan.steps:
        say(f"{'do' if apply else 'would do'}  {step.what}")
        if apply:
            step.do()
    say(f"lost   {plan.lost}")
    say(f"then   {plan.then}" if apply else "Nothing was done. Add --apply to do it.")
    if as_json:
        steps = [step.what for step in plan.steps]
        print_json({"found": plan.found, "steps": steps, "lost": plan.lost, "then": plan.then, "is_done": apply})
