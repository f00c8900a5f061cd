"""Silences: troubles that nobody is to be told of for a while, with who said so and why."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from aero import files
from aero.errors import AeroError
from aero.instants import instant_text
from aero.ops import alerts
from aero.settings import Settings


@dataclass(frozen=True)
class Silence:
    """`of`: a rule, or one event of it by its id. `until` ends it."""

    of: str
    because: str
    by: str
    until: datetime

    def covers(self, event_id: str, now: datetime) -> bool:
        return now < self.until and (event_id == self.of or event_id.partition(":")[0] == self.of)


def read(settings: Settings) -> list[Silence]:
    """Raises AeroError where the file is not one."""
    path = alerts.folder(settings) / "silences.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [Silence(**one | {"until": datetime.fromisoformat(one["until"])}) for one in content]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as fault:
        raise AeroError(f"{path} holds no silences: {fault}", "Remove it; silence again what you need.") from fault


def add(settings: Settings, silence: Silence, now: datetime) -> None:
    """In the place of an earlier one of the same. Those that ended are let go."""
    _change(settings, [silence], silence.of, now)


def end(settings: Settings, of: str, now: datetime) -> None:
    """Raises AeroError where nothing of it is silenced."""
    known = {one.of for one in read(settings) if now < one.until}
    if of not in known:
        raise AeroError(f"{of} is not silenced.", f"What is: {', '.join(sorted(known)) or 'nothing'}.")
    _change(settings, [], of, now)


def covering(silences: Iterable[Silence], event_id: str, now: datetime) -> Silence | None:
    return next((one for one in silences if one.covers(event_id, now)), None)


def _change(settings: Settings, added: list[Silence], of: str, now: datetime) -> None:
    folder = alerts.folder(settings)
    with files.locked(folder / "silences.lock"):
        kept = [one for one in read(settings) if one.of != of and now < one.until]
        content = [asdict(one) | {"until": instant_text(one.until)} for one in [*kept, *added]]
        files.replace_json(folder / "silences.json", content)
