"""A record of `flights.live` becomes an event with its delay in `flights.processed`, or a rejection with its reason.

The schema is that of aero/live/event.py, whose own reader is used: what a source may write is what is read here, and a
bad event is found in a third of the time that Spark's JSON functions needed. Nothing here raises an error on data.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from stream_cells import milliseconds
from stream_delays import category, minutes_late

from aero.datasets import TOPIC_PROCESSED, TOPIC_REJECTED
from aero.live.event import FIELDS, json_text, record_from_json
from aero.live.fields import InvalidEvent

# Limits of what can be stored, beyond what an event is.
LONGEST_IDENTITY = 64
# The clock of a source that runs ahead would hold its flights' states for ever; so much ahead is no harm.
CLOCK_TOLERANCE_MILLISECONDS = 3_600_000
_IDENTITY = tuple(field.name for field in FIELDS if field.is_identity and field.kind == "text")


class Record(NamedTuple):
    """A record of `flights.live`; `sent_at` is Kafka's time of it, in milliseconds since 1970."""

    key: bytes | None
    value: bytes | None
    topic: str
    partition: int
    offset: int
    sent_at: int


class Outgoing(NamedTuple):
    """A record to send to `topic`. `partition` and `offset` are where the record it was made of came from.

    In `flights.processed` it is the event, with departure_delay_minutes and delay_category, keyed by flight id. In
    `flights.rejected` it is {reason, topic, partition, offset, value} under the key topic-partition-offset: a batch
    that runs again may send it again, under the same key.
    """

    topic: str
    key: str
    value: str
    partition: int
    offset: int


def outgoing(row: Iterable[Any]) -> Outgoing:
    """The record to send for one that was read. `row` has the fields of Record; asking Spark's rows by name is slow."""
    record = Record(*row)
    try:
        event = record_from_json(record.value or b"")
        _check(event, record)
    except InvalidEvent as fault:
        return _rejected(record, fault.problem.removeprefix("event: "))
    delay = _delay(event)
    value = json_text(event | {"departure_delay_minutes": delay, "delay_category": category(delay)})
    return Outgoing(TOPIC_PROCESSED, event["flight_id"], value, record.partition, record.offset)


def _delay(event: Mapping[str, Any]) -> int | None:
    if event["departure_at"] is None:
        return None
    return minutes_late(*(datetime.fromisoformat(event[name]) for name in ("departure_at", "scheduled_departure_at")))


def _check(event: Mapping[str, Any], record: Record) -> None:
    if record.key != event["flight_id"].encode():
        raise InvalidEvent("the record's key is not its flight_id")
    for name in _IDENTITY:
        if len(event[name]) > LONGEST_IDENTITY:
            raise InvalidEvent(f"{name} is longer than {LONGEST_IDENTITY}", field=name)
    event_at = milliseconds(event["event_at"])
    if event_at < 0:
        raise InvalidEvent("event_at is before 1970", field="event_at")
    if event_at > record.sent_at + CLOCK_TOLERANCE_MILLISECONDS:
        raise InvalidEvent("event_at is later than the record's own time", field="event_at")


def _rejected(record: Record, reason: str) -> Outgoing:
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    value = None if record.value is None else record.value.decode(errors="replace")
    rejection = {"reason": reason, **place, "value": value}
    key = "-".join(map(str, place.values()))
    return Outgoing(TOPIC_REJECTED, key, json.dumps(rejection, ensure_ascii=False), record.partition, record.offset)
