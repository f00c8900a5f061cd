"""What the stream takes for an event, and what it rejects with which reason."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import Row
from stream_events import LONGEST_RECORD, Record, outgoing

from aero.live.event import FIELDS, FlightEvent

EVENT = FlightEvent(
    schema_version=1,
    flight_id="DL1234-20130710-JFK-ATL-1830",
    event_at=datetime(2013, 7, 10, 22, 50, tzinfo=UTC),
    source="replay",
    status="active",
    flight_date=datetime(2013, 7, 10).date(),
    airline_id="DL",
    flight_number="1234",
    origin_id="JFK",
    destination_id="ATL",
    code_shares="BT5813",
    scheduled_departure_at=datetime(2013, 7, 10, 22, 30, tzinfo=UTC),
    departure_at=datetime(2013, 7, 10, 22, 50, tzinfo=UTC),
    latitude=40.5,
    altitude_feet=0.0,
)
GOOD = json.loads(EVENT.to_json())
SENT_AT = EVENT.event_at + timedelta(minutes=1)


def sent(value, key=EVENT.flight_id.encode()):
    """What becomes of a record with this value: bytes, or a JSON value."""
    text = value if isinstance(value, bytes | None) else json.dumps(value).encode()
    return outgoing(Record(key, text, "flights.live", 2, 7, round(SENT_AT.timestamp() * 1000)))


def changed(**changes):
    return GOOD | changes


def without(name):
    return {field: value for field, value in GOOD.items() if field != name}


REASONS = {
    "nothing": (None, "not JSON"),
    "half of one": (EVENT.to_json()[:100], "not JSON"),
    "one and a half": (EVENT.to_json() + b"{", "not JSON"),
    "another encoding": (EVENT.to_json().replace(b"BT5813", b"BT\xff"), "not JSON"),
    "a list": ([GOOD], "a JSON object was expected, not list"),
    "another version": (changed(schema_version=2, flight=7), "schema_version is 2, not one of 1"),
    "a field less": (without("latitude"), "latitude is missing"),
    "a field more": (changed(speed=3), "speed is not in the schema"),
    "null where a value must be": (changed(flight_id=None), "flight_id is null, but every event must have it"),
    "a number for a text": (changed(flight_number=1234), "flight_number is 1234, which is no text"),
    "a text for a number": (changed(latitude="40.5"), "latitude is '40.5', which is no number"),
    "a number without end": (changed(latitude=10**400), "latitude is inf, outside of -90 to 90"),
    "half a character": (changed(tail_number="N\ud800"), "tail_number is 'N\\ud800', which has characters that"),
    "a key without end": (changed(destination_id="A" * 65), "destination_id has 65 characters, more than 64"),
    "a command to the terminal": (
        changed(departure_gate="\x1b[2J"),
        "departure_gate is '\\x1b[2J', which has characters",
    ),
    "before there was BTS": (
        changed(event_at="1986-12-31T23:59:59.999Z"),
        "event_at is 1986-12-31T23:59:59.999Z, before",
    ),
    "the end of time": (
        changed(event_at="9999-12-31T23:59:59.999Z"),
        "event_at is 9999-12-31T23:59:59.999Z, before 1987",
    ),
    "a departure long before its schedule": (
        changed(departure_at="1999-01-01T00:00:00.000Z"),
        "departure_at is -7,639,110 minutes from scheduled_departure_at, more than 20,160",
    ),
    "a departure in the far future": (changed(departure_at="9999-12-31T23:59:59.999Z"), "departure_at is 9999-12-31"),
    "a clock that runs ahead": (
        changed(event_at="2013-07-10T23:51:00.001Z"),
        "event_at is later than the record's own time",
    ),
}


@pytest.mark.parametrize("case", REASONS)
def test_what_is_no_event_is_rejected_with_the_reason(case):
    value, reason = REASONS[case]
    rejection = sent(value)
    assert (rejection.topic, rejection.key) == ("flights.rejected", "flights.live-2-7")
    rejected = json.loads(rejection.value)
    assert rejected.pop("reason").startswith(reason)
    text = value if isinstance(value, bytes | None) else json.dumps(value).encode()
    kept = None if text is None else text.decode(errors="replace")
    assert rejected == {"topic": "flights.live", "partition": 2, "offset": 7, "value": kept}


@pytest.mark.parametrize("key", [b"DL1", b"\xff", None])
def test_a_record_under_another_key_is_rejected(key):
    assert json.loads(sent(GOOD, key=key).value)["reason"] == "the record's key is not its flight_id"


def test_an_event_goes_on_with_its_delay():
    processed = sent(GOOD)
    assert processed[:2] == ("flights.processed", EVENT.flight_id) and processed[3:] == (2, 7)
    assert json.loads(processed.value) == GOOD | {"departure_delay_minutes": 20, "delay_category": "Moderate"}


def test_a_row_of_spark_is_a_record():
    record = Record(EVENT.flight_id.encode(), EVENT.to_json(), "flights.live", 2, 7, round(SENT_AT.timestamp() * 1000))
    assert outgoing(Row(*Record._fields)(*record)) == outgoing(record)


def test_a_processed_event_is_one_canonical_json_text():
    sent_event = GOOD | {"departure_delay_minutes": 20, "delay_category": "Moderate"}
    assert sent(json.dumps(dict(reversed(GOOD.items())), indent=1).encode()).value == sent(GOOD).value
    assert sent(GOOD).value == json.dumps(sent_event, separators=(",", ":"))


@pytest.mark.parametrize(("milliseconds", "topic"), [(0, "flights.processed"), (1, "flights.rejected")])
def test_a_clock_may_be_an_hour_ahead(milliseconds, topic):
    ahead = SENT_AT + timedelta(hours=1, milliseconds=milliseconds)
    assert sent(changed(event_at=ahead.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z")).topic == topic


def test_what_has_not_left_has_neither_delay_nor_category():
    sent_event = json.loads(sent(changed(departure_at=None, status="cancelled")).value)
    assert (sent_event["departure_delay_minutes"], sent_event["delay_category"]) == (None, None)


def test_seconds_of_a_delay_are_dropped():
    for departure_at, minutes in (("2013-07-10T22:30:59.000Z", 0), ("2013-07-10T22:29:59.000Z", -1)):
        assert json.loads(sent(changed(departure_at=departure_at)).value)["departure_delay_minutes"] == minutes


def test_an_event_of_the_year_9999_is_refused_also_where_the_record_says_it_was_sent_then():
    """The time of a record is the producer's to choose."""
    far = "9999-12-31T23:59:59.999Z"
    record = Record(EVENT.flight_id.encode(), json.dumps(changed(event_at=far)).encode(), "flights.live", 2, 7, 10**15)
    rejection = outgoing(record)
    assert rejection.topic == "flights.rejected"
    assert "event_at is 9999-12-31T23:59:59.999Z" in json.loads(rejection.value)["reason"]


@pytest.mark.parametrize(("spaces", "topic"), [(0, "flights.processed"), (1, "flights.rejected")])
def test_a_record_may_be_as_long_as_any_event_and_what_is_longer_is_kept_in_part(spaces, topic):
    text = EVENT.to_json()
    text += b" " * (LONGEST_RECORD - len(text) + spaces)
    became = sent(text)
    assert became.topic == topic
    if topic == "flights.rejected":
        rejected = json.loads(became.value)
        assert rejected["reason"] == "the record has 16,385 bytes, more than 16,384"
        assert len(rejected["value"]) == LONGEST_RECORD


def test_the_longest_event_is_shorter_than_the_longest_record():
    texts = {
        field.name: "\N{WHITE SMILING FACE}" * field.longest
        for field in FIELDS
        if field.kind == "text" and not field.values and not field.form
    }
    assert len(replace(EVENT, **texts).to_json()) < LONGEST_RECORD / 2
