"""Folders that a program wrote as one table: parts side by side, in folders that tell the values of columns."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from aero import bts_names

# As Spark, Arrow and Dask name them, Hive, Snowflake, BigQuery and Redshift. DuckDB's are told by their folders alone.
_PART = re.compile(r"part[-.]\d+\b|0\d{5}_\d+\b|data_\d+_\d+_\d+\.|.*0{6}\d{6}\b|.*\d{4}_part_\d\d\b")
_VALUE = re.compile(r"([^=]+)=(.*)")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def tables(files: Iterable[Path], root: Path) -> dict[Path, Path]:
    """Of each file that is only a part of a table its folder, `root` or one below it."""
    found: dict[Path, list[Path]] = {}
    for file in files:
        is_of_a_table = _PART.match(file.name) or _VALUE.fullmatch(file.parent.name)
        if is_of_a_table and file != root and not file.name.startswith((".", "_")):
            found.setdefault(_top(file.parent, root), []).append(file)
    several = {folder: own for folder, own in found.items() if len(own) > 1 or _VALUE.fullmatch(own[0].parent.name)}
    return {file: folder for folder, own in several.items() for file in own}


def _top(folder: Path, root: Path) -> Path:
    while _VALUE.fullmatch(folder.name) and folder != root:
        folder = folder.parent
    return folder


def of(folder: Path) -> list[Path]:
    """The parts of the table in a folder, but for empty ones, in the order of names."""
    found = tables((file for file in folder.rglob("*") if file.is_file()), folder)
    return sorted(file for file in found if file.stat().st_size)


def told_by(file: Path) -> dict[str, str]:
    """The columns of flights that the folders of a part tell: `year=2008/month=1` that of two."""
    pairs = (_VALUE.fullmatch(name) for name in file.parts[:-1])
    told = {pair[1]: unquote(pair[2]) for pair in pairs if pair and bts_names.likeness([pair[1]])}
    return {name: "" if value == _NO_VALUE else value for name, value in told.items()}


def size_and_time(path: Path) -> tuple[int, float]:
    """Bytes, and when they were last changed, of a file or of all parts of a folder."""
    states = [part.stat() for part in (of(path) if path.is_dir() else [path])]
    return sum(state.st_size for state in states), max((state.st_mtime for state in states), default=0.0)
