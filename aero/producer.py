"""The producer of Kafka records: acknowledged by every in-sync replica, each written once.

What kafka-python 3.0 does, and what is added here:
- `enable_idempotence` with `acks='all'` numbers the batches of a partition, so a retry after a lost answer is not
  written twice and the order of a partition, thus of a key, holds. Retries are endless within `delivery_timeout_ms`,
  which counts from the first record of a batch: two minutes, the default, would give up on a broker that starts slowly.
- Its buffer has no limit. Here at most `max_pending` records wait for their acknowledgement; then `send` waits.
- It logs every failed attempt to reconnect. Here one line says that Kafka is away, and one that it is back.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.producer import KafkaProducer
from kafka.producer.future import FutureRecordMetadata, RecordMetadata
from tenacity import Retrying, retry_if_exception_type, wait_fixed

from aero import kafka_clients
from aero.errors import AeroError, Away

DELIVERY_TIMEOUT_MS = 24 * 60 * 60 * 1000
log = logging.getLogger(__name__)


class Producer:
    """Sends records to one topic. `sent`, `acked` and `failed` count records; the methods are safe in several threads.

    `away_after`: seconds without an acknowledgement, while records wait, after which Kafka is called away.
    `account` is who comes in where Kafka's door is closed; `producer_settings` go to KafkaProducer. Raises Away
    if Kafka does not answer or has no such topic.
    """

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        max_pending: int = 50_000,
        away_after: float = 5.0,
        account: str = kafka_clients.SOURCES,
        **producer_settings: Any,
    ):
        self.bootstrap = bootstrap
        self.topic = topic
        self.max_pending = max_pending
        self.away_after = away_after
        self.sent = self.acked = self.failed = 0
        self.is_away = False
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._last_progress = time.monotonic()
        self._closing = threading.Event()
        self._kafka = _connect(bootstrap, topic, kafka_clients.sign_in(account) | producer_settings)
        self._watcher = threading.Thread(target=self._watch, name="kafka-watch", daemon=True)
        self._watcher.start()

    @property
    def pending(self) -> int:
        """Records sent and neither acknowledged nor failed."""
        return self.sent - self.acked - self.failed

    def send(self, key: bytes, value: bytes, on_ack: Callable[[RecordMetadata], None] | None = None) -> None:
        """Send one record; waits while `max_pending` records are unacknowledged.

        `on_ack` gets partition and offset, in the producer's own thread. Raises AeroError if an earlier record failed
        for good, because then what follows must not be sent either.
        """
        with self._changed:
            if self._failure or self.pending >= self.max_pending:
                self._changed.wait_for(lambda: self._failure or self.pending < self.max_pending)
                self._raise_failure()
            if self.pending == 0:
                self._last_progress = time.monotonic()
            self.sent += 1
        try:
            future = self._send(key, value)
        except BaseException as error:
            self._settle(error)
            raise
        future.add_callback(self._settle_acked, on_ack)
        future.add_errback(self._settle)

    def flush(self, stop: threading.Event | None = None, timeout: float = math.inf) -> bool:
        """Wait until every record sent is acknowledged: True. False if `stop` is set or `timeout` seconds pass before.

        Raises AeroError if one failed for good.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not self._changed.wait_for(lambda: self._failure or self.pending == 0, timeout=0.2):
                if time.monotonic() >= deadline or (stop is not None and stop.is_set()):
                    return False
            self._raise_failure()
        return True

    def close(self, timeout: float = 30.0) -> int:
        """Wait at most `timeout` seconds for acknowledgements, then end. Returns how many records have none."""
        if self._closing.is_set():
            return self.pending + self.failed
        with self._changed:
            self._changed.wait_for(lambda: self._failure or self.pending == 0, timeout=timeout)
        self._closing.set()
        self._watcher.join()
        try:
            self._kafka.close(timeout=1)
        except KafkaTimeoutError:
            log.error("Kafka at %s: %d events were not acknowledged before the end", self.bootstrap, self.pending)
        return self.pending + self.failed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _send(self, key: bytes, value: bytes) -> FutureRecordMetadata:
        # A broker that has just come back may not know the topic for a moment. The library then refuses the record
        # before it is buffered (KafkaTimeoutError, or ValueError in a race), so asking again cannot send it twice.
        try:
            return self._kafka.send(self.topic, key=key, value=value)
        except (KafkaTimeoutError, ValueError) as refusal:
            log.debug("asked again: %r", refusal)
        again = Retrying(
            retry=retry_if_exception_type((KafkaTimeoutError, ValueError)),
            wait=wait_fixed(0.2),
            stop=lambda state: self._closing.is_set() or (state.seconds_since_start or 0) > DELIVERY_TIMEOUT_MS / 1000,
            reraise=True,
        )
        return again(self._kafka.send, self.topic, key=key, value=value)

    def _settle_acked(self, on_ack: Callable[[RecordMetadata], None] | None, metadata: RecordMetadata) -> None:
        if on_ack is not None:
            on_ack(metadata)
        with self._changed:
            self.acked += 1
            self._last_progress = time.monotonic()
            if self.is_away:
                self.is_away = False
                log.warning("Kafka at %s is back; %d events wait to be sent", self.bootstrap, self.pending)
            # Waking somebody for every record would cost more than sending it.
            if self.pending in (0, self.max_pending - 1):
                self._changed.notify_all()

    def _settle(self, error: BaseException) -> None:
        with self._changed:
            self.failed += 1
            self._failure = self._failure or error
            self._changed.notify_all()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise AeroError(
                f"Kafka at {self.bootstrap} refused an event for {self.topic}: {self._failure!r}",
                "See `aero logs kafka`. Start again: what was not acknowledged is sent again.",
            )

    def _watch(self) -> None:
        while not self._closing.wait(self.away_after / 5):
            with self._changed:
                quiet = time.monotonic() - self._last_progress
                if self.pending and quiet > self.away_after and not self.is_away:
                    self.is_away = True
                    log.warning("Kafka at %s does not answer; events wait for it, %d now", self.bootstrap, self.pending)


def _connect(bootstrap: str, topic: str, settings: dict[str, Any]) -> KafkaProducer:
    defaults = {
        "acks": "all",
        "enable_idempotence": True,
        "delivery_timeout_ms": DELIVERY_TIMEOUT_MS,
        "reconnect_backoff_max_ms": 2_000,
        "bootstrap_timeout_ms": 15_000,
        "max_block_ms": 15_000,
        "allow_auto_create_topics": False,
        "linger_ms": 5,
        "batch_size": 65_536,
    }
    try:
        producer = KafkaProducer(bootstrap_servers=bootstrap, **(defaults | settings))
    except KafkaError as error:
        raise Away(f"Kafka at {bootstrap} does not answer: {error!r}", "Start it with `aero up kafka`.") from error
    try:
        producer.partitions_for(topic)
    except KafkaError as error:
        producer.close(timeout=1)
        raise Away(f"Kafka at {bootstrap} has no topic {topic}: {error!r}", "`aero up` makes the topics.") from error
    return producer
