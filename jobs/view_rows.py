"""The rows of batch views, made of flights in Spark's Python workers: a month is read once for all of its views.

DuckDB is asked each view's load.hql of the Arrow arrays of a month's flights (as_in_spark.py). What it answers is
packed until the view's own file is written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import pyarrow as pa
from as_in_spark import opened
from load_folders import WHOLE_FILES
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType
from workers import hand_out

from aero import hql
from aero.datasets import FLIGHTS, Dataset
from aero.load_plan import VIEWS, ViewLoad

# What Spark's workers import from beside this file.
MODULES = ("as_in_spark", "load_folders", "view_rows", "workers")
# A column of its own to part the rows by, for `month` is one of the view's.
MONTH = "of_month"
PACKED = "view STRING, year INT, month INT, rows BINARY"
IN_ARROW = pa.schema([("view", pa.string()), ("year", pa.int32()), ("month", pa.int32()), ("rows", pa.binary())])
When = tuple[int, int]


def schema(view: Dataset) -> str:
    """The columns of a view's files, as DDL has them."""
    columns = hql.columns(view.hql("create"))[: -len(view.partitions)]
    return ", ".join(f"{column.name} {column.type}" for column in columns)


def packed(spark: SparkSession, wanted: Mapping[ViewLoad, Sequence[int]]) -> DataFrame:
    """A row for each view and month that is wanted and has flights, with all `rows` of the view's in the order of its
    load.hql."""
    asked: dict[When, dict[str, str]] = {}
    for load, months in wanted.items():
        for month in months:
            asked.setdefault((load.year, month), {})[load.view.table] = load.statement([month])
    schemas = {name: _in_arrow(VIEWS[name]) for of_month in asked.values() for name in of_month}
    return _flights(spark, asked).mapInArrow(_Views(asked, schemas), PACKED)


def of_month(packed: DataFrame, view: Dataset, year: int, months: Iterable[int]) -> DataFrame:
    """The rows of some months of a view, and MONTH; each month is sorted, and in one task."""
    own = packed.where((F.col("view") == view.table) & (F.col("year") == year) & F.col("month").isin(list(months)))
    return own.select("month", "rows").mapInArrow(_unpacked, f"{schema(view)}, {MONTH} INT")


def _in_arrow(view: Dataset) -> pa.Schema:
    columns = StructType.fromDDL(schema(view))
    assert isinstance(columns, StructType)
    return to_arrow_schema(columns)


def _flights(spark: SparkSession, asked: Mapping[When, Mapping[str, str]]) -> DataFrame:
    """The flights of these months, with the columns that are asked for; a month is in one task."""
    hand_out(spark.sparkContext, *MODULES)
    for name, value in WHOLE_FILES.items():
        spark.conf.set(name, value)
    table = spark.table(FLIGHTS.name)
    words = {word for of_month in asked.values() for text in of_month.values() for word in re.findall(r"\w+", text)}
    one_of = (((F.col("year") == year) & (F.col("month") == month)) for year, month in asked)
    rows = table.where(reduce(or_, one_of)).select([name for name in table.columns if name in words])
    # A load of a month is one file. Whatever else somebody has put there is in one task too.
    return rows if len(rows.inputFiles()) <= len(asked) else rows.coalesce(1)


@dataclass(frozen=True)
class _Views:
    """What a worker does: asks what is `asked` of each month, by the view's table."""

    asked: Mapping[When, Mapping[str, str]]
    schemas: Mapping[str, pa.Schema]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for (year, month), flights in _by_month(batches):
            with opened(flights) as connection:
                for view, statement in self.asked[year, month].items():
                    answer = connection.execute(statement.replace(FLIGHTS.name, "flights")).to_arrow_table()
                    rows = _pack(answer.cast(self.schemas[view]))
                    told = {"view": view, "year": year, "month": month, "rows": rows}
                    yield pa.RecordBatch.from_pylist([told], IN_ARROW)


def _by_month(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[When, pa.Table]]:
    """The flights of each month of a task. Those of most tasks are of one."""
    pieces = list(batches)
    if not pieces:
        return
    table = pa.Table.from_batches(pieces)
    months = table.group_by(["year", "month"]).aggregate([]).to_pylist()
    for one in months:
        is_own = pa.compute.and_(*(pa.compute.equal(table[name], one[name]) for name in ("year", "month")))
        yield (one["year"], one["month"]), table if len(months) == 1 else table.filter(is_own)


def _pack(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def _unpacked(packed: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in packed:
        for month, rows in zip(*batch.columns, strict=True):
            for part in pa.ipc.open_stream(rows.as_buffer()):
                yield part.append_column(MONTH, pa.repeat(month, len(part)))
