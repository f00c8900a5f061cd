"""Measures asking and loading, and makes docs/performance.md of it.

    make bench-quick                                  # 3 million flights, some eleven minutes
    make bench                                        # 49 million
    make bench-history                                # all months since 1987-10, a row a size
    .venv/bin/python -m bench.performance pages       # the page anew from what was kept

It starts a platform of its own beside yours, and stops it in the end. A killed measurement goes on where it was.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aero.datasets import REPOSITORY
from aero.files import replace_json
from bench.performance import history, ladder, loading, page, parquet, sizes
from bench.performance.asking import asked
from bench.performance.cluster import Cluster, disk_bytes, machine, must_have_room
from bench.performance.engines import DUCKDB, ENGINES, OURS, SPARK, Engine, opened
from bench.performance.questions import questions
from bench.performance.steps import Steps

FOLDER = REPOSITORY / "build" / "performance"
AERO, PLAIN_SPARK = "aero load", "plain Spark"
# CSV as it is found, packed: of a history the source, and twice in the raw layer; ORC and views.
HISTORY_BYTES_A_ROW = 180


def commit() -> str:
    """The commit that is measured."""
    said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def begun(name: str, folder: Path, rounds: int, anew: bool, recipe: dict[str, Any]) -> tuple[Steps, Cluster]:
    """The steps of a measurement and its platform; what an older one left is thrown away, but for the months' files."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "steps.json"
    if anew:
        file.unlink(missing_ok=True)
    steps = Steps(
        file, recipe | {"name": name, "rounds": rounds, "commit": commit()}, lambda said: click.echo(said, err=True)
    )
    cluster = Cluster(folder / "home")
    if steps.is_new:
        cluster.wipe()
        shutil.rmtree(folder / "parquet", ignore_errors=True)
    return steps, cluster


def about(steps: Steps, rounds: int) -> dict[str, Any]:
    """When and on what it is measured."""
    return {
        "commit": commit(),
        "rounds": rounds,
        **steps.step(
            "the machine",
            lambda: {
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "load_average": os.getloadavg()[0],
                "machine": machine(),
            },
        ),
    }


def versions(engines: list[Engine]) -> dict[str, str]:
    """What the engines call themselves, by their names."""
    return {engine.name: engine.version() for engine in engines}


def started(steps: Steps, cluster: Cluster) -> None:
    """The platform runs; how long its first start took is kept."""
    steps.step("start the platform", cluster.up)
    cluster.up()


def one_size(size: sizes.Size, folder: Path, rounds: int, steps: Steps, cluster: Cluster) -> dict[str, Any]:
    """All that is measured of a size."""
    zips = folder / "months"
    result = about(steps, rounds) | {"name": size.name, "rows": size.months.rows}
    result["months"] = [str(size.months.first), str(size.months.last)]
    result["csv_bytes"] = steps.step("make the months", lambda: history.generate(size.months, zips, sizes.SEED))
    started(steps, cluster)
    result["start_seconds"] = steps.seconds("start the platform")
    result["loading"] = _loaded(size, folder, zips, steps, cluster)
    with opened((SPARK,), folder / "parquet") as (server,):
        result["parquet"] = steps.step("the rows as Parquet", lambda: parquet.exported(server, folder / "parquet"))
    result |= _answered(size, folder, rounds, steps)
    result["ladder"] = steps.step("climb the ladder", lambda: _climbed(size, folder, rounds))
    result["memory_mb"] = steps.step("memory", cluster.memory_mb)
    return result


def _loaded(size: sizes.Size, folder: Path, zips: Path, steps: Steps, cluster: Cluster) -> dict[str, Any]:
    files = loading.unwrapped(zips, folder / "gz")

    def ours() -> dict[str, Any]:
        if "load by aero" in steps.begun_again:  # What was killed has loaded a part of it.
            cluster.wipe()
            cluster.up()
        return cluster.load(size.months, zips) | {"bytes": disk_bytes()["flights"]}

    def theirs(load: Callable[[list[Path], Path], None], name: str) -> Callable[[], dict[str, Any]]:
        return lambda: loading.measured(load, files, folder / name)

    return {
        AERO: steps.step("load by aero", ours),
        DUCKDB: steps.step("load by DuckDB", theirs(loading.by_duckdb, "duckdb")),
        PLAIN_SPARK: steps.step("load by plain Spark", theirs(loading.by_spark, "spark")),
    }


