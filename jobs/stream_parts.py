"""What an executor of the stream does with the records of one partition of a micro-batch (stream_batch.py).

All events of a flight are in one partition, so no other executor works on the flights that are found here.
"""

import gc
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from stream_cells import JUDGED_BY, PLACED_BY, Flight, Put, day_puts, departure_puts, flights_of, index_puts, slots
from stream_events import Outgoing
from stream_hbase import Address, on_hbase, put, put_rows, read
from thriftpy2.thrift import TClient

from aero.datasets import HBASE_DELAYS_HOURLY, HBASE_DEPARTURES, HBASE_FLIGHT_STATE, TOPIC_PROCESSED
from aero.live import row_keys


@dataclass
class PartitionResult:
    """What the records of one partition of a micro-batch were; the sum of all partitions is the batch's."""

    # Records read, by partition of the topic.
    rows: Counter[int] = field(default_factory=Counter)
    # The offset after the last record read, by partition of the topic.
    positions: dict[int, int] = field(default_factory=dict)
    # Records that were events; the other ones were rejected.
    processed: int = 0
    # Events older than the watermark. They count like others.
    late: int = 0
    # Flights with an event. All events of a flight are in one partition, so none is counted twice.
    flights: int = 0
    # Row keys in aero:departures of the hourly windows that changed.
    windows: set[str] = field(default_factory=set)
    # Row keys in aero:delays_five_minutes of those that changed; each is of one of the windows.
    slots: set[str] = field(default_factory=set)
    # Row keys of the flights with an event, each with the time of its newest one in milliseconds since 1970.
    told: dict[str, int] = field(default_factory=dict)
    # The newest `event_at`, as text in a cell; empty without an event.
    newest_event_at: str = ""

    def __add__(self, other: "PartitionResult") -> "PartitionResult":
        return PartitionResult(
            self.rows + other.rows,
            {
                at: max(every.positions.get(at, 0) for every in (self, other))
                for at in {*self.positions, *other.positions}
            },
            self.processed + other.processed,
            self.late + other.late,
            self.flights + other.flights,
            self.windows | other.windows,
            self.slots | other.slots,
            self.told | other.told,
            max(self.newest_event_at, other.newest_event_at),
        )


def judge(address: Address, watermark_at: str, records: Iterable[Outgoing]) -> Iterator[PartitionResult]:
    """Compare flights with their states; write departures and, for new flights, the index rows. Yields one result.

    An iterator, because that is what mapPartitions takes.
    """
    with no_search_for_cycles():
        result = _judged(address, watermark_at, list(records))
    yield result


def _judged(address: Address, watermark_at: str, records: Sequence[Outgoing]) -> PartitionResult:
    events = _events(records)
    flights = flights_of(events, PLACED_BY)
    windows, slots = on_hbase(address, partial(_place, flights=flights)) if flights else (set(), set())
    times = [event["event_at"][:-1].replace("T", " ") for event in events]
    return PartitionResult(
        rows=Counter(record.partition for record in records),
        positions={record.partition: record.offset + 1 for record in records},
        processed=len(events),
        late=sum(time < watermark_at for time in times),
        flights=len(flights),
        windows=windows,
        slots=slots,
        told={key: flight["flight_id"].timestamp or 0 for key, flight in flights.items()},
        newest_event_at=max(times, default=""),
    )


def _place(connection: TClient, flights: Mapping[str, Flight]) -> tuple[set[str], set[str]]:
    """Write departures and, for new flights, the index rows. Returns the row keys of the windows and slots touched."""
    known = read(connection, HBASE_FLIGHT_STATE, flights, JUDGED_BY)
    archived = _archived_departures(connection, flights, known)
    before = {key: archived.get(key, {}) | known.get(key, {}) for key in flights}
    departures = [put for key, flight in flights.items() for put in departure_puts(key, flight, before[key])]
    departures = _in_open_hours(connection, departures)
    put(connection, departures)
    put(connection, (entry for key in flights.keys() - known.keys() for entry in index_puts(key, flights[key])))
    moved = {departure.column for departure in departures}
    touched = {slot for key in moved for slot in slots(key, flights[key], before[key])}
    return {departure.row for departure in departures}, touched


def _in_open_hours(connection: TClient, departures: Sequence[Put]) -> list[Put]:
    """The departures of flights of which no hour is closed. A closed hour has lost its departures, or is about to
    (aero/live/old_hours.py); its sums stay, and so does the flight where it was counted."""
    hours = sorted({departure.row for departure in departures})
    closed = read(connection, HBASE_DELAYS_HOURLY, hours, ["closed_at"])
    stay = {departure.column for departure in departures if departure.row in closed}
    return [departure for departure in departures if departure.column not in stay]


def _archived_departures(
    connection: TClient, flights: Mapping[str, Flight], known: Mapping[str, Flight]
) -> dict[str, Flight]:
    """When flights left whose state, or what it knew of the departure, was archived (aero/live/old_states.py)."""
    departed = [key for key in flights if "departure_at" in flights[key] and "departure_at" not in known.get(key, {})]
    noted = read(connection, HBASE_DEPARTURES, map(row_keys.archived, departed), ["departure_at"])
    return {key: noted[row] for key in departed if (row := row_keys.archived(key)) in noted}


def write_states(address: Address, records: Iterable[Outgoing]) -> None:
    """Write the states of the flights in the records, and of which days they are."""
    with no_search_for_cycles():
        flights = flights_of(_events(records))
        if flights:
            on_hbase(address, partial(_write, flights=flights))


def _write(connection: TClient, flights: Mapping[str, Flight]) -> None:
    put_rows(connection, HBASE_FLIGHT_STATE, ((key, flight.items()) for key, flight in flights.items()))
    put(connection, day_puts(flights.values()))


def _events(records: Iterable[Outgoing]) -> list[dict[str, Any]]:
    """The events among the records; read as one JSON list, which takes half as long as one by one."""
    return json.loads(f"[{','.join(record.value for record in records if record.topic == TOPIC_PROCESSED)}]")


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """Python's garbage collector is off. A batch makes very many objects and no cycles of them; to search all of them
    for cycles again and again took more than a third of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
