"""What each receiver was told, and the next message to it: the difference to what is the matter now.

A receiver that fails is tried again after a pause that grows. Each has a thread of its own while it is told, so none
keeps another waiting; what was told is on the disk, so a restart tells nothing again. A receiver that took a message
and was cut off before it said so gets it twice: events have an id and a time by which it can tell.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aero import files
from aero.errors import AeroError
from aero.instants import instant_text, utc_now
from aero.ops import alerts
from aero.ops.alerts import receivers, silences
from aero.ops.alerts.events import Event
from aero.ops.alerts.receivers import Message, Receiver
from aero.ops.alerts.silences import Silence
from aero.settings import Settings

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
log = logging.getLogger("alerts")


@dataclass
class Told:
    """What a receiver knows of, by id, and how it goes: `failures` in a row, the last one's words, the next try."""

    events: dict[str, Event] = field(default_factory=dict)
    failures: int = 0
    problem: str = ""
    next_try: datetime | None = None
    told_at: datetime | None = None

    @classmethod
    def read(cls, settings: Settings, name: str) -> "Told":
        """Nothing before the first message, and where a power cut left half a file."""
        try:
            content = json.loads(_file(settings, name).read_text(encoding="utf-8"))
            events = [Event.from_json(one) for one in content["events"]]
            times = {key: at and datetime.fromisoformat(at) for key, at in content.items() if key in _TIMES}
            return cls({one.id: one for one in events}, content["failures"], content["problem"], **times)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def write(self, settings: Settings, name: str) -> None:
        files.replace_json(
            _file(settings, name), self.to_json() | {"events": [e.to_json() for e in self.events.values()]}
        )

    def to_json(self) -> dict[str, Any]:
        """How it goes, without the events."""
        times = {key: at and instant_text(at) for key, at in vars(self).items() if key in _TIMES}
        return {"failures": self.failures, "problem": self.problem, **times}


_TIMES = ("next_try", "told_at")


def _file(settings: Settings, name: str) -> Path:
    return alerts.folder(settings) / f"told-{name}.json"


def news(told: Mapping[str, Event], events: Mapping[str, Event], silenced: Sequence[Silence], now: datetime) -> Message:
    """What a receiver does not know yet. A silence tells nothing new; what was told before is withdrawn in any case."""
    new = [one for name, one in events.items() if name not in told and not silences.covering(silenced, name, now)]
    return Message(new, [one for name, one in told.items() if name not in events])


class Deliveries:
    """Tells all receivers; `clock` says the instant."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings, self.clock = settings, clock
        self._busy: dict[str, threading.Thread] = {}

    def turn(self, events: Mapping[str, Event], told_by: Sequence[Receiver]) -> list[threading.Thread]:
        """Begin to tell each receiver for which there is news, and which is not being told, or pausing; the threads
        that do it. Raises AeroError where the silences cannot be read."""
        silenced, now = silences.read(self.settings), self.clock()
        begun = []
        for receiver in told_by:
            thread = self._busy.get(receiver.name)
            if thread and thread.is_alive():
                continue
            told = Told.read(self.settings, receiver.name)
            message = news(told.events, events, silenced, now)
            if (told.next_try and now < told.next_try) or not (message.new or message.mended):
                continue
            what = (receiver, told, message)
            thread = threading.Thread(target=self._tell, args=what, name=f"tells {receiver.name}", daemon=True)
            self._busy[receiver.name] = thread
            thread.start()
            begun.append(thread)
        return begun

    def _tell(self, receiver: Receiver, told: Told, message: Message) -> None:
        try:
            receiver.send(message)
        except AeroError as refused:
            self._failed(receiver, told, refused.problem)
        except Exception as fault:  # Whatever it is, the others are told; its words may hold a secret.
            self._failed(receiver, told, f"{receiver.name} can't be told: {type(fault).__name__}.")
        else:
            mended = {one.id for one in message.mended}
            told.events = {name: one for name, one in told.events.items() if name not in mended}
            told.events |= {one.id: one for one in message.new}
            told.failures, told.problem, told.next_try, told.told_at = 0, "", None, self.clock()
            log.info("%s was told of %d new and %d mended", receiver.name, len(message.new), len(mended))
        told.write(self.settings, receiver.name)

    def _failed(self, receiver: Receiver, told: Told, problem: str) -> None:
        pause = min(FIRST_PAUSE * 2 ** min(told.failures, 10), LONGEST_PAUSE)
        told.failures, told.problem, told.next_try = told.failures + 1, problem, self.clock() + pause
        log.warning("%s It is tried again in %d s.", problem, pause.total_seconds())


def known(settings: Settings) -> set[str]:
    """The ids of the events that some receiver knows of."""
    return {name for one in receivers.read(settings) for name in Told.read(settings, one.name).events}