def _climbed(size: sizes.Size, folder: Path, rounds: int) -> list[dict[str, Any]]:
    with opened(OURS, folder / "parquet") as (spark, hive):
        return ladder.climbed(hive, spark, sizes.YEAR, size.months.last.month, rounds)


def _answered(size: sizes.Size, folder: Path, rounds: int, steps: Steps) -> dict[str, Any]:
    with opened(ENGINES, folder / "parquet") as engines:
        by_set = {name: [one for one in engines if one.name in of] for name, of in size.asked.items()}
        found = {
            one.name: steps.step(f"ask {one.name}", lambda one=one: asked(one, by_set[one.set], sizes.YEAR, rounds))
            for one in questions(tuple(size.asked))
        }
        return {"questions": found, "versions": versions(engines)}


@click.command(help=__doc__.split("\n\n")[0], epilog="Example: python -m bench.performance quick --rounds 7")
@click.argument("what", type=click.Choice([*sizes.SIZES, page.HISTORY, "pages"]))
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(5), help="How often each is asked.")
@click.option(
    "--folder", default=FOLDER, type=click.Path(path_type=Path), help="For what it makes; its disk needs room."
)
@click.option("--anew", is_flag=True, help="Forget what a measurement that was killed had done.")
@click.option("--keep", is_flag=True, help="Leave the platform running.")
def main(what: str, rounds: int, folder: Path, anew: bool, keep: bool) -> None:
    """Measure, keep the result as JSON in bench/results, and make the pages."""
    if what in sizes.SIZES:
        measure(sizes.SIZES[what], folder.resolve() / what, rounds, anew, keep)
    elif what == page.HISTORY:
        measure_history(folder.resolve() / what, rounds, anew, keep)
    page.write(page.results())


def measure(size: sizes.Size, folder: Path, rounds: int, anew: bool, keep: bool) -> None:
    """Measure a size, and keep the result."""
    recipe = {"months": size.months.options(), "asked": size.asked}
    steps, cluster = begun(size.name, folder, rounds, anew, recipe)
    must_have_room(folder, size.bytes_a_row * size.months.rows if steps.is_new else 0)
    finish(size.name, lambda: one_size(size, folder, rounds, steps, cluster), steps, cluster, keep)


def measure_history(folder: Path, rounds: int, anew: bool, keep: bool) -> None:
    """Measure all sizes of the history, and keep the result."""
    recipe = {"months": [months.options() for months in sizes.HISTORY]}
    steps, cluster = begun(page.HISTORY, folder, rounds, anew, recipe)
    must_have_room(folder, HISTORY_BYTES_A_ROW * sizes.HISTORY[-1].rows if steps.is_new else 0)
    finish(page.HISTORY, lambda: all_sizes(folder, rounds, steps, cluster), steps, cluster, keep)


def all_sizes(folder: Path, rounds: int, steps: Steps, cluster: Cluster) -> dict[str, Any]:
    """All that is measured of the history."""
    result = about(steps, rounds)
    started(steps, cluster)
    with opened(OURS, folder) as engines:
        result["versions"] = versions(engines)
    result["sizes"] = history.rows(steps, cluster, folder / "months", rounds)
    return result


def finish(name: str, measured: Callable[[], dict[str, Any]], steps: Steps, cluster: Cluster, keep: bool) -> None:
    """Measure to the end, stop the platform unless `keep`, and write the result's file."""
    try:
        result = measured()
    finally:
        if not keep:
            cluster.down()
    result["minutes"] = steps.minutes
    replace_json(page.RESULTS / f"{name}.json", result, mode=0o644)
    steps.finish()


if __name__ == "__main__":
    main()
