"""What readers see of the flights now, asked of the metastore and of HDFS: the ledger is compared with it."""

from functools import partial
from typing import Any

import hdfs

from aero import connections
from aero.datasets import FLIGHTS, Dataset
from aero.month import Month
from aero.ops import months, tables
from aero.ops.months import Ledger


def partitions(cursor: Any, dataset: Dataset = FLIGHTS) -> list[tuple[int, ...]]:
    """The partitions that a table has, by the values of their columns: of aero_clean.flights the months."""
    cursor.execute(f"SHOW PARTITIONS {dataset.name}")
    names = [row[0] for row in cursor.fetchall()]
    return [tuple(int(part.partition("=")[2]) for part in name.split("/")) for name in names]


def has_rows(client: hdfs.Client, folder: str) -> bool:
    """Whether a folder of HDFS holds a file that readers read."""
    try:
        files = client.list(folder, status=True)
    except hdfs.HdfsError as error:
        if error.exception == "FileNotFoundException":
            return False
        raise
    return any(not name.startswith(("_", ".")) and status["length"] for name, status in files)


def reconciled() -> Ledger:
    """The ledger as it is true now, not written down. Raises AeroError where HiveServer2 does not answer."""
    client, there = connections.webhdfs(), _partitions_now()
    return months.reconciled(months.read(client), there, partial(has_rows, client))


def reconcile() -> Ledger:
    """Write down what is true now, if that is something else than the ledger says."""
    client = connections.webhdfs()
    with tables.locked("months"):  # From here on no load writes the ledger.
        there, before = _partitions_now(), months.read(client)
        ledger = months.reconciled(before, there, partial(has_rows, client))
        months.write_changed(client, before, ledger)
    return ledger


def _partitions_now() -> list[Month]:
    with connections.hive() as hive:
        return [Month(year, month) for year, month in partitions(hive.cursor())]
