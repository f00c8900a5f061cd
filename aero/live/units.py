"""Units of the sources in those of an event."""

from typing import Any

from aero.live.fields import InvalidEvent

FEET_PER_METRE = 1 / 0.3048
KNOTS_PER_KILOMETRE_PER_HOUR = 1 / 1.852
KNOTS_PER_METRE_PER_SECOND = 3.6 / 1.852


def converted(value: Any, factor: float, name: str) -> float | None:
    """`value` times `factor`, to one decimal; null stays null. Raises InvalidEvent naming the field if it is none."""
    if value is None:
        return None
    if type(value) not in (int, float):
        raise InvalidEvent(f"event: {name} comes from {value!r}, which is no number", field=name)
    return round(value * factor, 1)
