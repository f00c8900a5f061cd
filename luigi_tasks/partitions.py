"""Pointing tables' partitions at the folders of loads: what readers see of each changes at once and whole.

A statement takes HiveServer2 some 60 ms, however small it is, so one adds all new partitions of a table. (It names a
folder for each, which no parameter of an `.hql` could hold.)
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import hdfs

from aero import hql, lease
from aero.datasets import Dataset
from aero.ops import readers

# A query that began before a publication may still read the old folder.
GRACE_SECONDS = 3600

# The values of its columns: year and month, or the year alone.
Partition = TypeVar("Partition", bound=tuple[int, ...])


def locations(cursor: Any, dataset: Dataset, partitions: Iterable[Partition]) -> dict[Partition, str]:
    """The HDFS folders that readers of these partitions see now. A partition that is not there is left out."""
    there: set[tuple[int, ...]] = set(readers.partitions(cursor, dataset))
    return {one: _location(cursor, dataset, one) for one in partitions if one in there}


def publish(
    cursor: Any,
    client: hdfs.Client,
    dataset: Dataset,
    loads: Mapping[Partition, str],
    before: Mapping[Partition, str] | None = None,
) -> None:
    """Let readers see the folders of these `loads`, and delete loads beside them that nobody reads any more.

    `before` is what `locations` gave for them, if it was called already.
    """
    if not loads:
        return
    for location in loads.values():
        hql.must_be_plain(location, f"The folder of a load of {dataset.name}")
    held = lease.hold(f"a publication of {dataset.name}")
    if before is None:
        before = locations(cursor, dataset, loads)
    new = [f"PARTITION ({_sql(dataset, one)}) LOCATION '{loads[one]}'" for one in loads if one not in before]
    if new:
        held.check()
        cursor.execute(f"ALTER TABLE {dataset.name} ADD {' '.join(new)}")
    for partition, location in loads.items():
        if before.get(partition) == location:
            _sweep(client, location)
        elif partition in before:
            held.check()
            cursor.execute(
                f"ALTER TABLE {dataset.name} PARTITION ({_sql(dataset, partition)}) SET LOCATION '{location}'"
            )


def _location(cursor: Any, dataset: Dataset, partition: tuple[int, ...]) -> str:
    cursor.execute(f"DESCRIBE FORMATTED {dataset.name} PARTITION ({_sql(dataset, partition)})")
    location = next(row[1] for row in cursor.fetchall() if (row[0] or "").strip() == "Location:")
    return "/" + location.strip().split("://", 1)[-1].split("/", 1)[-1]


def _sql(dataset: Dataset, partition: tuple[int, ...]) -> str:
    """A partition in SQL, `year=2013, month=1`."""
    return ", ".join(f"{column}={value}" for column, value in zip(dataset.partitions, partition, strict=True))


def _sweep(client: hdfs.Client, location: str) -> None:
    """Delete the other loads beside `location`, once it has been there for the grace time. Raw versions all stay."""
    folder, _, current = location.rpartition("/")
    if not current.startswith("load="):
        return
    if time.time() - client.status(location)["modificationTime"] / 1000 < GRACE_SECONDS:
        return
    for name in client.list(folder):
        if name.startswith("load=") and name != current:
            client.delete(f"{folder}/{name}", recursive=True)
