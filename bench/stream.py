"""How fast the stream is: events a second sustained from Kafka to HBase, and how long an event takes to be seen there.

    export AERO_HOME=/tmp/aero-bench AERO_PORT_OFFSET=5000     # a cluster of its own: the flights are made up
    .venv/bin/aero up && .venv/bin/python bench/stream.py && .venv/bin/aero down

For each rate, events are sent evenly for some seconds, then as many as possible at once. Every few milliseconds one of
them is a probe: HBase is asked for it, over Thrift as any reader would, until its newest event is there. From the call
that sends it to the answer that shows it, that is its latency. Sustained is what the Live Log says: events of the
batches by the time from the first one's begin to the last one's end. As the sender takes a core of two, a backlog is
measured last: events that lie in Kafka before the stream is started.
"""

import statistics
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import click
from rich.console import Console
from rich.table import Table

from aero import connections
from aero.cluster import startup
from aero.datasets import HBASE_FLIGHT_STATE, TOPIC_LIVE
from aero.errors import AeroError
from aero.live import row_keys, store
from aero.live.event import SCHEMA_VERSION, FlightEvent, flight_id
from aero.producer import Producer
from aero.settings import load_settings

AIRPORTS = "ATL BOS CLT DEN DFW DTW EWR IAH JFK LAS LAX LGA MCO MIA MSP ORD PHL PHX SEA SFO".split()
AIRLINES = "AA AS B6 DL F9 NK UA WN".split()
# A day of the whole country has about this many.
FLIGHTS = 20_000
PROBES_PER_SECOND = 20
LOOK_SECONDS = 0.01
GIVE_UP_SECONDS = 300


