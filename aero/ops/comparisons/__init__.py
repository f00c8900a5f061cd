"""What of a month is compared with months that readers see: the `compare` checks of checks.toml.

Each function takes a profile, the month's own or another's, and `Beside`, the months that it is compared with, and
gives values by key (an airline, a column, or "" where there is only one), which the limits learned from the other
months are for (aero/ops/likeness.py). No value: nothing to judge.
"""

from collections.abc import Callable

from aero.ops.comparisons import continuity, counts, identity, values
from aero.ops.comparisons.beside import LEAST_ROWS, Beside, Others, chosen
from aero.ops.likeness import Values
from aero.ops.profile import Profile

__all__ = ["BY_COLUMN", "COMPARISONS", "LEAST_ROWS", "LOGARITHMS", "NEEDED", "Beside", "Others", "chosen"]

COMPARISONS: dict[str, Callable[[Profile, Beside], Values]] = {
    "rows": counts.rows,
    "rows_by_airline": counts.by_airline,
    "rows_by_part_of_day": counts.by_part_of_day,
    "rows_by_weekday": counts.by_weekday,
    "rows_by_airport_size": counts.by_airport_size,
    "days": counts.days,
    "thinnest_day": counts.thinnest_day,
    "unknown_airlines": counts.unknown_airlines,
    "unknown_airports": counts.unknown_airports,
    "airlines_gone": counts.airlines_gone,
    "airlines_between": counts.airlines_between,
    "new_routes": counts.new_routes,
    "routes_gone": counts.routes_gone,
    "hour_drift": counts.hour_drift,
    "filled": values.filled,
    "given": values.given,
    "zero": values.zero,
    "mean": values.mean,
    "constant": values.constant,
    "causes": values.causes,
    "events": values.events,
    "delayed": values.delayed,
    "delay_drift": values.delay_drift,
    "dot_numbers": values.dot_numbers,
    "new_dot_numbers": values.new_dot_numbers,
    "absent": continuity.absent,
    "absent_of_whole": continuity.absent_of_whole,
    "absent_by_airline": continuity.absent_by_airline,
    "absent_by_part": continuity.absent_by_part,
    "absent_by_weekday": continuity.absent_by_weekday,
    "exchanged": identity.exchanged,
    "foreign": identity.foreign,
    "legs": continuity.legs,
    "broken_rotations": continuity.broken_rotations,
    "torn": continuity.torn,
    "broken_by_airline": continuity.broken_by_airline,
    "imbalance": continuity.imbalance,
}
# Those whose keys are columns, or end in one.
BY_COLUMN = ("filled", "given", "zero", "mean", "constant")
_CAUSES = tuple(f"{cause}_delay_minutes" for cause in values.CAUSES)
# The columns without which the others tell nothing.
NEEDED = {
    name: frozenset(columns)
    for columns, names in (
        (_CAUSES, ("causes",)),
        (("is_cancelled", "is_diverted"), ("events",)),
        (("departure_delay_minutes",), ("delayed", "delay_drift")),
        (("airline_dot_id",), ("dot_numbers", "new_dot_numbers")),
        (("scheduled_departure_local",), ("rows_by_part_of_day", "hour_drift", "absent_by_part")),
        (("tail_number",), ("exchanged", "foreign", "legs", "broken_rotations", "torn", "broken_by_airline")),
    )
    for name in names
}
# Those whose values are logarithms.
LOGARITHMS = {name for name in COMPARISONS if name.startswith("rows")} | {"mean", "events", "delayed"}
