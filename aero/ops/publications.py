"""The history of what readers saw, aero_ops.publications: each switch of a partition to another folder.

`switch` points partitions at folders and writes it down right after. A run that is killed between the two, or somebody
who changes a partition by hand, leaves a switch unrecorded: `record_found` notices it at the next publication.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import hdfs

from aero import hql, lease, webhdfs
from aero.datasets import PUBLICATIONS, Dataset
from aero.metastore import Partition
from aero.ops import tables
from aero.steps import step

# A query that began before a switch may still read the old folder.
GRACE = timedelta(hours=1)
Locations = Mapping[Partition, str]


class Why(StrEnum):
    """What a switch was done for. Found: by a run that was killed before it recorded it, or by hand."""

    LOAD = "load"
    INCREMENT = "increment"
    REBUILD = "rebuild"
    ROLLBACK = "rollback"
    ARCHIVE = "archive"
    FOUND = "found"


@dataclass(frozen=True)
class Switch:
    """One switch; fields as hive/aero_ops/publications/create.hql says them, in its order."""

    published_at: datetime
    table_name: str
    partition_name: str
    from_location: str | None
    to_location: str | None
    run_id: str
    why: Why
    token: int | None = None

    @property
    def partition(self) -> Partition:
        return tuple(int(part.partition("=")[2]) for part in self.partition_name.split("/"))


@dataclass
class History:
    """The switches of one table, in order of time."""

    switches: list[Switch] = field(default_factory=list)

    def now(self) -> datetime:
        """This instant; that of the newest switch where a clock went back since, or another machine's is behind."""
        return max([tables.now(), *(switch.published_at for switch in self.switches)])

    def of(self, partition: Partition) -> list[Switch]:
        """The switches of one partition."""
        return [switch for switch in self.switches if switch.partition == partition]

    def served(self, at: datetime | None = None) -> dict[Partition, str]:
        """The folders that readers saw at an instant, by default after the last switch."""
        newest = {
            switch.partition: switch.to_location for switch in self.switches if not at or switch.published_at <= at
        }
        return {partition: location for partition, location in sorted(newest.items()) if location}

    def kept(self, loads: int) -> dict[Partition, set[str]]:
        """The folders to keep of each partition: the last `loads` distinct ones that it was pointed at, and those that
        readers were switched away from within the grace time."""
        since = tables.now() - GRACE
        kept: dict[Partition, set[str]] = {}
        newest: dict[Partition, dict[str, None]] = {}
        for switch in reversed(self.switches):
            if switch.to_location:
                newest.setdefault(switch.partition, {}).setdefault(switch.to_location)
            if switch.from_location and switch.published_at > since:
                kept.setdefault(switch.partition, set()).add(switch.from_location)
        for partition, locations in newest.items():
            kept.setdefault(partition, set()).update(list(locations)[:loads])
        return kept


def read(client: hdfs.Client, dataset: Dataset) -> History:
    """The history of one table. What cannot be read of it is passed over, and found anew by the next publication."""
    lines = _lines(client, _files(client, dataset))[0]
    is_one = re.compile("/".join(rf"{column}=\d+" for column in dataset.partitions), re.ASCII).fullmatch
    switches = [one for one in lines if is_one(one.partition_name)]
    # A second has room for several switches: the writers' tokens, then the file's order, tell which came first.
    return History(sorted(switches, key=lambda one: (one.published_at, one.token or 0)))


def record(client: hdfs.Client, dataset: Dataset, switches: Iterable[Switch]) -> None:
    """Add switches of one table to its file, by one rename: what it costs does not grow with the runs there were.

    Files of single runs, as 0.1.0 wrote them, go into the table's. Lines that cannot be read are kept beside it.
    """
    new = list(switches)
    if not new:
        return
    files = _files(client, dataset)
    lines, damages = _lines(client, files)
    if damages:
        tables.keep_damaged(client, PUBLICATIONS, damages)
    tables.add(client, PUBLICATIONS, dataset.name, [*lines, *new])
    for name in files:
        if name != _file(dataset):
            client.delete(f"{PUBLICATIONS.path}/{name}")


def _file(dataset: Dataset) -> str:
    return f"{dataset.name}.tsv"


def _files(client: hdfs.Client, dataset: Dataset) -> list[str]:
    """The names of the files that hold a table's history: its own, before those of single runs."""
    own = _file(dataset)
    known = [one for one in webhdfs.names(client, PUBLICATIONS.path) if one == own or one.endswith(f".{own}")]
    return sorted(known, key=lambda one: (one != own, one))


def _lines(client: hdfs.Client, files: Iterable[str]) -> tuple[list[Switch], list[tables.Damage]]:
    """What these files hold. A run's may be in the table's already, where a process was killed before it went."""
    lines: list[Switch] = []
    damages: list[tables.Damage] = []
    for name in files:
        of_file, damaged = tables.read_file(client, f"{PUBLICATIONS.path}/{name}", Switch)
        known = set(lines)
        lines += [one for one in of_file if one not in known]
        damages += damaged
    return lines, damages


