"""The config of a live source, kept in a file by `aero live start`: a source that is started again goes on with it."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aero import process_state
from aero.errors import AeroError
from aero.files import replace_json
from aero.live.replay.faults import Faults
from aero.live.sources import StartOptions
from aero.settings import Settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Config = TypeVar("Config", bound=DataclassInstance)
else:
    Config = TypeVar("Config")


@dataclass(frozen=True)
class ReplayConfig:
    """A replay of the days from `first_day` to `last_day` (YYYY-MM-DD) of aero_clean.flights.

    `speed` is how many times as fast as they were; None is as fast as possible.
    """

    first_day: str
    last_day: str
    speed: float | None = None
    seed: int = 0
    faults: Mapping[str, float] = field(default_factory=dict)
    # Always null: configs and delivery logs of before have it.
    file: None = None

    @property
    def days(self) -> list[date]:
        """The days, in order."""
        first, last = date.fromisoformat(self.first_day), date.fromisoformat(self.last_day)
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    @property
    def injected(self) -> Faults:
        return Faults(**self.faults)

    @property
    def deliveries(self) -> dict[str, Any]:
        """The part that says what is sent, whatever the speed."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "speed"}

    def log_folder(self, settings: Settings) -> Path:
        """Folder of the delivery log of this replay, the same whenever the same is sent."""
        digest = hashlib.sha256(json.dumps(self.deliveries, sort_keys=True).encode()).hexdigest()[:8]
        return process_state.folder(settings) / "replays" / f"{self.first_day}-{digest}"


@dataclass(frozen=True)
class PollConfig:
    """How a source is polled: every `interval` seconds, at `url`. `pages`, `monthly_calls` and `filters` (the API's own
    parameters) are AviationStack's."""

    interval: float
    url: str
    pages: int = 1
    monthly_calls: int = 100
    filters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, options: StartOptions, interval: float, url: str) -> "PollConfig":
        """What the options say; `interval` where they say none."""
        every = options["interval"] or interval
        return cls(every, url, options["pages"], options["monthly_calls"], options["filters"])


def write(settings: Settings, source: str, config: "DataclassInstance") -> None:
    """Keep the config of a source for its process."""
    replace_json(_file(settings, source), dataclasses.asdict(config))


def exists(settings: Settings, source: str) -> bool:
    """Whether the source was ever started."""
    return _file(settings, source).exists()


def read(settings: Settings, source: str, kind: type[Config]) -> Config:
    """The config of a source, of class `kind`. Raises AeroError if there is none, or if the file is not one."""
    path = _file(settings, source)
    start = f"Start it with: aero live start --source {source}"
    if not path.exists():
        raise AeroError(f"{source} has no config: {path} is not there.", start)
    try:
        return kind(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as fault:
        raise AeroError(f"{path}: is no config of {source}: {fault}", start) from fault


def key_file(settings: Settings, source: str) -> Path:
    """The file that holds a source's key, mode 0600, where it is not in the environment."""
    return process_state.folder(settings) / "keys" / source


def _file(settings: Settings, source: str) -> Path:
    return process_state.folder(settings) / "plans" / f"{source}.json"
