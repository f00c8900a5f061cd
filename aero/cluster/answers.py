"""Who answers: all services asked at once, each for as long as a person would wait, and no longer for the slowest.

A server whose process was stopped (SIGSTOP), or that hangs, still takes connections: the kernel does. Only an answer
shows that it lives.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from aero.cluster.service import Service
from aero.cluster.services import SERVICES
from aero.cluster.supervision import Process, Supervisor
from aero.errors import AeroError
from aero.settings import Settings

Said = TypeVar("Said")


def waits(settings: Settings, services: Iterable[Service], seconds: float) -> dict[str, str | None]:
    """What each service waits for by its name, None where it is ready. One may take `seconds` to say it."""
    asked = {service.name: partial(_asked, settings, service) for service in services}
    known = within(seconds, asked)
    return {name: known[name] if name in known else silent(seconds) for name in asked}


def of_running(settings: Settings, seconds: float) -> tuple[dict[str, Process], dict[str, str | None]]:
    """The processes that the supervisor knows, by service, and what those of them that run wait for, as `waits`."""
    processes = Supervisor(settings).processes()
    running = [one for one in SERVICES if one.name in processes and processes[one.name].alive]
    return processes, waits(settings, running, seconds)


def silent(seconds: float) -> str:
    """What one waits for that may take connections, and no more."""
    return f"an answer; it has said nothing for {seconds:g} s"


def within(seconds: float, questions: Mapping[str, Callable[[], Said]]) -> dict[str, Said]:
    """The answers by their questions' names, all asked at once; those that take longer than `seconds` are missing."""
    said: dict[str, Said] = {}
    threads = [_asking(name, question, said) for name, question in questions.items()]
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return dict(said)


def _asked(settings: Settings, service: Service) -> str | None:
    try:
        return service.waits_for(settings)
    except AeroError as refused:
        return refused.problem


def _asking(name: str, question: Callable[[], Said], said: dict[str, Said]) -> threading.Thread:
    """A daemon: a question that hangs keeps no command from ending."""

    def ask() -> None:
        said[name] = question()

    thread = threading.Thread(target=ask, name=f"asks {name}", daemon=True)
    thread.start()
    return thread
