"""When the scheduler looks for new months, and what it did: two small files under the data root.

<AERO_HOME>/schedule/plan.json     what `aero schedule` asks for
<AERO_HOME>/schedule/report.json   what the service does, and when it runs next
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cronsim import CronSim, CronSimError

from aero.errors import AeroError
from aero.settings import Settings


@dataclass(frozen=True)
class Plan:
    """`cron` in UTC; `months_back` is how far back revisions are looked for; `live_days` how long states stay in
    HBase; `asked_at` is the last `run-now`."""

    cron: str = "15 6 * * *"
    source: str = "bts"
    family: str | None = None
    months_back: int = 14
    live_days: int = 30
    is_paused: bool = False
    asked_at: str | None = None


def folder(settings: Settings) -> Path:
    return settings.home / "schedule"


def read(settings: Settings) -> Plan:
    """The plan, the default one where none was written. Raises AeroError where the file is not one."""
    path = folder(settings) / "plan.json"
    try:
        return Plan(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Plan()
    except (ValueError, TypeError) as error:
        names = ", ".join(field.name for field in fields(Plan))
        raise AeroError(f"{path} is no plan: {error}", f"Its fields are {names}; remove it for the default.") from error


def change(settings: Settings, **changes: Any) -> Plan:
    """Write a changed plan; the service reads it within a second or two."""
    plan = replace(read(settings), **changes)
    next_after(plan, datetime.now(UTC))
    _write(folder(settings) / "plan.json", asdict(plan))
    return plan


def next_after(plan: Plan, moment: datetime) -> datetime:
    """The plan's first time after `moment`. Raises AeroError where its cron expression is none."""
    try:
        return next(CronSim(plan.cron, moment.astimezone(UTC)))
    except (CronSimError, StopIteration) as error:
        fix = 'Give five fields, such as "15 6 * * *".'
        raise AeroError(f"`{plan.cron}` is no cron expression: {error}", fix) from error


def due(plan: Plan, ran_at: datetime, now: datetime) -> bool:
    """Whether a run is due that has not begun since `ran_at`. One that was missed while the machine was off is, once."""
    if plan.asked_at and datetime.fromisoformat(plan.asked_at) > ran_at:
        return True
    return not plan.is_paused and next_after(plan, ran_at) <= now


def report(settings: Settings) -> dict[str, Any]:
    """What the service said last: `ran_at` (begin of the last run), `ended_at`, `outcome`, `months`; empty before."""
    try:
        return json.loads((folder(settings) / "report.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def write_report(settings: Settings, facts: dict[str, Any]) -> None:
    _write(folder(settings) / "report.json", facts)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
    temporary.replace(path)
