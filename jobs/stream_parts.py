"""What an executor of the stream does with the records of one partition of a micro-batch (stream_batch.py).

All events of a flight are in one partition, so nobody else works on the flights that are found here.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from thriftpy2.thrift import TClient

from stream_cells import FLIGHT_STATE, JUDGED_BY, Flight
from stream_cells import departure_puts, flights_told, index_puts, state_puts
from stream_events import PROCESSED, Outgoing
from stream_hbase import Address, on_hbase, put, read


@dataclass
class Told:
    """What records were: how many of each partition of the topic, the next offset of each, how many were events, how
    many of those late, how many flights they tell of, the windows touched, and the newest `event_at`."""

    rows: Counter = field(default_factory=Counter)
    positions: dict[int, int] = field(default_factory=dict)
    processed: int = 0
    late: int = 0
    flights: int = 0
    windows: set[str] = field(default_factory=set)
    newest_event_at: str = ""

    def __add__(self, other: "Told") -> "Told":
        return Told(
            self.rows + other.rows,
            {at: max(every.positions.get(at, 0) for every in (self, other)) for at in {*self.positions, *other.positions}},
            self.processed + other.processed,
            self.late + other.late,
            self.flights + other.flights,
            self.windows | other.windows,
            max(self.newest_event_at, other.newest_event_at),
        )


def judge(address: Address, watermark_at: str, records: Iterable[Outgoing]) -> Iterator[Told]:
    """Compare flights with their states: write their departures and, of new ones, the indexes. What the records were."""
    told, events = Told(), []
    for record in records:
        told.rows[record.partition] += 1
        told.positions[record.partition] = record.offset + 1
        if record.topic == PROCESSED:
            events.append(json.loads(record.value))
    flights = flights_told(events)
    times = [event["event_at"][:-1].replace("T", " ") for event in events]
    told.processed, told.flights = len(events), len(flights)
    told.newest_event_at = max(times, default="")
    told.late = sum(time < watermark_at for time in times)
    if flights:
        told.windows = on_hbase(address, partial(_place, flights=flights))
    yield told


def _place(connection: TClient, flights: Mapping[str, Flight]) -> set[str]:
    """Write departures and, of new flights, the indexes. Returns the row keys of the windows touched."""
    known = read(connection, FLIGHT_STATE, flights, JUDGED_BY)
    departures = [
        departure for key, flight in flights.items() for departure in departure_puts(key, flight, known.get(key, {}))
    ]
    put(connection, departures)
    put(connection, (entry for key in flights.keys() - known.keys() for entry in index_puts(key, flights[key])))
    return {departure.row for departure in departures}


def write_states(address: Address, records: Iterable[Outgoing]) -> None:
    """Write the states of the flights that the records tell of."""
    flights = flights_told(json.loads(record.value) for record in records if record.topic == PROCESSED)
    if flights:
        on_hbase(address, partial(_write, flights=flights))


def _write(connection: TClient, flights: Mapping[str, Flight]) -> None:
    put(connection, (cell for key, flight in flights.items() for cell in state_puts(key, flight)))
