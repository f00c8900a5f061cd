"""The small tables that the flights' codes point to: airports, their weather stations, and airlines."""

import hdfs

from aero import connections, lease, webhdfs
from aero.datasets import AIRLINES, AIRPORTS, WEATHER_STATIONS, Dataset
from aero.steps import step
from luigi_tasks import dimensions
from luigi_tasks.run import Reported

ROWS = {
    AIRPORTS: dimensions.airports_tsv,
    AIRLINES: dimensions.airlines_tsv,
    WEATHER_STATIONS: dimensions.weather_stations_tsv,
}


class LoadDimensions(Reported):
    """Put the rows that this version of the project has into HDFS: one file a table, replaced by one rename.

    Each run has a task of its own: luigid would keep one back that another run has begun, which waits for the lease.
    """

    def complete(self) -> bool:
        client = connections.webhdfs()
        return all(_has(client, dataset, rows()) for dataset, rows in ROWS.items())

    def run(self) -> None:
        held = lease.hold("a load of airports and airlines")
        client = connections.webhdfs()
        for dataset, rows in ROWS.items():
            held.check()
            _make_one(client, dataset)
            if not _has(client, dataset, rows()):
                webhdfs.replace(client, _path(dataset), rows())
            step(f"{dataset.table} written")


def _path(dataset: Dataset) -> str:
    return f"{dataset.path}/{_name(dataset)}"


def _name(dataset: Dataset) -> str:
    return f"{dataset.table}.tsv"


def _files(client: hdfs.Client, dataset: Dataset) -> list[str]:
    """The files that readers see."""
    return [name for name in webhdfs.names(client, dataset.path) if not name.startswith("_")]


def _has(client: hdfs.Client, dataset: Dataset, rows: bytes) -> bool:
    """Whether readers see these rows, each once."""
    if _files(client, dataset) != [_name(dataset)]:
        return False
    with client.read(_path(dataset)) as file:
        return file.read() == rows


def _make_one(client: hdfs.Client, dataset: Dataset) -> None:
    """Leave the table one file at most. Earlier versions named each after its rows, and could leave two."""
    others = [name for name in _files(client, dataset) if name != _name(dataset)]
    if others and not webhdfs.exists(client, _path(dataset)):
        client.rename(f"{dataset.path}/{others.pop()}", _path(dataset))
    for name in others:
        client.delete(f"{dataset.path}/{name}")
