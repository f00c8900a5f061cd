"""The plans of the forecast's Spark jobs, as typed entries that tasks write as JSON and jobs read."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from aero.month import Month

# Of a year of flights with rates of a year before them.
MONTHS = 25
# Beside a table's rows a reader leaves out what begins with a line.
REPORT, FILE = "_report.json", "rows.orc"


@dataclass(frozen=True)
class ForecastJob:
    """What a job is to do with the flights of the months `first` to `last`, and the HDFS folder for what comes of it:
    REPORT, and FILE where it makes rows.

    `day` is the last of the `days` to be scored. `models` is the HDFS path of the models of a
    training and `model` the one of them in service, `names` are the models to be fitted (all, if none), and `kept` is
    the folder that readers see of the forecasts of the month of `day`. `live` is a file of flights of after the months
    that are loaded (aero/live/as_flights.py), the days that are to be scored among them.
    """

    first: Month
    last: Month
    folder: str
    run_id: str
    day: date | None = None
    days: int = 1
    models: str | None = None
    model: str | None = None
    names: tuple[str, ...] = ()
    kept: str | None = None
    live: str | None = None

    @property
    def dates(self) -> list[date]:
        """The days to be scored, in their order."""
        assert self.day
        return [self.day - timedelta(days=back) for back in reversed(range(self.days))]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        months = {name: Month.parse(content[name]) for name in ("first", "last")}
        day = date.fromisoformat(content["day"]) if content["day"] else None
        return cls(**content | months | {"day": day, "names": tuple(content["names"])})

    def to_json(self) -> dict[str, Any]:
        months = {name: str(getattr(self, name)) for name in ("first", "last")}
        return asdict(self) | months | {"day": self.day.isoformat() if self.day else None}
