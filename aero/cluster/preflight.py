"""Checks that the machine has what the services need, before any of them starts."""

import shutil
import socket

import psutil

from aero.cluster import jars, java, services
from aero.cluster.service import Service
from aero.errors import AeroError
from aero.settings import Settings

# Heaps grow to their limits only under load: idle, all services take about 6 GiB, and a Spark job another 1.5.
FREE_MEMORY_GIB = 8
FREE_DISK_GIB = 5
# YARN calls a fuller disk unhealthy and queues every job for ever (hadoop/conf/yarn-site.xml).
DISK_USED_PERCENT = 97


def check(settings: Settings, starting: list[Service]) -> None:
    """Raise one AeroError that names all that keeps the services from starting."""
    faults = [*_jdk(), *_maven(settings), *_disk(settings), *_memory(starting), *_ports(settings, starting)]
    if faults:
        raise AeroError("Nothing was started:\n" + "\n".join(f"  - {fault}" for fault in faults))


def _jdk() -> list[str]:
    try:
        java.home()
    except AeroError as error:
        return [f"{error.problem} {error.fix}"]
    return []


def _maven(settings: Settings) -> list[str]:
    if not jars.missing(settings) or shutil.which("mvn"):
        return []
    return [
        "Maven (mvn) is not on the PATH, and the servers' jars are not in the cache yet. Install it, such as with:"
        " apt-get install maven"
    ]


def _disk(settings: Settings) -> list[str]:
    disk = psutil.disk_usage(str(settings.home))
    if disk.free < FREE_DISK_GIB * 2**30 or disk.percent > DISK_USED_PERCENT:
        return [
            f"The disk of {settings.home} has {disk.free / 2**30:.1f} GiB free and is {disk.percent:.0f} % full;"
            f" at least {FREE_DISK_GIB} GiB and at most {DISK_USED_PERCENT} % are needed. Free some, or set"
            " AERO_HOME to another disk."
        ]
    return []


def _memory(starting: list[Service]) -> list[str]:
    whole = sum(service.heap_mb for service in services.BASE)
    needed = FREE_MEMORY_GIB * sum(service.heap() for service in starting) / whole
    free = psutil.virtual_memory().available / 2**30
    if free >= needed:
        return []
    return [
        f"{free:.1f} GiB of memory are free, {needed:.1f} are needed. End other programs, or start fewer services:"
        " aero up hiveserver2"
    ]


def _ports(settings: Settings, starting: list[Service]) -> list[str]:
    faults = []
    for service in starting:
        for name in service.ports:
            port = settings.port(name.removesuffix("_PORT"))
            if _is_taken(port):
                faults.append(
                    f"Port {port} ({name}, {service.name}) is taken{_by_whom(port)}. End that program, set"
                    f" {name} to another port, or move all ports: AERO_PORT_OFFSET=1000"
                )
    return faults


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
