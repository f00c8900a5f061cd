"""The tables of aero_ops: small tab-separated files in HDFS that Hive, Spark and people read.

A file is replaced by one rename, or a new one is added: readers see it whole. Text keeps what is written rarely and
read often simple; ORC would need a Spark job for a dozen rows, and Hive's INSERT a Tez job and a file each.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import UnionType
from typing import NamedTuple, TypeVar, cast, get_args, get_type_hints

import hdfs

from aero import files, webhdfs
from aero.datasets import Dataset
from aero.settings import load_settings

NULL = r"\N"
log = logging.getLogger("tables")
Row = TypeVar("Row")


def now() -> datetime:
    """This instant, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def replace(client: hdfs.Client, dataset: Dataset, rows: Iterable[object]) -> None:
    """Make `rows`, dataclasses with the table's columns in its order, all that the table holds."""
    add(client, dataset, dataset.table, rows)


def add(client: hdfs.Client, dataset: Dataset, name: str, rows: Iterable[object]) -> None:
    """Add rows to the table, as a file of this name; one that is there is replaced."""
    webhdfs.replace(client, f"{dataset.path}/{name}.tsv", "".join(map(_line, rows)).encode(errors="backslashreplace"))


def let_go(client: hdfs.Client, dataset: Dataset, days: int) -> None:
    """Remove the files whose names begin with a day, such as 20130201, that is older than so many days."""
    oldest = f"{now() - timedelta(days=days):%Y%m%d}"
    for name in webhdfs.names(client, dataset.path):
        if name[:8].isdecimal() and name < oldest:
            client.delete(f"{dataset.path}/{name}")


def path(dataset: Dataset) -> str:
    """HDFS path of the file that `replace` writes."""
    return f"{dataset.path}/{dataset.table}.tsv"


class Damage(NamedTuple):
    """A line that cannot be read; `problem` names it and its file."""

    line: str
    problem: str


def read(client: hdfs.Client, dataset: Dataset, row: type[Row]) -> tuple[list[Row], list[Damage]]:
    """All that `replace` wrote; nothing where nothing was written. As `read_file` reads it."""
    return read_file(client, path(dataset), row) if webhdfs.exists(client, path(dataset)) else ([], [])


def read_file(client: hdfs.Client, path: str, row: type[Row]) -> tuple[list[Row], list[Damage]]:
    """The rows of one file of a table, and the lines that cannot be read, as where somebody changed it: the log names
    each once. Columns that a line lacks have their defaults. Raises hdfs.HdfsError where there is no such file.
    """
    lines = list(_lines(client, path, row))
    damages = [line for line in lines if isinstance(line, Damage)]
    for damage in damages:
        _warn(damage.problem)
    return [line for line in lines if not isinstance(line, Damage)], damages


@cache
def _warn(problem: str) -> None:
    """Say it once in a process."""
    log.warning("%s. It is passed over.", problem)


def keep_damaged(client: hdfs.Client, dataset: Dataset, damages: Iterable[Damage]) -> None:
    """Write lines that could not be read beside the table's file, where SQL passes over them."""
    name = f"_damaged-{now():%Y%m%dT%H%M%SZ}.txt"
    webhdfs.replace(client, f"{dataset.path}/{name}", "".join(f"{one.line}\n" for one in damages).encode())


def _lines(client: hdfs.Client, path: str, row: type[Row]) -> Iterator[Row | Damage]:
    with client.read(path) as file:
        text = file.read().decode("utf-8", errors="replace")
    kinds = list(get_type_hints(row).values())
    for number, ended in enumerate(text.splitlines(keepends=True), 1):
        line = ended.rstrip("\r\n")
        values = line.split("\t")
        try:
            if line == ended and len(values) < len(kinds):
                raise ValueError("it is cut")
            if len(values) > len(kinds):
                raise ValueError(f"{len(values)} columns, not {len(kinds)}")
            yield row(*map(_value, kinds, values))
        except (ValueError, TypeError) as damage:
            yield Damage(line, f"hdfs:{path}, line {number}: it cannot be read: {damage}")


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Held by one process of this machine at a time: reading a table, changing it and writing it."""
    with files.locked(load_settings().home / "run" / f"{name}.lock"):
        yield


def _line(row: object) -> str:
    return "\t".join(map(_text, vars(row).values())) + "\n"


def _text(value: object) -> str:
    match value:
        case None:
            return NULL
        case bool():
            return str(value).lower()
        case datetime():
            at = value.astimezone(UTC).replace(tzinfo=None)
            return at.isoformat(" ", "milliseconds" if at.microsecond else "seconds")
        case str():
            return " ".join(value.split())
    return str(value)


def _value(kind: object, text: str) -> object:
    if text == NULL:
        return None
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if kind is bool:
        return text == "true"
    if kind is datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return date.fromisoformat(text) if kind is date else cast("Callable[[str], object]", kind)(text)
