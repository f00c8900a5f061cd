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
from aero.live.event import json_text, record_from_json
from aero.live.fields import InvalidEvent

# Bytes; the longest event has some six thousand. Of what is rejected so much is kept.
LONGEST_RECORD = 16_384
# More than an airline is ever late, or leaves early: one such flight would be the average of its hour.
MOST_MINUTES = 14 * 24 * 60
# The clock of a source that runs ahead would hold its flights' states for ever; so much ahead is no harm.
CLOCK_TOLERANCE_MILLISECONDS = 3_600_000


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
        event = record_from_json(_value(record))
        _check(event, record)
        delay = _delay(event)
    except InvalidEvent as fault:
        return _rejected(record, fault.problem.removeprefix("event: "))
    value = json_text(event | {"departure_delay_minutes": delay, "delay_category": category(delay)})
    return Outgoing(TOPIC_PROCESSED, event["flight_id"], value, record.partition, record.offset)


def _delay(event: Mapping[str, Any]) -> int | None:
    if event["departure_at"] is None:
        return None
    times = (datetime.fromisoformat(event[name]) for name in ("departure_at", "scheduled_departure_at"))
    minutes = minutes_late(*times)
    if minutes is not None and abs(minutes) > MOST_MINUTES:
        problem = f"departure_at is {minutes:,} minutes from scheduled_departure_at, more than {MOST_MINUTES:,}"
        raise InvalidEvent(problem, field="departure_at")
    return minutes


def _value(record: Record) -> bytes:
    if record.value and len(record.value) > LONGEST_RECORD:
        raise InvalidEvent(f"the record has {len(record.value):,} bytes, more than {LONGEST_RECORD:,}")
    return record.value or b""


def _check(event: Mapping[str, Any], record: Record) -> None:
    if record.key != event["flight_id"].encode():
        raise InvalidEvent("the record's key is not its flight_id")
    event_at = milliseconds(event["event_at"])
    if event_at > record.sent_at + CLOCK_TOLERANCE_MILLISECONDS:
        raise InvalidEvent("event_at is later than the record's own time", field="event_at")


def _rejected(record: Record, reason: str) -> Outgoing:
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    value = None if record.value is None else record.value[:LONGEST_RECORD].decode(errors="replace")
    rejection = {"reason": reason, **place, "value": value}
    key = "-".join(map(str, place.values()))
    return Outgoing(TOPIC_REJECTED, key, json.dumps(rejection, ensure_ascii=False), record.partition, record.offset)
