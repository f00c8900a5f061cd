from copy import deepcopy
from datetime import UTC, date, datetime

import pytest

from aero.live.sources.aviationstack_records import events_of

FETCHED_AT = datetime(2026, 1, 11, 18, 0, tzinfo=UTC)


@pytest.fixture
def active(live_data):
    """A real flight in the air, with parts of the record changed."""
    page = live_data("aviationstack_page_active_2026-09-08.json")

    def changed(part=None, **changes):
        record = deepcopy(page["data"][0])
        (record[part] if part else record).update(changes)
        return record

    return changed


def only_event(*records):
    events, counts = events_of(records, FETCHED_AT)
    assert len(events) == 1, counts
    return events[0]


def test_clocks_are_local_whatever_their_offset_says(active):
    told = only_event(active())
    assert told.flight_id == "8K804-20260908-BKK-SIN-0100"
    assert told.flight_date == date(2026, 9, 8)
    assert told.scheduled_departure_at == datetime(2026, 9, 7, 18, 0, tzinfo=UTC)
    assert told.departure_at == datetime(2026, 9, 7, 16, 21, tzinfo=UTC)
    assert told.scheduled_arrival_at == datetime(2026, 9, 7, 20, 30, tzinfo=UTC)
    assert told.estimated_arrival_at == datetime(2026, 9, 7, 18, 21, tzinfo=UTC)
    assert (told.status, told.arrival_at, told.event_at) == ("active", None, FETCHED_AT)


def test_a_real_page_is_one_event_an_aircraft(live_data):
    records = live_data("aviationstack_page_scheduled_2026-01-12.json")
    events, counts = events_of(records, FETCHED_AT)
    assert counts == {"records": 100, "code_shares": 62}
    assert len(events) == len({event.flight_id for event in events}) == 59
    aircraft = {
        (record["departure"]["iata"], record["departure"]["scheduled"], record["arrival"]["iata"], operating(record))
        for record in records
    }
    assert len(aircraft) == 59
    sold = sum(len(event.code_shares.split(",")) for event in events if event.code_shares)
    assert sold == 62


def operating(record):
    shared = record["flight"]["codeshared"]
    return shared["flight_iata"].upper() if shared else record["flight"]["iata"]


def test_a_zone_that_the_record_lacks_is_the_airports_own(live_data):
    records = live_data("aviationstack_page_scheduled_2026-01-12.json")
    [to_dubai] = [record for record in records if record["arrival"]["timezone"] is None]
    # 07:30 at DWC, four hours before UTC.
    assert only_event(to_dubai).scheduled_arrival_at == datetime(2026, 1, 12, 3, 30, tzinfo=UTC)


def test_an_unknown_zone_of_the_destination_leaves_its_times_unknown(active):
    told = only_event(active("arrival", timezone=None, iata="QQQ"))
    assert (told.scheduled_arrival_at, told.estimated_arrival_at) == (None, None)
    assert told.departure_at is not None


def test_a_code_share_speaks_for_the_flight_that_flies(live_data):
    records = live_data("aviationstack_codeshare_pair_2025-07-09.json")["data"]
    events, counts = events_of(records, FETCHED_AT)
    assert counts == {"records": 3, "code_shares": 2}
    tokunoshima, sydney = events
    assert (sydney.flight_id, sydney.airline_id, sydney.flight_number, sydney.code_shares) == (
        "VA832-20250709-SYD-MEL-1030",
        "VA",
        "832",
        "HA4094",
    )
    assert (tokunoshima.airline_id, tokunoshima.flight_number, tokunoshima.code_shares) == ("JL", "3798", "NH4354")
    # Departed 10:44 in Sydney, in winter time, ten hours before UTC.
    assert sydney.departure_at == datetime(2025, 7, 9, 0, 44, tzinfo=UTC)


def test_the_operating_record_is_believed_before_its_code_shares(active):
    shared = {"airline_iata": "8k", "airline_icao": "kmi", "flight_number": "804", "flight_iata": "8k804"}
    sold = active("flight", number="0999", iata="XX0999", codeshared=shared)
    sold["arrival"]["gate"] = "Z9"
    for order in ((active(), sold), (sold, active())):
        told = only_event(*order)
        assert (told.arrival_gate, told.code_shares, told.flight_number) == ("A5", "XX0999", "804")


def test_the_documented_example_has_a_position(live_data):
    told = only_event(*live_data("aviationstack_doc_example_with_live.json")["data"])
    assert (told.latitude, told.longitude, told.heading_degrees) == (36.2856, -106.807, 114.34)
    assert told.altitude_feet == 29025.0
    assert told.ground_speed_knots == 482.9
    assert told.tail_number == "N160AN"


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
        ("airline", {"name": None}, "airline_id", "8K"),
        ("airline", {"iata": None}, "airline_id", "KMI"),
        ("flight", {"number": "0804"}, "flight_number", "804"),
        ("departure", {"timezone": "Nowhere/Land"}, "departure_at", datetime(2026, 9, 7, 16, 21, tzinfo=UTC)),
        ("arrival", {"gate": " "}, "arrival_gate", None),
    ],
)
def test_nulls_and_oddities_are_taken_as_they_are(active, part, changes, field, value):
    assert getattr(only_event(active(part, **changes)), field) == value
