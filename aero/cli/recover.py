"""aero recover."""

import click

from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.ops import recovery
from aero.plain import echo
from aero.settings import load_settings


@click.command()
@click.argument("server", type=click.Choice(list(recovery.SERVERS)))
@click.option("--apply", is_flag=True, help="Do it. Without this it says what it would do.")
def recover(server: str, apply: bool) -> None:
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
    echo(f"found  {plan.found}")
    for step in plan.steps:
        echo(f"{'do' if apply else 'would do'}  {step.what}")
        if apply:
            step.do()
    echo(f"lost   {plan.lost}")
    echo(f"then   {plan.then}" if apply else "Nothing was done. Add --apply to do it.")
