"""What is measured on the new files of a batch, before anyone else reads them: four aggregations, no row leaves Spark.

Great Expectations and pandera would run a Spark job (pandera) or a session of their own (Great Expectations: 5 s and 90
packages) for what is one SELECT here; the checks themselves are data, hive/aero_clean/flights/checks.toml.
bench/twin/measured.py measures the same in pandas; tests/jobs/test_twin.py holds them equal.
"""

from collections.abc import Iterable

from pyspark.sql import DataFrame, Row, Window
from pyspark.sql import functions as F

from aero.bts import COLUMNS
from aero.ops import checks
from aero.ops.profile import ColumnProfile, Profile

ROTATIONS = ("legs", "broken", "foreign", "no_tail")
RETURNS = ("due", "absent")
# What happened to a flight: it was cancelled, diverted, or flown, 15 minutes late or more or not.
CANCELLED, DIVERTED, LATE, PUNCTUAL = "cancelled", "diverted", "late", "punctual"
# What makes a flight the same one on another day.
FLIGHT = ("airline_id", "flight_number", "origin_id", "destination_id")
# Of a flight with the bits `days`: the days of the month that it goes seven days before, and seven days after.
DUE = "filter(sequence(8, 24), day -> (shiftright(days, day - 7) & shiftright(days, day + 7) & 1) = 1)"


def profiles(flights: DataFrame, slots: Iterable[int]) -> list[Profile]:
    """For every slot how the month's flights are distributed, what other months are compared with; among it `measures`,
    the value of every check that is measured on the rows, by its name; None where no row has one."""
    counts, rows = _counts(flights, slots), _rows(flights, slots)
    rotations, returns = _rotations(flights, slots), _returns(flights, slots)
    return [
        Profile(
            sum(counts[slot]["days"].values()),
            **counts[slot],
            columns={one.name: _column(rows[slot], one.name) for one in COLUMNS} if rows[slot] else {},
            **rotations[slot],
            **returns[slot],
            given={name: _given(row) for name, row in rows[slot].items() if name != PUNCTUAL},
            measures={check.name: _share(rows[slot], check.name) for check in checks.of() if check.measure()},
        )
        for slot in slots
    ]


def _counts(flights: DataFrame, slots: Iterable[int]) -> dict[int, dict[str, dict[str, int]]]:
    """By slot the flights of each route, day, hour, delay group and DOT number."""
    quarter = F.floor(F.col("departure_delay_minutes") / 15)
    columns = {
        "routes": F.concat_ws(" ", "airline_id", "origin_id", "destination_id"),
        "days": F.col("flight_date").cast("string"),
        "hours": F.substring("scheduled_departure_local", 1, 2),
        # greatest and least pass over NULL.
        "delay_groups": F.when(quarter.isNotNull(), F.greatest(F.lit(-2), F.least(F.lit(12), quarter))).cast("string"),
        "dot_numbers": F.concat(
            "airline_id", F.lit(" "), F.coalesce(F.col("airline_dot_id").cast("string"), F.lit(""))
        ),
    }
    keys = flights.select("slot", *[column.alias(name) for name, column in columns.items()])
    counted = keys.groupingSets([[F.col("slot"), F.col(name)] for name in columns], "slot", *columns)
    which = [F.grouping(name).alias(f"{name}_is_rolled_up") for name in columns]
    counts: dict[int, dict[str, dict[str, int]]] = {slot: {name: {} for name in columns} for slot in slots}
    for row in counted.agg(F.count(F.lit(1)).alias("rows"), *which).collect():
        name = next(name for name in columns if not row[f"{name}_is_rolled_up"])
        counts[row.slot][name][row[name] or ""] = row.rows
    return counts


def _rows(flights: DataFrame, slots: Iterable[int]) -> dict[int, dict[str, Row]]:
    """By slot and what happened to the flights, in one pass: how many there are, how many each check is asked of and
    how many of these are bad; of each column that BTS fills what `_column` needs."""
    happened = (
        F.when(F.col("is_cancelled"), CANCELLED)
        .when(F.col("is_diverted"), DIVERTED)
        .when(F.col("arrival_delay_minutes") >= 15, LATE)
        .otherwise(PUNCTUAL)
    )
    asked = {"rows": F.count(F.lit(1))}
    for check in checks.of():
        asked |= {f"{check.name} {what}": F.expr(f"count_if({sql})") for what, sql in check.measure().items()}
    for column in COLUMNS:
        name, value = column.name, F.col(column.name)
        # A constant has one hash, and numbers are compared faster than texts.
        told = F.when(value.isNotNull(), F.hash(value))
        asked |= {f"{name} filled": F.count(value), f"{name} least": F.min(told), f"{name} most": F.max(told)}
        if column.kind == "integer":
            asked |= {f"{name} zero": F.count_if(value == 0), f"{name} sum": F.sum(value)}
    found: dict[int, dict[str, Row]] = {slot: {} for slot in slots}
    grouped = flights.groupBy("slot", happened.alias("happened"))
    for row in grouped.agg(*[ask.alias(name) for name, ask in asked.items()]).collect():
        found[row.slot][row.happened] = row
    return found


