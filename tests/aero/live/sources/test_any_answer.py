"""Whatever a source's answer holds, its records become events that the stream takes, or are counted: never an error."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aero.live.event import record_from_json
from aero.live.sources.aviationstack_records import events_of
from aero.live.sources.opensky import positions

NOW = datetime(2026, 1, 11, 18, 0, tzinfo=UTC)
ODD = [
    None, True, False, 0, -1, 1e308, float("nan"), float("inf"), 10**400, -(10**18), "", " ", "\0", "é" * 300, "\ud800",
    "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-02-30", "2026-01-11T18:00", "No/where", "../x",
    "UTC", [], [[]], {}, {"iata": []}, {"iata": "JFK", "scheduled": 7}, {"airline_iata": "ua", "flight_number": 1},
]  # fmt: skip
SCALARS = st.sampled_from(ODD) | st.text(max_size=8) | st.integers() | st.floats()
ANY = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one, max_size=3)
)
# The samples, which a test function's fixture has, are read and not changed.
BOUNDED = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def _places(value, path=()):
    """The path of each part of a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for name, part in parts for below in _places(part, (*path, name)))]


def _changed(value, changes):
    """The value with some of its parts replaced; a change whose place is gone by another is left out."""
    holder = {"value": deepcopy(value)}
    for path, other in changes:
        *way, last = ("value", *path)
        part = holder
        try:
            for name in way:
                part = part[name]
            part[last] = other
        except (KeyError, IndexError, TypeError):
            continue
    return holder["value"]


def _changes(value):
    return st.lists(st.tuples(st.sampled_from(_places(value)), ANY), max_size=4)


def _are_taken(events):
    """Each is one that the stream reads, as it is sent."""
    for event in events:
        assert record_from_json(event.to_json())["source"]


@BOUNDED
@given(data=st.data())
@pytest.mark.parametrize("page", ["scheduled", "active"])
def test_any_record_of_aviationstack(samples, page, data):
    held = samples.live(page)
    records = held["data"] if isinstance(held, dict) else held
    record = data.draw(st.sampled_from(records[:20]))
    changed = [_changed(record, data.draw(_changes(record))), data.draw(ANY), record]
    events, counts = events_of(changed, NOW)
    assert counts["records"] == 3 and events
    _are_taken(events)


@BOUNDED
@given(data=st.data())
def test_any_state_of_opensky(samples, event, data):
    held = samples.live("states")
    at = datetime.fromtimestamp(held["time"], UTC)
    vector = data.draw(st.sampled_from(held["states"]))
    changed = [_changed(vector, data.draw(_changes(vector))), data.draw(ANY), held["states"][0]]
    events, counts = positions(changed, lambda *_: event(), at)
    assert counts["states"] == 3 == sum(counts.values()) - counts["states"] and counts["positions"] == len(events) >= 1
    _are_taken(events)
