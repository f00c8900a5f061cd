"""Who answers: all services asked at once, each for as long as a person would wait, and no longer for the slowest.

A server whose process was stopped (SIGSTOP), or that hangs, still takes connections: the kernel does. Only an answer
shows that it lives.
"""

import threading
import time
from collections.abc import Iterable

from aero.cluster.service import Service
from aero.errors import AeroError
from aero.settings import Settings


def waits(settings: Settings, services: Iterable[Service], seconds: float) -> dict[str, str | None]:
    """What each service waits for by its name, None where it is ready. One may take `seconds` to say it."""
    said: dict[str, str | None] = {}
    asked = {service.name: _asking(settings, service, said) for service in services}
    until = time.monotonic() + seconds
    for thread in asked.values():
        thread.join(max(0.0, until - time.monotonic()))
    known = dict(said)
    return {name: known[name] if name in known else silent(seconds) for name in asked}


def silent(seconds: float) -> str:
    """What one waits for that may take connections, and no more."""
    return f"an answer; it has said nothing for {seconds:g} s"


def _asking(settings: Settings, service: Service, said: dict[str, str | None]) -> threading.Thread:
    """A daemon: a probe that hangs keeps no command from ending."""

    def ask() -> None:
        try:
            said[service.name] = service.waits_for(settings)
        except AeroError as refused:
            said[service.name] = refused.problem

    thread = threading.Thread(target=ask, name=f"asks {service.name}", daemon=True)
    thread.start()
    return thread