def record_found(client: hdfs.Client, dataset: Dataset, run_id: str, seen: Locations) -> History:
    """Write down what readers see (`seen`, all of the table's partitions) where the history says something else.
    Returns the history."""
    history = read(client, dataset)
    known, at = history.served(), history.now()
    found = [
        _switch(at, dataset, partition, known.get(partition), seen.get(partition), run_id, Why.FOUND)
        for partition in sorted(known.keys() | seen.keys())
        if known.get(partition) != seen.get(partition)
    ]
    record(client, dataset, found)
    return History([*history.switches, *found])


def switch(
    cursor: Any, client: hdfs.Client, dataset: Dataset, loads: Locations, seen: Locations, run_id: str, why: Why
) -> History:
    """Point partitions at the folders of these `loads`, and write it down. Returns the history.

    `seen` is what readers see of the table now; where the history says something else, that is written down before.
    All new partitions come in one statement, each that moves in one of its own, atomic for readers. Raises AeroError
    where a folder's name could end its statement, lease.Lost where another writer took this process' place.
    """
    return switch_together(cursor, client, {dataset: loads}, {dataset: seen}, run_id, why)[dataset]


def switch_together(
    cursor: Any,
    client: hdfs.Client,
    loads: Mapping[Dataset, Locations],
    seen: Mapping[Dataset, Locations],
    run_id: str,
    why: Why,
) -> dict[Dataset, History]:
    """`switch` of several tables with nothing but their statements between the first and the last, so that readers
    see them change at once. Returns their histories."""
    for dataset, of_table in loads.items():
        for location in of_table.values():
            hql.must_be_plain(location, f"The folder of a load of {dataset.name}")
    held = lease.hold(f"a publication of {', '.join(dataset.name for dataset in loads)}")
    known = {dataset: record_found(client, dataset, run_id, seen[dataset]) for dataset in loads}
    done: dict[Dataset, list[Switch]] = {dataset: [] for dataset in loads}
    try:
        for dataset, of_table in loads.items():
            for one, before, after in _pointed(cursor, held, dataset, of_table, seen[dataset]):
                done[dataset].append(_switch(known[dataset].now(), dataset, one, before, after, run_id, why))
    finally:
        for dataset, switches in done.items():
            record(client, dataset, switches)
    for dataset in loads:
        step(f"{dataset.table} recorded")
    return {dataset: History([*known[dataset].switches, *done[dataset]]) for dataset in loads}


def _pointed(
    cursor: Any, held: lease.Lease, dataset: Dataset, loads: Locations, seen: Locations
) -> Iterator[tuple[Partition, str | None, str]]:
    """Point partitions at these folders. Yields each that has moved: from where, and to where."""
    new = {partition: location for partition, location in loads.items() if partition not in seen}
    moved = {one: location for one, location in loads.items() if one in seen and seen[one] != location}
    if new:
        held.check()
        added = (f"PARTITION ({sql(dataset, one)}) LOCATION '{location}'" for one, location in new.items())
        cursor.execute(f"ALTER TABLE {dataset.name} ADD {' '.join(added)}")
        for one, location in new.items():
            yield one, None, location
        step(f"{dataset.table} switched")
    for one, location in moved.items():
        held.check()
        cursor.execute(f"ALTER TABLE {dataset.name} PARTITION ({sql(dataset, one)}) SET LOCATION '{location}'")
        yield one, seen[one], location
        step(f"{dataset.table} switched")


def withdraw(cursor: Any, client: hdfs.Client, dataset: Dataset, gone: Locations, run_id: str, why: Why) -> None:
    """Let readers see nothing of these partitions any more, which they see with these folders, and write it down. The
    folders stay. Raises lease.Lost where another writer took this process' place.
    """
    if not gone:
        return
    lease.hold(f"a publication of {dataset.name}").check()
    dropped = ", ".join(f"PARTITION ({sql(dataset, one)})" for one in sorted(gone))
    cursor.execute(f"ALTER TABLE {dataset.name} DROP IF EXISTS {dropped}")
    at = read(client, dataset).now()
    switches = [_switch(at, dataset, one, location, None, run_id, why) for one, location in sorted(gone.items())]
    step(f"{dataset.table} switched")
    record(client, dataset, switches)


def sql(dataset: Dataset, partition: Partition) -> str:
    """A partition in SQL, `year=2013, month=1`."""
    return ", ".join(_parts(dataset, partition))


def _parts(dataset: Dataset, partition: Partition) -> list[str]:
    return [f"{column}={value}" for column, value in zip(dataset.partitions, partition, strict=True)]


def _switch(
    at: datetime, dataset: Dataset, partition: Partition, before: str | None, after: str | None, run_id: str, why: Why
) -> Switch:
    name = "/".join(_parts(dataset, partition))
    return Switch(at, dataset.name, name, before, after, run_id, why, lease.token())
