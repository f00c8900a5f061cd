"""Pointing tables' partitions at the folders of loads: what readers see of each changes at once and whole.

A statement takes HiveServer2 some 60 ms, however small it is: months are asked for and published together.
"""

import time
from collections.abc import Iterable, Mapping

import hdfs

from aero.datasets import Dataset

# A query that began before a publication may still read the old folder.
GRACE_SECONDS = 3600

# Year and month; no month in a table that is partitioned by year.
Partition = tuple[int, int | None]


def locations(cursor, dataset: Dataset, partitions: Iterable[Partition]) -> dict[Partition, str]:
    """The HDFS folders that readers of these partitions see now; those that there are not are left out."""
    cursor.execute(f"SHOW PARTITIONS {dataset.name}")
    names = {name for (name,) in cursor.fetchall()}
    return {one: _location(cursor, dataset, one) for one in partitions if _values(one, "/") in names}


def publish(cursor, client: hdfs.Client, dataset: Dataset, loads: Mapping[Partition, str]) -> None:
    """Let readers see the folders of these `loads`, and delete those beside them that nobody reads any more."""
    if not loads:
        return
    before = locations(cursor, dataset, loads)
    new = [f"PARTITION ({_values(one)}) LOCATION '{loads[one]}'" for one in loads if one not in before]
    if new:
        cursor.execute(f"ALTER TABLE {dataset.name} ADD IF NOT EXISTS {' '.join(new)}")
    for partition, location in before.items():
        if location == loads[partition]:
            _sweep(client, location)
        else:
            moved = f"PARTITION ({_values(partition)}) SET LOCATION '{loads[partition]}'"
            cursor.execute(f"ALTER TABLE {dataset.name} {moved}")


def _location(cursor, dataset: Dataset, partition: Partition) -> str:
    cursor.execute(f"DESCRIBE FORMATTED {dataset.name} PARTITION ({_values(partition)})")
    location = next(row[1] for row in cursor.fetchall() if (row[0] or "").strip() == "Location:")
    return "/" + location.strip().split("://", 1)[-1].split("/", 1)[-1]


def _values(partition: Partition, between: str = ", ") -> str:
    """A partition's columns and values: in SQL `year=2013, month=1`, as its name `year=2013/month=1`."""
    year, month = partition
    return f"year={year}" if month is None else f"year={year}{between}month={month}"


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
