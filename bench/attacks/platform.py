"""The platform that is tried: its ports, processes and secrets, the people that are played, and what is cleaned up."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil

from aero import connections, people, walls
from aero.errors import AeroError
from aero.settings import Settings
from aero.superset import credentials
from bench.attacks import boards, signed_in
from bench.attacks.attempts import Failed, Person, Refused, Target, Who
from bench.attacks.runner import Runner, load_all

NAMES = {Who.READER: "attack-reader", Who.ANALYST: "attack-analyst", Who.OPERATOR: "attack-operator"}
MARKER = "aero_attack_"
LINKS = {Who.LINK: "attack-board", Who.ENDED_LINK: "attack-board-ended"}


@contextmanager
def opened(settings: Settings, has_firewall: bool = False) -> Iterator[Runner]:
    """What makes attempts at the platform that runs. The people that it plays are added before, and removed after."""
    load_all()
    processes = _processes(settings)
    owner = processes[0].uids().real if processes else 0
    target = Target(settings, "127.0.0.1", Person("", ""), "", Path(), _digests(settings), uid=owner,
                    loose_ports=_loose_ports(settings, processes),
                    home_mode=settings.home.stat().st_mode & 0o777,
                    began=processes[0].create_time() if processes else 0.0)  # fmt: skip
    played = _people(settings)
    try:
        admin = _admin(settings)
        in_superset = played or dict.fromkeys((*NAMES, Who.BROWSER), admin)
        tokens = _tokens(target, in_superset)
        in_superset = in_superset | _links(settings)
        yield Runner(target, played, in_superset, tokens, has_firewall, settings.is_closed("BROKER"))
    finally:
        for name in LINKS.values():
            _take_down(settings, name)
        if played:
            _remove_people(settings)


def _people(settings: Settings) -> dict[Who, Person]:
    """Names and new passwords of those that are played; none where the platform knows no people."""
    if not people.file(settings).is_file():
        return {}
    _remove_people(settings)
    found = {who: Person(name, secrets.token_urlsafe(20)) for who, name in NAMES.items()}
    for who, person in found.items():
        people.add(settings, person.name, who.name.lower(), person.password)
    return found | {Who.BROWSER: found[Who.OPERATOR]}


def _remove_people(settings: Settings) -> None:
    for name in NAMES.values():
        with suppress(AeroError):
            people.remove(settings, name)


def _links(settings: Settings) -> dict[Who, Person]:
    """The key of a board on the wall, and that of one that was taken down."""
    for name in LINKS.values():
        _take_down(settings, name)
    found = {
        who: Person(name, walls.add(settings, name, boards.BOARD, timedelta(hours=2))) for who, name in LINKS.items()
    }
    _take_down(settings, LINKS[Who.ENDED_LINK])
    return found


def _take_down(settings: Settings, name: str) -> None:
    with suppress(AeroError):
        walls.remove(settings, name)


def _admin(settings: Settings) -> Person:
    try:
        return Person(credentials.ADMIN, credentials.admin_password(settings))
    except AeroError:
        return Person("nobody", "nothing")


def _tokens(target: Target, played: dict[Who, Person]) -> dict[Who, str]:
    """What Superset gives those that are played; nothing where it does not run, or does not take them."""
    tokens: dict[Person, str] = {}
    for person in dict.fromkeys(played.values()):
        with suppress(Refused, Failed):
            tokens[person] = signed_in.token_of(replace(target, person=person))
    return {who: tokens[person] for who, person in played.items() if person in tokens}


def _processes(settings: Settings) -> list[psutil.Process]:
    """supervisord and all that runs under it, containers of YARN too; none where it does not run."""
    try:
        supervisor = psutil.Process(int((settings.home / "run" / "supervisord.pid").read_text()))
        return [supervisor, *supervisor.children(recursive=True)]
    except (OSError, ValueError, psutil.Error):
        return []


def _loose_ports(settings: Settings, processes: list[psutil.Process]) -> tuple[int, ...]:
    """Ports that they listen on, and that stand in no setting."""
    known = {int(value) for name, value in settings.environment.items() if name.endswith("_PORT")}
    ours = {process.pid for process in processes}
    listening = [one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN and one.pid in ours]
    return tuple(sorted({one.laddr.port for one in listening} - known))


def _digests(settings: Settings) -> frozenset[str]:
    """SHA-256 of each secret, by which an attempt knows one when it sees it, and has none of them."""
    folders = (settings.secrets, settings.home / "superset")
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file() and file.stat().st_size < 200]
    texts = [file.read_text(errors="replace").strip() for file in files]
    return frozenset(hashlib.sha256(text.encode()).hexdigest() for text in texts if len(text) >= 8)


def cleaned(settings: Settings) -> None:
    """Remove what statements may have left under names of the attempts'."""
    with suppress(Exception), connections.hive() as hive:
        for name in ("scratch_attack_analyst", "scratch_analyst"):
            hive.cursor().execute(f"DROP DATABASE IF EXISTS {name} CASCADE")
    client = connections.webhdfs()
    for folder in ("/", "/tmp"):
        with suppress(Exception):  # It may be down; then nothing was left there.
            for name in client.list(folder):
                if name.startswith(MARKER):
                    client.delete(f"{folder.rstrip('/')}/{name}", recursive=True)
