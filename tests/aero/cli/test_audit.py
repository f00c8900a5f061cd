"""aero audit: what it shows, of whom and since when."""

import json

import pytest

from aero import audit
from aero.audit import Outcome
from aero.cli import audited
from tests.command import aero
from tests.printed import printed


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    audit.write(tmp_path, "hiveserver2", "ann", "127.0.0.1", "select [/x]\x1b[2J", Outcome.ALLOWED)
    audit.write(tmp_path, "spark", "bob", "127.0.0.1", "add jar x", Outcome.REFUSED, "bob may not add jars")
    return tmp_path


def test_it_shows_who_asked_what_with_what_outcome(home):
    shown = aero("audit").out
    assert "select [/x] [2J" in shown and "bob may not add jars" in shown and "\x1b" not in shown


@pytest.mark.parametrize("option", [("--who", "bob"), ("--door", "spark"), ("--outcome", "refused")])
def test_it_shows_a_part(home, option):
    found = printed("audit", aero("audit", "--since", "30m", *option, "--json").out)
    assert [one["what"] for one in found] == ["add jar x"]


def test_where_nothing_was_asked_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    assert "Nothing was asked" in aero("audit", "--since", "2d").out
    assert json.loads(aero("audit", "--json").out) == []


def test_a_time_that_is_none_is_refused_with_an_example(home):
    assert "such as 30m, 1h or 2d" in aero("audit", "--since", "yesterday", fails=True).err


@pytest.mark.parametrize(
    ("words", "is_looking"),
    [
        (["months"], True),
        (["user", "list", "--json"], True),
        (["user", "rm", "ann"], False),
        (["schedule", "show"], True),
        (["schedule", "pause"], False),
        (["rollback", "2013-02", "--dry-run"], True),
        (["rollback", "2013-02"], False),
        (["firewall"], True),
        (["firewall", "--apply"], False),
        (["load", "--help"], True),
        ([], True),
    ],
)
def test_commands_that_only_look_leave_nothing(words, is_looking):
    assert audited.is_looking(words) == is_looking


def test_a_command_that_changes_something_is_written_down_with_how_it_ended(home):
    aero("schedule", "pause")
    aero("unpin", "2013-02", fails=True, AERO_PORT_OFFSET="13000")
    aero("months", fails=True, AERO_PORT_OFFSET="13000")
    found = aero("audit", "--door", "cli", "--json").json
    assert [(one["what"], one["outcome"]) for one in found] == [
        ("aero schedule pause", "allowed"),
        ("aero unpin 2013-02", "failed"),
    ]
    assert all(one["who"] for one in found) and "aero up" in found[1]["why"]


def test_a_command_makes_no_data_root(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "none"))
    aero("down")
    assert not (tmp_path / "none").exists()
