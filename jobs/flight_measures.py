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

ROTATIONS = ("legs", "broken", "no_tail")
RETURNS = ("due", "absent")
# What makes a flight the same one on another day.
FLIGHT = ("airline_id", "flight_number", "origin_id", "destination_id")
# Of a flight with the bits `days`: the days of the month that it goes seven days before, and seven days after.
DUE = "filter(sequence(8, 24), day -> (shiftright(days, day - 7) & shiftright(days, day + 7) & 1) = 1)"


def profiles(flights: DataFrame, slots: Iterable[int]) -> list[Profile]:
    """For every slot how the month's flights are distributed, what other months are compared with; among it `measures`,
    the value of every check that is measured on the rows, by its name; None where no row has one."""
    counts, rows = _counts(flights, slots), _rows(flights)
    rotations, returns = _rotations(flights, slots), _returns(flights, slots)
    own = [check.name for check in checks.of() if check.measure()]
    return [
        Profile(
            sum(counts[slot]["days"].values()),
            **counts[slot],
            columns={one.name: _column(rows[slot], one.name) for one in COLUMNS} if slot in rows else {},
            **rotations[slot],
            **returns[slot],
            measures={name: rows[slot][name] if slot in rows else None for name in own},
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


def _rows(flights: DataFrame) -> dict[int, Row]:
    """By slot, in one pass, the values of the checks on rows, by their names, and what is known of each column that BTS
    fills among the flights that were neither cancelled nor diverted, `flown` of them."""
    is_flown = ~F.col("is_cancelled") & ~F.coalesce("is_diverted", F.lit(False))
    asked = {check.name: F.expr(sql).cast("double") for check in checks.of() if (sql := check.measure())}
    asked["flown"] = F.count_if(is_flown)
    for column in COLUMNS:
        value = F.when(is_flown, F.col(column.name))
        # A constant has one hash, and numbers are compared faster than texts.
        told = F.when(is_flown & F.col(column.name).isNotNull(), F.hash(column.name))
        asked |= {f"{column.name} filled": F.count(value), f"{column.name} least": F.min(told)}
        asked[f"{column.name} most"] = F.max(told)
        if column.kind == "integer":
            asked |= {f"{column.name} zero": F.count_if(value == 0), f"{column.name} sum": F.sum(value)}
    rows = flights.groupBy("slot").agg(*[ask.alias(name) for name, ask in asked.items()]).collect()
    return {row.slot: row for row in rows}


def _column(row: Row, name: str) -> ColumnProfile:
    filled = row[f"{name} filled"]
    is_number = filled and f"{name} zero" in row
    return ColumnProfile(
        filled=filled / row.flown if row.flown else 0.0,
        zero=row[f"{name} zero"] / filled if is_number else None,
        mean=row[f"{name} sum"] / filled if is_number else None,
        is_constant=filled > 1 and row[f"{name} least"] == row[f"{name} most"],
    )


def _rotations(flights: DataFrame, slots: Iterable[int]) -> dict[int, dict[str, dict[str, int]]]:
    """By slot and ROTATIONS the flights of each airline."""
    is_told = F.col("tail_number").isNotNull() & F.col("scheduled_departure_at").isNotNull()
    of_aircraft = Window.partitionBy("slot", "tail_number", "flight_date", is_told).orderBy(
        "scheduled_departure_at", "flight_number", "origin_id", "destination_id"
    )
    before = F.when(is_told, F.lag("destination_id").over(of_aircraft))
    told = flights.select("slot", "airline_id", "origin_id", "tail_number", before.alias("before"))
    counted = told.groupBy("slot", "airline_id").agg(
        F.count("before").alias("legs"),
        F.count_if(F.col("before") != F.col("origin_id")).alias("broken"),
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
