"""What makes a line no clean flight, and the values that follow from others."""

from collections.abc import Iterator
from functools import cache

from flight_fields import UNREADABLE, has_diversions, source, source_name, typed
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from aero.bts import COLUMNS, DIVERSION_COLUMNS, DIVERSIONS, KEY, Layout

# The key in the order in which a month's file is sorted: the window below needs a sort, and this is the only one.
# The days of one flight follow each other, as they do in BTS' files: they share schedule, route, distance and often the
# aircraft, and their lines are next to each other. By date before the number a month was a fifth larger.
SORTED = ("airline_id", "origin_id", "destination_id", "flight_number", "flight_date", "scheduled_departure_local")
REASONS = ("wrong_field_count", "untypable", "missing_key", "wrong_month", "contradiction", "duplicate_key")
CAUSES = [f"{cause}_delay_minutes" for cause in ("carrier", "weather", "nas", "security", "late_aircraft")]
CAUSES_SINCE = "2003-06"
# Since 2003-06 about a fifth of a month's rows give causes: nearly all that arrived late. A shifted line or two that
# happen to be good are none of it; a month of which an airline or two gave no causes still has ten times this share.
LEAST_LINES_WITH_CAUSES = 2
LEAST_SHARE_WITH_CAUSES = 0.1
YEARS_WITHOUT_SCHEDULES = (1996, 1999)
NEVER_NEGATIVE = {
    "scheduled_elapsed_minutes": "CRSElapsedTime",
    "elapsed_minutes": "ActualElapsedTime",
    "taxi_out_minutes": "TaxiOut",
    "air_minutes": "AirTime",
    "taxi_in_minutes": "TaxiIn",
    "distance_miles": "Distance",
}
PROBLEM = StructType([StructField("reason", StringType()), StructField("detail", StringType())])


def with_problem(flights: DataFrame, header: str, layout: Layout) -> DataFrame:
    """Adds `problem` (reason, detail): the first rule that the line alone breaks, NULL for a good one."""
    details = {
        "wrong_field_count": _wrong_field_count(header),
        "untypable": _first_untypable(layout),
        "missing_key": F.coalesce(*_missing_key()),
        "wrong_month": F.coalesce(*_wrong_month()),
        "contradiction": F.coalesce(*_contradictions()),
    }
    return flights.withColumn("problem", F.coalesce(*[_problem(reason, detail) for reason, detail in details.items()]))


def with_duplicates(flights: DataFrame) -> DataFrame:
    """`problem` also of a line that repeats the key of an earlier good one. Sorts the rows by slot and SORTED.

    Two flights with the same key would be one flight counted twice. Where there was no schedule, the actual departure
    clock stands for it: two flights of one number and route that left at different times are two. The rows of a slot
    must be in one partition: then no exchange is needed. A code-share swap (Duplicate=Y) is a flight like others: only
    its key counts.
    """
    unscheduled = F.when(F.col("scheduled_departure_local").isNull(), F.col("departure_local"))
    same_key = Window.partitionBy("slot", *SORTED, unscheduled, F.col("problem").isNull()).orderBy("source_line")
    so_far = same_key.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    compared = flights.withColumn("first_line", F.first("source_line").over(so_far))
    repeated = F.when(
        F.col("first_line") < F.col("source_line"), _sentence("has the key of line ", F.col("first_line"))
    )
    return compared.withColumn("problem", F.coalesce(F.col("problem"), _problem("duplicate_key", repeated)))


