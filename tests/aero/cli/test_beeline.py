"""`aero beeline`: the real beeline, at a door that remembers who came and lets nobody in."""

import os
import subprocess

import pytest

from aero import people
from aero.settings import load_settings
from tests.command import AERO
from tests.sasl_door import sasl_door

PASSWORD = "correct-horse-battery"


@pytest.fixture
def came(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("HIVE_DOOR", "closed")
    people.make_platform_accounts(load_settings())
    with sasl_door() as (port, came):
        monkeypatch.setenv("HIVESERVER2_PORT", str(port))
        yield came


def _beeline(*arguments: str, typed: str = "") -> subprocess.CompletedProcess:
    command = [AERO, "beeline", *arguments, "-e", "select 1"]
    return subprocess.run(command, input=typed, capture_output=True, text=True, env=os.environ, timeout=120)


@pytest.mark.parametrize("who", [["--as", "ada", "--password-file", "-"], []])
def test_beeline_comes_in_with_a_password_that_is_no_argument(came, who):
    done = _beeline(*who, typed=f"{PASSWORD}\n")
    name, password = ("ada", PASSWORD) if who else ("aero", people.password_of(load_settings(), "aero"))
    assert set(came) == {(name, password)}, done.stderr
    assert password not in done.stdout + done.stderr
    assert "Error validating the login" in done.stderr
