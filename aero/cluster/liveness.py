"""Starts a server anew that runs and no longer answers: frozen, stuck, or with what matters in it dead.

supervisord sees only processes that end. HBase's master, once it has aborted, may live on for minutes, but closes its
ports at once; one that was stopped (SIGSTOP) lives on for ever, and its ports are open. In containers Docker's health
checks do this.
"""

import logging
import threading
import time
from collections.abc import Callable

import psutil

from aero.cluster import answers, services
from aero.cluster.service import Service
from aero.cluster.supervision import Process, Supervisor
from aero.errors import AeroError
from aero.settings import Settings, number

# AERO_LIVENESS_SECONDS sets another time. A server that collects garbage, or a machine that swaps, is silent for less.
SECONDS = 90
# What may be busy with questions for long, and not answer another.
PATIENCE = {"hiveserver2": 3, "spark-thrift": 3, "superset": 3}
# What no longer listens on a port that it had has ended inside of a process that lives on. Long enough for two looks.
CLOSED_SECONDS = 5
PAUSE_SECONDS = 10
LOOK_SECONDS = 10.0
# They have no server to ask, or report by a file how they are.
_OTHERS = {"scheduler"}
log = logging.getLogger("liveness")


def watched() -> list[Service]:
    """Servers of which an answer shows that they live."""
    return [service for service in services.BASE if service.name not in _OTHERS]


class Watch:
    """Looks again and again; `clock` is in seconds."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic):
        self.settings = settings
        self.clock = clock
        self.seconds = number("AERO_LIVENESS_SECONDS", SECONDS)
        self._was_ready: dict[str, int] = {}  # The process of each service that was ready.
        self._silent_since: dict[str, float] = {}

    def start(self) -> None:
        """Look in the background, as long as this process lives."""
        threading.Thread(target=self._run, name="liveness", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except (AeroError, OSError, psutil.Error) as fault:
                log.warning("%s", fault)
            time.sleep(PAUSE_SECONDS)

    def look(self) -> list[str]:
        """End what has been silent for too long: supervisord starts it anew. Returns the names."""
        processes = Supervisor(self.settings).processes()
        running = [one for one in watched() if one.name in processes and processes[one.name].pid]
        waits = answers.waits(self.settings, running, LOOK_SECONDS)
        now = self.clock()
        overdue = [one.name for one in running if self._is_overdue(one, processes[one.name], waits, now)]
        for name in overdue:
            log.warning("%s has not answered for %d s (it waits for %s): it is started anew.",
                        name, now - self._silent_since.pop(name), waits[name])  # fmt: skip
            for process in processes[name].family():
                process.kill()
        return overdue

    def _is_overdue(self, service: Service, process: Process, waits: dict[str, str | None], now: float) -> bool:
        """Whether it was ready, and has not been for too long, though all that it needs is."""
        name = service.name
        if waits[name] is None:
            self._was_ready[name] = process.pid
        has_all = all(waits.get(needed, "its start") is None for needed in service.after)
        if waits[name] is None or self._was_ready.get(name) != process.pid or not has_all:
            self._silent_since.pop(name, None)
            return False
        is_closed = process.state == "RUNNING" and _has_closed(self.settings, service, process)
        patience = CLOSED_SECONDS if is_closed else self.seconds * PATIENCE.get(name, 1)
        return now - self._silent_since.setdefault(name, now) > patience


def _has_closed(settings: Settings, service: Service, process: Process) -> bool:
    """Whether no process of it listens on one of its ports. One that was stopped (SIGSTOP) listens still."""
    heard = {
        connection.laddr.port
        for one in process.family()
        for connection in one.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    return any(settings.port(name.removesuffix("_PORT")) not in heard for name in service.ports)
