"""How a command gets a password: typed without echo, or from a file or a pipe. Never as an argument, which each user of
the machine sees in the list of processes.
"""

import sys
from pathlib import Path

import click

from aero import connections
from aero.errors import AeroError
from aero.settings import load_settings

file_option = click.option(
    "--password-file",
    metavar="FILE",
    help="Take the password from the first line of FILE; - is standard input.",
)

as_option = click.option("--as", "name", metavar="NAME", help="Come in as this person, whose password is asked.")


def login(door: str, name: str | None, file: str | None) -> connections.Login | None:
    """Who is to come in at HIVESERVER2 or SPARK_THRIFT; None is the platform itself. An open door needs no password."""
    if not name:
        if file:
            raise click.UsageError("--password-file goes with --as.")
        return None
    is_closed = load_settings().is_closed(connections.SQL_DOORS[door])
    return connections.Login(name, given(name, file) if is_closed else "")


def given(name: str, file: str | None, is_new: bool = False) -> str:
    """The password of `name`: of the file, or asked; a new one twice. Raises AeroError where nobody can be asked."""
    if file:
        return _first_line(file)
    if not sys.stdin.isatty():
        raise AeroError(f"Nobody can be asked here for the password of {name}.", "Give it by --password-file FILE")
    return str(click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=is_new, err=True))


def _first_line(file: str) -> str:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AeroError(f"The password in {file} can't be read: {error}", "Name a file that is text.") from None
    return text.partition("\n")[0].removesuffix("\r")
