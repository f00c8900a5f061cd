"""A made-up day of four aircraft, played minute by minute: the probabilities are those that training has of the same
instants, to the last bit."""

import contextlib
import json
import math
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
import stream_forecasts
import stream_hbase
from forecast_corrections import Horizon, corrected
from forecast_features import History, later
from stream_events import Record, outgoing
from stream_forecasts import NONE_SECONDS, Renewal

from aero.datasets import HBASE_AIRCRAFT_FLIGHTS, HBASE_DELAY_FORECASTS
from aero.live import delay_forecasts, store
from aero.live.replay.history import events_of
from tests.hbase_in_memory import HBaseInMemory, Killed
from tests.jobs.forecast_flights import instants, table
from tests.jobs.played_day import BATCHES, DAY, KEYS, of_the_batch, renewed, work_off

CORRECTIONS = {
    one: {"coefficients": [0.9, 1.5 + place, 0.7, -0.2, 0.8, 0.3, 2.0 * (one == Horizon.DEPARTURE)], "intercept": -0.3}
    for place, one in enumerate(Horizon)
}
SAID = dict(zip(KEYS, (0.05 + 0.9 * number / len(KEYS) for number in range(len(KEYS)))))


@pytest.fixture
def hbase(monkeypatch):
    return with_forecasts(monkeypatch)


def with_forecasts(patch, but=()):
    memory = HBaseInMemory()
    patch.setattr(stream_hbase, "connect", memory)
    rows = [
        row | {"late_probability": SAID[key], "cancelled_probability": 0.01, "model_name": "logistic",
               "training_id": "t1", "as_of_at": row["scheduled_departure_at"] - timedelta(hours=24)}
        for key, row in zip(KEYS, DAY) if key not in but
    ]  # fmt: skip
    delay_forecasts.write(memory, pa.Table.from_pylist(rows))
    delay_forecasts.keep_corrections(memory, "t1", "logistic", CORRECTIONS)
    return memory


def test_after_every_minute_the_stream_s_probability_is_the_batch_s_of_the_same_instant(hbase):
    renewal, horizons, known = Renewal(), set(), set()
    for batch in BATCHES:
        work_off(batch, renewal)
        found = renewed(hbase)
        expected = list(of_the_batch(found, CORRECTIONS, SAID))
        assert [float(one["renewed_probability"]) for one in found.values()] == expected
        horizons |= {one["renewed_horizon"] for one in found.values()}
        known |= {one["renewed_probability"] for one in found.values()}
    assert horizons == set(Horizon) and len(known) > 3 * len(DAY)
    assert set(renewed(hbase)) == set(KEYS)
    left = {key: row["departure_at"] for key, row in zip(KEYS, DAY) if row["departure_at"]}
    assert {key: store.instant(renewed(hbase)[key]["renewed_as_of_at"]) for key in left} == left


def test_the_next_flight_of_the_aircraft_is_renewed_as_its_inbound_leaves(hbase):
    renewal, first, second = Renewal(), KEYS[0], KEYS[1]
    for batch in BATCHES:
        before = renewed(hbase).get(second)
        work_off(batch, renewal)
        if renewed(hbase).get(first, {}).get("renewed_horizon") == "departure":
            break
    after = renewed(hbase)[second]
    assert before["renewed_as_of_at"] < after["renewed_as_of_at"] == renewed(hbase)[first]["renewed_as_of_at"]
    assert hbase.texts(HBASE_AIRCRAFT_FLIGHTS)["N0"].keys() >= {first, second}


@pytest.mark.parametrize("size", [1, 7, len(BATCHES)])
def test_whatever_the_batches_and_however_often_they_run_the_cells_are_the_same(hbase, size):
    for batch in BATCHES:
        work_off(batch, Renewal())
    expected = renewed(hbase)
    with pytest.MonkeyPatch.context() as patch:
        other, renewal = with_forecasts(patch), Renewal()
        for start in range(0, len(BATCHES), size):
            batch = [one for of_minute in BATCHES[start : start + size] for one in of_minute]
            for writes in (3, 20, math.inf):  # Killed on the way, and run again.
                other.writes_left = writes
                with contextlib.suppress(Killed):
                    work_off(batch, renewal)
            work_off(batch, renewal)
        assert renewed(other) == expected


def test_an_older_event_covers_no_newer_probability(hbase):
    for batch in BATCHES:
        work_off(batch, Renewal())
    expected = renewed(hbase)
    for batch in BATCHES[:20]:
        work_off(batch, Renewal())
    assert renewed(hbase) == expected


