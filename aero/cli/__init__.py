"""The `aero` command: one module a group of subcommands."""

import click

from aero.cli import board, clients, cluster, demo, explain, live, load, months, rebuild, schedule, sql, superset


class _Profiled(click.Group):
    """With `--profile compose` the whole command goes to the cluster of containers."""

    def invoke(self, context: click.Context):
        if context.params.pop("profile") == "compose":
            from aero import compose

            raise SystemExit(compose.run([*context._protected_args, *context.args]))
        return super().invoke(context)


@click.group(cls=_Profiled, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aero")
@click.option(
    "--profile",
    type=click.Choice(["machine", "compose"]),
    default="machine",
    show_default=True,
    help="Which cluster: the services of this machine, or the containers of docker/compose.yaml.",
)
def main() -> None:
    """Every US domestic flight since 1987 and the flights in the air now, on a Hadoop stack of your own.

    \b
    aero up                                start everything
    aero load --from 2013-01 --to 2013-12  load a year
    aero sql -e "select count(*) from aero_clean.flights"
    """


MODULES = (demo, cluster, load, months, schedule, explain, rebuild, sql, clients, live, board, superset)
for command in (command for module in MODULES for command in module.COMMANDS):
    main.add_command(command)
