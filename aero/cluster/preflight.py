"""Checks that the machine has what the services need, before any of them starts or writes anything."""

import os
import pwd
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from aero.cluster import jars, services
from aero.cluster.service import Service
from aero.datasets import REPOSITORY
from aero.errors import AeroError
from aero.settings import Settings

# Heaps grow to their limits only under load: idle, all services take about 6 GiB, and a Spark job another 1.5.
FREE_MEMORY_GIB = 8
FREE_DISK_GIB = 5
# YARN calls a fuller disk unhealthy and queues every job for ever (hadoop/conf/yarn-site.xml).
DISK_USED_PERCENT = 97
# Jars and Superset's packages, once.
FREE_CACHE_GIB = 3
# Commands, class paths, lists of jars and addresses of databases part at these.
UNUSABLE = re.compile(r"[\s'\"\\:;,$%*]")
# The bounds of a container, where this machine is one.
MEMORY_LIMITS = Path("/sys/fs/cgroup")


def check(settings: Settings, starting: list[Service]) -> None:
    """Raise one AeroError that names all that keeps the services from starting."""
    if found := faults(settings, starting):
        lines = "\n".join(f"  - {fault.problem} {fault.fix}" for fault in found)
        raise AeroError(f"Nothing was started:\n{lines}")


def faults(settings: Settings, starting: list[Service]) -> list[AeroError]:
    """All that keeps the services from starting."""
    return [
        *_paths(settings),
        *_owners(settings.home),
        *_writing(settings),
        *disk(settings),
        *_memory(starting),
        *_ports(settings, starting),
    ]


def _paths(settings: Settings) -> Iterator[AeroError]:
    remedies = {
        REPOSITORY: "Move the clone to a path without it, remove its .venv there, and begin again.",
        settings.home: "Set AERO_HOME to another folder.",
        settings.cache: "Set AERO_CACHE to another folder.",
    }
    for path, remedy in remedies.items():
        if found := UNUSABLE.search(str(path)):
            yield AeroError(
                f"The path {str(path)!r} has {found[0]!r} in it, where commands and class paths part.", remedy
            )


def _owners(home: Path) -> Iterator[AeroError]:
    """Files of another user, as one start with sudo and the next without leave them; the first that is found."""
    for path in (home, *_below(home)):
        if path.exists() and (owner := path.stat().st_uid) != os.geteuid():
            they, you = _name(owner), _name(os.geteuid())
            yield AeroError(
                f"{path} is {they}'s, and you are {you}: another user, or you with sudo, started it before.",
                f"Start it as {they}, or set AERO_HOME to a folder of yours, or, when it is down, make all of it yours:"
                f" sudo chown -R {you} {home}",
            )
            return


def _below(home: Path) -> Iterator[Path]:
    """What is in the data root, and in the folders there, as far as this user may look."""
    for folder in (home, *(home.iterdir() if os.access(home, os.R_OK | os.X_OK) else ())):
        if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
            yield from folder.iterdir()


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _writing(settings: Settings) -> Iterator[AeroError]:
    for name, path in (("AERO_HOME", settings.home), ("AERO_CACHE", settings.cache)):
        try:
            with tempfile.TemporaryFile(dir=_nearest(path)):
                pass
        except OSError as fault:
            yield AeroError(
                f"{path} can't be written to: {fault.strerror}.",
                f"Set {name} to a folder that can be, or mend what {_nearest(path)} lacks: its disk, its mount or its"
                " permissions.",
            )


def _nearest(path: Path) -> Path:
    """The folder, or that above it which is there."""
    return next(one for one in (path, *path.parents) if one.is_dir())


def disk(settings: Settings) -> Iterator[AeroError]:
    """Where the disk of the data is too full to go on, or that of the jars to fetch them."""
    home = psutil.disk_usage(str(_nearest(settings.home)))
    if home.free < FREE_DISK_GIB * 2**30 or home.percent > DISK_USED_PERCENT:
        yield AeroError(
            f"The disk of {settings.home} has {home.free / 2**30:.1f} GiB free and is {home.percent:.0f} % full;"
            f" at least {FREE_DISK_GIB} GiB and at most {DISK_USED_PERCENT} % are needed.",
            "Free some, or set AERO_HOME to another disk.",
        )
    cache = psutil.disk_usage(str(_nearest(settings.cache)))
    if jars.missing(settings) and cache.free < FREE_CACHE_GIB * 2**30:
        yield AeroError(
            f"The disk of {settings.cache} has {cache.free / 2**30:.1f} GiB free; {FREE_CACHE_GIB} are needed for the"
            " servers' jars and packages.",
            "Free some, or set AERO_CACHE to another disk.",
        )


def _memory(starting: list[Service]) -> list[AeroError]:
    whole = sum(service.heap_mb for service in services.BASE)
    needed = FREE_MEMORY_GIB * sum(service.heap() for service in starting) / whole
    free = free_memory() / 2**30
    if free >= needed:
        return []
    problem = f"{free:.1f} GiB of memory are free, {needed:.1f} are needed."
    return [AeroError(problem, "End other programs, or start fewer services: aero up hiveserver2")]


def free_memory() -> int:
    """Bytes that programs can still have: the machine's, or a container's."""
    free = psutil.virtual_memory().available
    limit, used, kinds = (MEMORY_LIMITS / f"memory.{name}" for name in ("max", "current", "stat"))
    if not limit.is_file() or not (most := limit.read_text().strip()).isdecimal():
        return free
    given_back = next(line.split()[1] for line in kinds.read_text().splitlines() if line.startswith("inactive_file "))
    return min(free, int(most) - int(used.read_text()) + int(given_back))


def _ports(settings: Settings, starting: list[Service]) -> list[AeroError]:
    taken = []
    for service in starting:
        for name in service.ports:
            port = settings.port(name.removesuffix("_PORT"))
            if _is_taken(port):
                problem = f"Port {port} ({name}, {service.name}) is taken{_by_whom(port)}."
                fix = f"End that program, set {name} to another port, or move all ports: AERO_PORT_OFFSET=1000"
                taken.append(AeroError(problem, fix))
    return taken


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _by_whom(port: int) -> str:
    try:
        listening = psutil.net_connections("inet")
    except psutil.AccessDenied:
        return ""
    for connection in listening:
        is_it = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
        if is_it and connection.pid:
            return f" by {psutil.Process(connection.pid).name()}, process {connection.pid}"
    return ""
