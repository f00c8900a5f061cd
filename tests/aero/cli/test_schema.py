"""What `--json` prints is what its schema says."""

import json

import msgspec
import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.cli.schema import PRINTED


def _printed(*words):
    return CliRunner().invoke(main, words).stdout


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))


@pytest.mark.parametrize("command", ["audit", "doctor", "status", "tables"])
def test_a_command_that_needs_no_server_prints_what_its_schema_says(home, command):
    shown = msgspec.json.decode(_printed(command, "--json").encode(), type=PRINTED[command])
    assert shown or command in ("audit", "doctor")


def test_a_schema_names_each_field_with_its_type(home):
    said = json.loads(_printed("schema", "doctor"))
    assert said["title"] == "aero doctor --json" and said["type"] == "array"
    fields = said["$defs"]["Finding"]["properties"]
    assert {name: field["type"] for name, field in fields.items()}["evidence"] == "array"
    assert {"name", "what", "evidence", "do", "about"} == fields.keys()


def test_without_a_command_all_that_have_one_are_listed(home):
    assert _printed("schema").split() == list(PRINTED)
    for command in PRINTED:
        assert json.loads(_printed("schema", command))["$defs"]
        assert any("--json" in option.opts for option in main.get_command(None, command).params)
