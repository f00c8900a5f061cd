"""A file of many months split into one a month, in one pass over it: its own header and lines, sorted or not."""

import gzip
from pathlib import Path
from typing import IO, cast

from luigi_tasks.landing import rewriting, table
from luigi_tasks.landing.looking import Entry, Unit
from luigi_tasks.landing.table import Reading

# As many files are open as there are months; each keeps some lines and a packer of a quarter of a megabyte.
PACKING = 1
LINES_AT_ONCE = 500


def split(entry: Entry, into: Path, reading: Reading) -> dict[Unit, Path]:
    """Write the lines of each month, or of each year of the Data Expo's layout, into a .csv.gz of its own.

    A line that tells none goes to the first: there the cleaning refuses it, once. Raises AeroError where the file is
    damaged. The same file always gives the same bytes.
    """
    stem = Path(entry.member or entry.path.name).name.partition(".")[0]
    files: dict[Unit, IO[bytes]] = {}
    waiting: dict[Unit, list[bytes]] = {}
    untold: list[bytes] = []
    paths: dict[Unit, Path] = {}
    try:
        with table.opened(entry.real.path, str(entry), entry.real.member, reading) as source:
            is_year = source.form.layout.name == "dataexpo"
            for line, month in rewriting.months(source):
                if month is None:
                    untold.append(line)
                    continue
                unit = (month.year, None if is_year else month.month)
                if unit not in files:
                    paths[unit] = into / f"{stem}_{'_'.join(str(part) for part in unit if part)}.csv.gz"
                    files[unit] = _create(paths[unit])
                    waiting[unit] = [source.header]
                waiting[unit].append(line)
                if len(waiting[unit]) > LINES_AT_ONCE:
                    _write(files[unit], waiting[unit])
        if files:
            waiting[min(files, key=str)] += untold
        for unit, lines in waiting.items():
            _write(files[unit], lines)
    finally:
        for file in files.values():
            file.close()
    return paths


def _create(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(path, "wb", PACKING, mtime=0))


def _write(file: IO[bytes], lines: list[bytes]) -> None:
    file.write(b"\n".join(lines) + b"\n")
    lines.clear()
