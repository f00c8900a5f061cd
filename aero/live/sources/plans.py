"""What `aero live start` asked of a source, kept in a file: a source that is started again goes on with it."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from aero import process_state
from aero.errors import AeroError
from aero.live.replay.faults import Faults
from aero.settings import Settings


@dataclass(frozen=True)
class ReplayPlan:
    """A replay of the days from `first_day` to `last_day` (YYYY-MM-DD), of aero_clean.flights or of a BTS `file`.

    `speed` is how many times as fast as they were; None is as fast as possible.
    """

    first_day: str
    last_day: str
    file: str | None = None
    speed: float | None = None
    seed: int = 0
    faults: Mapping[str, float] = field(default_factory=dict)

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

    def ledger_folder(self, settings: Settings) -> Path:
        """Folder of the ledger of this replay, the same whenever the same is sent."""
        digest = hashlib.sha256(json.dumps(self.deliveries, sort_keys=True).encode()).hexdigest()[:8]
        return process_state.folder(settings) / "replays" / f"{self.first_day}-{digest}"


@dataclass(frozen=True)
class PollPlan:
    """How a source is polled: every `interval` seconds, at `url`. `pages`, `monthly_calls` and `filters` (the API's own
    parameters) are AviationStack's."""

    interval: float
    url: str
    pages: int = 1
    monthly_calls: int = 100
    filters: Mapping[str, str] = field(default_factory=dict)


PLANS = {"replay": ReplayPlan, "aviationstack": PollPlan, "opensky": PollPlan}


def write(settings: Settings, source: str, plan: ReplayPlan | PollPlan) -> None:
    """Keep the plan of a source for its process."""
    path = _file(settings, source)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dataclasses.asdict(plan)), encoding="utf-8")


def exists(settings: Settings, source: str) -> bool:
    """Whether the source was ever told what to do."""
    return _file(settings, source).exists()


def read(settings: Settings, source: str) -> ReplayPlan | PollPlan:
    """The plan of a source. Raises AeroError if there is none, or if the file is not one."""
    path = _file(settings, source)
    start = f"Start it with: aero live start --source {source}"
    if not path.exists():
        raise AeroError(f"{source} was never told what to do: {path} is not there.", start)
    try:
        return PLANS[source](**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as fault:
        raise AeroError(f"{path}: is no plan of {source}: {fault}", start) from fault


def _file(settings: Settings, source: str) -> Path:
    return process_state.folder(settings) / "plans" / f"{source}.json"
