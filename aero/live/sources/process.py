"""The processes that tell of live flights: `python -m aero.live.sources.process replay`, `aviationstack` or `opensky`.

Each is a service of its own and does what its plan says (plans.py) until it is stopped. Exit code 2: it ended with a
fault that starting it again does not mend; the fault is the last line of its log, and in its report.
"""

import logging
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path

from thriftpy2.thrift import TException

from aero import connections, hql, process_state
from aero.datasets import FLIGHTS, TOPIC_LIVE
from aero.errors import AeroError
from aero.live import store
from aero.live.archive import Archive
from aero.live.event import FlightEvent
from aero.live.replay.bts_file import read_flights
from aero.live.replay.history import Flight
from aero.live.replay.ledger import Ledger
from aero.live.replay.replay import Replay
from aero.live.sources import credentials, opensky_token, plans, polling
from aero.live.sources.aviationstack import KEY_VARIABLE, AviationStack
from aero.live.sources.budget import Budget
from aero.live.sources.opensky import OpenSky, leg_in_the_air
from aero.live.sources.opensky_token import Token
from aero.live.sources.plans import PollPlan, ReplayPlan
from aero.live.sources.polling import Poll, Source, Temporary
from aero.producer import Producer
from aero.settings import START_SECONDS, Settings, load_settings

FAULT = 2


def replay(settings: Settings, stop: threading.Event) -> None:
    """Play the planned days, from where an earlier replay of the same was stopped."""
    plan: ReplayPlan = plans.read(settings, "replay")
    flights = flights_of(plan)
    first = next(flights, None)
    if first is None:
        where = plan.file or FLIGHTS.name
        raise AeroError(
            f"{where} has no flight from {plan.first_day} to {plan.last_day}.",
            f"Load the month, aero load --from {plan.first_day[:7]} --to {plan.last_day[:7]}, or play another day.",
        )
    ledger = Ledger(plan.ledger_folder(settings), plan.deliveries)
    with Producer(connections.kafka_bootstrap(), TOPIC_LIVE) as producer:
        process_state.write(process_state.file(settings, "replay"), process_state.RUNNING)
        played = Replay(
            chain([first], flights), producer, ledger, stop, plan.speed or math.inf, plan.injected, plan.seed
        )
        played.run()


def flights_of(plan: ReplayPlan) -> Iterator[Flight]:
    """The flights of the plan's days, a day at a time. Raises AeroError where file or HiveServer2 cannot be read."""
    for day in plan.days:
        yield from read_flights(Path(plan.file), day) if plan.file else _flights_in_hive(day)


def _flights_in_hive(day: date) -> list[Flight]:
    parameters = {"year": day.year, "month": day.month, "day": day}
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, FLIGHTS.hql("day"), parameters)
        return hql.rows(cursor)


def aviationstack(settings: Settings, stop: threading.Event) -> None:
    """Poll AviationStack within its monthly budget."""
    plan: PollPlan = plans.read(settings, "aviationstack")
    key = credentials.read_secret(KEY_VARIABLE, key_file(settings, "aviationstack"))
    source = AviationStack(key, calls(settings, plan), stop, plan.url, plan.pages, plan.filters)
    _poll(settings, stop, source, plan, lambda: {"budget": str(source.budget)})


def opensky(settings: Settings, stop: threading.Event) -> None:
    """Poll OpenSky for the positions of the flights that HBase knows."""
    plan: PollPlan = plans.read(settings, "opensky")
    client = opensky_token.read_client(key_file(settings, "opensky"))
    source = OpenSky(flight_in_the_air, stop, Token(*client) if client else None, plan.url)
    _poll(settings, stop, source, plan, lambda: {"credits_left": source.credits_left})


def key_file(settings: Settings, source: str) -> Path:
    """The file that holds a source's key, mode 0600, where it is not in the environment."""
    return process_state.folder(settings) / "keys" / source


def calls(settings: Settings, plan: PollPlan) -> Budget:
    """The calls of AviationStack that this month has."""
    return Budget(process_state.folder(settings) / "aviationstack.calls", plan.monthly_calls)


def flight_in_the_air(airline_id: str, flight_number: str, at: datetime) -> FlightEvent | None:
    """The state of the leg that is flown under a number at an instant. Raises Temporary while HBase is away."""
    try:
        with store.opened() as hbase:
            return leg_in_the_air(store.states_around(hbase, f"{airline_id}{flight_number}", at), at)
    except (AeroError, TException) as fault:
        raise Temporary(str(fault)) from fault


class _Reported:
    """A source that reports each poll."""

    def __init__(self, source: Source, report: Path, facts: Callable[[], dict]):
        self.name = source.name
        self._source, self._report, self._facts = source, report, facts

    def poll(self) -> Poll:
        poll = self._source.poll()
        process_state.write(
            self._report, process_state.RUNNING, events=len(poll.events), counts=dict(poll.counts), **self._facts()
        )
        return poll


def _poll(settings: Settings, stop: threading.Event, source: Source, plan: PollPlan, facts: Callable[[], dict]) -> None:
    archive = Archive(connections.webhdfs(), source.name, process_state.folder(settings) / "waiting" / source.name)
    with Producer(connections.kafka_bootstrap(), TOPIC_LIVE) as producer:
        reported = _Reported(source, process_state.file(settings, source.name), facts)
        polling.run(reported, producer, archive, plan.interval, stop)


RUN = {"replay": replay, "aviationstack": aviationstack, "opensky": opensky}


def main() -> None:
    """Run one source until it ends or is told to (SIGTERM)."""
    [name] = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = load_settings()
    report = process_state.file(settings, name)
    process_state.write(report, process_state.STARTING)
    started_at, code = time.monotonic(), 0
    try:
        RUN[name](settings, stop)
        process_state.write(report, process_state.ENDED)
    except AeroError as fault:
        process_state.write(report, process_state.FAILED, problem=fault.problem)
        logging.error("%s", fault)
        code = FAULT
    # One that ends before, the supervisor takes for one that could not start.
    stop.wait(started_at + START_SECONDS - time.monotonic())
    # Docker would start a container that ended with a code again, whatever the code.
    sys.exit(0 if settings.is_container else code)


if __name__ == "__main__":
    main()
