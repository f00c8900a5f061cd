"""`aero user`: who may come in."""

import os
import pty
import subprocess

import pytest
from click.testing import CliRunner

from aero import metastore, people
from aero.cli import main
from aero.errors import AeroError
from aero.settings import load_settings
from tests.command import AERO
from tests.ports import free_port
from tests.printed import printed

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AERO_SECRETS_DIR", str(tmp_path / "secrets"))
    monkeypatch.setenv("METASTORE_PORT", str(free_port()))


def _user(*arguments: str, input: str | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["user", *arguments], input=input)
    assert result.exit_code == code, result.output
    return result.output


def test_a_person_is_added_listed_changed_and_removed(tmp_path):
    people.make_platform_accounts(load_settings())
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nnot this\n")
    _user("add", "ada", "--role", "analyst", "--password-file", str(file))
    assert people.verified(load_settings(), "ada", PASSWORD).role == "analyst"
    assert printed("user list", _user("list", "--json")) == [
        {"name": "ada", "role": "analyst", "is_platform": False},
        {"name": "aero", "role": "operator", "is_platform": True},
        {"name": "superset", "role": "reader", "is_platform": True},
    ]
    assert "the platform's own" in _user("list")
    _user("passwd", "ada", "--password-file", "-", input="another-password\n")
    assert people.verified(load_settings(), "ada", "another-password")
    _user("rm", "ada", input="n\n", code=1)
    assert "ada" in people.load(load_settings())
    _user("rm", "ada", "--yes")
    assert "ada" not in people.load(load_settings())


def test_a_generated_password_is_printed_once_and_alone():
    result = CliRunner().invoke(main, ["user", "add", "ada", "--role", "reader", "--generate"])
    assert people.verified(load_settings(), "ada", result.stdout.strip())
    assert result.stderr == "ada may come in, as reader.\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["add", "ada", "--role", "king", "--generate"], "king"),
        (["add", "Ada", "--role", "reader", "--generate"], "can't be a name"),
        (["add", "ada", "--role", "reader"], "Give it by --password-file FILE"),
        (["add", "ada", "--role", "reader", "--password-file", "not-there"], "The password in not-there can't be read"),
        (["add", "ada", "--role", "reader", "--password-file", "-", "--generate"], "Give either"),
        (["passwd", "ada", "--generate"], "There is nobody named 'ada'"),
        (["rm", "ada", "--yes"], "There is nobody named 'ada'"),
        (["rm", "aero", "--yes"], "The platform itself comes in as aero"),
    ],
)
def test_a_refusal_says_why(arguments, problem):
    output = CliRunner().invoke(main, ["user", *arguments], input="")
    assert problem in output.output and output.exit_code and not people.load(load_settings())


def _typed(*arguments: str, keys: str) -> tuple[int, str]:
    """The exit code and all that a terminal shows when `keys` are typed into the command."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([AERO, "user", *arguments], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    typed = [key.encode() for key in keys.splitlines(keepends=True)]
    while True:
        try:
            shown += os.read(ours, 1000)
        except OSError:  # So ends a terminal on Linux.
            break
        if typed and shown.endswith(b": "):
            os.write(ours, typed.pop(0))
    os.close(ours)
    return process.wait(), shown.decode()


def test_a_typed_password_is_asked_twice_and_not_shown():
    code, shown = _typed("add", "ada", "--role", "reader", keys=f"{PASSWORD}\n{PASSWORD}\n")
    assert code == 0 and "Repeat for confirmation" in shown and PASSWORD not in shown
    assert people.verified(load_settings(), "ada", PASSWORD)


@pytest.fixture
def databases(monkeypatch):
    """A metastore that answers with these databases."""
    names = ["aero_clean", "scratch_anna_lena"]
    monkeypatch.setattr(metastore, "databases", lambda _: names)
    return names


def test_who_gets_an_analysts_name_does_not_get_their_database_unless_that_is_said(databases):
    refused = _user("add", "anna-lena", "--role", "analyst", "--generate", code=1)
    assert "There is a database scratch_anna_lena of somebody who had this name" in refused
    assert 'aero sql -e "DROP DATABASE scratch_anna_lena CASCADE"' in refused and "--keep-scratch" in refused
    assert not people.load(load_settings())
    _user("add", "anna-lena", "--role", "reader", "--generate")
    _user("rm", "anna-lena", "--yes")
    _user("add", "anna-lena", "--role", "analyst", "--generate", "--keep-scratch")
    said = _user("rm", "anna-lena", "--yes")
    assert "If they made scratch_anna_lena, it stays" in said and "DROP DATABASE scratch_anna_lena CASCADE" in said
    databases.remove("scratch_anna_lena")
    _user("add", "anna-lena", "--role", "analyst", "--generate")
    assert people.load(load_settings())["anna-lena"].role == "analyst"


def test_without_the_metastore_nobody_gets_a_name_that_may_have_a_database(tmp_path, monkeypatch):
    monkeypatch.setenv("METASTORE_DOOR", "open")  # Nobody has a password yet.
    with pytest.raises(AeroError, match="The metastore does not answer"):
        metastore.databases(load_settings())
    _user("add", "ada", "--role", "analyst", "--generate")  # Nothing was ever started.
    (tmp_path / "home" / "metastore").mkdir(parents=True)
    refused = _user("add", "ben", "--role", "analyst", "--generate", code=1)
    assert "Whether there is a database scratch_ben, which ben would have, can't be known" in refused
    assert "aero up metastore" in refused and "--keep-scratch" in refused
    _user("add", "ben", "--role", "reader", "--generate")
    _user("add", "cyd", "--role", "analyst", "--generate", "--keep-scratch")
    assert set(people.load(load_settings())) == {"ada", "ben", "cyd"}


def test_supersets_own_account_is_nobodys_name():
    assert "Superset's own account" in _user("add", "admin", "--role", "operator", "--generate", code=1)
