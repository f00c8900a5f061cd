"""The `aero` command. Each module of this package has some subcommands, and is imported when one of them is called:
importing all of them, with the clients that they use, takes longer than most commands.
"""

import ast
import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from aero.cli.audited import written_down
from aero.cli.patience import said

# The place of each command: a module of this package, and the function there.
PLACES = {
    "accept": "accept.accept",
    "alerts": "alerts.alerts",
    "archive": "rebuild.archive",
    "audit": "audit.audit",
    "backup": "backup.backup",
    "beeline": "clients.beeline",
    "board": "board.board",
    "checks": "months.checks",
    "clean-slate": "rebuild.clean_slate",
    "completion": "completion.completion",
    "coverage": "coverage.coverage",
    "demo": "demo.demo",
    "diff": "diff.diff",
    "doctor": "doctor.doctor",
    "down": "cluster.down",
    "explain": "explain.explain",
    "export": "export.export",
    "fetch": "cluster.fetch",
    "firewall": "firewall.firewall",
    "flight": "board.flight",
    "forecast": "forecast.forecast",
    "freshness": "schedule.freshness",
    "hdfs": "clients.hdfs",
    "increment": "load.increment",
    "inspect": "inspect.inspect",
    "kafka": "clients.kafka",
    "lineage": "lineage.lineage",
    "live": "live.live",
    "load": "load.load",
    "logs": "logs.logs",
    "man": "man.man",
    "metrics": "metrics.metrics",
    "months": "months.months",
    "notebook": "notebook.notebook",
    "rebuild": "rebuild.rebuild",
    "recover": "recover.recover",
    "report": "report.report",
    "restore": "backup.restore_command",
    "rollback": "versions.rollback",
    "schedule": "schedule.schedule",
    "schema": "schemas.schema",
    "spark-history": "spark_history.spark_history",
    "sql": "sql.sql",
    "status": "cluster.status",
    "superset": "superset.superset",
    "tables": "tables.tables",
    "unpin": "versions.unpin",
    "up": "cluster.up",
    "user": "user.user",
    "versions": "versions.versions",
    "wall": "wall.wall",
    "weather": "weather.weather",
}


# Where a context keeps the command's words, once they are known.
_WORDS = f"{__name__} words"


class _Commands(Mapping[str, click.Command]):
    """The commands by name; each is imported when it is looked up."""

    def __getitem__(self, name: str) -> click.Command:
        module, function = PLACES[name].split(".")
        return getattr(import_module(f"aero.cli.{module}"), function)

    def __contains__(self, name: object) -> bool:
        return name in PLACES

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


class _Main(click.Group):
    """A group that hands the whole command to the cluster of containers where `--profile compose` is given, and lists
    its commands without importing them.
    """

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if context.params.pop("profile", "") == "compose" and not context.resilient_parsing:  # As completion does.
            from aero.cluster import compose

            raise SystemExit(compose.run(arguments))
        context.meta.setdefault(_WORDS, []).extend(arguments)  # A shell that completes a word invokes nothing.
        return super().resolve_command(context, arguments)

    def invoke(self, context: click.Context) -> Any:
        """Run the command; what it changed is written down."""
        words: list[str] = context.meta.setdefault(_WORDS, [])
        with written_down(words), said(words):
            return super().invoke(context)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        names = self.list_commands(context)
        limit = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, click.Command(name, help=_help(name)).get_short_help_str(limit)) for name in names]
            )


def _help(name: str) -> str | None:
    """The docstring of a command's function, read from its module's text."""
    module, function = PLACES[name].split(".")
    text = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    return ast.get_docstring(functions[function])


@click.group(cls=_Main, commands=_Commands(), context_settings={"help_option_names": ["-h", "--help"]})
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
    os.umask(0o077)  # What a command writes holds passwords, or rows that a reader may not see.
