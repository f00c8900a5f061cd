"""How long one small question takes as a Spark application of its own on YARN, from its command to its end.

    aero up
    .venv/bin/python bench/application.py --rounds 3

Prints seconds a round and their median. With --conf a setting of Spark is tried beside the defaults, turn by turn.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from aero.cluster import spark
from aero.datasets import FLIGHTS
from aero.settings import load_settings

QUESTION = f"""
from pyspark.sql import SparkSession
session = SparkSession.builder.enableHiveSupport().getOrCreate()
session.sql("SELECT COUNT(*), MAX(load_id) FROM {FLIGHTS.name}").collect()
session.stop()
"""


def seconds(job: Path, conf: dict[str, str]) -> float:
    """How long the application took. Raises CalledProcessError where it failed."""
    _, environment = spark.application(load_settings(), "bench", spark.SHORT_LIVED | conf)
    began = time.monotonic()
    subprocess.run([sys.executable, job], env=environment, check=True, capture_output=True)
    return time.monotonic() - began


@click.command()
@click.option("--rounds", default=3, show_default=True)
@click.option(
    "--conf", "confs", multiple=True, metavar="NAME=VALUE", help="A setting of Spark to be tried beside the defaults."
)
def main(rounds: int, confs: tuple[str, ...]) -> None:
    """Time the question."""
    variants = {"defaults": {}} | ({" ".join(confs): dict(conf.split("=", 1) for conf in confs)} if confs else {})
    took: dict[str, list[float]] = {name: [] for name in variants}
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "question.py"
        job.write_text(QUESTION)
        for _ in range(rounds):
            for name, conf in variants.items():
                took[name].append(seconds(job, conf))
    for name, values in took.items():
        click.echo(f"{name}: {', '.join(f'{one:.1f}' for one in values)}; median {statistics.median(values):.1f} s")


if __name__ == "__main__":
    main()
