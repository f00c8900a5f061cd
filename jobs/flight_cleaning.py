"""The cleaning of a batch of months: text lines in, clean flights and refused lines out. Pure DataFrame → DataFrame.

History (clean_flights.py) and the monthly increment through Kafka use the same functions. The months of a batch have
one header. `lines` is one row a line, without header and blank lines: `line` (text) and `source_line` (int, the header
is 1). In a batch they also have their month: `slot` (int, the month's place in the batch), `file_month` (YYYY-MM) and
the columns of SOURCE_COLUMNS.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import reduce
from itertools import chain

import flight_fields
import flight_rules
import flight_times
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from aero import hql
from aero.bts import Layout, header_columns
from aero.datasets import FLIGHTS
from aero.load_plan import RawMonth

SOURCE_COLUMNS = ("source_family", "source_layout", "source_file", "source_line", "load_id")
FLIGHT_COLUMNS = [column.name for column in hql.columns(FLIGHTS.hql("create"))][: -len(FLIGHTS.partitions)]


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
    """The lines of all months, each with what it must know of its month. Months of one file share its lines."""
    files: dict[DataFrame, list[tuple[int, RawMonth]]] = defaultdict(list)
    for slot, (raw, lines) in enumerate(months.items()):
        files[lines].append((slot, raw))
    return reduce(DataFrame.unionByName, (_lines_of_file(lines, of_file) for lines, of_file in files.items()))


def _lines_of_file(lines: DataFrame, months: list[tuple[int, RawMonth]]) -> DataFrame:
    columns: dict[str, dict[int, str | int]] = defaultdict(dict)
    for slot, raw in months:
        columns["file_month"][raw.month] = str(raw)
        columns["source_family"][raw.month] = raw.family
        columns["source_layout"][raw.month] = raw.layout
        columns["source_file"][raw.month] = raw.file
        columns["load_id"][raw.month] = raw.load_id
        columns["slot"][raw.month] = slot
    return lines.withColumns({name: _of_month(values) for name, values in columns.items()}).drop("month")


def _of_month(values: Mapping[int, str | int]) -> Column:
    """What the value of a line's month is."""
    if len(values) == 1:
        return F.lit(*values.values())
    return F.create_map(*map(F.lit, chain.from_iterable(values.items())))[F.col("month")]


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
