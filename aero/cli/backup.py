"""aero backup and aero restore."""

import json
from pathlib import Path

import click

from aero import connections
from aero.cli.load import no_wait_option
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.ops import backup as making
from aero.ops import backup_parts, restore
from aero.plain import echo
from aero.settings import load_settings

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--to", required=True, type=_FOLDER, metavar="DIR", help="Each backup is a new folder in it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
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
        click.echo(json.dumps({"folder": str(made.folder), **made.content()}, indent=2))
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
def restore_command(source: Path, dry_run: bool, yes: bool, only: tuple[str, ...], acceptances: bool) -> None:
    """Put a backup back into a platform that is stopped. Each file is checked first.

    Of several backups in DIR the newest is taken. Names and tables go back only beside their own blocks: what
    was written to HDFS after the backup is lost then, and the next load writes it again. Where the blocks are lost too,
    begin anew: restore, aero up, restore --acceptances, load.

    \b
    aero restore --from /mnt/backups/aero --dry-run
    aero restore --from /mnt/backups/aero/aero-20261128T181500Z --yes
    """
    settings, manifest = load_settings(), backup_parts.read(source)
    echo(f"of          {manifest.made_at}, {backup_parts.shown(manifest.files.values())}: {manifest.folder}")
    if acceptances:
        written = [] if dry_run else restore.acceptances(manifest, connections.webhdfs())
        echo(f"{len(written)} acceptances were written.")
        return
    if unknown := set(only) - {part.name for part in backup_parts.parts(settings)}:
        raise AeroError(f"{', '.join(sorted(unknown))} is no part.", "See --dry-run.")
    steps = restore.plan(settings, manifest, only)
    for step in steps:
        why = f": {step.why}" if step.why else ""
        echo(f"{step.part.name:<12} {step.does:<10} {step.part.folder}{why}")
    if dry_run:
        click.echo("Nothing was done.")
        return
    restore.refuse_while_it_runs(Supervisor(settings).processes())
    if not yes and (there := [step.part.name for step in steps if step.does == restore.REPLACE]):
        raise AeroError(f"{', '.join(there)}: something else is there.", "Add --yes to replace it, or --only PART.")
    for kept in restore.apply(settings, manifest, steps):
        echo(f"kept        {kept}")
    click.echo("Done. aero up; where it waits for HDFS to leave safe mode, aero doctor says of what and what to do")
