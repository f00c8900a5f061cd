"""What `aero doctor` says of one thing that is wrong, and what its checks look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from aero.cluster import services
from aero.cluster.supervision import Process
from aero.errors import AeroError
from aero.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One trouble: a `name` for scripts, `what` is wrong in a sentence, the `evidence` line by line, what to `do`.
    `about`: the one service, node, month or the like that it is about; empty where that is the whole."""

    name: str
    what: str
    evidence: tuple[str, ...]
    do: str
    about: str = ""

    @classmethod
    def of(cls, name: str, error: AeroError, *evidence: str) -> Self:
        """What an error says that a start would raise: its first line is what is wrong, the others show it."""
        what, *lines = error.problem.splitlines()
        return cls(name, what, (*(line.strip() for line in lines), *evidence), error.fix)


@dataclass(frozen=True)
class Look:
    """What is known when the checks begin: each service's process, and what those wait for that run (None: nothing)."""

    settings: Settings
    processes: Mapping[str, Process]
    waits: Mapping[str, str | None]

    @property
    def is_running(self) -> bool:
        """Whether any service runs."""
        return bool(self.waits)

    def is_ready(self, *names: str) -> bool:
        return all(name in self.waits and self.waits[name] is None for name in names)

    def stopped(self) -> list[str]:
        """The services that `aero up` would start."""
        return [service.name for service in services.BASE if service.name not in self.waits]
