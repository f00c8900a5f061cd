"""The distributions of one month's flights, small enough to keep beside them: `_profile.json` in the load's folder."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

PROFILE = "_profile.json"
# Counted up when more is measured: a load that waits to be judged is measured again. Profiles of before lack fields.
VERSION = 4


@dataclass(frozen=True)
class ColumnProfile:
    """A column among the flights that were neither cancelled nor diverted: the share that is `filled`, and the share
    that is 0 and the mean, NULL where it is no number or all are NULL. Constant: at least two are filled, all alike."""

    filled: float
    zero: float | None = None
    mean: float | None = None
    is_constant: bool = False


@dataclass(frozen=True)
class Profile:
    """Counts of flights: `routes` by "airline origin destination", `days` by date, `hours` by hour of the scheduled
    departure, `delay_groups` by quarter of an hour of the departure delay, -2 to 12, `dot_numbers` by "airline number";
    "" is NULL.

    By airline: `legs` are flights that an aircraft makes after another one of the day, `broken` those of them that
    begin elsewhere than the one before ended, `foreign` those after a flight of another airline, `no_tail` flights
    without a tail number. Flights that go a week before and a week after are `due`, but for holidays, those of them
    that do not go `absent`: by "airline AA 08" (day), "hour 06" and "origin JFK". `given` counts by "cancelled",
    "diverted" and "late" (flown, 15 minutes late or more) the flights in which each column is filled; all of them under
    "". `measures` are the values of the checks on rows, by the check's name. A month that was measured before there was
    a field has it empty.
    """

    rows: int
    routes: dict[str, int]
    days: dict[str, int]
    hours: dict[str, int]
    delay_groups: dict[str, int]
    columns: dict[str, ColumnProfile] = field(default_factory=dict)
    dot_numbers: dict[str, int] = field(default_factory=dict)
    legs: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    no_tail: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    given: dict[str, dict[str, int]] = field(default_factory=dict)
    measures: dict[str, float | None] = field(default_factory=dict)

    @property
    def airports(self) -> set[str]:
        return {airport for route in self.routes for airport in route.split(" ")[-2:]}

    @cached_property
    def airlines(self) -> dict[str, int]:
        """Flights by airline."""
        return self._by(lambda airline, origin, destination: airline)

    @cached_property
    def origins(self) -> dict[str, int]:
        """Flights by origin."""
        return self._by(lambda airline, origin, destination: origin)

    @cached_property
    def weekdays(self) -> dict[int, list[int]]:
        """Flights of each day, by weekday from 1, Monday."""
        counts: dict[int, list[int]] = {}
        for day, flights in self.days.items():
            counts.setdefault(date.fromisoformat(day).isoweekday(), []).append(flights)
        return counts

    def _by(self, key: Any) -> dict[str, int]:
        counts: dict[str, int] = {}
        for route, flights in self.routes.items():
            name = key(*route.rsplit(" ", 2))
            counts[name] = counts.get(name, 0) + flights
        return counts

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Profile":
        return cls.of(json.loads(text))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Profile":
        """The profile of what `to_json` wrote, today or before: fields that are no more are left out."""
        known = {one.name: values[one.name] for one in fields(cls) if one.name in values}
        columns = {name: ColumnProfile(**column) for name, column in known.get("columns", {}).items()}
        return cls(**known | {"columns": columns})
