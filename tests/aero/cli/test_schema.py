"""aero schema: what is printed for scripts; tests/printed.py holds what the tests of each command print against it."""

import json
import re

import click
from click.testing import CliRunner

from aero.cli import main
from aero.cli.schemas import SCHEMAS
from aero.datasets import REPOSITORY
from tests.printed import command_of

# What has no --json, and why.
_HANDS_OVER = "it becomes another program, or hands its output over as that program has it"
_STARTS = "it starts or stops what runs on; aero status --json tells how that goes"
_SHORT = "all that it says is that it did it"
WITHOUT = {
    **dict.fromkeys(("beeline", "hdfs", "kafka", "notebook", "spark-history"), _HANDS_OVER),
    **dict.fromkeys(("up", "down", "fetch", "demo", "live start", "live stop"), _STARTS),
    **dict.fromkeys(("user add", "user passwd", "user rm", "wall remove"), _SHORT),
    "completion": "a shell reads it",
    "firewall": "nft reads it",
    "lineage": "--as json, beside its other forms",
    "man": "man reads it",
    "metrics": "Prometheus reads it",
    "report picture": "it writes a picture",
    "schema": "it prints a JSON Schema as it is",
    "sql": "--format json, beside its other forms",
    "superset password": "an address and a password for a person",
}


def _commands(command=main, words=()):
    """Every command that has no commands below it, by its words."""
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    for name, below in command.commands.items():
        yield from _commands(below, (*words, name))


def test_every_command_prints_json_with_a_schema_or_says_here_why_not():
    told = dict(_commands())
    has_json = {name for name, command in told.items() if any("--json" in one.opts for one in command.params)}
    assert has_json == {name.partition(" --")[0] for name in SCHEMAS}
    assert told.keys() - has_json == WITHOUT.keys()


def _shown(*words, code=0):
    shown = CliRunner().invoke(main, ["schema", *words])
    assert shown.exit_code == code, shown.output
    return shown.output


def test_every_schema_is_one_and_is_of_a_command_with_json():
    assert _shown().splitlines() == list(SCHEMAS)
    for name in SCHEMAS:
        schema = json.loads(_shown(*name.split(" ", 1)) if "--" not in name else _shown(name))
        assert schema.keys() & {"type", "$ref"}, name
        words = [word for word in name.split() if not word.startswith("--")]
        assert "--json" in CliRunner().invoke(main, [*words, "--help"]).output, name


def test_what_has_none_is_refused_with_where_they_are_listed():
    assert "There is no schema of 'up'" in _shown("up", code=1)


def test_every_schema_is_held_against_what_a_command_prints():
    tests = [path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py")]
    held = {name for text in tests for name in re.findall(r'(?:printed|as_schema)\("([^"]+)"', text)}
    assert not SCHEMAS.keys() - held


def test_what_a_test_on_a_cluster_runs_is_known_by_its_words():
    assert command_of(("forecast", "show", "--day", "2013-07-10", "--json")) == "forecast show"
    assert command_of(("accept", "2020-04", "--json", "--because", "x", "--dry-run")) == "accept --dry-run"
    assert command_of(("logs", "--json", "kafka")) == "logs"
    assert command_of(("logs", "--runs", "--json")) == "logs --runs"
