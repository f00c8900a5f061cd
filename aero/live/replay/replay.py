"""A past day played as live flights, on a clock that runs `speed` times as fast as the real one.

Every delivery waits until the replay's clock shows its time. When the replay is stopped, or Kafka goes, nothing is
lost: it goes on behind the last checkpoint of what Kafka acknowledged (aero/live/replay/delivery_log.py).
"""

import logging
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from kafka.producer.future import RecordMetadata

from aero.errors import AeroError
from aero.live.replay.delivery_log import DeliveryLog
from aero.live.replay.faults import Delivery, Faults, deliveries
from aero.live.replay.history import LEAD, Flight, events_in_order, final_status, is_playable
from aero.producer import Producer

CHECKPOINT_DELIVERIES = 1_000
# Before a pause of this many seconds, or when the last checkpoint is so old, what was sent is checkpointed, so that the
# state of a slow replay that others read does not lag behind.
PAUSE_SECONDS = 1.0
STOP_SECONDS = 10.0
AS_FAST_AS_POSSIBLE = math.inf
log = logging.getLogger(__name__)


class Pace:
    """A clock that begins with the first instant it is asked for, and runs `speed` times as fast as the real one."""

    def __init__(self, speed: float, clock: Callable[[], float] = time.monotonic):
        if not speed > 0:
            raise AeroError(f"--speed {speed:g}: time does not run that way", "Give 1 for real time, or more.")
        self.speed = speed
        self._clock = clock
        self._begin: tuple[datetime, float] | None = None

    def seconds_until(self, due_at: datetime) -> float:
        """Real seconds from now until the clock shows `due_at`; 0 or less if it is past."""
        if self._begin is None:
            self._begin = (due_at, self._clock())
        begin_at, began = self._begin
        return (due_at - begin_at).total_seconds() / self.speed - (self._clock() - began)


class Replay:
    """Plays `flights` (rows of aero_clean.flights with at least history.COLUMNS, by flight_date) into `producer`.

    The same flights, `faults` and `seed` make the same deliveries, so that a stopped replay can go on. `flights` is
    iterated once a run. `lead`: how long before its departure a flight is announced.
    """

    def __init__(
        self,
        flights: Iterable[Flight],
        producer: Producer,
        delivery_log: DeliveryLog,
        stop: threading.Event,
        speed: float = 1.0,
        faults: Faults = Faults(),
        seed: int = 0,
        lead: timedelta = LEAD,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.flights_by_status: Counter[str] = Counter()
        self.not_playable = 0
        self._flights = flights
        self._producer = producer
        self._log = delivery_log
        self._stop = stop
        self._pace = Pace(speed, clock)
        self._faults = faults
        self._seed = seed
        self._lead = lead
        self._clock = clock
        self._saved_at = clock()

    def run(self) -> bool:
        """Play to the end: True. False if it was stopped before. A replay that has ended before sends nothing.

        Raises AeroError if Kafka refuses an event, or if the flights are not ordered.
        """
        if self._log.is_finished:
            log.warning("replay: %s was played to its end; restart it to play it again", self._log.folder)
            return True
        try:
            for delivery in self._remaining():
                if not self._wait_for(delivery.due_at):
                    break
                self._send(delivery)
        finally:
            # Asked to stop, Kafka has a last few seconds to acknowledge what is on its way.
            if self._producer.flush(self._stop) or self._producer.flush(timeout=STOP_SECONDS):
                self._log.checkpoint()
        if self._stop.is_set():
            log.info("replay: stopped behind delivery %d", self._log.position)
            return False
        self._log.finish({**self.flights_by_status, "not_playable": self.not_playable})
        log.info("replay: done: %s; %s", dict(self._log.counts), dict(self.flights_by_status))
        return True

    def _remaining(self) -> Iterator[Delivery]:
        events = events_in_order(self._noted(), self._lead)
        return islice(deliveries(events, self._faults, self._seed), self._log.position, None)

    def _noted(self) -> Iterator[Flight]:
        for flight in self._flights:
            if is_playable(flight):
                self.flights_by_status[final_status(flight)] += 1
            else:
                self.not_playable += 1
            yield flight

    def _wait_for(self, due_at: datetime) -> bool:
        seconds = self._pace.seconds_until(due_at)
        is_old = seconds > 0 and self._clock() - self._saved_at > PAUSE_SECONDS
        if (seconds > PAUSE_SECONDS or is_old) and self._producer.flush(self._stop):
            self._checkpoint()
            seconds = self._pace.seconds_until(due_at)
        return not (self._stop.wait(seconds) if seconds > 0 else self._stop.is_set())

    def _send(self, delivery: Delivery) -> None:
        place: dict[str, int] = {}
        on_ack = partial(_take_place, place) if delivery.fault else None
        self._producer.send(delivery.key, delivery.value, on_ack)
        self._log.note(delivery, place)
        unsaved = self._log.counts["deliveries"] - self._log.position
        if unsaved >= CHECKPOINT_DELIVERIES and self._producer.flush(self._stop):
            self._checkpoint()

    def _checkpoint(self) -> None:
        self._log.checkpoint()
        self._saved_at = self._clock()


def _take_place(place: dict[str, int], record: RecordMetadata) -> None:
    place.update(partition=record.partition, offset=record.offset)
