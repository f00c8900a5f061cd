"""The small tables that the flights' codes point to: airports and airlines."""

import hashlib

import luigi

from aero import connections, lease, webhdfs
from aero.datasets import AIRLINES, AIRPORTS, Dataset
from luigi_tasks import dimensions
from luigi_tasks.hdfs_file import HdfsFile

ROWS = {AIRPORTS: dimensions.airports_tsv, AIRLINES: dimensions.airlines_tsv}


class LoadDimensions(luigi.Task):
    """Put the rows that this version of the project has into HDFS, each table's in one rename."""

    def output(self) -> list[HdfsFile]:
        return [HdfsFile(path) for path in map(_path, ROWS)]

    def run(self) -> None:
        lease.hold("a load of airports and airlines")
        client = connections.webhdfs()
        for dataset, rows in ROWS.items():
            path = _path(dataset)
            if webhdfs.exists(client, path):
                continue
            older = [name for name in client.list(dataset.path) if not name.startswith("_")]
            webhdfs.create(client, path, rows())
            for name in older:
                client.delete(f"{dataset.path}/{name}")


def _path(dataset: Dataset) -> str:
    """The file, named after its rows: other rows are another file."""
    return f"{dataset.path}/{dataset.table}-{hashlib.sha256(ROWS[dataset]()).hexdigest()[:12]}.tsv"
