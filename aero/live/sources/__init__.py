"""The live sources, once: the service list, the command line, the containers and the schema of an event read them here.

A source's module offers what SourceModule lists: opensky.py is the model of a polled source (its `run` ends in
polling.serve), replay.py that of one that has its events already. docs/changing.md has the whole recipe of a new one.

This module imports nothing of the sources: commands and executors read it, and must start fast.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, cast

if TYPE_CHECKING:
    from aero.settings import Settings


class StartOptions(TypedDict):
    """The options of `aero live start`, each checked by itself; shares of faults are 0 to 1."""

    day: date | None
    first: date | None
    last: date | None
    speed: float | None
    seed: int
    late: float
    duplicate: float
    shuffle: float
    corrupt: float
    interval: float | None
    pages: int
    monthly_calls: int
    filters: dict[str, str]


class SourceModule(Protocol):
    """What the module of a live source offers."""

    def config_of(self, options: StartOptions) -> Callable[[], Any]:
        """Check the options; what comes back makes the config (a dataclass of JSON values) once `needs` are ready.

        Raises click.UsageError or AeroError for options that do not fit.
        """

    def read_key(self, file: Path) -> str | None:
        """The text of the key, of the environment or of `file`; None for a source that runs without one.

        Raises AeroError saying where to put it for a source that does not.
        """

    def run(self, settings: "Settings", stop: Event) -> None:
        """Send events, as the config kept for it says, until it is over or `stop` is set.

        Raises AeroError for what starting it again does not mend.
        """


@dataclass(frozen=True)
class LiveSource:
    """One live source. `what`: a line for `aero status`. `module`: a SourceModule, imported when it is asked for.

    `needs`: services that must be ready before its config can be made. `key_variables`: where its key is looked for.
    """

    name: str
    what: str
    module: str
    needs: tuple[str, ...] = ()
    key_variables: tuple[str, ...] = ()

    def load(self) -> SourceModule:
        return cast(SourceModule, import_module(self.module))


SOURCES = {
    source.name: source
    for source in (
        LiveSource(
            "replay",
            "Source of live events: a past day, played again",
            "aero.live.sources.replay",
            needs=("hiveserver2",),
        ),
        LiveSource(
            "aviationstack",
            "Source of live events: schedules and states of AviationStack",
            "aero.live.sources.aviationstack",
            key_variables=("AVIATIONSTACK_API_KEY",),
        ),
        LiveSource(
            "opensky",
            "Source of live events: positions of OpenSky",
            "aero.live.sources.opensky",
            key_variables=("OPENSKY_CLIENT_ID", "OPENSKY_CLIENT_SECRET"),
        ),
    )
}