@dataclass
class Probes:
    """Probes that are on their way, and the seconds that those took that were seen. Looked for in a thread."""

    waiting: dict[bytes, tuple[float, bytes]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def add(self, event: FlightEvent) -> None:
        """A probe that is being sent now; one of a flight that is still waited for is left out."""
        key = row_keys.flight(
            event.origin_id, event.scheduled_departure_at, event.airline_id, event.flight_number, event.destination_id
        ).encode()
        text = event.event_at.replace(tzinfo=None).isoformat(" ", "milliseconds").encode()
        self.waiting.setdefault(key, (time.monotonic(), text))

    def look(self) -> None:
        """Ask HBase again and again, until `stop` is set and all are seen."""
        with store.opened() as hbase:
            table = hbase.table(HBASE_FLIGHT_STATE)
            while not (self.stop.is_set() and not self.waiting):
                keys = list(self.waiting)
                found = table.rows(keys, [b"d:event_at"]) if keys else []
                now = time.monotonic()
                for key, cells in found:
                    sent, text = self.waiting[key]
                    if cells[b"d:event_at"] >= text:
                        self.seconds.append(now - sent)
                        del self.waiting[key]
                time.sleep(LOOK_SECONDS)


def events() -> Iterator[FlightEvent]:
    """Events without end, of now: each flight is announced, leaves and lands, as on a day of all flights. The days go
    back in time, for no flight has left in the future."""
    begin = datetime.now(UTC).replace(second=0, microsecond=0)
    for day in count():
        for status in ("scheduled", "active", "landed"):
            for place in range(FLIGHTS):
                yield _event(begin - timedelta(days=day), place, status)


def _event(begin: datetime, place: int, status: str) -> FlightEvent:
    origin_id, destination_id = AIRPORTS[place % 20], AIRPORTS[(place + 7) % 20]
    airline_id, flight_number = AIRLINES[place % 8], str(1 + place % 9999)
    scheduled_at = begin - timedelta(minutes=place % 240)
    left_at = scheduled_at + timedelta(minutes=place % 90 - 10) if status != "scheduled" else None
    return FlightEvent(
        schema_version=SCHEMA_VERSION,
        flight_id=flight_id(
            airline_id, flight_number, scheduled_at.date(), origin_id, destination_id, f"{scheduled_at:%H:%M}"
        ),
        event_at=datetime.now(UTC),
        source="replay",
        status=status,
        flight_date=scheduled_at.date(),
        airline_id=airline_id,
        flight_number=flight_number,
        origin_id=origin_id,
        destination_id=destination_id,
        tail_number=f"N{place:05d}",
        scheduled_departure_at=scheduled_at,
        departure_at=left_at,
        scheduled_arrival_at=scheduled_at + timedelta(hours=3),
        estimated_arrival_at=left_at and left_at + timedelta(hours=3),
        arrival_at=left_at + timedelta(hours=3) if status == "landed" else None,
    )


def paced(made: Iterable[FlightEvent], rate: float, seconds: float) -> Iterator[FlightEvent]:
    """Events at `rate` a second, each when it is due, for some seconds."""
    began = time.monotonic()
    for number, event in enumerate(islice(made, round(rate * seconds))):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        yield event


def measure(
    producer: Producer, sent: Iterable[FlightEvent], probe_every: int, probes: Probes | None = None
) -> tuple[int, Probes]:
    """Send events and wait until the probes among them, one in `probe_every`, were seen; how many were sent. Who gives
    the `probes` can look at them meanwhile."""
    probes, number = probes or Probes(), 0
    looking = threading.Thread(target=probes.look, daemon=True)
    looking.start()
    for number, event in enumerate(sent, 1):
        if number % probe_every == 0:
            probes.add(event)
        producer.send(event.key, event.to_json())
    producer.flush()
    probes.stop.set()
    looking.join(GIVE_UP_SECONDS)
    if looking.is_alive():
        raise AeroError(
            f"{len(probes.waiting)} events were not seen after {GIVE_UP_SECONDS} s.", "See aero logs stream."
        )
    return number, probes


def worked_off(since: datetime, events_sent: int) -> tuple[float, float]:
    """What the Live Log says of the batches begun since an instant: events a second, and seconds of a batch (median).

    Waits until all that was sent is worked off.
    """
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        with store.opened() as hbase:
            batches = [row for row in store.batches(hbase, 1_000) if store.instant(row["started_at"]) >= since]
        if sum(int(row["rows_in"]) for row in batches) >= events_sent:
            break
        time.sleep(1)
    begins = [store.instant(row["started_at"]) for row in batches]
    took = [int(row["batch_milliseconds"]) / 1000 for row in batches]
    ends = [begin + timedelta(seconds=seconds) for begin, seconds in zip(begins, took)]
    rows = sum(int(row["rows_in"]) for row in batches)
    return rows / (max(ends) - min(begins)).total_seconds(), statistics.median(took)


@click.command()
@click.option("--rates", default="100,1000", show_default=True, help="Events a second, one run each.")
@click.option("--seconds", default=30.0, show_default=True, help="How long each rate is held.")
@click.option("--burst", default=100_000, show_default=True, help="Events sent as fast as possible, in the end.")
def main(rates: str, seconds: float, burst: int) -> None:
    """Measure the stream of the cluster that AERO_HOME names, and print a table."""
    console = Console(highlight=False)
    settings = load_settings()
    startup.Startup(settings, Console(stderr=True)).run(("stream",))
    table = Table("rate", "events", "sustained/s", "p50 s", "p95 s", "p99 s", "batch s", title="Kafka to HBase")
    made = events()
    with Producer(connections.kafka_bootstrap(), TOPIC_LIVE, max_pending=200_000) as producer:
        measure(producer, paced(made, 200, 10), 10)  # the first batches also start Python on the executors
        for rate in [*map(float, rates.split(",")), None]:
            since = datetime.now(UTC)
            sent = paced(made, rate, seconds) if rate else list(islice(made, burst))
            probe_every = max(1, round((rate or burst / 10) / PROBES_PER_SECOND))
            number, probes = measure(producer, sent, probe_every)
            sustained, batch = worked_off(since, number)
            cuts = statistics.quantiles(probes.seconds, n=100)
            shown = [f"{cuts[place - 1]:.2f}" for place in (50, 95, 99)]
            table.add_row(
                f"{rate:,.0f}/s" if rate else "at once", f"{number:,}", f"{sustained:,.0f}", *shown, f"{batch:.2f}"
            )
        startup.down(settings, ("stream",), Console(stderr=True))
        for event in islice(made, burst):
            producer.send(event.key, event.to_json())
        producer.flush()
    since = datetime.now(UTC)
    startup.Startup(settings, Console(stderr=True)).run(("stream",))
    sustained, batch = worked_off(since, burst)
    table.add_row("backlog", f"{burst:,}", f"{sustained:,.0f}", "", "", "", f"{batch:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
