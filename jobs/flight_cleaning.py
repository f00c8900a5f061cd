"""The cleaning of a file's months: text lines in, the files of each month out.

History (clean_flights.py) and the monthly increment through Kafka use the same functions. `lines` is one row a line,
without header and blank lines: `line` (text) and `source_line` (int, the header is 1).

The rules are not Spark's expressions, nor does it write the rows: each step of its copies a row of 110 columns. A month
goes through a worker of Spark's in pieces, as Arrow arrays (flight_month.py), for a tenth of what it took of the
processor.
"""

from collections.abc import Mapping, Sequence

import flight_month
import pyarrow as pa
from flight_month import CLEANED
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
    "orc_files",
)
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


def cleaned(lines: DataFrame, months: Sequence[RawMonth], header: str, zones: Mapping[str, str]) -> DataFrame:
    """A row of flight_month.CLEANED for each month of a file that has lines; a month is cleaned by one task, which
    knows which of two equal keys comes first.

    `lines` are lines_of_months, `zones` is the time zone of every known airport.
    """
    hand_out(lines.sparkSession.sparkContext, *MODULES)
    slots = {raw.month: slot for slot, raw in enumerate(months)}
    if len(slots) == 1:
        of_slots = lines.select("line", "source_line", F.lit(0).alias("slot")).coalesce(1)
    else:
        slot = F.create_map(*[F.lit(one) for pair in slots.items() for one in pair])[F.col("month")].alias("slot")
        of_slots = lines.select("line", "source_line", slot).repartitionById(len(slots), F.col("slot"))
    return of_slots.mapInArrow(flight_month.Cleaning(list(months), header, dict(zones), _schema()), CLEANED)


def _schema() -> pa.Schema:
    """The columns of aero_clean.flights, without its partitions. ORC has instants without a zone, which are UTC."""
    columns = StructType.fromDDL(FLIGHT_COLUMNS)
    assert isinstance(columns, StructType)
    instant = pa.timestamp("us")
    return pa.schema(
        [one.with_type(instant) if pa.types.is_timestamp(one.type) else one for one in to_arrow_schema(columns)]
    )
