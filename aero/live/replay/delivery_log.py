"""The delivery log of a replay: what was sent, with which faults, so that a test can say what must be there at the end.

A folder with two files. `ledger.jsonl` grows by a line for the start, each resume, each injected fault (with the
topic's partition and offset), and the end. `position.json`, replaced as a whole, says how far all is acknowledged; a
replay that is started again goes on there. Killed between two of its checkpoints, it sends the records after the last
one again: the log then has less than was sent, which its `resumed` line shows.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aero.errors import AeroError
from aero.files import replace_json
from aero.instants import instant_text
from aero.live.replay.faults import Delivery


class DeliveryLog:
    """The delivery log in `folder` of the replay that `played` describes (JSON values: days, seed, shares of faults).

    `position`: deliveries acknowledged. `counts`: `deliveries`, `events` (those without copies), the faults by name, of
    corrupt ones also `corrupt:<damage>`. Raises AeroError if the folder holds another replay, unless `restart` is true:
    then it begins anew.
    """

    def __init__(self, folder: Path, played: Mapping[str, Any], restart: bool = False):
        self.folder = folder
        self.played = json.loads(json.dumps(played))
        self.position = 0
        self.counts: Counter[str] = Counter()
        self.is_finished = False
        self._lines: list[tuple[dict[str, Any], dict[str, Any]]] = []
        folder.mkdir(parents=True, exist_ok=True)
        if restart:
            self._position_file.unlink(missing_ok=True)
            self._lines_file.unlink(missing_ok=True)
        if self._position_file.exists():
            self._resume()
        else:
            self._add({"line": "start", "plan": self.played})
            self._write()

    def note(self, delivery: Delivery, place: dict[str, int]) -> None:
        """Count a delivery that was sent. `place` gets its partition and offset before the checkpoint."""
        name, _, damage = delivery.fault.partition(":")
        self.counts["deliveries"] += 1
        self.counts["events"] += name not in ("duplicate", "corrupt")
        if not name:
            return
        self.counts.update([name, delivery.fault] if damage else [name])
        line = {
            "line": "fault",
            "fault": delivery.fault,
            "position": self.counts["deliveries"] - 1,
            "flight_id": delivery.event.flight_id,
            "event_at": instant_text(delivery.event.event_at),
            "delay_seconds": round(delivery.delay_seconds, 3),
        }
        self._add(line, place)

    def checkpoint(self) -> None:
        """All that was noted is acknowledged: write it down, lines first, then the position."""
        self.position = self.counts["deliveries"]
        self._write()

    def finish(self, flights: Mapping[str, int]) -> None:
        """The last checkpoint. `flights`: flights by the status that they must end with."""
        self.is_finished = True
        self._add({"line": "end", "counts": dict(self.counts), "flights": dict(flights)})
        self.checkpoint()

    @property
    def _lines_file(self) -> Path:
        return self.folder / "ledger.jsonl"

    @property
    def _position_file(self) -> Path:
        return self.folder / "position.json"

    def _add(self, line: dict[str, Any], place: dict[str, int] | None = None) -> None:
        self._lines.append((line, {} if place is None else place))

    def _resume(self) -> None:
        try:
            saved = json.loads(self._position_file.read_text(encoding="utf-8"))
            played, self.position, self.is_finished = saved["plan"], int(saved["position"]), bool(saved["is_finished"])
            self.counts = Counter(saved["counts"])
        except (ValueError, KeyError, TypeError) as fault:
            problem = f"{self._position_file}: not a replay's position: {fault!r}"
            raise AeroError(problem, "Restart the replay.") from fault
        if played != self.played:
            names = played.keys() | self.played.keys()
            changed = sorted(name for name in names if played.get(name) != self.played.get(name))
            raise AeroError(
                f"{self.folder}: holds another replay, with another {', '.join(changed)}",
                "Restart it, or give this replay a folder of its own.",
            )
        if not self.is_finished:
            self._add({"line": "resumed", "position": self.position})
            self._write()

    def _write(self) -> None:
        with self._lines_file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line | place) + "\n" for line, place in self._lines)
            file.flush()
            os.fsync(file.fileno())
        self._lines.clear()
        saved = {
            "plan": self.played,
            "position": self.position,
            "is_finished": self.is_finished,
            "counts": dict(self.counts),
        }
        replace_json(self._position_file, saved, synced=True)


def read_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of a delivery log, each with its kind in `line`: start, resumed, fault or end."""
    with (folder / "ledger.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)
