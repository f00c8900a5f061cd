"""What is measured on the new files of a batch, before anyone else reads them: three aggregations, no row leaves Spark.

Great Expectations and pandera would run a Spark job (pandera) or a session of their own (Great Expectations: 5 s and 90
packages) for what is one SELECT here; the checks themselves are data, hive/aero_clean/flights/checks.toml.
"""

from collections.abc import Iterable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aero.ops import checks
from aero.ops.profile import Profile


def measures(flights: DataFrame, slots: Iterable[int]) -> list[dict[str, float | None]]:
    """For every slot the value of every check that is measured on the rows, by its name; None where no row has one."""
    own = {check.name: sql for check in checks.of() if (sql := check.measure())}
    rows = flights.groupBy("slot").agg(*[F.expr(sql).cast("double").alias(name) for name, sql in own.items()]).collect()
    measured = {row.slot: {name: row[name] for name in own} for row in rows}
    return [measured.get(slot, dict.fromkeys(own)) for slot in slots]


def profiles(flights: DataFrame, slots: Iterable[int]) -> list[Profile]:
    """For every slot how the month's flights are distributed: what other months are compared with."""
    names = [name for name, _ in flights.drop("slot").dtypes]
    by_slot = flights.groupBy("slot")
    filled = by_slot.agg(
        F.count(F.lit(1)).alias("rows"), *[F.count(name).alias(f"_{name}") for name in names]
    ).collect()
    of_slot = {row.slot: row for row in filled}
    quarter = F.floor(F.col("departure_delay_minutes") / 15)
    columns = {
        "route": F.concat_ws(" ", "airline_id", "origin_id", "destination_id"),
        "day": F.col("flight_date").cast("string"),
        "hour": F.substring("scheduled_departure_local", 1, 2),
        "delay_group": F.greatest(F.lit(-2), F.least(F.lit(12), quarter)).cast("string"),
    }
    keys = flights.select("slot", *[column.alias(name) for name, column in columns.items()])
    counted = keys.groupingSets([[F.col("slot"), F.col(name)] for name in columns], "slot", *columns)
    which = [F.grouping(name).alias(f"{name}_is_rolled_up") for name in columns]
    counts: dict[int, dict[str, dict[str, int]]] = {slot: {name: {} for name in columns} for slot in slots}
    for row in counted.agg(F.count(F.lit(1)).alias("rows"), *which).collect():
        name = next(name for name in columns if not row[f"{name}_is_rolled_up"])
        counts[row.slot][name][row[name] or ""] = row.rows
    found = []
    for slot, of in counts.items():
        own = of_slot.get(slot)
        shares = {name: own[f"_{name}"] / own.rows if own else 0.0 for name in names}
        found.append(Profile(own.rows if own else 0, of["route"], of["day"], of["hour"], of["delay_group"], shares))
    return found