def with_derived(flights: DataFrame, causes_collected: Column) -> DataFrame:
    """Fills the causes of flights on time with 0 where causes were collected, what the date implies, and is_delayed."""
    is_on_time = causes_collected & (F.col("arrival_delay_minutes") < 15)
    causes = {cause: F.coalesce(F.col(cause), F.when(is_on_time, 0)) for cause in CAUSES}
    late = F.coalesce(F.col("is_departure_delayed_15"), F.col("departure_delay_minutes") >= 15)
    dates = {
        "quarter": F.coalesce(F.col("quarter"), F.quarter("flight_date")),
        "day_of_month": F.coalesce(F.col("day_of_month"), F.dayofmonth("flight_date")),
        "day_of_week": F.coalesce(F.col("day_of_week"), F.weekday("flight_date") + 1),
    }
    return flights.withColumns({**causes, **dates, "is_delayed": late})


def causes_collected() -> Column:
    """Whether the month of a row collected causes: whether enough of its good late flights give one.

    None did before June 2003. The rows of a slot must be in one partition and sorted by slot: that costs no
    exchange and no sort.
    """
    is_late = F.col("problem").isNull() & (F.col("arrival_delay_minutes") >= 15)
    gives_one = is_late & F.coalesce(*[F.col(cause) for cause in CAUSES]).isNotNull()
    late, given = (F.count(F.when(which, 1)).over(Window.partitionBy("slot")) for which in (is_late, gives_one))
    are_enough = (given >= LEAST_LINES_WITH_CAUSES) & (given >= late * LEAST_SHARE_WITH_CAUSES)
    return (F.col("file_month") >= CAUSES_SINCE) & are_enough


def with_schedules(flights: DataFrame) -> DataFrame:
    """Replaces the scheduled clocks of 0 that meant `no schedule` in 1996 to 1999, fills those that are not given, and
    adds `is_schedule_derived`.

    The schedule is the actual clock less the delay where both are given, else NULL. Midnight is believed where the
    schedule has a duration and the other clock is not 0 as well.
    """
    names = ("departure", "arrival")
    clocks = {name: F.col(f"scheduled_{name}_local") for name in names}
    both_are_zero = (clocks["departure"] == "00:00") & (clocks["arrival"] == "00:00")
    is_real = F.coalesce((F.col("scheduled_elapsed_minutes") > 0) & ~both_are_zero, F.lit(False))
    is_suspect = F.coalesce(F.year("flight_date").between(*YEARS_WITHOUT_SCHEDULES) & ~is_real, F.lit(False))
    is_missing = {
        name: clock.isNull() | F.coalesce(is_suspect & (clock == "00:00"), F.lit(False))
        for name, clock in clocks.items()
    }
    derived = {name: F.when(is_missing[name], _schedule_of(name)) for name in names}
    schedules = {
        f"scheduled_{name}_local": F.coalesce(derived[name], F.when(~is_missing[name], clocks[name])) for name in names
    }
    is_derived = F.coalesce(*derived.values()).isNotNull()
    return flights.withColumns({**schedules, "is_schedule_derived": is_derived})


def _schedule_of(name: str) -> Column:
    """The actual clock less the delay; NULL for 00:00 where a 0 is given, which the delay may be counted from."""
    clock = F.col(f"{name}_local")
    actual = F.substring(clock, 1, 2).cast("int") * 60 + F.substring(clock, 4, 2).cast("int")
    scheduled = actual - F.col(f"{name}_delay_minutes")
    of_day = F.pmod(scheduled, F.lit(1440)).cast("int")
    text = F.format_string("%02d:%02d", F.floor(of_day / 60).cast("int"), of_day % 60)
    is_none = F.col(f"scheduled_{name}_local").isNull()
    return F.when(scheduled == 1440, "24:00").when((of_day != 0) | (is_none & of_day.isNotNull()), text)


def _problem(reason: str, detail: Column) -> Column:
    problem = F.struct(F.lit(reason).alias("reason"), detail.alias("detail")).cast(PROBLEM)
    return F.when(detail.isNotNull(), problem)


def _wrong_field_count(header: str) -> Column:
    unquoted = F.regexp_replace("line", '"[^"]*"', "")
    found = F.size(F.split(unquoted, ","))
    counts = _sentence(found, f" fields, the header has {header.count(',') + 1}")
    return F.when(F.col(UNREADABLE).isNotNull(), counts)


