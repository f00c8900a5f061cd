"""Strangers at the containers: the attempts of bench/attacks by another user of this machine, and from another network.

What asks for a password lets none of them in. The pages ask for none: this machine's users read them, by their doors.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from aero.settings import Settings, load_settings
from bench.attacks import __main__ as suite
from bench.attacks import rpc
from bench.attacks.attempts import Attempt, Failed, Person, Refused, Target, Who
from bench.attacks.platform import NAMES
from bench.attacks.runner import Outcome, Place, Runner, another_network, load_all
from tests.command import aero
from tests.compose import cluster

pytestmark = [
    pytest.mark.compose,
    pytest.mark.skipif(os.getuid() != 0 or not shutil.which("ip"), reason="root alone may be somebody else"),
]

PAGES = {"NAMENODE_HTTP": "NAMENODE_DOOR", "HBASE_MASTER_HTTP": "HBASE_MASTER_DOOR", "LUIGID": "LUIGID_DOOR"}
ASKING = {"HIVESERVER2": "HIVESERVER2_DOOR", "KAFKA": "KAFKA_DOOR", "SUPERSET": "SUPERSET_DOOR"}
# What a container says at a port that nothing publishes, until nobody has come for ten minutes.
PORT, WORD = 19_999, "it-is-me"
SPEAKER = f"""
import socket
server = socket.create_server(("0.0.0.0", {PORT}))
server.settimeout(600)
while True:
    connection, _ = server.accept()
    connection.sendall({WORD.encode()!r})
    connection.close()
"""
LETS_IN = {Outcome.REFUSED, Outcome.AS_IT_MUST}


@pytest.fixture(scope="module")
def runner(year_2013, doors, tmp_path_factory):
    """Makes attempts at the published doors, also as a reader, an analyst and an operator."""
    load_all()
    home = tmp_path_factory.mktemp("strangers")
    ports = {f"{port}_PORT": str(doors[door]) for port, door in (PAGES | ASKING).items()}
    settings = Settings(home, home, load_settings().environment | ports)
    target = Target(settings, "127.0.0.1", Person("", ""), "", Path())
    people = {who: Person(name, _added(name, who)) for who, name in NAMES.items()}
    with another_network():
        yield Runner(target, people, {}, has_kafka_door=True)


def _added(name: str, who: Who) -> str:
    """The password of a new person."""
    said = aero("--profile", "compose", "user", "add", name, "--role", who.name.lower(), "--generate")
    return said.out.split()[-1]


def _attempts(ports) -> list[Attempt]:
    """Those at some doors. What looks for a file that the server left on this machine has nothing to find: the server's
    files are its container's. Whom Superset lets do what is tested on one machine."""
    return [
        one
        for one in suite.chosen((), ())
        if one.port in ports and "{folder}" not in one.tries and (one.port != "SUPERSET" or one.who == Who.STRANGER)
    ]


@pytest.mark.parametrize("place", Place)
def test_a_door_that_asks_lets_nobody_in_who_may_not(runner, place):
    found = [runner.made(one, place) for one in _attempts(ASKING)]
    assert [one for one in found if one.outcome not in LETS_IN] == []
    as_they_must = {one.attempt.door for one in found if one.outcome == Outcome.AS_IT_MUST}
    assert as_they_must == ({"HiveServer2", "Superset"} if place == Place.USER else set())


@pytest.mark.parametrize("place", Place)
def test_the_pages_are_read_on_this_machine_alone(runner, place):
    pages = [one for one in _attempts(PAGES) if one.name in ("reads /jmx", "reads the page")]
    assert {one.port for one in pages} == set(PAGES)
    is_open = place == Place.USER and not cluster.is_closed("HTTP")
    expected = Outcome.CAME_IN if is_open else Outcome.REFUSED
    assert {one.door: runner.made(one, place).outcome for one in pages} == {one.door: expected for one in pages}


@pytest.fixture(scope="module")
def spoken(containers) -> list[tuple[str, str]]:
    """Networks, and addresses there at which a container says a word to whoever comes. A connection alone would show
    nothing: there are machines whose way out takes connections to any address."""
    found = []
    for name in ("datanode", "namenode"):
        cluster.docker("exec", "-d", cluster.container(name), "python", "-c", SPEAKER)
        networks = json.loads(cluster.inspect(name, "{{json .NetworkSettings.Networks}}"))
        found += [(network.rpartition("_")[2], networks[network]["IPAddress"]) for network in networks]
    assert sorted(network for network, _ in found) == ["inside", "inside", "outside"]
    for _, address in found:  # luigid is on both networks.
        listener = f"import socket; print(socket.create_connection(({address!r}, {PORT}), 5).recv(99).decode())"
        cluster.until(lambda code=listener: cluster.inside("luigid", "python", "-c", code) == WORD, seconds=60)
    return found


@pytest.mark.parametrize("place", Place)
def test_no_container_is_reached_by_its_address(runner, spoken, place):
    """On `outside`, where doors are published, this machine has an address too."""
    networks = ("inside",) if place == Place.USER else ("inside", "outside")
    addresses = [address for network, address in spoken if network in networks]
    assert len(addresses) == {Place.USER: 2, Place.NETWORK: 3}[place]
    result = runner.made(Attempt("hears", "containers", "each address", _hears(addresses), seconds=120), place)
    assert result.outcome == Outcome.REFUSED, result.said


def test_the_firewall_keeps_this_machine_s_users_from_containers_and_lets_them_to_doors(runner, spoken):
    attempt = Attempt("hears", "containers", "each address", _hears([address for _, address in spoken]), seconds=120)
    assert runner.made(attempt, Place.USER).outcome == Outcome.CAME_IN
    aero("--profile", "compose", "firewall", "--apply")
    try:
        assert runner.made(attempt, Place.USER).outcome == Outcome.REFUSED
        [own] = [one for one in _attempts(ASKING) if one.name == "a reader's own question"]
        assert runner.made(own, Place.USER).outcome == Outcome.AS_IT_MUST
    finally:
        aero("--profile", "compose", "firewall", "--remove")


def _hears(addresses: list[str]):
    def hears(address: str) -> bool:
        try:
            with rpc.connected(address, PORT) as connection:
                return connection.recv(99) == WORD.encode()
        except (Refused, Failed):
            return False

    def run(_target: Target) -> str:
        if not (heard := [address for address in addresses if hears(address)]):
            raise Refused(f"none of {len(addresses)} says the word")
        return f"heard at {', '.join(heard)}"

    return run
