"""The cleaning of a batch of months: text lines in, clean flights and refused lines out. Pure DataFrame → DataFrame.

History (clean_flights.py) and the monthly increment through Kafka use the same functions. The months of a batch have
one header. `lines` is one row a line, without header and blank lines: `line` (text) and `source_line` (int, the header
is 1). In a batch they also have their month: `slot` (int, the month's place in the batch), `file_month` (YYYY-MM) and
the columns of SOURCE_COLUMNS.
"""

from functools import reduce

import flight_fields
import flight_rules
import flight_times
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aero import hql
from aero.bts import Layout, header_columns
from aero.datasets import FLIGHTS
from aero.load_plan import RawMonth

SOURCE_COLUMNS = ("source_family", "source_layout", "source_file", "source_line", "load_id")
FLIGHT_COLUMNS = [column.name for column in hql.columns(FLIGHTS.hql("create"))][: -len(FLIGHTS.partitions)]


def lines_of_month(lines: DataFrame, header: str, raw: RawMonth) -> DataFrame:
    """The lines of `raw`'s month. BTS files hold one month; the Data Expo's hold a year, which is split unparsed.

    A line of a year's file that tells none of the months it was landed for goes to the first of these, which refuses
    it: so it is refused once and never lost.
    """
    if raw.layout != "dataexpo":
        return lines
    names = header_columns(header)
    values = F.split("line", ",")
    year, month = (F.trim(F.get(values, F.lit(names.index(name)))).try_cast("int") for name in ("Year", "Month"))
    first, *others = raw.months or range(1, 13)
    is_told = F.coalesce((year == raw.year) & month.isin(first, *others), F.lit(False))
    return lines.where(F.when(is_told, month).otherwise(first) == raw.month)


def lines_of_batch(months: dict[RawMonth, DataFrame]) -> DataFrame:
    """The lines of all months, each with what it must know of its month."""
    of_batch = []
    for slot, (raw, lines) in enumerate(months.items()):
        of_month = {
            "file_month": str(raw),
            "source_family": raw.family,
            "source_layout": raw.layout,
            "source_file": raw.file,
            "load_id": raw.load_id,
            "slot": slot,
        }
        of_batch.append(lines.withColumns({name: F.lit(value) for name, value in of_month.items()}))
    return reduce(DataFrame.unionByName, of_batch)


def gathered(lines: DataFrame, months: int) -> DataFrame:
    """The lines of a batch with every month in one partition: there it is known which of two equal keys comes first."""
    return lines.coalesce(1) if months == 1 else lines.repartitionById(months, F.col("slot"))


def checked(lines: DataFrame, header: str, layout: Layout, zones: DataFrame) -> DataFrame:
    """One row for every line of a `gathered` batch: the columns of aero_clean.flights, `line`, `slot` and `problem`.

    `problem` is (reason, detail), NULL if clean. `zones` is (airport_id, zone), one row an airport. Rows come sorted as
    in the table's files. The session must be in UTC.
    """
    texts = flight_fields.fields(lines, header, layout)
    flights = flight_fields.typed_columns(texts, layout)
    judged = flight_rules.with_problem(flights, header, layout)
    scheduled = flight_rules.with_schedules(judged)
    timed = flight_times.with_instants(flight_times.with_zones(scheduled, zones))
    unique = flight_rules.with_duplicates(timed)
    derived = flight_rules.with_derived(unique, flight_rules.causes_collected())
    return derived.select(*FLIGHT_COLUMNS, "line", "slot", "problem")


def flights(checked: DataFrame) -> DataFrame:
    """The clean flights of `checked`, as aero_clean.flights has them, and their `slot`."""
    clean = checked.where(F.col("problem").isNull()).select(*FLIGHT_COLUMNS, "slot")
    return clean.sortWithinPartitions("slot", *flight_rules.SORTED)


def quarantine(checked: DataFrame) -> DataFrame:
    """The refused lines of `checked` in the file's order: the columns of aero_clean.flights_quarantine, and `slot`."""
    refused = checked.where(F.col("problem").isNotNull())
    readable = F.make_valid_utf8("line").alias("line")
    return refused.select("problem.*", readable, *SOURCE_COLUMNS, "slot").sortWithinPartitions("slot", "source_line")