def _quoted(name: str) -> Column:
    """`DepDelay="abc"`."""
    return _sentence(f'{name}="', source(name), '"')


@cache  # As flight_fields.py caches: one layout, one expression.
def _first_untypable(layout: Layout) -> Column:
    return F.coalesce(*_untypable(layout))


def _untypable(layout: Layout) -> Iterator[Column]:
    for column in COLUMNS:
        name = source_name(column.sources, layout.columns)
        if name and column.kind != "text":
            yield F.when(source(name).isNotNull() & F.col(column.name).isNull(), _quoted(name))
    for name in ("Year", "Month"):
        yield F.when(source(name).isNotNull() & F.col(f"{name.lower()}_given").isNull(), _quoted(name))
    if "FlightDate" not in layout.columns:
        parts = F.concat_ws(" ", *[_quoted(name) for name in ("Year", "Month", "DayofMonth")])
        are_given = F.concat(source("Year"), source("Month"), source("DayofMonth")).isNotNull()
        yield F.when(are_given & F.col("flight_date").isNull(), parts)
    yield F.when(has_diversions(layout), F.coalesce(*_untypable_diversions(layout), F.lit(None).cast("string")))


def _untypable_diversions(layout: Layout) -> Iterator[Column]:
    for number in DIVERSIONS:
        for column in DIVERSION_COLUMNS:
            name = f"Div{number}{column.sources[0]}"
            if name in layout.columns and column.kind != "text":
                value = typed(source(name), column.kind, column.name)
                yield F.when(source(name).isNotNull() & value.isNull(), _quoted(name))


def _missing_key() -> Iterator[Column]:
    for name in KEY:
        if name != "scheduled_departure_local":  # Some of 1996-1999 had no schedule.
            yield F.when(F.col(name).isNull(), F.lit(f"{name} is not given"))


def _wrong_month() -> Iterator[Column]:
    file_month, date = F.col("file_month"), F.col("flight_date").cast("string")
    of_file = _sentence(" is not in the file's month ", file_month)
    yield F.when(~date.startswith(file_month), _sentence("flight date ", date, of_file))
    for name, expected in (("Year", F.substring(file_month, 1, 4)), ("Month", F.substring(file_month, 6, 2))):
        yield F.when(F.col(f"{name.lower()}_given") != expected.cast("int"), _sentence(_quoted(name), of_file))


def _contradictions() -> Iterator[Column]:
    """Only what cannot be true of any flight."""
    has_arrived = F.coalesce(F.col("arrival_local"), F.col("elapsed_minutes").cast("string")).isNotNull()
    yield F.when(F.col("is_cancelled") & has_arrived, F.lit("cancelled, but it arrived"))
    yield F.when(F.col("is_cancelled") & F.col("is_diverted"), F.lit("cancelled and diverted"))
    for name, spelling in NEVER_NEGATIVE.items():
        yield F.when(F.col(name) < 0, _sentence(f"{spelling} ", F.col(name), " is below zero"))
    parts = [F.col(name).cast("long") for name in ("taxi_out_minutes", "air_minutes", "taxi_in_minutes")]
    total = parts[0] + parts[1] + parts[2]
    sums = F.concat_ws(" + ", *[part.cast("string") for part in parts])
    elapsed = F.col("elapsed_minutes")
    yield F.when(
        total != elapsed, _sentence("TaxiOut + AirTime + TaxiIn: ", sums, " is not ActualElapsedTime ", elapsed)
    )
    date, day = F.col("flight_date"), F.col("day_of_month")
    yield F.when(F.dayofmonth(date) != day, _sentence("DayofMonth ", day, " is not the day of ", date))


def _sentence(*parts: str | Column) -> Column:
    """A sentence for a person, out of words and values."""
    return F.concat(*[F.lit(part) if isinstance(part, str) else part.cast("string") for part in parts])
