"""A made-up day of four aircraft, 2013-07-15, as the stream works it off minute by minute."""

import random
from functools import partial
from itertools import groupby

import numpy as np
from forecast_corrections import corrected
from forecast_features import History, later
from stream_events import Record, outgoing
from stream_hbase import Address, on_hbase
from stream_parts import judge, write_states
from stream_windows import sum_up

from aero.datasets import HBASE_DELAY_FORECASTS
from aero.live import delay_forecasts, row_keys, store
from aero.live.replay.history import events_of
from tests.jobs.forecast_flights import flight, instants, table

HBASE = Address("localhost", 9090)


def day():
    """Each aircraft goes to and fro from morning to night; some flights are cancelled."""
    dice, rows = random.Random(24), []
    for aircraft in range(4):
        hours = 6 + aircraft * 0.3
        for leg in range(8):
            clock = f"{int(hours):02d}:{int(hours * 60) % 60:02d}"
            ends = dict(zip(("origin_id", "destination_id"), ("JFK", "BOS") if leg % 2 else ("BOS", "JFK")))
            late = None if dice.random() < 0.08 else dice.randrange(-9, 80)
            own = {"tail_number": f"N{aircraft}", "flight_number": str(1 + len(rows)), "is_diverted": False}
            rows.append(flight(clock=clock, late=late, **own, **ends))
            hours += 1 + dice.choice((0.5, 0.75, 2))
    return rows


DAY = day()


def key_of(row):
    names = ("origin_id", "scheduled_departure_at", "airline_id", "flight_number", "destination_id")
    return row_keys.flight(*(row[name] for name in names))


KEYS = [key_of(row) for row in DAY]


def minutes():
    """The events of the day, minute by minute, as the stream sends them on."""
    events = sorted((event for row in DAY for event in events_of(row)), key=lambda one: one.event_at)
    for _, of_minute in groupby(events, lambda one: one.event_at.replace(second=0, microsecond=0)):
        yield [outgoing(Record(one.key, one.to_json(), "flights.live", 0, 0, 2**50)) for one in of_minute]


BATCHES = list(minutes())


def work_off(batch, renewal):
    """One micro-batch of one partition, as stream_batch.FlightBatches does it."""
    [result] = judge(HBASE, "", batch)
    on_hbase(HBASE, partial(sum_up, windows=result.windows, slots=result.slots))
    write_states(HBASE, batch)
    return on_hbase(HBASE, partial(renewal, told=result.told))


def renewed(hbase):
    """By flight what the stream put beside its forecast."""
    rows = hbase.texts(HBASE_DELAY_FORECASTS)
    return {
        key: {name: cells[name] for name in delay_forecasts.RENEWED}
        for key, cells in rows.items()
        if "renewed_probability" in cells
    }


def of_the_batch(found, corrections, said):
    """The probabilities of the same flights as of the same instants, by the features that training has: their forecasts
    of a day before, `said`, corrected."""
    rows = [DAY[KEYS.index(key)] for key in found]
    at = [store.instant(one["renewed_as_of_at"]) for one in found.values()]
    known = later(table(*rows), History(table(*DAY)), instants(*at))
    values = {name: column.to_numpy(zero_copy_only=False) for name, column in known.items()}
    for row, (key, one) in enumerate(found.items()):
        of_one = {name: column[[row]] for name, column in values.items()}
        [probability] = corrected(corrections[one["renewed_horizon"]], np.array([said[key]]), of_one)
        yield float(probability)
