"""The cleaning of a batch of months: text lines in, clean flights and refused lines out. Pure DataFrame → DataFrame.

History (clean_flights.py) and the monthly increment through Kafka use the same functions. The months of a batch have
one header. `lines` is one row a line, without header and blank lines: `line` (text) and `source_line` (int, the header
is 1). In a batch they also have their `slot` (int, the month's place in the batch).

The rules are not Spark's expressions: each of those copies a row of 110 columns for each step. A month goes through a
worker of Spark's in pieces, as Arrow arrays (flight_month.py), for a fifth of what it took of the processor.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import reduce

import flight_month
from pyspark.accumulators import Accumulator
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType
from workers import hand_out

from aero import hql
from aero.bts import header_columns
from aero.datasets import FLIGHTS
from aero.load_plan import RawMonth

# What Spark's workers import from beside this file.
MODULES = (
    "arrow_columns",
    "as_in_spark",
    "flight_fields",
    "flight_measures",
    "flight_month",
    "flight_rules",
    "flight_times",
)
SOURCE_COLUMNS = ("source_family", "source_layout", "source_file", "source_line", "load_id")
FLIGHT_COLUMNS = ", ".join(
    f"{column.name} {column.type}" for column in hql.columns(FLIGHTS.hql("create"))[: -len(FLIGHTS.partitions)]
)


def lines_of_months(lines: DataFrame, header: str, *months: RawMonth) -> DataFrame:
    """The lines of some months of one file, each with the number of its `month`. BTS files hold one month; the Data
    Expo's hold a year, which is split unparsed, in one reading.

    A line of a year's file that tells none of the months it was landed for goes to the first of these, which refuses
    it: so it is refused once and never lost.
    """
    raw = months[0]
    if raw.layout != "dataexpo":
        return lines.withColumn("month", F.lit(raw.month))
    names = header_columns(header)
    values = F.split("line", ",")
    year, month = (F.trim(F.get(values, F.lit(names.index(name)))).try_cast("int") for name in ("Year", "Month"))
    first, *others = raw.months or range(1, 13)
    is_told = F.coalesce((year == raw.year) & month.isin(first, *others), F.lit(False))
    of_month = lines.withColumn("month", F.when(is_told, month).otherwise(first))
    return of_month.where(F.col("month").isin([one.month for one in months]))


def lines_of_batch(months: Mapping[RawMonth, DataFrame]) -> DataFrame:
    """The lines of all months with their `slot`, every month in one partition: there it is known which of two equal
    keys comes first. Months of one file share its lines."""
    files: dict[DataFrame, dict[int, int]] = defaultdict(dict)
    for slot, (raw, lines) in enumerate(months.items()):
        files[lines][raw.month] = slot
    return reduce(DataFrame.unionAll, (_lines_of_file(lines, slots) for lines, slots in files.items()))


def _lines_of_file(lines: DataFrame, slots: Mapping[int, int]) -> DataFrame:
    """The lines of a file whose months have these slots."""
    if len(slots) == 1:
        return lines.select("line", "source_line", F.lit(*slots.values()).alias("slot")).coalesce(1)
    places = F.create_map(*[F.lit(one) for pair in slots.items() for one in pair])
    return lines.select("line", "source_line", places[F.col("month")].alias("slot")).repartitionById(
        len(slots), F.col("slot") - min(slots.values())
    )


def checked(
    lines: DataFrame,
    months: Sequence[RawMonth],
    header: str,
    zones: Mapping[str, str],
    profiles: Accumulator[dict[int, str]] | None = None,
) -> DataFrame:
    """One row for every line of a batch: the columns of aero_clean.flights, `line`, `slot` and `problem`.

    `problem` is (reason, detail), NULL if clean; `line` is NULL if clean. `zones` is the time zone of every known
    airport. Months come one after the other, the flights of each in the order of the table's files. While the rows are
    read, `profiles` (of flight_month.OfEach) is told how the clean flights of each slot are distributed: JSON of
    aero.ops.profile.Profile.
    """
    hand_out(lines.sparkSession.sparkContext, *MODULES)
    problem = "problem STRUCT<reason: STRING, detail: STRING>"
    schema = StructType.fromDDL(f"{FLIGHT_COLUMNS}, line STRING, slot INT, {problem}")
    assert isinstance(schema, StructType)
    cleaning = flight_month.Cleaning(list(months), header, dict(zones), to_arrow_schema(schema), profiles)
    return lines.mapInArrow(cleaning, schema)


def flights(checked: DataFrame) -> DataFrame:
    """The clean flights of `checked`, as aero_clean.flights has them, and their `slot`."""
    return checked.where(F.col("problem").isNull()).drop("line", "problem")


def quarantine(checked: DataFrame) -> DataFrame:
    """The refused lines of `checked` in the file's order: the columns of aero_clean.flights_quarantine, and `slot`."""
    refused = checked.where(F.col("problem").isNotNull())
    readable = F.make_valid_utf8("line").alias("line")
    return refused.select("problem.*", readable, *SOURCE_COLUMNS, "slot")
