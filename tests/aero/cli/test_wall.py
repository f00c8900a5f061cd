"""`aero wall`: links for screens, kept in a file from which nobody learns a key."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from aero import walls
from aero.cli import main
from aero.errors import AeroError
from aero.settings import load_settings
from aero.superset import assets
from tests.printed import printed


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AERO_SECRETS_DIR", str(tmp_path / "secrets"))


def _wall(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["wall", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_a_link_is_printed_once_and_its_board_found_by_its_key_alone():
    link = _wall("add", "lobby", "--dashboard", "live", "--for", "2h").strip()
    address, key = re.fullmatch(r"(http://\S+)/aero/wall/#(\S{43})", link).groups()
    assert address == load_settings().page("SUPERSET").rstrip("/")
    board = walls.of_key(load_settings(), key)
    assert (board.name, board.dashboard) == ("lobby", "live")
    assert walls.of_key(load_settings(), key[:-1]) is None
    file = walls.file(load_settings())
    assert key not in file.read_text() and file.stat().st_mode & 0o077 == 0
    [listed] = printed("wall list", _wall("list", "--json"))
    assert (listed["name"], listed["is_good"]) == ("lobby", True) and "key_sha256" not in listed
    assert "lobby  live" in _wall("list")
    _wall("remove", "lobby")
    assert walls.of_key(load_settings(), key) is None and json.loads(_wall("list", "--json")) == []


def test_scripts_have_the_link_once_too():
    told = printed("wall add", _wall("add", "lobby", "--dashboard", "live", "--json"))
    link = told.pop("link")
    assert told == printed("wall list", _wall("list", "--json"))[0]
    assert walls.of_key(load_settings(), link.partition("#")[2]).name == "lobby"


def test_a_link_that_has_ended_stays_listed_and_opens_nothing():
    key = walls.add(load_settings(), "fair", "history", timedelta(0))
    assert walls.of_key(load_settings(), key) is None
    assert "ended" in _wall("list")


def test_what_cannot_be_is_refused():
    _wall("add", "lobby", "--dashboard", "live")
    for arguments in (["lobby", "--dashboard", "live"], ["Lobby!", "--dashboard", "live"]):
        _wall("add", *arguments, code=1)
    _wall("add", "other", "--dashboard", "nowhere", code=2)
    _wall("remove", "nobody", code=1)
    assert list(walls.load(load_settings())) == ["lobby"]
    walls.file(load_settings()).write_text('[{"name": "x"}]')
    with pytest.raises(AeroError, match=re.escape(str(walls.file(load_settings())))):
        walls.load(load_settings())


def test_every_dashboard_can_be_shown():
    assert {"history", "live", "live-and-history", "tomorrow", "health"} <= assets.titles().keys()
