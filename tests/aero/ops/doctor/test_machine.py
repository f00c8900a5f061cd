"""What the machine lacks: found by the command as a person runs it where a limit, a port or a file will do."""

import json
import os
import socket
import subprocess
from types import SimpleNamespace

import psutil
import pytest

from aero.cluster import preflight
from aero.cluster.supervision import Process
from aero.errors import AeroError
from aero.ops.doctor import machine
from aero.settings import PORTS
from tests.aero.ops.doctor.looks import look, names
from tests.command import AERO
from tests.ports import free_port


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    """A function that runs `aero doctor --json` on a data root of its own; what it found, by name."""
    home = tmp_path / "root"
    home.mkdir(mode=0o700)

    def run(limits="true", **variables):
        ports = {name: str(free_port()) for name in PORTS}  # Those of a cluster that runs are taken.
        environment = os.environ | ports | {"AERO_HOME": str(home)} | variables
        command = ["bash", "-c", f"{limits}; exec {AERO} doctor --json"]
        result = subprocess.run(command, env=environment, capture_output=True, text=True)
        found = json.loads(result.stdout)
        assert result.returncode == bool(found), result.stderr
        return {one["name"]: one for one in found}

    run.home = home
    return run


def test_a_port_that_another_program_has_is_named_with_it(doctor):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = doctor(LUIGID_PORT=str(port))
    assert f"Port {port} (LUIGID_PORT, luigid) is taken by " in found["cannot-start"]["what"]
    assert f"process {os.getpid()}." in found["cannot-start"]["what"]
    assert found["cannot-start"]["do"].startswith("End that program, set LUIGID_PORT")


def test_few_open_files_and_an_open_folder_are_found(doctor):
    assert {"open-files", "open-folder"} & doctor().keys() == set()
    doctor.home.chmod(0o755)
    found = doctor("ulimit -n 1000")
    assert found["open-files"]["what"] == "A process may open 1000 files; the servers need 4096."
    assert found["open-folder"]["do"] == f"chmod 700 {doctor.home}" and found["open-folder"]["evidence"] == [
        "its mode is 755"
    ]


def test_what_a_start_would_refuse_is_found_while_nothing_runs(monkeypatch):
    asked = []
    monkeypatch.setattr(preflight, "faults", lambda _, starting: asked.append(starting) or [AeroError("No JDK.", "x")])
    [found] = machine.starts(look())
    assert (found.name, found.what, found.do) == ("cannot-start", "No JDK.", "x")
    assert {"namenode", "superset"} < {one.name for one in asked[0]}


def test_a_full_disk_is_found_while_all_runs_and_ports_of_its_own_are_not(monkeypatch):
    monkeypatch.setattr(preflight, "faults", lambda *_: [AeroError("Port 8020 is taken.")])
    assert machine.starts(look(namenode=None)) == []
    monkeypatch.setattr(psutil, "disk_usage", lambda _: SimpleNamespace(free=2**30, percent=99.0))
    [found] = machine.starts(look(namenode=None))
    assert found.name == "disk-full" and "has 1.0 GiB free and is 99 % full" in found.what


def test_little_memory_is_found_with_the_largest_servers(monkeypatch):
    used = {"hbase": 900, "kafka": 700, "metastore": 500, "luigid": 50}
    monkeypatch.setattr(Process, "memory_bytes", lambda one: used[one.name] * 2**20)
    monkeypatch.setattr(preflight, "free_memory", lambda: 511 * 2**20)
    running = dict.fromkeys(used)
    [found] = machine.memory(look(**running))
    assert found.evidence == ("hbase has 900 MB", "kafka has 700 MB", "metastore has 500 MB")
    monkeypatch.setattr(preflight, "free_memory", lambda: 512 * 2**20)
    assert machine.memory(look(**running)) == []


@pytest.mark.parametrize("known", [{}, {"localhost": "10.0.0.7", socket.gethostname(): "10.0.0.7"}])
def test_names_that_lead_nowhere_are_found(monkeypatch, known):
    def resolve(name):
        if name not in known:
            raise socket.gaierror("Name or service not known")
        return known[name]

    monkeypatch.setattr(socket, "gethostbyname", resolve)
    found = machine.names(look())
    assert {f"/etc/hosts: 127.0.0.1 {name}" in one.do for name, one in zip(["localhost"], found)} == {True}
    assert len(found) == (1 if known else 2)


def test_names_that_are_known_are_no_trouble(monkeypatch):
    monkeypatch.setattr(socket, "gethostbyname", {"localhost": "127.0.0.1", socket.gethostname(): "10.0.0.7"}.get)
    assert names(machine.names(look())) == []
