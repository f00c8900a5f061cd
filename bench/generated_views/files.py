"""A year's files of every batch view, by its load.hql, and the generator's own sums of the year."""

import sys
from collections import defaultdict
from pathlib import Path

from aero.datasets import BATCH_VIEWS, FLIGHTS, REPOSITORY, Dataset
from aero.load_plan import ViewLoad
from aero.metastore import Partition
from aero.month import Month
from bench.generated_views.flights import flights
from bench.generated_views.sums import Sums

sys.path.append(str(REPOSITORY / "jobs"))
import as_in_spark
import orc_files
import view_rows

Files = dict[tuple[Dataset, Partition], Path]


def of_year(months: list[Month], scale: float, seed: int, folder: Path) -> tuple[Files, Sums]:
    """The files of the partitions of these months of a year, in a local folder, and their sums."""
    year, sums = months[0].year, Sums.none([months[0].year])
    batches = defaultdict(list)
    for month in months:
        of_month = flights(month, scale, seed)
        sums.add(year, of_month.airline, of_month.origin, of_month.measures)
        with as_in_spark.opened(of_month.table) as connection:
            for view in BATCH_VIEWS:
                partition = tuple(month)[: len(view.partitions)]
                statement = ViewLoad(view, *(*partition, None)[:2], "").statement([month.month])
                rows = connection.sql(statement.replace(FLIGHTS.name, "flights")).to_arrow_table()
                batches[view, partition] += rows.cast(view_rows.schema(view)).combine_chunks().to_batches()
    files = {}
    for (view, partition), rows in batches.items():
        files[view, partition] = folder / f"{view.table}-{'-'.join(map(str, partition))}.orc"
        files[view, partition].write_bytes(orc_files.written(rows))
    return files, sums
