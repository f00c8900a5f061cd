"""The distributions of one month's flights, small enough to keep beside them: `_profile.json` in the load's folder."""

import json
from dataclasses import asdict, dataclass

PROFILE = "_profile.json"


@dataclass(frozen=True)
class Profile:
    """Counts of flights: `routes` by "airline origin destination", `days` by date, `hours` by hour of the scheduled
    departure, `delay_groups` by quarter of an hour of the departure delay, -2 to 12; "" is NULL. `filled`: share of the
    rows in which a column is not NULL."""

    rows: int
    routes: dict[str, int]
    days: dict[str, int]
    hours: dict[str, int]
    delay_groups: dict[str, int]
    filled: dict[str, float]

    @property
    def airports(self) -> set[str]:
        return {airport for route in self.routes for airport in route.split(" ")[-2:]}

    @property
    def airlines(self) -> dict[str, int]:
        """Flights by airline."""
        counts: dict[str, int] = {}
        for route, flights in self.routes.items():
            airline = " ".join(route.split(" ")[:-2])
            counts[airline] = counts.get(airline, 0) + flights
        return counts

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Profile":
        return cls(**json.loads(text))
