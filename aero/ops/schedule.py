"""When the scheduler looks for new months, and what it did: two small files under the data root.

<AERO_HOME>/schedule/plan.json     the Schedule, which `aero schedule` changes
<AERO_HOME>/schedule/report.json   the service's report of its last run
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cronsim import CronSim, CronSimError

from aero import files
from aero.errors import AeroError
from aero.settings import Settings


@dataclass(frozen=True)
class Schedule:
    """When to look, at `cron` in UTC, and where. `months_back`: how far back to look for revised months. `live_days`:
    how many days live states and departures stay in HBase. `log_days`: for how many the Live Log has a row for each
    batch. `weather`: the airports whose weather is loaded, by their codes with commas between them, `all` that have a
    station, or `none`. `asked_at`: the time of the last `aero schedule run-now`."""

    cron: str = "15 6 * * *"
    source: str = "bts"
    family: str | None = None
    months_back: int = 14
    live_days: int = 30
    log_days: int = 7
    weather: str = "none"
    is_paused: bool = False
    asked_at: str | None = None


def folder(settings: Settings) -> Path:
    return settings.home / "schedule"


def read(settings: Settings) -> Schedule:
    """The schedule; the default one before it was first changed. Raises AeroError where the file is not one."""
    path = folder(settings) / "plan.json"
    try:
        return Schedule(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Schedule()
    except (ValueError, TypeError) as error:
        names = ", ".join(field.name for field in fields(Schedule))
        fix = f"Its fields are {names}; remove it for the default."
        raise AeroError(f"{path} is no schedule: {error}", fix) from error


def change(settings: Settings, **changes: Any) -> Schedule:
    """Change fields of the schedule and return it; the service reads it within a second or two."""
    schedule = replace(read(settings), **changes)
    next_after(schedule, datetime.now(UTC))
    files.replace_json(folder(settings) / "plan.json", asdict(schedule))
    return schedule


def next_after(schedule: Schedule, moment: datetime) -> datetime:
    """The schedule's first time after `moment`. Raises AeroError where its cron expression is none."""
    try:
        return next(CronSim(schedule.cron, moment.astimezone(UTC)))
    except (CronSimError, StopIteration) as error:
        fix = 'Give five fields, such as "15 6 * * *".'
        raise AeroError(f"`{schedule.cron}` is no cron expression: {error}", fix) from error


def due(schedule: Schedule, ran_at: datetime, now: datetime) -> bool:
    """Whether a run is due now, if the last one began at `ran_at`. Times that were missed make one run.

    A run that was asked for while the clock was ahead waits for its time: it would be due without end before it.
    """
    if schedule.asked_at and ran_at < datetime.fromisoformat(schedule.asked_at) <= now:
        return True
    return not schedule.is_paused and next_after(schedule, ran_at) <= now


def report(settings: Settings) -> dict[str, Any]:
    """The last run's `ran_at` (when it began), `ended_at`, `outcome` and `months`; empty before the first, and where a
    power cut left half a file."""
    try:
        return json.loads((folder(settings) / "report.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def write_report(settings: Settings, facts: dict[str, Any]) -> None:
    """Replace the report of the last run."""
    files.replace_json(folder(settings) / "report.json", facts)
