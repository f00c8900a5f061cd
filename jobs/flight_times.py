"""The four instants of a flight in UTC, out of local clocks, minutes and the airports' time zones.

Spark's functions take a timestamp for a wall clock as it reads in the session's time zone: that must be UTC.
A clock that a change to summer time skips is read as if the change had not come yet (02:30 is 03:30).
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# No carrier leaves earlier than this before the schedule; only used where the delay is not given.
EARLIEST_DEPARTURE_MINUTES = -120


def with_zones(flights: DataFrame, zones: DataFrame) -> DataFrame:
    """Adds `origin_zone` and `destination_zone`, NULL where `zones` (airport_id, zone) does not know the airport."""
    for end in ("origin", "destination"):
        of_end = zones.select(F.col("airport_id").alias(f"{end}_id"), F.col("zone").alias(f"{end}_zone"))
        flights = flights.join(F.broadcast(of_end), on=f"{end}_id", how="left")
    return flights


def with_instants(flights: DataFrame) -> DataFrame:
    """Adds scheduled_departure_at, departure_at, scheduled_arrival_at and arrival_at; needs with_zones' columns."""
    scheduled = flights.withColumn("scheduled_departure_at", _scheduled_departure())
    planned = scheduled.withColumns({"departure_at": _departure(), "scheduled_arrival_at": _scheduled_arrival()})
    return planned.withColumn("arrival_at", _arrival())


def wall_clock(day: Column, clock: Column) -> Column:
    """What a clock 'HH:MM' on the local `day` reads, as a timestamp; '24:00' is 00:00 of the next day."""
    minutes = F.substring(clock, 1, 2).cast("int") * 60 + F.substring(clock, 4, 2).cast("int")
    return later(day.cast("timestamp"), minutes)


def later(instant: Column, minutes: Column | int) -> Column:
    """`instant` plus whole minutes; NULL if either is."""
    return F.timestamp_add("MINUTE", F.lit(minutes), instant)


def next_instant(after: Column, clock: Column, zone: Column) -> Column:
    """The first instant after `after` at which the clocks of `zone` show `clock`."""
    local_day = F.from_utc_timestamp(after, zone).cast("date")
    today = F.to_utc_timestamp(wall_clock(local_day, clock), zone)
    tomorrow = F.to_utc_timestamp(wall_clock(F.date_add(local_day, 1), clock), zone)
    return F.when(today > after, today).otherwise(tomorrow)


def _scheduled_departure() -> Column:
    """The schedule's instant. In the hour that a change to winter time repeats, the first, unless only the second
    agrees with the scheduled arrival."""
    wall = wall_clock(F.col("flight_date"), F.col("scheduled_departure_local"))
    first = F.to_utc_timestamp(wall, F.col("origin_zone"))
    second = later(first, 60)
    is_repeated = F.from_utc_timestamp(second, F.col("origin_zone")) == wall
    return F.when(is_repeated & ~_arrives_on_schedule(first) & _arrives_on_schedule(second), second).otherwise(first)


def _arrives_on_schedule(departure: Column) -> Column:
    """Whether the scheduled minutes after `departure` the destination's clock shows the scheduled arrival."""
    arrival = F.from_utc_timestamp(later(departure, F.col("scheduled_elapsed_minutes")), F.col("destination_zone"))
    return F.date_format(arrival, "HH:mm") == F.replace("scheduled_arrival_local", F.lit("24:00"), F.lit("00:00"))


def _departure() -> Column:
    """Schedule and delay; without a delay, the clock's next reading from two hours before the schedule on."""
    scheduled = F.col("scheduled_departure_at")
    earliest = later(scheduled, EARLIEST_DEPARTURE_MINUTES)
    by_clock = next_instant(earliest, F.col("departure_local"), F.col("origin_zone"))
    return F.coalesce(later(scheduled, F.col("departure_delay_minutes")), by_clock)


def _scheduled_arrival() -> Column:
    scheduled = F.col("scheduled_departure_at")
    by_clock = next_instant(scheduled, F.col("scheduled_arrival_local"), F.col("destination_zone"))
    return F.coalesce(later(scheduled, F.col("scheduled_elapsed_minutes")), by_clock)


def _arrival() -> Column:
    """From the departure, else from the schedule, else (a diverted flight) from what BTS says of the diversion,
    else from the clock."""
    departure, scheduled = F.col("departure_at"), F.col("scheduled_arrival_at")
    diverted = F.coalesce(
        later(scheduled, F.col("diversion_arrival_delay_minutes")),
        later(departure, F.col("diversion_elapsed_minutes")),
    )
    return F.coalesce(
        later(departure, F.col("elapsed_minutes")),
        later(scheduled, F.col("arrival_delay_minutes")),
        F.when(F.col("is_diversion_destination_reached"), diverted),
        next_instant(departure, F.col("arrival_local"), F.col("destination_zone")),
    )
