"""aero backup and aero restore."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from aero import connections
from aero.cli.as_json import json_option, print_json
from aero.cli.load import no_wait_option
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.ops import backup as making
from aero.ops import backup_parts, restore
from aero.plain import echo
from aero.settings import Settings, load_settings

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--to", required=True, type=_FOLDER, metavar="DIR", help="Each backup is a new folder in it.")
@json_option
@no_wait_option
def backup(to: Path, as_json: bool) -> None:
    """Keep what the bytes of HDFS cannot tell: its names, the metastore, the ledger, people, settings, dashboards.

    A few MB, also while all runs: it waits for whoever writes, and writers wait for it some seconds. The bytes of HDFS,
    live states and events are not in it. It holds passwords: keep it as you keep these, and on another disk.

    \b
    aero backup --to /mnt/backups/aero
    """
    settings = load_settings()
    made = making.make(settings, Supervisor(settings).processes(), to)
    if as_json:
        print_json({"folder": str(made.folder), **made.content()})
        return
    for part in backup_parts.parts(settings):
        echo(f"{part.name:<12} {part.what:<40} {backup_parts.shown(made.of(part.name).values())}")
    ledger = made.of(backup_parts.LEDGER)
    kept = backup_parts.shown(ledger.values()) if ledger else "not in it: HDFS does not run"
    echo(f"{backup_parts.LEDGER:<12} {'months, checks, acceptances':<40} {kept}")
    echo(f"written     {made.folder}")
    if making.is_on_the_same_disk(settings, to):
        echo(f"{to} is on the disk of {settings.home}, and would be lost with it.", err=True)


@click.command("restore")
@click.option("--from", "source", required=True, type=_FOLDER, metavar="DIR", help="A backup, or a folder of them.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Replace what is there; it is kept beside its place.")
@click.option("--only", multiple=True, metavar="PART", help="A part's name; may be repeated. All, by default.")
@click.option("--acceptances", is_flag=True, help="Only who accepted what, into the HDFS that runs.")
@json_option
def restore_command(
    source: Path, dry_run: bool, yes: bool, only: tuple[str, ...], acceptances: bool, as_json: bool
) -> None:
    """Put a backup back into a platform that is stopped. Each file is checked first.

    Of several backups in DIR the newest is taken. Names and tables go back only beside their own blocks: what
    was written to HDFS after the backup is lost then, and the next load writes it again. Where the blocks are lost too,
    begin anew: restore, aero up, restore --acceptances, load.

    \b
    aero restore --from /mnt/backups/aero --dry-run
    aero restore --from /mnt/backups/aero/aero-20261128T181500Z --yes
    """
    settings, manifest = load_settings(), backup_parts.read(source)
    say = partial(echo, err=as_json)
    told: dict[str, Any] = {"folder": str(manifest.folder), "made_at": manifest.made_at}
    say(f"of          {manifest.made_at}, {backup_parts.shown(manifest.files.values())}: {manifest.folder}")
    if acceptances:
        written = [] if dry_run else restore.acceptances(manifest, connections.webhdfs())
        say(f"{len(written)} acceptances were written.")
        if as_json:
            print_json(told | {"acceptances": written})
        return
    if unknown := set(only) - {part.name for part in backup_parts.parts(settings)}:
        raise AeroError(f"{', '.join(sorted(unknown))} is no part.", "See --dry-run.")
    steps = restore.plan(settings, manifest, only)
    for step in steps:
        why = f": {step.why}" if step.why else ""
        say(f"{step.part.name:<12} {step.does:<10} {step.part.folder}{why}")
    kept = [] if dry_run else _put_back(settings, manifest, steps, yes)
    for place in kept:
        say(f"kept        {place}")
    done = "Done. aero up; where it waits for HDFS to leave safe mode, aero doctor says of what and what to do"
    say("Nothing was done." if dry_run else done)
    if as_json:
        plan = [{"part": one.part.name, "does": one.does, "folder": one.part.folder, "why": one.why} for one in steps]
        print_json(told | {"steps": plan, "kept": kept, "is_done": not dry_run})


def _put_back(
    settings: Settings, manifest: backup_parts.Manifest, steps: list[restore.Step], replaces: bool
) -> list[Path]:
    """Do it. Returns where that is now which was in its place. Raises AeroError where something else is there."""
    restore.refuse_while_it_runs(Supervisor(settings).processes())
    if not replaces and (there := [step.part.name for step in steps if step.does == restore.REPLACE]):
        raise AeroError(f"{', '.join(there)}: something else is there.", "Add --yes to replace it, or --only PART.")
    return restore.apply(settings, manifest, steps)
