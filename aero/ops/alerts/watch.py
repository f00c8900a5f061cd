"""Looks every 15 seconds, in a thread of the service `scheduler`, and has the receivers told."""

import logging
import threading
import time

from aero.errors import AeroError
from aero.instants import utc_now
from aero.ops import doctor
from aero.ops.alerts import deliveries, events, receivers, rules
from aero.ops.alerts.deliveries import Deliveries
from aero.ops.doctor.finding import Look
from aero.settings import Settings

PAUSE_SECONDS = 15
# How long services may take to answer, and conditions to look. One that is slower is known no better than before.
WITHIN_SECONDS = 8.0
OLD_SECONDS = 2 * PAUSE_SECONDS
log = logging.getLogger("alerts")


class Watch:
    """What is the matter, and who is told."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.deliveries = Deliveries(settings)
        self._said = ""
        self._seen: tuple[float, Look] | None = None

    def newest(self) -> Look:
        """What the last look knew of the processes; a new one where that is old, or there was none."""
        seen = self._seen
        if seen and time.monotonic() - seen[0] < OLD_SECONDS:
            return seen[1]
        return doctor.processes_now(self.settings, WITHIN_SECONDS)

    def start(self) -> None:
        """Look in the background, as long as this process lives."""
        threading.Thread(target=self._run, name="alerts", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception:  # Whatever it is, the watch goes on.
                log.exception("the alerts could not be looked at")
            time.sleep(PAUSE_SECONDS)

    def look(self) -> list[threading.Thread]:
        """Look once, and begin to tell; the threads that do it."""
        known = rules.read()
        seen = doctor.processes_now(self.settings, WITHIN_SECONDS)
        self._seen = time.monotonic(), seen
        found = events.found(seen, known, WITHIN_SECONDS)
        now = utc_now()
        matter = events.after(events.read(self.settings)[1], known, found, now)
        events.write(self.settings, matter, now)
        try:
            who = [one for one in receivers.read(self.settings) if one.is_told]
            told = deliveries.known(self.settings)
            begun = self.deliveries.turn(events.worth_telling(matter, known, told), who)
            self._said = ""
        except AeroError as fault:
            if str(fault) != self._said:  # Once, not every 15 seconds.
                log.error("nobody is told: %s", fault)
            self._said, begun = str(fault), []
        return begun
