"""What keeps services from starting is said before anything starts, all of it at once."""

import os
import socket
from types import SimpleNamespace

import psutil
import pytest
from rich.console import Console

from aero.cluster import jars, preflight, services, startup
from aero.errors import AeroError
from aero.settings import load_settings

KAFKA = services.BY_NAME["kafka"]
ROOM = SimpleNamespace(free=100 * 2**30, percent=10)


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine with all that is needed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("KAFKA_PORT", str(free.getsockname()[1]))
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("KAFKA_CONTROLLER_PORT", str(free.getsockname()[1]))
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=64 * 2**30, total=64 * 2**30))
    monkeypatch.setattr(psutil, "disk_usage", lambda _: ROOM)
    monkeypatch.setattr(preflight, "MEMORY_LIMITS", tmp_path)
    monkeypatch.setattr(jars, "missing", lambda _: [])


def faults() -> list[str]:
    """What is said of a start of Kafka."""
    try:
        preflight.check(load_settings(), [KAFKA])
    except AeroError as refusal:
        head, *said = str(refusal).splitlines()
        assert head == "Nothing was started:"
        return [line.removeprefix("  - ") for line in said]
    return []


def test_nothing_is_said_where_all_is_there_and_nothing_is_made(tmp_path):
    assert faults() == []
    assert not (tmp_path / "home").exists() and not (tmp_path / "cache").exists()


@pytest.mark.parametrize("character", [" ", ":", ",", "'", "%", "$"])
@pytest.mark.parametrize("name", ["AERO_HOME", "AERO_CACHE", "clone"])
def test_a_path_at_which_commands_part_is_refused(tmp_path, monkeypatch, name, character):
    path = tmp_path / f"my{character}data"
    if name == "clone":
        monkeypatch.setattr(preflight, "REPOSITORY", path)
    else:
        monkeypatch.setenv(name, str(path))
    [said] = faults()
    assert repr(str(path)) in said and f"has {character!r} in it" in said
    assert ("Move the clone" if name == "clone" else f"Set {name} to another folder") in said


@pytest.mark.parametrize("place", ["home", "home/logs", "home/hdfs/name"])
def test_files_of_another_user_are_named_with_both_users(tmp_path, monkeypatch, place):
    (tmp_path / place).mkdir(parents=True)
    assert faults() == []
    real = os.stat(tmp_path / place).st_uid
    stat, mine = type(tmp_path).stat, tmp_path / place

    def of_another(path, **how):
        found = stat(path, **how)
        return os.stat_result((*found[:4], 54321, *found[5:])) if path == mine else found

    monkeypatch.setattr(type(tmp_path), "stat", of_another)
    [said] = faults()
    assert said.startswith(f"{tmp_path / place} is user 54321's, and you are {preflight._name(real)}: ")
    assert f"sudo chown -R {preflight._name(real)} {tmp_path / 'home'}" in said


def test_a_folder_that_cannot_be_written_to_is_named_with_its_setting(monkeypatch):
    monkeypatch.setenv("AERO_HOME", "/proc/aero")
    monkeypatch.setattr(os, "geteuid", lambda: os.stat("/proc").st_uid)
    [said] = faults()
    assert said.startswith("/proc/aero can't be written to: ") and "Set AERO_HOME to a folder that can be" in said


def test_a_port_that_another_has_is_named_with_who(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("KAFKA_PORT", str(port))
        [said] = faults()
    assert said.startswith(f"Port {port} (KAFKA_PORT, kafka) is taken by ") and f"process {os.getpid()}" in said
    assert "AERO_PORT_OFFSET=1000" in said


def test_too_little_memory_or_disk_says_how_much_there_is_and_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**28, total=2**36))
    monkeypatch.setattr(psutil, "disk_usage", lambda _: SimpleNamespace(free=2**30, percent=98))
    monkeypatch.setattr(jars, "missing", lambda _: ["kafka"])
    disk, cache, memory = faults()
    assert "1.0 GiB free and is 98 % full" in disk and "at least 5 GiB" in disk
    assert f"{tmp_path / 'cache'} has 1.0 GiB free; 3 are needed" in cache
    assert memory.startswith("0.2 GiB of memory are free, 0.7 are needed.")


@pytest.mark.parametrize(("most", "is_enough"), [("max", True), (str(2**33), True), (str(2**30), False)])
def test_the_memory_of_a_container_is_what_it_may_have(tmp_path, most, is_enough):
    for name, text in (("max", f"{most}\n"), ("current", f"{2**30}\n"), ("stat", f"anon 1\ninactive_file {2**28}\n")):
        (tmp_path / f"memory.{name}").write_text(text)
    assert [said.split(" are free")[0] for said in faults()] == ([] if is_enough else ["0.2 GiB of memory"])


def test_all_that_is_wrong_is_said_at_once_and_no_folder_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "my data"))
    monkeypatch.setattr(psutil, "disk_usage", lambda _: SimpleNamespace(free=0, percent=100))
    with pytest.raises(AeroError, match="in it, where commands .*\n.*GiB free and is 100 % full"):
        startup.Startup(load_settings(), Console(quiet=True)).run(("kafka",))
    assert list(tmp_path.iterdir()) == []
