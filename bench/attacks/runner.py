"""Makes attempts as somebody else: each in a process of its own, under a user id that nobody has, here or in another
network namespace, and ended when its time is up.

It needs root: another user's process has no other way to begin. What it makes for itself, a folder under /tmp and a
pair of addresses, goes with it.
"""

import ctypes
import importlib
import ipaddress
import json
import multiprocessing
import os
import pkgutil
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from bench.attacks.attempts import Absent, Attempt, Failed, Person, Refused, Target, Wall, Who

# Of this process: two that run at once have networks of their own.
NETWORK_NAMESPACE, LINK = f"aero-attack-{os.getpid()}", f"aero{os.getpid() % 10**8}"
_NETWORK = ipaddress.ip_network(f"10.231.{os.getpid() // 63 % 256}.{os.getpid() % 63 * 4}/30")
HERE_ADDRESS, THERE_ADDRESS = map(str, _NETWORK.hosts())
CLONE_NEWNET = 0x40000000


class Place(StrEnum):
    """Where an attempt comes from."""

    USER = "another user"
    NETWORK = "another network"


class Outcome(StrEnum):
    """What came of it. No wall: it came in, as it must where nothing but aero firewall stands there, which is off."""

    REFUSED = "refused"
    CAME_IN = "came in"
    NO_WALL = "came in: needs aero firewall"
    AS_IT_MUST = "let in as it must"
    SHUT = "not let in, but must be"
    NOT_THERE = "not there"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """An attempt, where it came from, what came of it, and what was said."""

    attempt: Attempt
    place: Place
    outcome: Outcome
    said: str
    seconds: float


def unused_user() -> int:
    """A user id that nobody has."""
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in range(61184, 65520) if uid not in taken)


@contextmanager
def another_network() -> Iterator[None]:
    """A network namespace that reaches this machine by two addresses of its own, and others by way of this one."""
    _ip("netns", "add", NETWORK_NAMESPACE)
    try:
        _ip("link", "add", LINK, "type", "veth", "peer", "name", f"{LINK}1", "netns", NETWORK_NAMESPACE)
        _ip("addr", "add", f"{HERE_ADDRESS}/30", "dev", LINK)
        _ip("link", "set", LINK, "up")
        for arguments in (("addr", "add", f"{THERE_ADDRESS}/30", "dev", f"{LINK}1"), ("link", "set", f"{LINK}1", "up"),
                          ("route", "add", "default", "via", HERE_ADDRESS)):  # fmt: skip
            _ip("-n", NETWORK_NAMESPACE, *arguments)
        yield
    finally:
        subprocess.run(["ip", "link", "del", LINK], capture_output=True)
        _ip("netns", "del", NETWORK_NAMESPACE)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def load_all() -> None:
    """Import all that attempts may come to need: whose folders a stranger may not read cannot import it later."""
    importlib.import_module("_strptime")
    for package in ("kafka", "kazoo", "thriftpy2", "thrift", "pyhive", "requests", "urllib3", "encodings", "puresasl"):
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}.", onerror=lambda _name: None):
            if not found.name.endswith("__main__"):
                with suppress(Exception):  # Some need what is not installed.
                    importlib.import_module(found.name)


@dataclass
class Runner:
    """Makes attempts at one platform. `people`: the names and passwords of those that it plays."""

    target: Target
    people: dict[Who, Person]
    superset_people: dict[Who, Person]
    tokens: dict[Who, str] = field(default_factory=dict)  # Of Superset.
    has_firewall: bool = False
    has_kafka_door: bool = False

    def made(self, attempt: Attempt, place: Place) -> Result:
        """Make one attempt."""
        began = time.monotonic()
        if attempt.port and not self._is_there(attempt.port):
            return Result(attempt, place, Outcome.NOT_THERE, "", 0.0)
        outcome, said = self._in_a_process(attempt, place)
        return Result(attempt, place, self._judged(attempt, place, outcome), said, time.monotonic() - began)

    def _is_there(self, port: str) -> bool:
        settings = self.target.settings
        try:
            socket.create_connection(("127.0.0.1", settings.port(port)), timeout=3).close()
        except OSError:
            return False
        return True

    def _judged(self, attempt: Attempt, place: Place, outcome: Outcome) -> Outcome:
        if attempt.wall == Wall.NONE and place == Place.USER:
            return {Outcome.CAME_IN: Outcome.AS_IT_MUST, Outcome.REFUSED: Outcome.SHUT}.get(outcome, outcome)
        is_walled = attempt.wall != Wall.FIREWALL or self.has_firewall or place == Place.NETWORK
        is_walled = is_walled or (self.has_kafka_door and attempt.door == "Kafka")
        return outcome if is_walled or outcome != Outcome.CAME_IN else Outcome.NO_WALL

    def _in_a_process(self, attempt: Attempt, place: Place) -> tuple[Outcome, str]:
        folder = Path(tempfile.mkdtemp(prefix="aero-attack-"))
        target = self._target(attempt, place, folder)
        folder.chmod(0o777)
        mine, theirs = multiprocessing.Pipe(duplex=False)
        pid = os.fork()
        if not pid:
            mine.close()
            _become(place, folder, self.target.settings.home)
            theirs.send(_tried(attempt, target))
            os._exit(0)
        theirs.close()
        try:
            if not mine.poll(attempt.seconds):
                return Outcome.FAILED, f"no answer within {attempt.seconds} s"
            return mine.recv()
        except EOFError:
            return Outcome.FAILED, "its process ended"
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
            os.waitpid(pid, 0)
            shutil.rmtree(folder, ignore_errors=True)

    def _target(self, attempt: Attempt, place: Place, folder: Path) -> Target:
        is_superset = attempt.door == "Superset"
        people = self.superset_people if is_superset else self.people
        return replace(
            self.target,
            host="127.0.0.1" if place == Place.USER else HERE_ADDRESS,
            person=people.get(attempt.who, Person(attempt.who.split("'")[0].split()[0], "")),
            marker=f"aero_attack_{os.urandom(4).hex()}",
            folder=folder,
            token=self.tokens.get(attempt.who, "") if is_superset else "",
        )


def _become(place: Place, folder: Path, home: Path) -> None:
    """Make this process a stranger's: another user without groups, an empty environment, perhaps another network."""
    if place == Place.NETWORK:
        with open(f"/run/netns/{NETWORK_NAMESPACE}") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
    uid = unused_user()
    os.chdir(home)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    os.environ.clear()
    os.environ |= {"HOME": str(folder), "PATH": "/usr/bin:/bin"}


def _tried(attempt: Attempt, target: Target) -> tuple[Outcome, str]:
    try:
        return Outcome.CAME_IN, _first(attempt.run(target) or "")
    except Refused as refused:
        return Outcome.REFUSED, _first(str(refused))
    except Absent:
        return Outcome.NOT_THERE, ""
    except Failed as failed:
        return Outcome.FAILED, _first(str(failed))
    except Exception as mistake:  # Of the attempt: never to be taken for a closed door.
        return Outcome.FAILED, _first(f"{type(mistake).__name__}: {mistake}")


def _first(text: str) -> str:
    return json.loads(json.dumps(" ".join(text.split())[:300]))
