from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero.errors import AeroError
from aero.live.event import FIELDS, from_json
from aero.live.fields import InvalidEvent
from aero.live.replay.faults import DAMAGES, Faults, deliveries, share
from aero.live.replay.history import events_in_order, events_of, final_state

REQUIRED = {field.name for field in FIELDS if not field.nullable}
SHARES = st.sampled_from([0.0, 0.05, 0.5, 1.0])
ANY_FAULTS = st.builds(Faults, late=SHARES, duplicate=SHARES, shuffled=SHARES, corrupt=SHARES)
ENDS = [
    {},
    {"is_cancelled": True, "departure_at": None, "arrival_at": None},
    {"is_cancelled": True, "arrival_at": None, "ground_away_minutes": 20},
    {"is_diverted": True, "arrival_at": None},
    {"arrival_at": None},
]


@pytest.fixture(scope="module")
def flights(flight):
    """Forty flights, ten minutes apart, of every end."""
    return [
        flight(
            flight_number=str(number),
            **{"departure_at": datetime(2013, 7, 10, 22, 30) + timedelta(minutes=number), **ENDS[number % len(ENDS)]},
        )
        for number in range(1, 41)
    ]


def kept(records):
    """What a store keeps that writes every known field with the event's time: for each field, the newest."""
    cells: dict = {}
    for value in records:
        try:
            event = from_json(value)
        except InvalidEvent:
            continue
        for name, known in event.known().items():
            cell = cells.setdefault(event.flight_id, {})
            if name not in cell or cell[name][0] <= event.event_at:
                cell[name] = (event.event_at, known)
    return {flight_id: {name: known for name, (_, known) in cell.items()} for flight_id, cell in cells.items()}


@settings(max_examples=40)
@given(faults=ANY_FAULTS, seed=st.integers())
def test_whatever_is_injected_every_event_is_sent_and_the_state_at_the_end_is_the_same(flights, faults, seed):
    events = list(events_in_order(flights))
    sent = list(deliveries(events, faults, seed))
    true_events = [delivery.value for delivery in sent if delivery.fault in ("", "late", "shuffled")]
    assert Counter(true_events) == Counter(event.to_json() for event in events)
    states = {state.flight_id: state.known() for state in map(final_state, flights)}
    assert kept(delivery.value for delivery in sent) == states


@settings(max_examples=40)
@given(seed=st.integers())
def test_every_corrupt_record_is_refused_and_no_other(flights, seed):
    for delivery in deliveries(events_in_order(flights), Faults(0.3, 0.3, 0.3, 0.3), seed):
        if delivery.fault.startswith("corrupt"):
            with pytest.raises(InvalidEvent) as fault:
                from_json(delivery.value)
            # What is missing is such that a reader notices who takes a missing field for a null one.
            assert delivery.fault != "corrupt:missing_field" or fault.value.field in REQUIRED
        else:
            assert from_json(delivery.value) == delivery.event


def test_the_same_seed_makes_the_same_deliveries_and_another_does_not(flights):
    def sent(seed):
        return list(deliveries(events_in_order(flights), Faults(0.2, 0.2, 0.2, 0.2), seed))

    assert sent(7) == sent(7)
    assert sent(7) != sent(8)


def test_without_faults_events_are_sent_as_they_happen(flights):
    events = list(events_in_order(flights))
    sent = list(deliveries(events))
    assert [(delivery.event, delivery.due_at) for delivery in sent] == [(event, event.event_at) for event in events]
    assert sent[0].key == events[0].flight_id.encode()


def test_each_fault_is_what_it_is_called(flights):
    events = list(events_in_order(flights))
    sent = list(deliveries(events, Faults(late=0.3, duplicate=0.3, shuffled=0.3, corrupt=1.0), seed=3))
    late = [delivery.delay_seconds for delivery in sent if delivery.fault == "late"]
    shuffled = [delivery.delay_seconds for delivery in sent if delivery.fault == "shuffled"]
    duplicates = [delivery for delivery in sent if delivery.fault == "duplicate"]
    assert late and all(5 * 60 <= delay <= 180 * 60 for delay in late)
    assert shuffled and all(0 <= delay <= 120 for delay in shuffled)
    assert duplicates and all(sent.count(delivery) == 1 for delivery in duplicates)
    damages = Counter(delivery.fault for delivery in sent if delivery.fault.startswith("corrupt"))
    assert damages.total() == len(events)
    assert set(damages) == {f"corrupt:{damage}" for damage in DAMAGES}
    assert [delivery.due_at for delivery in sent] == sorted(delivery.due_at for delivery in sent)


def test_a_late_event_comes_after_a_newer_one_of_its_flight(flight):
    events = events_of(flight(arrival_at=datetime(2013, 7, 10, 22, 51)))
    orders = [[delivery.event.status for delivery in deliveries(events, Faults(late=0.5), seed)] for seed in range(20)]
    assert ["scheduled", "landed", "active"] in orders


def test_one_share_changed_leaves_the_other_faults_where_they_were(flights):
    def late(faults):
        sent = deliveries(events_in_order(flights), faults, seed=5)
        return {(delivery.event.flight_id, delivery.due_at) for delivery in sent if delivery.fault == "late"}

    assert late(Faults(late=0.2)) == late(Faults(late=0.2, duplicate=0.9, corrupt=0.9))


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), ("0.05", 0.05), ("100%", 1.0), ("0", 0.0)])
def test_shares_are_percent_or_parts_of_one(text, value):
    assert share(text) == pytest.approx(value)


def test_what_is_no_share_is_refused():
    with pytest.raises(AeroError, match="'many' is no share"):
        share("many")
    with pytest.raises(AeroError, match="--late 5 is no share"):
        Faults(late=5)
