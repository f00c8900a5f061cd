from copy import deepcopy
from datetime import UTC, datetime

import pytest

from aero.live.sources.aviationstack_records import events_of

FETCHED_AT = datetime(2026, 1, 11, 18, 0, tzinfo=UTC)


@pytest.fixture
def active(samples):
    """A flight in the air, with parts of the record changed."""
    page = samples.live("active")

    def changed(part=None, **changes):
        record = deepcopy(page["data"][0])
        (record[part] if part else record).update(changes)
        return record

    return changed


def only_event(*records):
    events, counts = events_of(records, FETCHED_AT)
    assert len(events) == 1, counts
    return events[0]


@pytest.fixture
def expected(samples):
    """What the event of `active` says."""
    return samples.expected["active"]


def test_clocks_are_local_whatever_their_offset_says(active, expected):
    found = only_event(active())
    assert found.flight_id == expected["flight_id"]
    assert found.flight_date == expected["flight_date"]
    assert found.scheduled_departure_at == expected["scheduled_departure_at"]
    assert found.departure_at == expected["departure_at"]
    assert found.scheduled_arrival_at == expected["scheduled_arrival_at"]
    assert found.estimated_arrival_at == expected["estimated_arrival_at"]
    assert (found.status, found.arrival_at, found.event_at) == ("active", None, FETCHED_AT)


def test_a_full_page_is_one_event_an_aircraft(samples):
    records, expected = samples.live("scheduled"), samples.expected["scheduled"]
    events, counts = events_of(records, FETCHED_AT)
    assert counts == {"records": 100, "code_shares": expected["code_shares"]}
    assert len(events) == len({event.flight_id for event in events}) == expected["aircraft"]
    aircraft = {
        (record["departure"]["iata"], record["departure"]["scheduled"], record["arrival"]["iata"], operating(record))
        for record in records
    }
    assert len(aircraft) == expected["aircraft"]
    sold = sum(len(event.code_shares.split(",")) for event in events if event.code_shares)
    assert sold == expected["code_shares"]


def operating(record):
    shared = record["flight"]["codeshared"]
    return shared["flight_iata"].upper() if shared else record["flight"]["iata"]


def test_a_zone_that_the_record_lacks_is_the_airports_own(samples):
    [zoneless] = [record for record in samples.live("scheduled") if record["arrival"]["timezone"] is None]
    assert only_event(zoneless).scheduled_arrival_at == samples.expected["scheduled"]["arrival_without_zone_at"]


def test_an_unknown_zone_of_the_destination_leaves_its_times_unknown(active):
    found = only_event(active("arrival", timezone=None, iata="QQQ"))
    assert (found.scheduled_arrival_at, found.estimated_arrival_at) == (None, None)
    assert found.departure_at is not None


def test_a_code_share_speaks_for_the_flight_that_flies(samples):
    records, expected = samples.live("code_shares")["data"], samples.expected["code_shares"]
    events, counts = events_of(records, FETCHED_AT)
    assert counts == {"records": 3, "code_shares": 2}
    beside, alone = events
    assert [alone.flight_id, alone.airline_id, alone.flight_number, alone.code_shares] == expected["alone"]
    assert [beside.airline_id, beside.flight_number, beside.code_shares] == expected["beside_its_flight"]
    assert alone.departure_at == expected["departure_at"]


def test_the_operating_record_is_believed_before_its_code_shares(active, expected):
    carrier, number = expected["airline_id"].lower(), expected["flight_number"]
    shared = {"airline_iata": carrier, "flight_number": number, "flight_iata": carrier + number}
    shared["airline_icao"] = expected["airline_icao"].lower()
    sold = active("flight", number="0999", iata="XX0999", codeshared=shared)
    sold["arrival"]["gate"] = "Z9"
    for order in ((active(), sold), (sold, active())):
        flown = only_event(*order)
        assert (flown.arrival_gate, flown.flight_number) == (expected["arrival_gate"], number)
        assert flown.code_shares == "XX0999"


