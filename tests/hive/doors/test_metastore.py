"""A real metastore with its door closed: who comes in, and who does not."""

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import replace

import pytest
from rich.console import Console

from aero import metastore, people
from aero.cluster import jars, readiness, services
from aero.cluster.java_runtime import HIVE
from aero.datasets import FLIGHTS
from aero.errors import AeroError
from aero.settings import load_settings
from tests.hive.doors.server import PASSWORDS, ROLES
from tests.ports import free_port
from tests.waiting import until


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Of the platform that it serves."""
    with served(tmp_path_factory.mktemp("metastore"), "closed") as settings:
        yield settings


@contextmanager
def served(home, door):
    port, of_this_machine = free_port(), load_settings()
    jars.resolve(of_this_machine, Console(quiet=True))
    own = {"METASTORE_PORT": str(port), "METASTORE_DOOR": door, "AERO_HOME": str(home)}
    own["AERO_SECRETS_DIR"] = str(home / "secrets")
    settings = replace(of_this_machine, home=home, environment=of_this_machine.environment | own)
    people.make_platform_accounts(settings)
    for name, role in ROLES.items() - {(one.name, one.role) for one in people.load(settings).values()}:
        people.add(settings, name, role, PASSWORDS[name])
    (home / "tmp").mkdir()
    (home / "conf").mkdir()
    (home / "conf" / "core-site.xml").write_text(
        "<configuration><property><name>fs.defaultFS</name><value>file:///</value></property></configuration>"
    )
    variables = services.environment(settings)
    command = HIVE.command(variables, "-Xmx256m", "-XX:TieredStopAtLevel=1")
    at = command.index("-cp") + 1
    command[at] = f"{home}/conf:{command[at]}"
    command += ["org.apache.hadoop.hive.metastore.HiveMetaStore", "-p", str(port)]
    environment = {name: os.environ[name] for name in ("PATH", "HOME")} | variables
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
    try:
        until(lambda: _is_ready(settings, process), seconds=120)
        yield settings
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(settings, process):
    if process.poll() is not None:
        raise SystemExit(f"The metastore ended: see {settings.home}/log")
    return readiness.metastore(settings) is None


def _comes_in(settings, name, password, monkeypatch):
    monkeypatch.setattr(people, "USER", name)
    monkeypatch.setattr(people, "password_of", lambda _settings, _name: password)
    return metastore.version(settings, 20)


def _failures(settings):
    file = settings.home / "logs" / "audit" / "metastore.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [(line["who"], line["outcome"], line["why"].split(",")[0]) for line in lines]


def test_the_platform_comes_in_with_its_password_and_asks(settings):
    assert metastore.version(settings, 20).startswith("4.")
    assert metastore.locations(FLIGHTS, settings) == {}
    assert metastore.databases(settings) == ["default"]


def test_an_operator_comes_in_with_their_own(settings, monkeypatch):
    assert _comes_in(settings, "otto", PASSWORDS["otto"], monkeypatch)


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("aero", "not-the-password", "wrong name or password"),
        ("rita", PASSWORDS["rita"], "no operator"),
        ("anna-lena", PASSWORDS["anna-lena"], "no operator"),
        ("nobody", "nobody-at-all", "wrong name or password"),
        ("", "", "wrong name or password"),
    ],
)
def test_others_do_not_and_it_stands_in_the_audit(settings, monkeypatch, name, password, why):
    with pytest.raises(AeroError, match="does not let"):
        _comes_in(settings, name, password, monkeypatch)
    assert not name or _failures(settings)[-1] == (name, "not signed in", why)


def test_who_says_no_name_is_not_answered(settings):
    """As a client without SASL asks."""
    environment = settings.environment | {"METASTORE_DOOR": "open"}
    with pytest.raises(AeroError, match="ended the connection"):
        metastore.version(replace(settings, environment=environment), 20)
    assert "status -128" not in (settings.home / "log").read_text()  # Each session of Spark's SQL server begins so.


def test_a_new_password_holds_at_once(settings):
    before = people.password_of(settings, people.USER)
    people.change(settings, people.USER, people.generated())
    assert people.password_of(settings, people.USER) != before
    assert metastore.version(settings, 20)


def test_an_open_one_asks_nobody(tmp_path):
    with served(tmp_path, "open") as settings:
        (settings.secrets / "passwords" / people.USER).unlink()
        assert metastore.locations(FLIGHTS, settings) == {}
