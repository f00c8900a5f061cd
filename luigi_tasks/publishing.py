"""Pointing a table's partition at the folder of a load: what readers see changes at once and whole."""

import time

import hdfs

from aero import hql
from aero.datasets import REPOSITORY, Dataset

PUBLISH = REPOSITORY / "hive" / "publish_partition.hql"
# A query that began before a publication may still read the old folder.
GRACE_SECONDS = 3600


def published(cursor, dataset: Dataset, year: int, month: int | None = None) -> str | None:
    """HDFS path of the folder that readers of a partition see now, None where there is no such partition."""
    specification = partition(year, month)
    cursor.execute(f"SHOW PARTITIONS {dataset.name} PARTITION ({specification})")
    if not cursor.fetchall():
        return None
    cursor.execute(f"DESCRIBE FORMATTED {dataset.name} PARTITION ({specification})")
    location = next(row[1] for row in cursor.fetchall() if (row[0] or "").strip() == "Location:")
    return "/" + location.strip().split("://", 1)[-1].split("/", 1)[-1]


def publish(cursor, client: hdfs.Client, dataset: Dataset, location: str, year: int, month: int | None = None) -> bool:
    """Let readers see `location`, and delete the loads that nobody reads any more. Returns whether anything changed."""
    before = published(cursor, dataset, year, month)
    if before == location:
        _sweep(client, location)
        return False
    parameters = {"table": dataset.name, "partition": partition(year, month), "location": location}
    hql.run(cursor, PUBLISH, parameters)
    return True


def partition(year: int, month: int | None = None) -> str:
    """A partition in SQL, `year=2013, month=1`."""
    return f"year={year}" if month is None else f"year={year}, month={month}"


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
