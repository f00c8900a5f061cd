"""How much memory a load takes while it runs, in each tenth of its time: whether it grows with the months."""

import os
import threading
import time
from contextlib import suppress
from types import TracebackType

import psutil

from aero.settings import Settings
from bench.chaos import plan
from bench.chaos.targets import Targets, memory_mb

KINDS = (plan.LUIGI, plan.DRIVER, plan.MASTER, plan.EXECUTOR)
TENTHS = 10


class Watch:
    """Looks again and again at the processes of a load that this process started, and at its containers on YARN."""

    def __init__(self, settings: Settings, pause_seconds: float = 5.0):
        self._targets, self._pause = Targets(settings, os.getpid), pause_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._seen: list[tuple[float, dict[str, int]]] = []

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def tenths_mb(self) -> dict[str, list[int]]:
        """The most resident MiB of each kind of process in each tenth of the time; 0 where none ran."""
        return tenths(self._seen)

    def _look(self) -> None:
        while True:
            with suppress(psutil.Error):  # One has ended while it was looked at.
                self._seen.append((time.monotonic(), {kind: memory_mb(self._targets.of(kind)) for kind in KINDS}))
            if self._over.wait(self._pause):
                return


def tenths(seen: list[tuple[float, dict[str, int]]]) -> dict[str, list[int]]:
    """Of looks at an instant in seconds, the most that each kind had in each tenth of their time."""
    began, ended = seen[0][0], seen[-1][0]
    found = {kind: [0] * TENTHS for kind in KINDS}
    for instant, sizes in seen:
        tenth = min(TENTHS - 1, int(TENTHS * (instant - began) / ((ended - began) or 1)))
        for kind, size in sizes.items():
            found[kind][tenth] = max(found[kind][tenth], size)
    return found
