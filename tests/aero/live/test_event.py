import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero.instants import instant_text
from aero.live.event import FIELDS, STATUSES, FlightEvent, flight_id, from_json, record_from_json, sql_columns
from aero.live.fields import InvalidEvent
from aero.live.sources import SOURCES

TEXT = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=8)
FIRST, LAST = datetime(1987, 1, 2), datetime.now() - timedelta(days=1)
INSTANT = st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]))
DATE = st.dates(FIRST.date(), LAST.date())
CODE = st.from_regex(r"[A-Z0-9]{3,4}", fullmatch=True)
OF_KIND = {"integer": st.just(1), "text": TEXT, "number": st.floats(0, 90), "date": DATE, "instant": INSTANT}
CHOICES = {"source": tuple(SOURCES), "status": STATUSES}


def any_value(field):
    of_kind = CODE if field.form else OF_KIND[field.kind]
    values = st.sampled_from(CHOICES[field.name]) if field.name in CHOICES else of_kind
    return st.none() | values if field.nullable else values


def made_of(hours, **fields):
    local = fields["scheduled_departure_at"].astimezone(timezone(timedelta(hours=hours)))
    return FlightEvent(**fields | {"flight_date": local.date()})


ZONE = st.integers(-12, 14)
EVENTS = st.builds(made_of, ZONE, **{field.name: any_value(field) for field in FIELDS if field.name != "flight_date"})


@given(EVENTS)
def test_an_event_is_the_same_after_json(made):
    assert from_json(made.to_json()) == made


# What a JSON text may hold where a field is expected: good, nearly good, or of another type.
ANY_JSON = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=4), st.just([1]),
    st.just({}), st.sampled_from([1, 1.0, 90, -0.0, 360.5, float("inf"), float("nan"), 10**400]),
    st.sampled_from([*SOURCES, *STATUSES, "", "\ud800", "é", "\x1b[2J", "\x7f", "\u202e", "a\\\\b", "\xa0", "A" * 65]),
    st.sampled_from(["1986-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "1986-12-31", "9999-12-31"]),
    st.sampled_from(["2013-02-29", "2013-W28-3", "20130710", "2013-W28-3T22:50:00.000Z", "2013-07-10T22:50:00,000Z"]),
    st.dates().map(str),
    st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z"),
    st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{3}Z", fullmatch=True),
)  # fmt: skip


def what_comes_of(read, record):
    try:
        return repr(read(json.dumps(record)))
    except InvalidEvent as fault:
        return fault.problem, fault.field


def event_as_record(text):
    return from_json(text).record()


@pytest.mark.parametrize("name", [field.name for field in FIELDS])
@given(value=ANY_JSON)
def test_a_record_is_checked_as_an_event_is(event, name, value):
    record = json.loads(event().to_json()) | {name: value}
    assert what_comes_of(record_from_json, record) == what_comes_of(event_as_record, record)


@pytest.mark.parametrize("place", range(len(FIELDS) - 1))
def test_a_record_has_its_fields_in_the_order_of_the_schema(event, place):
    fields = list(json.loads(event().to_json()).items())
    fields[place : place + 2] = reversed(fields[place : place + 2])
    assert what_comes_of(record_from_json, dict(fields)) == repr(event().record())


@pytest.mark.parametrize("missing", [field.name for field in FIELDS])
def test_a_record_lacks_no_field_and_has_none_more(event, missing):
    record = json.loads(event().to_json())
    for wrong in (record | {"gate": "B7"}, {name: value for name, value in record.items() if name != missing}):
        assert what_comes_of(record_from_json, wrong) == what_comes_of(event_as_record, wrong)


def test_a_record_as_an_event_writes_it_becomes_no_event(event, monkeypatch):
    made = event(latitude=40.5)
    monkeypatch.delattr("aero.live.event.FlightEvent")
    assert record_from_json(made.to_json()) == made.record()


def test_json_has_every_field_in_the_order_of_the_schema(event):
    record = json.loads(event().to_json())
    assert list(record) == [field.name for field in FIELDS]
    assert record["event_at"] == "2013-07-10T22:50:00.000Z"
    assert record["flight_date"] == "2013-07-10"
    assert record["arrival_at"] is None


def test_instants_are_kept_in_utc_to_the_millisecond(event):
    new_york = timezone(timedelta(hours=-4))
    made = event(event_at=datetime(2013, 7, 10, 18, 50, 0, 123999, tzinfo=new_york))
    assert made.event_at == datetime(2013, 7, 10, 22, 50, 0, 123000, tzinfo=UTC)
    assert b'"event_at":"2013-07-10T22:50:00.123Z"' in made.to_json()


@pytest.mark.parametrize("name", [field.name for field in FIELDS])
def test_a_missing_field_is_named(event, name):
    record = json.loads(event().to_json())
    del record[name]
    with pytest.raises(InvalidEvent, match=name) as fault:
        from_json(json.dumps(record))
    assert fault.value.field == name


@pytest.mark.parametrize("name", [field.name for field in FIELDS if not field.nullable])
def test_a_null_is_refused_where_a_value_must_be(event, name):
    record = json.loads(event().to_json()) | {name: None}
    with pytest.raises(InvalidEvent, match=f"{name} is null"):
        from_json(json.dumps(record))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema_version", 2),
        ("schema_version", True),
        ("schema_version", "1"),
        ("flight_number", 1234),
        ("flight_id", ""),
        ("source", "rumour"),
        ("status", "unknown"),
        ("event_at", 1373496600000),
        ("event_at", "2013-07-10T22:50:00Z"),
        ("event_at", "2013-07-10T22:50:00.000+00:00"),
        ("event_at", "2013-13-10T22:50:00.000Z"),
        ("event_at", "2013-07-10T24:00:00.000Z"),
        ("tail_number", "N\ud800"),
        ("flight_date", "20130710"),
        ("latitude", "40.6"),
        ("latitude", 90.5),
        ("latitude", float("nan")),
        ("altitude_feet", float("inf")),
        ("altitude_feet", 10**400),
        ("heading_degrees", -1),
        ("altitude_feet", 1e6),
        ("ground_speed_knots", -1),
        ("departure_gate", "A" * 65),
        ("code_shares", "A" * 513),
        ("departure_gate", "B\x1b[31m"),
        ("departure_gate", "B\u202e7"),
        ("departure_gate", "B\n7"),
        ("flight_date", "1986-12-31"),
        ("flight_date", "9999-12-31"),
        ("event_at", "1986-12-31T23:59:59.999Z"),
        ("event_at", "9999-12-31T23:59:59.999Z"),
        ("scheduled_arrival_at", "9999-12-31T23:59:59.999Z"),
        *((name, code) for name in ("origin_id", "destination_id") for code in ("JF", "jfk", "KJFKX", "J-K", "JFK\n")),
    ],
)
def test_a_value_that_breaks_the_schema_is_named(event, name, value):
    record = json.loads(event().to_json()) | {name: value}
    with pytest.raises(InvalidEvent, match=name) as fault:
        from_json(json.dumps(record))
    assert fault.value.field == name


