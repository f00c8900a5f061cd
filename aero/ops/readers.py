"""What readers see of the flights now, asked of the metastore and of HDFS: the ledger is compared with it."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import hdfs

from aero import connections, metastore, webhdfs
from aero.datasets import FLIGHTS, MONTHS, Dataset
from aero.month import Month
from aero.ops import months, tables
from aero.ops.months import Ledger


def has_rows(client: hdfs.Client, folder: str) -> bool:
    """Whether a folder of HDFS holds a file that readers read."""
    try:
        files = client.list(folder, status=True)
    except hdfs.HdfsError as error:
        if error.exception == "FileNotFoundException":
            return False
        raise
    return any(not name.startswith(("_", ".")) and status["length"] for name, status in files)


# A load writes the ledger once for each year of its range, which takes longer than a look.
TRIES = 5
# A folder that is renamed by hand leaves the counts as they are: all folders are looked at every so many turns.
TURNS_TO_A_FULL_LOOK = 20


class FilledFolders:
    """Whether folders of a table hold rows. HDFS is asked of them again only where something below has changed.

    It counts the files and bytes below a folder in one call. `look` compares those of the table, then of its years.
    """

    def __init__(self, client: hdfs.Client, dataset: Dataset = FLIGHTS) -> None:
        self._client, self._path = client, dataset.path
        self._turns = 0
        self._counts: dict[str, Any] = {}
        self._known: dict[str, bool] = {}

    def look(self) -> None:
        """See what has changed; call it once a turn."""
        self._turns += 1
        if self._turns % TURNS_TO_A_FULL_LOOK == 0:
            self._counts.clear()
            self._known.clear()
        if self._has_changed(self._path):
            known, self._known = self._known, {}  # Where HDFS does not answer, nothing is known any more.
            changed = {year for year in {_year(folder) for folder in known} if self._has_changed(year)}
            self._known = {folder: holds for folder, holds in known.items() if _year(folder) not in changed}

    def __call__(self, folder: str) -> bool:
        if folder not in self._known:
            if _year(folder) not in self._counts:
                self._has_changed(_year(folder))
            self._known[folder] = has_rows(self._client, folder)
        return self._known[folder]

    def _has_changed(self, folder: str) -> bool:
        before, now = self._counts.get(folder), self._client.content(folder, strict=False)
        self._counts[folder] = now
        return now != before


def _year(folder: str) -> str:
    return folder.partition("/month=")[0]


def reconciled() -> Ledger:
    """The ledger as it is true now, not written down. Raises AeroError where the metastore does not answer."""
    client, there = connections.webhdfs(), _locations()
    return months.reconciled(months.read(client), there, partial(has_rows, client))


def reconcile(holds_rows: Callable[[str], bool] | None = None) -> Ledger:
    """Write down what is true now, if that is something else than the ledger says. Returns the ledger as it is true.

    `holds_rows` tells whether a folder holds rows; by default HDFS is asked for each. The metastore and HDFS are asked
    before the ledger is locked. Where a load wrote it meanwhile, what they said may be older: they are asked anew.
    """
    client = connections.webhdfs()
    answers = cache(holds_rows or partial(has_rows, client))
    for _ in range(TRIES):
        before, damages = months.look(client)
        ledger = months.reconciled(before, _locations(), answers)
        if ledger == before and not damages and webhdfs.exists(client, tables.path(MONTHS)):
            break
        with tables.locked("months"):
            if months.look(client) == (before, damages):
                months.write_changed(client, before, ledger, damages)
                break
    return ledger


def _locations() -> dict[Month, str]:
    return {Month(*partition): location for partition, location in metastore.locations(FLIGHTS).items()}