def test_a_flight_with_a_live_part_has_a_position(samples):
    found, expected = only_event(*samples.live("in_the_air")["data"]), samples.expected["in_the_air"]
    assert {name: getattr(found, name) for name in expected} == expected
    assert len(expected) == 6


@pytest.mark.parametrize(
    ("part", "changes", "fault"),
    [
        (None, {"departure": None}, "unusable: departure"),
        (None, {"flight": None}, "unusable: flight"),
        ("departure", {"iata": None}, "unusable: departure.iata"),
        ("arrival", {"iata": " "}, "unusable: arrival.iata"),
        ("departure", {"scheduled": None}, "unusable: departure.scheduled"),
        ("departure", {"scheduled": "soon"}, "unusable: departure.scheduled"),
        ("departure", {"timezone": None, "iata": "QQQ"}, "unusable: scheduled_departure_at"),
        ("airline", {"iata": None, "icao": None}, "unusable: airline.iata"),
        ("flight", {"number": None}, "unusable: flight.number"),
        (None, {"live": {"latitude": 400, "longitude": 1}}, "unusable: latitude"),
        (None, {"live": {"altitude": "high"}}, "unusable: altitude_feet"),
    ],
)
def test_a_record_that_names_no_flight_is_counted_by_its_field(active, part, changes, fault):
    events, counts = events_of([active(part, **changes), active()], FETCHED_AT)
    assert len(events) == 1
    assert counts == {"records": 2, fault: 1}


def test_a_record_that_is_no_object_is_counted(active):
    assert events_of(["gibberish", active()], FETCHED_AT)[1] == {"records": 2, "unusable: record": 1}


@pytest.mark.parametrize(
    ("part", "changes", "field", "value"),
    [
        (None, {"aircraft": None}, "tail_number", None),
        (None, {"flight_status": "unknown"}, "status", None),
        (None, {"flight_status": None}, "status", None),
        ("airline", {"name": None}, "airline_id", "airline_id"),
        ("airline", {"iata": None}, "airline_id", "airline_icao"),
        ("departure", {"timezone": "Nowhere/Land"}, "departure_at", "departure_at"),
        ("arrival", {"gate": " "}, "arrival_gate", None),
    ],
)
def test_nulls_and_oddities_are_taken_as_they_are(active, expected, part, changes, field, value):
    assert getattr(only_event(active(part, **changes)), field) == (value and expected[value])


def test_zeros_before_a_number_are_left_out(active, expected):
    number = expected["flight_number"]
    assert only_event(active("flight", number=f"0{number}")).flight_number == number


@pytest.mark.parametrize(
    "change",
    [
        {"flight": {"number": "1234", "codeshared": "DL1234"}},
        {"airline": "Delta"},
        {"live": [1, 2]},
        {"flight": {"number": 10**5000}},
        {"departure": {"iata": "JFK", "scheduled": "2026-01-11T18:00:00+00:00", "timezone": 5}},
        {"departure": {"iata": "JFK", "scheduled": "9999-12-31T23:59:59+00:00"}},
        {"departure": {"iata": ["JFK"], "scheduled": "0001-01-01T00:00:00+14:00"}},
        {"flight": {"number": "1234", "iata": "\x1b[2J"}},
    ],
)
def test_a_record_of_odd_types_is_counted_and_ends_nothing(active, change):
    events, counts = events_of([active(**change), active()], FETCHED_AT)
    assert len(events) == 1
    assert counts["records"] == 2 and sum(counts.values()) == 3


def test_code_shares_without_number_are_as_many_as_the_field_holds(active):
    shared = {"airline_iata": "dl", "flight_number": "1234"}
    sold = [active(flight={"number": "1", "iata": f"XX{number}", "codeshared": shared}) for number in range(1000)]
    assert len(only_event(*sold).code_shares) <= 512
