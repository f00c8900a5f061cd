"""What `aero --help` says of each command, and what it imports for that."""

import subprocess
import sys

import click

from aero import cli

CLIENTS = ("happybase", "hdfs", "kafka", "kazoo", "luigi", "pyhive", "requests", "thriftpy2")
LISTING = f"""
import sys
from aero.cli import main
main(["--help"], standalone_mode=False)
print("imported:", *sorted(set({CLIENTS!r}) & sys.modules.keys()), file=sys.stderr)
"""


def test_the_list_of_commands_imports_no_client_of_a_server():
    result = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "imported:"
    assert all(f"\n  {name} " in result.stdout for name in cli.PLACES)


def test_the_list_of_commands_says_what_the_commands_say_of_themselves():
    for name in cli.PLACES:
        command = cli.main.get_command(click.Context(cli.main), name)
        listed = click.Command(name, help=cli._help(name))
        assert listed.get_short_help_str(1000) == command.get_short_help_str(1000) != ""
