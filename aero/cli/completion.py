"""aero completion."""

import click
from click.shell_completion import get_completion_class

from aero.errors import AeroError

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what has a shell complete commands, options and their values with the Tab key.

    Put the line into ~/.bashrc or ~/.zshrc; of fish into ~/.config/fish/completions/aero.fish what it prints.

    \b
    eval "$(aero completion bash)"
    aero completion fish > ~/.config/fish/completions/aero.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise AeroError(f"click does not know {shell}.", f"One of {', '.join(SHELLS)}.")
    click.echo(kind(context.find_root().command, {}, "aero", "_AERO_COMPLETE").source())