def _share(rows: dict[str, Row], check: str) -> float | None:
    """Share of the flights that the check is asked of that are bad; None where it is asked of none."""
    among = sum(row[f"{check} asked"] for row in rows.values())
    return sum(row[f"{check} bad"] for row in rows.values()) / among if among else None


def _given(row: Row) -> dict[str, int]:
    """How many flights have each column, and under "" all of them."""
    counts = {column.name: row[f"{column.name} filled"] for column in COLUMNS}
    return {"": row.rows} | {name: count for name, count in counts.items() if count}


def _column(rows: dict[str, Row], name: str) -> ColumnProfile:
    """What is known of a column among the flights that were flown."""
    flown = [rows[one] for one in (LATE, PUNCTUAL) if one in rows]
    told = [row for row in flown if row[f"{name} filled"]]
    filled = sum(row[f"{name} filled"] for row in told)
    is_number = filled and f"{name} zero" in told[0]
    return ColumnProfile(
        filled=filled / sum(row.rows for row in flown) if flown else 0.0,
        zero=sum(row[f"{name} zero"] for row in told) / filled if is_number else None,
        mean=sum(row[f"{name} sum"] for row in told) / filled if is_number else None,
        is_constant=filled > 1 and len({row[f"{name} {end}"] for row in told for end in ("least", "most")}) == 1,
    )


def _rotations(flights: DataFrame, slots: Iterable[int]) -> dict[int, dict[str, dict[str, int]]]:
    """By slot and ROTATIONS the flights of each airline."""
    is_told = F.col("tail_number").isNotNull() & F.col("scheduled_departure_at").isNotNull()
    of_aircraft = Window.partitionBy("slot", "tail_number", "flight_date", is_told).orderBy(
        "scheduled_departure_at", "flight_number", "origin_id", "destination_id"
    )
    before, airline = (
        F.when(is_told, F.lag(name).over(of_aircraft)).alias(alias)
        for name, alias in (("destination_id", "before"), ("airline_id", "airline_before"))
    )
    told = flights.select("slot", "airline_id", "origin_id", "tail_number", before, airline)
    counted = told.groupBy("slot", "airline_id").agg(
        F.count("before").alias("legs"),
        F.count_if(F.col("before") != F.col("origin_id")).alias("broken"),
        F.count_if(F.col("airline_before") != F.col("airline_id")).alias("foreign"),
        F.count_if(F.col("tail_number").isNull()).alias("no_tail"),
    )
    found: dict[int, dict[str, dict[str, int]]] = {slot: {name: {} for name in ROTATIONS} for slot in slots}
    for row in counted.collect():
        for name in ROTATIONS:
            if row[name]:
                found[row.slot][name][row.airline_id] = row[name]
    return found


def _returns(flights: DataFrame, slots: Iterable[int]) -> dict[int, dict[str, dict[str, int]]]:
    """By slot and RETURNS the flights by airline and day, hour, and origin."""
    hour, days = (
        F.min(F.substring("scheduled_departure_local", 1, 2)),
        F.expr("bit_or(shiftleft(1L, day(flight_date)))"),
    )
    each = flights.groupBy("slot", *FLIGHT).agg(hour.alias("hour"), days.alias("days"))
    due = each.select("*", F.explode(F.expr(DUE)).alias("due"))
    day = F.lpad(F.col("due").cast("string"), 2, "0")
    airline = F.concat(F.lit("airline "), "airline_id", F.lit(" "), day)
    keys = F.array(
        airline, F.concat(F.lit("hour "), F.coalesce("hour", F.lit(""))), F.concat(F.lit("origin "), "origin_id")
    )
    is_absent = F.expr("(shiftright(days, due) & 1) = 0")
    counted = due.select("slot", is_absent.alias("is_absent"), F.explode(keys).alias("key"))
    found: dict[int, dict[str, dict[str, int]]] = {slot: {name: {} for name in RETURNS} for slot in slots}
    sums = F.count(F.lit(1)).alias("due"), F.count_if("is_absent").alias("absent")
    for row in counted.groupBy("slot", "key").agg(*sums).collect():
        for name in RETURNS:
            if row[name]:
                found[row.slot][name][row.key] = row[name]
    return found
