"""Sends live events at a fixed rate for long, and looks whether memory, handles, threads and latency stay as they are.

    make soak                       # 30 minutes at 200 events a second
    make soak MINUTES=60 RATE=500
    .venv/bin/python -m bench.soak pages # table and plot of docs/survival.md anew from what was kept

It starts a platform of its own beside yours, and stops it in the end. Exit code 1: something grows.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aero import connections
from aero.datasets import LIVE_FLIGHT_STATE, REPOSITORY, TOPIC_LIVE
from aero.files import replace_json
from aero.live import store
from aero.producer import Producer
from aero.settings import load_settings
from bench import stream
from bench.chaos.__main__ import COMMAND_SECONDS, PORT_OFFSET, ROOM, SERVICES
from bench.chaos.workload import Asker
from bench.performance.__main__ import commit
from bench.performance.cluster import Cluster, machine, must_have_room
from bench.soak import page
from bench.soak.samples import Sampler

FOLDER = REPOSITORY / "build" / "soak"
PROBES_PER_SECOND = 5
ASK_PAUSE_SECONDS = 10.0


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: python -m bench.soak run --minutes 30 --rate 200")
@click.argument("what", type=click.Choice(["run", "pages"]))
@click.option("--minutes", default=30, show_default=True, type=click.IntRange(1, 1440), help="How long.")
@click.option("--rate", default=200, show_default=True, type=click.IntRange(1, 5000), help="Events a second.")
@click.option("--folder", default=FOLDER, type=click.Path(path_type=Path), help="For the platform's data: 6 GB.")
def main(what: str, minutes: int, rate: int, folder: Path) -> None:
    """Do it (run), or make the page anew (pages)."""
    if what == "run":
        folder.mkdir(parents=True, exist_ok=True)
        must_have_room(folder, ROOM)
        cluster = Cluster(folder.resolve() / "home", SERVICES, PORT_OFFSET, COMMAND_SECONDS)
        try:
            result = run(cluster, minutes, rate)
        finally:
            cluster.down()
        replace_json(page.KEPT, result, mode=0o644)
        found = page.growing(result["samples"])
        click.echo("\n".join(found) or f"Nothing grows: {page.PAGE}")
    page.write()
    raise SystemExit(what == "run" and bool(found))


def run(cluster: Cluster, minutes: int, rate: int) -> dict[str, Any]:
    """Send, and sample meanwhile; somebody asks Spark and HBase for the states of the flights."""
    cluster.wipe()
    cluster.up()
    cluster.aero("schedule", "pause")
    about = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit(), "machine": machine()}
    probes = stream.Probes()
    sampler = Sampler(load_settings(), probes)
    people = [
        Asker("Spark Thrift Server", states_by_spark, lambda _: None, ASK_PAUSE_SECONDS),
        Asker("HBase", states_of_hbase, lambda _: None, ASK_PAUSE_SECONDS),
    ]
    for one in (sampler, *people):
        one.start()
    with Producer(connections.kafka_bootstrap(), TOPIC_LIVE, max_pending=200_000) as producer:
        sent = stream.paced(stream.events(), rate, minutes * 60)
        number, _ = stream.measure(producer, sent, max(1, rate // PROBES_PER_SECOND), probes)
    for one in (sampler, *people):
        one.ends.set()
        one.join()
    accounts = {one.door: one.account() for one in people}
    return about | {"minutes": minutes, "rate": rate, "sent": number, "samples": sampler.samples, "people": accounts}


def states_by_spark() -> list[Any]:
    """Flights by status, as a dashboard asks."""
    with connections.spark() as spark, spark.cursor() as cursor:
        cursor.execute(f"SELECT status, COUNT(*) FROM {LIVE_FLIGHT_STATE} GROUP BY status")
        return cursor.fetchall()


def states_of_hbase() -> dict[str, int]:
    """The same of HBase, as `aero live status` asks."""
    with store.opened() as hbase:
        return dict(store.statuses(hbase))


if __name__ == "__main__":
    main()
