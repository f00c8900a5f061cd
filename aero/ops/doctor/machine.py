"""What the machine may lack: what a start would refuse, and what servers trip over that start all the same."""

import os
import resource
import socket
import stat
from dataclasses import replace

from aero.cluster import preflight, services
from aero.cluster.surroundings import UMASK
from aero.errors import AeroError
from aero.ops.doctor.finding import Finding, Look

# supervisord wants as many (aero/cluster/supervision.py); HBase and Kafka keep thousands open.
OPEN_FILES = 4096
# Below it the kernel ends the largest process, such as HBase.
FREE_MEMORY_MB = 512


def starts(look: Look) -> list[Finding]:
    """A start would be refused. Of a platform that runs only the disk: its ports are its own."""
    if look.is_running:
        return [Finding.of("disk-full", fault) for fault in preflight.disk(look.settings)]
    stopped = [services.BY_NAME[name] for name in look.stopped()]
    return [Finding.of("cannot-start", fault) for fault in preflight.faults(look.settings, stopped)]


def memory(look: Look) -> list[Finding]:
    """The kernel is about to end processes."""
    free = preflight.free_memory() // 2**20
    if not look.is_running or free >= FREE_MEMORY_MB:
        return []
    largest = sorted(((one.memory_bytes() or 0, name) for name, one in look.processes.items()), reverse=True)[:3]
    evidence = tuple(f"{name} has {used // 2**20} MB" for used, name in largest)
    what = f"{free} MB of memory are free: the kernel may end the largest server."
    return [Finding("memory", what, evidence, "End other programs, or what you do not need: aero down superset")]


def names(look: Look) -> list[Finding]:
    """localhost and the machine's own name must be known: Hadoop asks for both."""
    found = []
    for name, loopback in (("localhost", True), (socket.gethostname(), False)):
        try:
            address = socket.gethostbyname(name)
        except OSError as error:
            found.append(_unknown(name, f"{error}", "127.0.0.1"))
            continue
        if loopback and not address.startswith("127."):
            found.append(_unknown(name, f"it is {address}", "127.0.0.1"))
    return found


def _unknown(name: str, evidence: str, address: str) -> Finding:
    what = f"The name {name} does not lead to this machine; servers of Hadoop would not find each other."
    return Finding("host-name", what, (evidence,), f"Add a line to /etc/hosts: {address} {name}")


def open_files(look: Look) -> list[Finding]:
    """How many files a process may open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most >= OPEN_FILES:
        return []
    what = f"A process may open {most} files; the servers need {OPEN_FILES}."
    return [Finding("open-files", what, (f"ulimit -Hn: {most}",), "Raise nofile in /etc/security/limits.conf")]


def privacy(look: Look) -> list[Finding]:
    """Folders that hold passwords and rows are for their owner alone."""
    folders = (look.settings.home, look.settings.secrets)
    found = []
    for folder in filter(os.path.isdir, folders):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & UMASK:
            error = AeroError(f"Other users of this machine can enter {folder}.", f"chmod 700 {folder}")
            found.append(replace(Finding.of("open-folder", error, f"its mode is {mode:o}"), about=str(folder)))
    return found
