"""How much longer a micro-batch takes because the forecasts of its flights are renewed (jobs/stream_forecasts.py).

    .venv/bin/python -m bench.stream_forecasts           # on an HBase in memory, in a process of its own, over Thrift
    export AERO_HOME=/tmp/aero-bench AERO_PORT_OFFSET=5000      # or a cluster of its own: the flights are made up
    .venv/bin/aero up && .venv/bin/python -m bench.stream_forecasts --hbase && .venv/bin/aero down

20,000 flights of a day, of 20 airports and 3,334 aircraft, were all forecast a day before. Their events are worked off
in their order, in batches, as the stream does it but for Spark and Kafka; what renewing takes beside is measured.
"""

import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

import click
from thriftpy2.protocol import TCyBinaryProtocolFactory
from thriftpy2.rpc import make_server
from thriftpy2.transport import TCyBufferedTransportFactory

from aero.datasets import HBASE_DELAY_FORECASTS, REPOSITORY, TOPIC_LIVE
from aero.hbase_thrift2 import _declared
from aero.live import delay_forecasts, row_keys
from aero.live.replay.history import Flight, events_of
from aero.settings import load_settings
from bench.stream import AIRLINES, AIRPORTS, FLIGHTS
from tests.hbase_in_memory import HBaseInMemory
from tests.ports import free_port

sys.path.append(str(REPOSITORY / "jobs"))
from forecast_corrections import Horizon
from stream_cells import Cell, Put
from stream_events import Outgoing, Record, outgoing
from stream_forecasts import Renewal
from stream_hbase import Address, on_hbase, put
from stream_parts import judge, write_states
from stream_windows import sum_up

LEGS, HOURS_A_LEG = 6, 2.5
# Batches before those that are measured.
WARM = 8
CORRECTION = {"coefficients": [0.9, 0.5, 0.5, -0.1, 1.0, 0.5, 4.0], "intercept": -0.5}


def flights() -> Iterator[Flight]:
    """A day's: an aircraft flies LEGS one after the other, each some minutes late."""
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=2)
    for number in range(FLIGHTS):
        aircraft, leg = divmod(number, LEGS)
        leaves = begin + timedelta(minutes=aircraft % 300) + timedelta(hours=leg * HOURS_A_LEG)
        late = timedelta(minutes=number * 7 % 60 - 8)
        yield {
            "flight_date": leaves.date(),
            "airline_id": AIRLINES[aircraft % 8],
            "flight_number": str(1 + number % 9999),
            "tail_number": f"N{aircraft:05d}",
            "origin_id": AIRPORTS[(aircraft + leg * 7) % 20],
            "destination_id": AIRPORTS[(aircraft + leg * 7 + 7) % 20],
            "scheduled_departure_local": f"{leaves:%H:%M}",
            "scheduled_departure_at": leaves,
            "departure_at": leaves + late,
            "scheduled_arrival_at": leaves + timedelta(minutes=100),
            "arrival_at": leaves + timedelta(minutes=98) + late,
            "is_cancelled": False,
            "is_diverted": False,
        }


def forecasts(made: list[Flight]) -> Iterator[Put]:
    """The cells of a forecast of each flight."""
    names = ("origin_id", "scheduled_departure_at", "airline_id", "flight_number", "destination_id")
    for number, flight in enumerate(made):
        told = {"late_probability": str(0.05 + number % 80 / 100), "training_id": "bench", "model_name": "logistic"}
        key = row_keys.flight(*(flight[name] for name in names))
        yield from (Put(HBASE_DELAY_FORECASTS, key, name, Cell(text)) for name, text in told.items())


class Took(NamedTuple):
    """Seconds of a batch without renewing, of renewing, and of renewing on this process' own processor; how many
    forecasts were renewed."""

    without: float
    renewing: float
    computing: float
    renewed: int


def worked_off(address: Address, batch: list[Outgoing], renewal: Renewal) -> Took:
    """What a batch took."""
    began = time.monotonic()
    [result] = judge(address, "", batch)
    on_hbase(address, partial(sum_up, windows=result.windows, slots=result.slots))
    write_states(address, batch)
    written, used = time.monotonic(), time.process_time()
    count = on_hbase(address, partial(renewal, told=result.told))
    return Took(written - began, time.monotonic() - written, time.process_time() - used, count)


def serve(port: int) -> None:
    """An HBase in memory, until it is ended."""
    transport = {
        "proto_factory": TCyBinaryProtocolFactory(decode_response=False),
        "trans_factory": TCyBufferedTransportFactory(),
    }
    make_server(_declared.THBaseService, HBaseInMemory(), "127.0.0.1", port, client_timeout=None, **transport).serve()


def sent(made: list[Flight]) -> list[Outgoing]:
    """The records of all events, in their order."""
    told = (one for flight in made for one in events_of(flight))
    events = sorted(told, key=lambda one: one.event_at)
    sent_at = 2**50  # Later than all of them.
    return [outgoing(Record(one.key, one.to_json(), TOPIC_LIVE, 0, at, sent_at)) for at, one in enumerate(events)]


def measure(address: Address, size: int, batches: int) -> list[Took]:
    """What each of some batches took, from the middle of the day."""
    made, renewal = list(flights()), Renewal()
    text = json.dumps(dict.fromkeys(Horizon, CORRECTION))
    corrections = Put(HBASE_DELAY_FORECASTS, delay_forecasts.CORRECTIONS, "bench/logistic", Cell(text))
    on_hbase(address, lambda connection: put(connection, [*forecasts(made), corrections]))
    records = sent(made)
    begin = len(records) // 3
    for start in range(begin - WARM * size, begin, size):
        worked_off(address, records[start : start + size], renewal)
    return [worked_off(address, records[at : at + size], renewal) for at in range(begin, begin + batches * size, size)]


@click.command(help=__doc__.split("\n\n")[0])
@click.option("--hbase", is_flag=True, help="Ask the HBase of the cluster that AERO_HOME names, not one in memory.")
@click.option("--size", default=1_000, show_default=True, help="Events a batch.")
@click.option("--batches", default=30, show_default=True, help="So many are measured.")
def main(hbase: bool, size: int, batches: int) -> None:
    """Measure and print."""
    if hbase:
        host, _, port = load_settings().address("HBASE_THRIFT2").rpartition(":")
        took = measure(Address(host, int(port)), size, batches)
    else:
        address = Address("127.0.0.1", free_port())
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(address.port,), daemon=True)
        server.start()
        try:
            took = measure(address, size, batches)
        finally:
            server.terminate()
    renewed = statistics.mean(one.renewed for one in took)
    click.echo(f"{batches} batches of {size:,} events; {renewed:,.0f} forecasts renewed in each")
    for name in ("without", "renewing", "computing"):
        cuts = statistics.quantiles((getattr(one, name) for one in took), n=100, method="inclusive")
        click.echo(f"{name:>9}: p50 {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s")


if __name__ == "__main__":
    main()
