"""Option --json of commands, and what it prints: aero/cli/schemas.py says of each command what that is."""

import json
from typing import Any

import click


def json_option(command: Any) -> Any:
    """Option --json, `as_json`, of a command."""
    return click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")(command)


def print_json(value: Any) -> None:
    """Print JSON; what it has no type for, such as instants, as texts."""
    click.echo(json.dumps(value, indent=2, default=str))
