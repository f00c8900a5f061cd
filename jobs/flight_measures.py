"""What is measured on a month's new file, before anyone else reads it: two aggregations, no row leaves Spark.

Great Expectations and pandera would run a Spark job (pandera) or a session of their own (Great Expectations: 5 s and 90
packages) for what is one SELECT here; the checks themselves are data, hive/aero_clean/flights/checks.toml.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from aero.ops import checks
from aero.ops.profile import Profile


def measures(flights: DataFrame) -> dict[str, float | None]:
    """The value of every check that is measured on the rows, by its name; None where it cannot be told of any row."""
    own = {check.name: check.measure() for check in checks.of() if check.measure()}
    row = flights.agg(*[F.expr(sql).cast("double").alias(name) for name, sql in own.items()]).first()
    return row.asDict()


def profile(flights: DataFrame) -> Profile:
    """How the month's flights are distributed: what other months are compared with."""
    names = [name for name, _ in flights.dtypes]
    filled = flights.agg(F.count(F.lit(1)).alias("rows"), *[F.count(name).alias(f"_{name}") for name in names]).first()
    quarter = F.floor(F.col("departure_delay_minutes") / 15)
    columns = {
        "route": F.concat_ws(" ", "airline_id", "origin_id", "destination_id"),
        "day": F.col("flight_date").cast("string"),
        "hour": F.substring("scheduled_departure_local", 1, 2),
        "delay_group": F.greatest(F.lit(-2), F.least(F.lit(12), quarter)).cast("string"),
    }
    keys = flights.select(*[column.alias(name) for name, column in columns.items()])
    counted = keys.groupingSets([[F.col(name)] for name in columns], *columns)
    which = [F.grouping(name).alias(f"{name}_is_rolled_up") for name in columns]
    counts: dict[str, dict[str, int]] = {name: {} for name in columns}
    for row in counted.agg(F.count(F.lit(1)).alias("rows"), *which).collect():
        name = next(name for name in columns if not row[f"{name}_is_rolled_up"])
        counts[name][row[name] or ""] = row.rows
    shares = {name: filled[f"_{name}"] / filled.rows if filled.rows else 0.0 for name in names}
    return Profile(filled.rows, counts["route"], counts["day"], counts["hour"], counts["delay_group"], shares)