def test_without_a_forecast_of_a_day_before_or_corrections_nothing_is_written(monkeypatch):
    hbase = with_forecasts(monkeypatch, but=KEYS[3:])
    for batch in BATCHES:
        work_off(batch, Renewal())
    assert set(renewed(hbase)) == set(KEYS[:3])
    hbase = with_forecasts(monkeypatch)
    hbase.table(HBASE_DELAY_FORECASTS).delete(b"corrections")
    assert {work_off(batch, Renewal()) for batch in BATCHES} == {0}
    assert not renewed(hbase) and not hbase.texts(HBASE_AIRCRAFT_FLIGHTS)
    # Those of another training are of no use.
    delay_forecasts.keep_corrections(hbase, "t2", "logistic", CORRECTIONS)
    assert {work_off(batch, Renewal()) for batch in BATCHES} == {0} and not renewed(hbase)


def test_where_there_were_no_corrections_they_are_asked_for_once_a_minute(hbase):
    now = [1000.0]
    renewal, of_day = Renewal(clock=lambda: now[0]), iter(BATCHES)
    hbase.table(HBASE_DELAY_FORECASTS).delete(b"corrections")
    assert work_off(next(of_day), renewal) == 0
    delay_forecasts.keep_corrections(hbase, "t1", "logistic", CORRECTIONS)
    now[0] += NONE_SECONDS - 1
    assert work_off(next(of_day), renewal) == 0
    now[0] += 1
    assert work_off(next(of_day), renewal) > 0
    # Once there are some, each batch has the newest.
    hbase.table(HBASE_DELAY_FORECASTS).delete(b"corrections")
    delay_forecasts.keep_corrections(hbase, "t2", "logistic", CORRECTIONS)
    assert work_off(next(of_day), renewal) == 0
    delay_forecasts.keep_corrections(hbase, "t1", "logistic", CORRECTIONS)
    assert work_off(next(of_day), renewal) > 0


@pytest.mark.parametrize(
    "damaged",
    [
        "{", "[]", "{}", json.dumps(CORRECTIONS)[:-40],
        json.dumps(CORRECTIONS | {"3 h": {"coefficients": [1.0], "intercept": 0.0}}),
        json.dumps(CORRECTIONS | {"3 h": {"coefficients": ["a"] * 7, "intercept": 0.0}}),
        json.dumps(CORRECTIONS | {"3 h": {"coefficients": [float("nan")] * 7, "intercept": 0.0}}),
        json.dumps(CORRECTIONS | {"3 h": {"coefficients": [0.0] * 7}}),
    ],
)  # fmt: skip
def test_damaged_corrections_are_said_once_and_stop_nothing(hbase, caplog, damaged):
    hbase.table(HBASE_DELAY_FORECASTS).put(b"corrections", {b"d:t1/logistic": damaged.encode()})
    renewal = Renewal()
    assert {work_off(batch, renewal) for batch in BATCHES[:9]} == {0}
    assert [
        one.message for one in caplog.records if "t1/logistic is renewed: its corrections are damaged" in one.message
    ]
    assert len(caplog.records) == 1 and not renewed(hbase)
    delay_forecasts.keep_corrections(hbase, "t1", "logistic", CORRECTIONS)
    assert work_off(BATCHES[9], renewal) > 0


def test_a_flight_that_got_another_aircraft_has_the_delay_of_that_one(hbase):
    """The index has it under both."""
    renewal, row = Renewal(), DAY[2]
    for batch in BATCHES:
        work_off(batch, renewal)
    before = renewed(hbase)[KEYS[2]]
    [*_, landed] = events_of(row | {"tail_number": "N3"})
    moved = outgoing(Record(landed.key, landed.to_json(), "flights.live", 0, 0, 2**50))
    work_off([moved], renewal)
    index = hbase.texts(HBASE_AIRCRAFT_FLIGHTS)
    assert KEYS[2] in index["N0"] and KEYS[2] in index["N3"]
    changed = [one | ({"tail_number": "N3"} if one is row else {}) for one in DAY]
    at = store.instant(before["renewed_as_of_at"])
    known = later(table(changed[2]), History(table(*changed)), instants(at))
    values = {name: column.to_numpy(zero_copy_only=False) for name, column in known.items()}
    [expected] = corrected(CORRECTIONS[Horizon.DEPARTURE], np.array([SAID[KEYS[2]]]), values)
    after = renewed(hbase)[KEYS[2]]
    assert float(after["renewed_probability"]) == expected != float(before["renewed_probability"])
    # The next flight of its old aircraft now has the one before it as its inbound.
    assert stream_forecasts.Fleet(hbase, [KEYS[3]]).neighbours([KEYS[3]], -1) == {KEYS[3]: KEYS[1]}


def test_of_very_many_flights_those_with_the_newest_events_are_renewed(hbase, monkeypatch):
    monkeypatch.setattr(stream_forecasts, "MOST_FLIGHTS", 3)
    whole = [one for batch in BATCHES for one in batch]
    assert 3 <= work_off(whole, Renewal()) <= 6
    newest = sorted(events_of(row)[-1].event_at for row in DAY)[-3:]
    told = [one["renewed_event_at"] for one in renewed(hbase).values()]
    assert min(map(store.instant, told)) >= newest[0]
