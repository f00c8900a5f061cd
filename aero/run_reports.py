"""What the tasks of a run report, one file a task: /aero/ops/runs/<run id>/<report>.json.

Most are a list of records, one a month: what became of it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self, TypedDict

from aero.datasets import RUN_REPORTS
from aero.month import Month


def path(run_id: str, report: str) -> str:
    """HDFS path of one report of a run."""
    return f"{RUN_REPORTS.path}/{run_id}/{report}.json"


@dataclass(frozen=True)
class _WithOutcome:
    """A record with an `outcome`, one of OUTCOMES: in JSON its text."""

    OUTCOMES: ClassVar[type[StrEnum]]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        return cls(**content | {"outcome": cls.OUTCOMES(content["outcome"])})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class LandingOutcome(StrEnum):
    """What became of a month's file. Absent: the source has none. Superseded: the month is in a Data Expo year, but has
    a file of its own, which is the one to use. Pinned: nobody looked for it, its readers are to keep what they have.
    """

    LANDED = "landed"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    ABSENT = "absent"
    SUPERSEDED = "superseded"
    PINNED = "pinned"


@dataclass(frozen=True)
class Landing(_WithOutcome):
    """What became of one month that was asked for. `message` says why it failed.

    `path` is the HDFS path of the readable file. The fields after `message` are the current version's, and None where
    there is nothing to use; each month of a Data Expo year has those of the year, whose `months` are those it holds.
    `month_rows` are the month's own rows, `lacks` the columns of the layout that the file has not. `year` and `month`
    are None for a file that does not tell its month.
    """

    OUTCOMES = LandingOutcome

    year: int | None
    month: int | None
    outcome: LandingOutcome
    message: str = ""
    dataset: str | None = None
    family: str | None = None
    layout: str | None = None
    version: str | None = None
    path: str | None = None
    sha256: str | None = None
    rows: int | None = None
    size: int | None = None
    source: str | None = None
    landed_at: str | None = None
    months: tuple[int, ...] | None = None
    month_rows: int | None = None
    lacks: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        months = content.get("months")
        lists = {"months": months and tuple(months), "lacks": tuple(content.get("lacks", ()))}
        return super().from_json(content | lists)

    @property
    def when(self) -> Month | None:
        return None if self.year is None or self.month is None else Month(self.year, self.month)

    def __str__(self) -> str:
        return str(self.when or "?")


class CleaningOutcome(StrEnum):
    """What became of a month's load."""

    CLEANED = "cleaned"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True)
class Cleaning(_WithOutcome):
    """What became of one month's load; `rows_…` and `reasons` (lines refused, by reason) are the load's."""

    OUTCOMES = CleaningOutcome

    year: int
    month: int
    outcome: CleaningOutcome
    load_id: str
    message: str = ""
    rows_in: int = 0
    rows_clean: int = 0
    rows_quarantined: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(Month(self.year, self.month))


@dataclass(frozen=True)
class LandedWeather(_WithOutcome):
    """What became of the file of a weather station's year; `message` says why it failed or is absent."""

    OUTCOMES = LandingOutcome

    station: str
    year: int
    outcome: LandingOutcome
    message: str = ""


class WeatherOutcome(StrEnum):
    """What became of a month of weather. Absent: no file has a line of it. Failed: a gate refused it."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    ABSENT = "absent"
    FAILED = "failed"


@dataclass(frozen=True)
class LoadedWeather(_WithOutcome):
    """What became of one month of weather: `rows` are hours of airports, `refused` lines."""

    OUTCOMES = WeatherOutcome

    year: int
    month: int
    outcome: WeatherOutcome
    rows: int = 0
    refused: int = 0
    message: str = ""

    def __str__(self) -> str:
        return str(Month(self.year, self.month))


class ViewOutcome(StrEnum):
    """What became of a partition of a view."""

    BUILT = "built"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True)
class BuiltView(_WithOutcome):
    """What became of one partition of one view; `month` is None where its partitions are years."""

    OUTCOMES = ViewOutcome

    view: str
    year: int
    month: int | None
    outcome: ViewOutcome
    load_id: str
    message: str = ""

    def __str__(self) -> str:
        return f"{self.view} {self.year if self.month is None else Month(self.year, self.month)}"


class Finding(StrEnum):
    """What a source has of a month. Revised: it says something else of the file than when that was landed. Unfinished:
    it was landed as it is, but readers see no load of these bytes. Unknown: the source could not be asked.
    """

    NEW = "new"
    REVISED = "revised"
    UNFINISHED = "unfinished"
    UNCHANGED = "unchanged"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Found:
    """What a source has of one month; `message` says why that is unknown.

    `family` is the one that was looked at: the month's served one where none was asked for, None where there is none.
    """

    when: Month
    outcome: Finding
    message: str = ""
    family: str | None = None

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Found":
        when, outcome = Month.parse(content["when"]), Finding(content["outcome"])
        return cls(when, outcome, content["message"], content["family"])

    def to_json(self) -> dict[str, Any]:
        return {"when": str(self.when), "outcome": self.outcome, "message": self.message, "family": self.family}


class LoadReport(TypedDict):
    """What a load came to: how many months or partitions had which outcome, by step; rows in, clean and quarantined."""

    steps: dict[str, dict[str, int]]
    rows: dict[str, int]


@dataclass(frozen=True)
class Made:
    """One partition, or file, of the table `name`, for `when`: of which tables or paths of HDFS, of which version of
    some of them (a model's is its training), and of how many rows, where that is known."""

    name: str
    when: str
    sources: tuple[str, ...]
    rows: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
