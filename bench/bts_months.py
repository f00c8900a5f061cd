"""Makes months of BTS on-time data of any era and size: flights that never took place, for measurements.

    .venv/bin/python -m bench.bts_months --from 2007-01 --to 2007-06 --rows-per-month 480000 --out /tmp/months --zip
    .venv/bin/python -m bench.bts_months --from 1987-10 --to 2024-12 --scale 1 --out /tmp/history --zip --processes 2

The files have BTS' layouts and names, so `aero load` takes the folder as a source. A month's bytes depend on its seed,
layout and number of rows alone, not on the months beside it. A command that was stopped goes on where it was: files
that are whole are kept. bench/generator/__init__.py says what is real in them and what is made up.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from aero.bts import LAYOUTS
from aero.errors import AeroError
from aero.files import replace_json
from aero.month import Month, month_range
from bench.generator import history
from bench.generator.files import MonthsFile, files

# In the folder: by file name how it was made, and its size.
MADE = ".generated.json"
# Counted up when the generator's rows change, so that they are made again.
VERSION = 1


def made(folder: Path) -> dict[str, dict[str, Any]]:
    """What MADE says."""
    path = folder / MADE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def recipe(file: MonthsFile) -> dict[str, Any]:
    """What decides a file's bytes, as JSON has it."""
    return json.loads(json.dumps(asdict(file) | {"version": VERSION}))


def is_whole(folder: Path, file: MonthsFile, known: dict[str, Any] | None) -> bool:
    """Whether the file is there, as it would be made now."""
    path = folder / file.name
    return path.exists() and known == recipe(file) | {"bytes": path.stat().st_size}


def write(folder: Path, file: MonthsFile) -> tuple[int, float]:
    """Bytes of the file's CSV, and seconds that it took."""
    began = time.monotonic()
    return file.write(folder), time.monotonic() - began


def written(folder: Path, wanted: list[MonthsFile], processes: int) -> Iterator[tuple[MonthsFile, int, float]]:
    """Write the files; each with what `write` returns, in their order."""
    if processes == 1:
        yield from ((file, *write(folder, file)) for file in wanted)
        return
    with ProcessPoolExecutor(processes) as pool:
        for file, (size, seconds) in zip(wanted, pool.map(partial(write, folder), wanted)):
            yield file, size, seconds


def progress(folder: Path, file: MonthsFile, size: int, seconds: float) -> str:
    """A line about a file just written."""
    count, on_disk = sum(file.rows), (folder / file.name).stat().st_size
    packed = f", packed {size / on_disk:.1f} to 1" if file.is_packed else ""
    return (
        f"{file.name}: {count:,} rows, {size / 1e6:,.1f} MB of CSV ({size / max(count, 1):.0f} bytes a row){packed}, "
        f"{seconds:.1f} s ({count / seconds:,.0f} rows/s)"
    )


@click.command(
    help=__doc__.split("\n\n")[0], epilog="Example: --from 2013-01 --to 2013-12 --scale 0.1 --out /tmp/m --zip"
)
@click.option("--from", "first", required=True, metavar="YYYY-MM", help="First month; BTS begins with 1987-10.")
@click.option("--to", "last", required=True, metavar="YYYY-MM", help="Last month.")
@click.option("--rows-per-month", type=click.IntRange(1), help="So many rows in each month.")
@click.option("--scale", type=click.FloatRange(0, min_open=True), help="This share of the month's real flights.")
@click.option("--seed", default=7, show_default=True, help="Another one makes other flights.")
@click.option("--out", "folder", type=click.Path(path_type=Path), required=True, help="Folder for the files.")
@click.option("--layout", type=click.Choice(list(LAYOUTS)), default="reporting", show_default=True)
@click.option("--zip", "is_packed", is_flag=True, help="Packed as they are found: PREZIP's zips, the Data Expo's bz2.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Files made at once.")
def main(
    first: str,
    last: str,
    rows_per_month: int | None,
    scale: float | None,
    seed: int,
    folder: Path,
    layout: str,
    is_packed: bool,
    processes: int,
) -> None:
    """Write the files that are not there yet."""
    if (rows_per_month is None) == (scale is None):
        raise click.UsageError("Give either --rows-per-month or --scale.")
    try:
        months = month_range(Month.parse(first), Month.parse(last))
        counts = [rows_per_month or max(1, round(history.flights(month) * (scale or 1))) for month in months]
        every = files(months, counts, layout, seed, is_packed)
    except AeroError as error:
        raise click.ClickException(str(error)) from error
    folder.mkdir(parents=True, exist_ok=True)
    known = made(folder)
    wanted = [file for file in every if not is_whole(folder, file, known.get(file.name))]
    if len(wanted) < len(every):
        click.echo(f"{len(every) - len(wanted)} of {len(every)} files are there already", err=True)
    for file, size, seconds in written(folder, wanted, processes):
        known[file.name] = recipe(file) | {"bytes": (folder / file.name).stat().st_size}
        replace_json(folder / MADE, known)
        click.echo(progress(folder, file, size, seconds), err=True)


if __name__ == "__main__":
    main()
