"""The loop of a polled source: ask, keep the answer as it came, send its events, wait."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tenacity import (
    Retrying,
    before_sleep_log,
    retry_if_exception_type,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
    wait_exponential_jitter,
)
from tenacity.nap import sleep_using_event

from aero import connections, process_state
from aero.datasets import TOPIC_LIVE
from aero.live.archive import Archive, Page
from aero.live.event import FlightEvent
from aero.producer import Producer
from aero.settings import Settings

log = logging.getLogger(__name__)


class Temporary(Exception):
    """The source failed in a way that passes by itself; its text holds no secret."""


@dataclass
class Poll:
    """What one poll brought. `counts`: what its records were; `pause`: seconds the source asks to be left alone."""

    pages: list[Page] = field(default_factory=list)
    events: list[FlightEvent] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    pause: float = 0.0


class Source(Protocol):
    """A source that is polled. `poll` raises AeroError only for what waiting does not mend."""

    name: str

    def poll(self) -> Poll: ...


def serve(
    settings: Settings, stop: threading.Event, source: Source, interval: float, facts: Callable[[], dict[str, Any]]
) -> None:
    """Poll into Kafka and HDFS raw as the process of a source; each poll, with `facts`, becomes its process state.

    Raises AeroError where the source or Kafka ends it.
    """
    archive = Archive(connections.webhdfs(), source.name, process_state.folder(settings) / "waiting" / source.name)
    state_file = process_state.file(settings, source.name)

    def say(poll: Poll) -> None:
        counted = {"events": len(poll.events), "counts": dict(poll.counts)}
        process_state.write(state_file, process_state.RUNNING, **counted, **facts())

    with Producer(connections.kafka_bootstrap(), TOPIC_LIVE) as producer:
        run(source, producer, archive, interval, stop, say)


def run(
    source: Source,
    producer: Producer,
    archive: Archive | None,
    interval: float,
    stop: threading.Event,
    say: Callable[[Poll], None] = lambda poll: None,
) -> None:
    """Poll every `interval` seconds until `stop` is set. The events of a poll are acknowledged before the next one.

    `say` gets each poll before it is kept and sent. Raises AeroError where the source or Kafka ends it. The archive is
    closed in any case.
    """
    try:
        while not stop.is_set():
            poll = source.poll()
            say(poll)
            if archive:
                for page in poll.pages:
                    archive.append(page)
            for event in poll.events:
                producer.send(event.key, event.to_json())
            producer.flush(stop)
            if poll.pages:
                counts = ", ".join(f"{name} {count}" for name, count in sorted(poll.counts.items()))
                log.info("%s: %d events sent; %s", source.name, len(poll.events), counts)
            if archive:
                archive.roll_if_due()
            stop.wait(max(interval, poll.pause))
    finally:
        if archive:
            archive.close()


def retrying(stop: threading.Event, attempts: int, first_wait: float, longest_wait: float) -> Retrying:
    """Calls again what raised Temporary, after waits that double and carry jitter; ends at once when `stop` is set."""
    return Retrying(
        retry=retry_if_exception_type(Temporary),
        wait=wait_exponential_jitter(multiplier=first_wait, max=longest_wait, jitter=first_wait),
        stop=stop_any(stop_after_attempt(attempts), stop_when_event_set(stop)),
        sleep=sleep_using_event(stop),
        before_sleep=before_sleep_log(log, logging.WARNING),
        reraise=True,
    )
