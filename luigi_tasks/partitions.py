"""Pointing tables' partitions at the folders of loads: what readers see of each changes at once and whole.

A statement takes HiveServer2 some 60 ms, however small it is, so one adds all new partitions of a table. (It names a
folder for each, which no parameter of an `.hql` could hold.)
"""

from collections.abc import Mapping
from typing import Any

import hdfs

from aero import lease, metastore, webhdfs
from aero.datasets import Dataset
from aero.ops import publications
from aero.ops.publications import Why
from aero.settings import load_settings

# Below a partition's folder: loads, and those that are being written. Raw versions have other names: all of them stay.
SWEPT = ("load=", "_loading-")


def publish(
    cursor: Any,
    client: hdfs.Client,
    dataset: Dataset,
    loads: Mapping[Any, str],
    run_id: str,
    why: Why = Why.LOAD,
    seen: publications.Locations | None = None,
) -> None:
    """Let readers see the folders of these `loads`, write it into the history, and delete what is kept no longer.

    What is kept of a partition: the load that readers see, the last ones of the history (AERO_KEEP_LOADS), and what
    readers were switched away from less than an hour ago. `seen` is what readers see of the table, where it was asked
    with the lease held.
    """
    if not loads:
        return
    held = lease.hold(f"a publication of {dataset.name}")
    seen = metastore.locations(dataset) if seen is None else seen
    history = publications.switch(cursor, client, dataset, loads, seen, run_id, why)
    kept = history.kept(load_settings().keep_loads)
    for partition, location in loads.items():
        held.check()
        _sweep(client, location, kept.get(partition, set()))


def _sweep(client: hdfs.Client, current: str, kept: set[str]) -> None:
    """Delete all other loads, whole and half, beside the one that readers see."""
    folder, _, name = current.rpartition("/")
    if not name.startswith(SWEPT):
        return
    old = [one for one in webhdfs.names(client, folder) if one.startswith(SWEPT)]
    gone = [f"{folder}/{one}" for one in old if f"{folder}/{one}" not in kept | {current}]
    for path in gone:
        client.delete(path, recursive=True)
