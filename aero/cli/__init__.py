"""The `aero` command: one module a group of subcommands."""

import click

from aero.cli import clients, cluster, demo, load, sql


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aero")
def main() -> None:
    """Every US domestic flight since 1987 and the flights in the air now, on a Hadoop stack of your own.

    \b
    aero up                                start everything
    aero load --from 2013-01 --to 2013-12  load a year
    aero sql -e "select count(*) from aero_clean.flights"
    """


for command in (*demo.COMMANDS, *cluster.COMMANDS, *load.COMMANDS, *sql.COMMANDS, *clients.COMMANDS):
    main.add_command(command)
