"""The firewall's rules: which ports they close, and, in a network of the test's own, whom they let in."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from aero.cluster import firewall
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.settings import DOORS, PORTS, Settings, load_settings


def settings_with(doors: str) -> Settings:
    """Ours, with every door open or closed."""
    settings = load_settings()
    return replace(settings, environment=settings.environment | {f"{door}_DOOR": doors for door in firewall.DOORS})


# Nobody's.
OWNER, STRANGER = 61190, 61191


def closed_ports(text: str) -> set[int]:
    [line] = [line for line in text.splitlines() if "set closed" in line]
    return {int(port) for port in line.split("{")[2].split("}")[0].split(",")}


def test_every_port_is_closed_that_does_not_ask_for_a_password():
    settings = settings_with("open")
    all_ports = {settings.port(name.removesuffix("_PORT")) for name in PORTS}
    assert closed_ports(firewall.rules(settings, OWNER)) == all_ports - {settings.port("SUPERSET")}


def test_the_doors_are_those_of_the_settings():
    assert {f"{door}_DOOR" for door in firewall.DOORS} == set(DOORS)


def test_doors_that_ask_for_a_password_stay_open_to_all():
    settings = settings_with("closed")
    closed = closed_ports(firewall.rules(settings, OWNER))
    for name in ("HIVESERVER2", "SPARK_THRIFT", "SUPERSET", "KAFKA", "NAMENODE_HTTP", "LUIGID"):
        assert settings.port(name) not in closed
    for name in (
        "NAMENODE",
        "DATANODE",
        "RESOURCEMANAGER",
        "METASTORE",
        "ZOOKEEPER",
        "HBASE_THRIFT",
    ):
        assert settings.port(name) in closed


def test_two_platforms_of_a_machine_have_rules_of_their_own(monkeypatch):
    first = firewall.name(load_settings())
    monkeypatch.setenv("AERO_PORT_OFFSET", "12000")
    assert firewall.name(load_settings()) != first


def test_before_the_first_start_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path / "none"))
    with pytest.raises(AeroError, match="nothing was started yet"):
        firewall.rules(load_settings())


PROGRAM = f"""
import encodings.idna, json, os, socket, subprocess, sys
from aero.cluster import firewall
from aero.settings import load_settings

OWNER, STRANGER = {OWNER}, {STRANGER}
settings = load_settings()
owner = int(sys.argv[1])
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
firewall.apply(firewall.rules(settings, owner))
ports = [settings.port("NAMENODE"), settings.port("HIVESERVER2"), 45678, 45679]

def as_user(uid, task):
    mine, theirs = os.pipe()
    if not os.fork():
        try:
            os.setgroups([]); os.setgid(uid); os.setuid(uid)
            os.write(theirs, json.dumps(task()).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    os.wait()
    return json.loads(os.read(mine, 10_000))

def reached():
    found = []
    for port in ports:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=8).close()
            found.append("in")
        except OSError as error:
            found.append(type(error).__name__)
    return found

# Listeners of the platform's user at all ports but the last, which is a program's of the stranger.
servers = []
for port in ports:
    uid = owner if port != 45679 else STRANGER
    os.seteuid(uid)
    servers.append(socket.create_server(("127.0.0.1", port), backlog=50))
    os.seteuid(0)
answers = {{str(uid): as_user(uid, reached) for uid in (OWNER, STRANGER, 0)}}
firewall.remove(firewall.name(settings))
print(json.dumps(answers | {{"removed": as_user(STRANGER, reached)}}))
"""


def _whom_it_lets_in(owner: int) -> dict[str, list[str]]:
    command = ["unshare", "--net", sys.executable, "-c", PROGRAM, str(owner)]
    closed = os.environ | {f"{door}_DOOR": "closed" for door in firewall.DOORS}
    result = subprocess.run(command, cwd=REPOSITORY, env=closed, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


needs_root = pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin"),
    reason="rules of the kernel are root's, and nft's of the package nftables",
)


@needs_root
def test_only_its_user_and_root_reach_the_platform_s_ports_in_settings_or_not():
    found = _whom_it_lets_in(OWNER)
    assert found[str(OWNER)] == found["0"] == ["in"] * 4
    assert found[str(STRANGER)] == ["ConnectionRefusedError", "in", "ConnectionRefusedError", "in"]
    assert found["removed"] == ["in"] * 4


@needs_root
def test_of_a_platform_of_root_s_the_ports_of_the_settings_are_closed():
    found = _whom_it_lets_in(0)
    assert found["0"] == ["in"] * 4
    assert found[str(STRANGER)] == ["ConnectionRefusedError", "in", "in", "in"]


# A network of containers, as this machine sees it: an address of its own, a published port that the kernel leads there
# (at 192.0.2.9), and one for which Docker's process, which is root's, connects.
CONTAINERS = f'''
import encodings.idna, json, os, socket, subprocess
from aero.cluster import firewall

subnet, container, published = "10.250.7.0/24", "10.250.7.2", "192.0.2.9"
for words in ("link set lo up", f"addr add {{container}}/24 dev lo", f"route add {{published}} dev lo"):
    subprocess.run(["ip", *words.split()], check=True)
server = socket.create_server((container, 0), backlog=50)
port = server.getsockname()[1]
firewall.apply(f"""table ip docker {{{{
  chain out {{{{
    type nat hook output priority -100
    ip daddr {{published}} dnat to {{container}}
  }}}}
}}}}
""")
table = firewall.name_of_containers("Aero-test")
rules = firewall.rules_of_containers(table, [subnet, "172.30.0.0/16"])

def reached(uid):
    mine, theirs = os.pipe()
    if not os.fork():
        found = []
        os.setgroups([]); os.setgid(uid); os.setuid(uid)
        for address in (container, published):
            try:
                socket.create_connection((address, port), timeout=8).close()
                found.append("in")
            except OSError as error:
                found.append(type(error).__name__)
        os.write(theirs, json.dumps(found).encode())
        os._exit(0)
    os.close(theirs)
    os.wait()
    return json.loads(os.read(mine, 10_000))

answers = {{"before": reached({STRANGER})}}
firewall.apply(rules)
firewall.apply(rules)  # Again, it replaces itself.
answers |= {{"stranger": reached({STRANGER}), "root": reached(0)}}
firewall.remove(table)
print(json.dumps(answers | {{"removed": reached({STRANGER})}}))
'''


@needs_root
def test_containers_are_reached_by_root_and_where_a_port_is_published():
    command = ["unshare", "--net", sys.executable, "-c", CONTAINERS]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["before"] == found["root"] == found["removed"] == ["in", "in"]
    assert found["stranger"] == ["ConnectionRefusedError", "in"]
