"""The rows of batch views, made of flights in Spark's Python workers: a month is read once for all of its views.

DuckDB is asked each view's load.hql of the Arrow arrays of a month's flights (as_in_spark.py), and Arrow writes what it
answers as an ORC file, which the driver gets as it is. A month takes 2.8 s of a processor so; eight queries of
Spark's took 7 (bench/README.md).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path

import orc_files
import pyarrow as pa
import pyarrow.compute as pc
from as_in_spark import opened
from load_folders import WHOLE_FILES
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from workers import hand_out

from aero import hql
from aero.datasets import FLIGHTS, Dataset
from aero.load_plan import VIEWS, ViewLoad

# What Spark's workers import from beside this file.
MODULES = ("as_in_spark", "load_folders", "orc_files", "view_rows", "workers")
FILES = "view STRING, year INT, month INT, file BINARY"
IN_ARROW = pa.schema([("view", pa.string()), ("year", pa.int32()), ("month", pa.int32()), ("file", pa.binary())])
TYPES = {
    "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "INT": pa.int32(),
    "STRING": pa.string(),
}  # fmt: skip
When = tuple[int, int]
# By view, year and month a local ORC file of the month's rows, sorted; none of a month without flights.
Made = dict[tuple[str, int, int], Path]


def schema(view: Dataset) -> pa.Schema:
    """The columns of a view's files."""
    columns = hql.columns(view.hql("create"))[: -len(view.partitions)]
    return pa.schema([(column.name, TYPES[column.type]) for column in columns])


def make(spark: SparkSession, wanted: Mapping[ViewLoad, Sequence[int]], folder: Path) -> Made:
    """Writes the rows of the months that are wanted of some loads into files of a local folder."""
    asked: dict[When, dict[str, str]] = {}
    for load, months in wanted.items():
        for month in months:
            asked.setdefault((load.year, month), {})[load.view.table] = load.statement([month])
    schemas = {name: schema(VIEWS[name]) for of_month in asked.values() for name in of_month}
    made: Made = {}
    for row in _flights(spark, asked).mapInArrow(_Views(asked, schemas), FILES).collect():
        path = folder / f"{row.view}-{row.year}-{row.month}.orc"
        path.write_bytes(row.file)
        made[row.view, row.year, row.month] = path
    return made


def _flights(spark: SparkSession, asked: Mapping[When, Mapping[str, str]]) -> DataFrame:
    """The flights of these months, with the columns that are asked for; a month is in one task."""
    hand_out(spark.sparkContext, *MODULES)
    for name, value in WHOLE_FILES.items():
        spark.conf.set(name, value)
    table = spark.table(FLIGHTS.name)
    words = {word for of_month in asked.values() for text in of_month.values() for word in re.findall(r"\w+", text)}
    one_of = (((F.col("year") == year) & (F.col("month") == month)) for year, month in asked)
    rows = table.where(reduce(or_, one_of)).select([name for name in table.columns if name in words])
    # A load of a month is one file. Where somebody has put more into a folder, one task reads all, and parts them.
    files = rows.inputFiles()
    return rows if len({file.rpartition("/")[0] for file in files}) == len(files) else rows.coalesce(1)


@dataclass(frozen=True)
class _Views:
    """What a worker does: asks what is `asked` of each month, by the view's table."""

    asked: Mapping[When, Mapping[str, str]]
    schemas: Mapping[str, pa.Schema]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for (year, month), flights in _by_month(batches):
            with opened(flights) as connection:
                for view, statement in self.asked[year, month].items():
                    answer = connection.sql(statement.replace(FLIGHTS.name, "flights")).to_arrow_table()
                    file = orc_files.written(answer.cast(self.schemas[view]).to_batches())
                    told = {"view": view, "year": year, "month": month, "file": file}
                    yield pa.RecordBatch.from_pylist([told], IN_ARROW)


def _by_month(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[When, pa.Table]]:
    """The flights of each month of a task. Those of most tasks are of one."""
    pieces = list(batches)
    if not pieces:
        return
    table = pa.Table.from_batches(pieces)
    months = table.group_by(["year", "month"]).aggregate([]).to_pylist()
    for one in months:
        is_own = pc.and_(*(pc.equal(table[name], one[name]) for name in ("year", "month")))
        yield (one["year"], one["month"]), table if len(months) == 1 else table.filter(is_own)