@pytest.mark.parametrize(
    ("name", "days"), [("event_at", 1), ("departure_at", 1), ("arrival_at", 1), ("scheduled_departure_at", 400)]
)
def test_a_time_may_be_so_far_ahead_and_no_further(event, name, days):
    latest = datetime.now(UTC) + timedelta(days=days)
    for read in (record_from_json, from_json):
        told = event().record() | ({"flight_date": f"{latest:%Y-%m-%d}"} if name == "scheduled_departure_at" else {})
        read(json.dumps(told | {name: instant_text(latest)}))
        with pytest.raises(InvalidEvent, match=f"{name} is .*, before 1987 or more than {days} days ahead of now"):
            read(json.dumps(told | {name: instant_text(latest + timedelta(minutes=2))}))


@pytest.mark.parametrize(
    ("at", "is_somewhere"),
    [
        ("2013-07-09T09:59:59.999Z", False),
        ("2013-07-09T10:00:00.000Z", True),
        ("2013-07-11T11:59:59.999Z", True),
        ("2013-07-11T12:00:00.000Z", False),
    ],
)
def test_the_date_of_a_flight_is_the_date_somewhere_when_it_is_to_leave(event, at, is_somewhere):
    line = json.dumps(event().record() | {"flight_date": "2013-07-10", "scheduled_departure_at": at})
    for read in (record_from_json, from_json):
        if is_somewhere:
            read(line)
        else:
            with pytest.raises(InvalidEvent, match="flight_date is 2013-07-10, which is nowhere the date at") as fault:
                read(line)
            assert fault.value.field == "flight_date"


def test_what_an_error_tells_of_a_value_is_short(event):
    with pytest.raises(InvalidEvent) as fault:
        from_json(json.dumps(event().record() | {"latitude": "9" * 1_000_000}))
    assert len(fault.value.problem) < 200


def test_a_field_that_the_schema_lacks_is_named(event):
    record = json.loads(event().to_json()) | {"gate": "B7"}
    with pytest.raises(InvalidEvent, match="gate is not in the schema"):
        from_json(json.dumps(record))


@pytest.mark.parametrize("line", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(line):
    with pytest.raises(InvalidEvent) as fault:
        from_json(line)
    assert fault.value.field in (None, "schema_version")


def test_an_instant_without_a_zone_is_refused(event):
    with pytest.raises(InvalidEvent, match="departure_at .* without a time zone"):
        event(departure_at=datetime(2013, 7, 10, 22, 50))


def test_a_whole_number_is_a_number(event):
    assert event(latitude=40).latitude == 40.0


def test_known_leaves_out_what_the_source_does_not_know(event):
    known = event().known()
    assert known["status"] == "active"
    assert "arrival_at" not in known


def test_the_identity_is_the_same_in_every_event_of_a_flight(event):
    landed = event(status="landed", event_at=datetime(2013, 7, 11, tzinfo=UTC), tail_number="N1")
    assert landed.identity() == event().identity()


def test_two_legs_with_one_number_on_one_day_are_two_flights(event):
    day = event().flight_date
    morning = flight_id("DL", "1234", day, "JFK", "ATL", "06:30")
    evening = flight_id("DL", "1234", day, "JFK", "ATL", "18:30")
    onward = flight_id("DL", "1234", day, "ATL", "MCO", "18:30")
    assert (morning, evening) == ("DL1234-20130710-JFK-ATL-0630", "DL1234-20130710-JFK-ATL-1830")
    assert len({morning, evening, onward}) == 3


def test_sql_columns_are_those_of_the_schema():
    columns = [column.split(" ") for column in sql_columns().split(", ")]
    assert [name for name, _ in columns] == [field.name for field in FIELDS]
    assert dict(columns)["event_at"] == "TIMESTAMP"
    assert dict(columns)["latitude"] == "DOUBLE"


def test_the_error_survives_pickling():
    fault = InvalidEvent("event: status is odd", field="status")
    assert pickle.loads(pickle.dumps(fault)).field == "status"
