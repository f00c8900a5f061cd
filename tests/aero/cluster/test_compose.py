"""What `aero --profile compose` has Compose do: files of this machine are mounted, all else is as it was typed."""

import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.cluster import compose


@pytest.fixture
def handed(monkeypatch):
    """The arguments of every call of Compose up to now."""
    calls = []
    monkeypatch.setattr(compose, "compose", lambda *arguments: calls.append(arguments) or 0)
    return calls


def test_files_are_mounted_and_long_statements_are_not_taken_for_one(handed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "superset").mkdir()
    (tmp_path / "months.hql").touch()
    statement = f"select {', '.join(['carrier'] * 100)}"
    compose.run(["sql", "months.hql", "-e", statement])
    compose.run(["superset", "password"])
    compose.run(["load", f"--source={tmp_path}"])
    file = tmp_path / "months.hql"
    assert handed[0][-5:] == ("aero", "sql", str(file), "-e", statement) and f"--volume={file}:{file}:ro" in handed[0]
    assert handed[1][-3:] == ("aero", "superset", "password") and not any("--volume" in part for part in handed[1])
    assert handed[2][-1] == f"--source={tmp_path}" and f"--volume={tmp_path}:{tmp_path}:ro" in handed[2]


@pytest.mark.parametrize(
    "typed, source",
    [
        ("--day 2013-07-10 --speed 600", "replay"),
        ("--source opensky --interval 900", "opensky"),
        ("--filter dep_iata=JFK --source=replay --source=aviationstack", "aviationstack"),
    ],
)
def test_live_start_starts_the_container_of_the_source(handed, typed, source):
    result = CliRunner().invoke(main, ["--profile", "compose", "live", "start", *typed.split()])
    assert result.exit_code == 0
    up, stop, configure, start = handed
    assert (up, stop) == (("up", "-d", "stream"), ("stop", source))
    assert configure[-4 - len(typed.split()) :] == ("client", "aero", "live", "start", *typed.split())
    assert start == ("up", "-d", "--no-deps", source)


def test_help_starts_nothing(handed):
    assert CliRunner().invoke(main, ["--profile", "compose", "live", "start", "--help"]).exit_code == 0
    [client] = handed
    assert client[-5:] == ("client", "aero", "live", "start", "--help")


def test_who_writes_is_asked_in_a_container_as_zookeeper_has_no_door(handed):
    assert CliRunner().invoke(main, ["--profile", "compose", "status", "--writers"]).exit_code == 0
    [client] = handed
    assert client[-4:] == ("client", "aero", "status", "--writers")


def test_the_firewall_s_rules_are_printed_for_the_networks_that_there_are(handed, monkeypatch, tmp_path):
    said = {"network ls": "0a 0b", "network inspect": "172.18.0.0/16 \n172.19.0.0/16 \n"}
    script = "".join(f'[ "$1 $2" = "{asked}" ] && printf "{answer}"\n' for asked, answer in said.items())
    (tmp_path / "docker").write_text(f"#!/bin/sh\n{script}true\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    printed = CliRunner().invoke(main, ["--profile", "compose", "firewall"])
    assert printed.exit_code == 0 and "ip daddr { 172.18.0.0/16, 172.19.0.0/16 }" in printed.stdout and handed == []
    (tmp_path / "docker").write_text("#!/bin/sh\n")
    assert "no network yet" in CliRunner().invoke(main, ["--profile", "compose", "firewall"]).output
