"""The replay as a live source: past days of aero_clean.flights, played again from where they were stopped."""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import click

from aero import connections, hql, process_state
from aero.datasets import FLIGHTS, TOPIC_LIVE
from aero.errors import AeroError
from aero.live.replay.delivery_log import DeliveryLog
from aero.live.replay.faults import Faults
from aero.live.replay.history import Flight
from aero.live.replay.replay import Replay
from aero.live.sources import StartOptions, configs
from aero.live.sources.configs import ReplayConfig
from aero.producer import Producer
from aero.settings import Settings

NAME = "replay"
LONGEST = timedelta(days=366)


def read_key(file: Path) -> None:
    """A replay needs no key."""


def config_of(options: StartOptions) -> Callable[[], ReplayConfig]:
    """The config of the days asked for, else of the newest day that is loaded, for which HiveServer2 is asked."""
    day, first, last = options["day"], options["first"], options["last"]
    if day and (first or last):
        raise click.UsageError("Give either --day, or --from and --to.")
    first, last = day or first or last, day or last or first
    if first and last and last < first:
        raise click.BadParameter(f"{last} is before {first}", param_hint="--to")
    if first and last and last - first > LONGEST:
        raise click.BadParameter(f"{first} to {last} is longer than {LONGEST.days} days", param_hint="--to")
    faults = Faults(options["late"], options["duplicate"], options["shuffle"], options["corrupt"])

    def made() -> ReplayConfig:
        begin = first or _newest_day()
        return ReplayConfig(str(begin), str(last or begin), options["speed"], options["seed"], asdict(faults))

    return made


def _newest_day() -> date:
    years = [name for name in connections.webhdfs().list(FLIGHTS.path) if name.startswith("year=")]
    if not years:
        raise AeroError("No flights are loaded that could be replayed.", "Load some: aero load --help")
    with connections.hive() as hive:
        cursor = hive.cursor()
        hql.run(cursor, FLIGHTS.hql("newest_day"), {"year": int(max(years).removeprefix("year="))})
        return date.fromisoformat(str(cursor.fetchone()[0]))


def run(settings: Settings, stop: threading.Event) -> None:
    """Play the days of the config, from where an earlier replay of the same was stopped."""
    config = configs.read(settings, NAME, ReplayConfig)
    flights = _flights(config.days)
    first = next(flights, None)
    if first is None:
        raise AeroError(
            f"{FLIGHTS.name} has no flight from {config.first_day} to {config.last_day}.",
            f"Load the month, aero load --from {config.first_day[:7]} --to {config.last_day[:7]}, or play another day.",
        )
    log = DeliveryLog(config.log_folder(settings), config.deliveries)
    with Producer(connections.kafka_bootstrap(), TOPIC_LIVE) as producer:
        process_state.write(process_state.file(settings, NAME), process_state.RUNNING)
        speed = config.speed or math.inf
        Replay(chain([first], flights), producer, log, stop, speed, config.injected, config.seed).run()


def _flights(days: list[date]) -> Iterator[Flight]:
    """The flights of the days, a day at a time. Raises AeroError where HiveServer2 does not answer."""
    for day in days:
        with connections.hive() as hive:
            cursor = hive.cursor()
            hql.run(cursor, FLIGHTS.hql("day"), {"year": day.year, "month": day.month, "day": day})
            flights = hql.rows(cursor)
        yield from flights
