"""The plans of Spark jobs: what each is to do, as typed entries that tasks write as JSON and jobs read."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from aero import bts, hql
from aero.datasets import BATCH_VIEWS, FLIGHTS, WEATHER_HOURLY, Dataset, load_of
from aero.errors import AeroError
from aero.json_record import JsonRecord
from aero.month import Month

# In the id of a load, before the stamp of the rebuild that made it.
REBUILT = "-r"
AnEntry = TypeVar("AnEntry", bound=JsonRecord)


def read(path: Path, entry: type[AnEntry]) -> list[AnEntry]:
    """The entries of a local plan file, in its order. AeroError names the file, and the entry that is not one."""
    try:
        return [entry.from_json(content) for content in json.loads(path.read_text(encoding="utf-8"))]
    except AeroError as wrong:
        raise AeroError(f"{path}: {wrong.problem}", wrong.fix) from wrong
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AeroError(f"{path}: this plan cannot be read: {error}", "aero/load_plan.py has its form.") from error


def rebuilt(load_id: str, stamp: str) -> str:
    """The id of the load that a rebuild with this stamp makes of what the load `load_id` is made of."""
    return f"{load_id}{REBUILT}{stamp}"


def content(load_id: str) -> str:
    """What a load is made of, the bytes and the version of the cleaning: the load's id, whichever rebuild made it."""
    return load_id.partition(REBUILT)[0]


def rebuild_of(load_id: str) -> str | None:
    """The stamp of the rebuild that made a load; None if none did."""
    return load_id.partition(REBUILT)[2] or None


def write(path: Path, entries: Iterable[JsonRecord]) -> None:
    """Write a local plan file."""
    path.write_text(json.dumps([entry.to_json() for entry in entries], indent=1), encoding="utf-8")


@dataclass(frozen=True)
class RawMonth:
    """One month of one raw file, to be cleaned as the load `load_id`: where it is, and what its landing knows of it.

    `path` is the HDFS path of the file and `file` its name; `layout` is one of aero.bts.LAYOUTS. `months` are those
    that a Data Expo year was landed for, all twelve where there are none. `rows` are those that its landing counted,
    `lacks` the columns of the layout that the file has not.
    """

    year: int
    month: int
    path: str
    file: str
    family: str
    layout: str
    load_id: str
    months: tuple[int, ...] = ()
    rows: int | None = None
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.when)

    @property
    def when(self) -> Month:
        return Month(self.year, self.month)

    def folder(self, dataset: Dataset = FLIGHTS) -> str:
        """HDFS folder of the month's load in a clean table."""
        return dataset.load_path(self.load_id, self.year, self.month)

    def check_header(self, header: str) -> bts.Layout:
        """The layout of the file's header. AeroError if it is unknown, or is not the one the file was landed as."""
        layout = bts.recognise(header, self.file)
        if (layout.name, layout.family) != (self.layout, self.family):
            raise AeroError(
                f"{self.file}: its header is of {layout.family}/{layout.name}, not {self.family}/{self.layout}",
                "Land the file again: the plan and the file do not belong together.",
            )
        return layout

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "RawMonth":
        return cls(**content | {name: tuple(content.get(name, ())) for name in ("months", "lacks")})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SentMonth:
    """A raw month whose lines are all in the topic `flights.monthly`. `offsets`: from where on, by Kafka partition."""

    raw: RawMonth
    offsets: dict[str, int]

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "SentMonth":
        raw = {name: value for name, value in content.items() if name != "offsets"}
        return cls(RawMonth.from_json(raw), content["offsets"])

    def to_json(self) -> dict[str, Any]:
        return {**self.raw.to_json(), "offsets": self.offsets}


@dataclass(frozen=True)
class WeatherYear:
    """Months of a year of weather, to be cleaned as the load `load_id` of all `files` of that year: HDFS path, layout,
    and the airports of its stations, `{"72503014732": "LGA"}`.
    """

    year: int
    months: tuple[int, ...]
    load_id: str
    files: tuple[tuple[str, str, dict[str, str]], ...]

    def folder(self, month: int, dataset: Dataset = WEATHER_HOURLY) -> str:
        """HDFS folder of a month's load in a clean table."""
        return dataset.load_path(self.load_id, self.year, month)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "WeatherYear":
        lists = {"months": tuple(content["months"]), "files": tuple(map(tuple, content["files"]))}
        return cls(**content | lists)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


VIEWS = {view.table: view for view in BATCH_VIEWS}


@dataclass(frozen=True)
class ViewLoad:
    """One partition of one batch view, and the HDFS folder for its rows. `month` is None where the view's partitions
    are years. `made_from` are its months, each with the folder of aero_clean.flights that readers see then.
    """

    view: Dataset
    year: int
    month: int | None
    location: str
    made_from: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        month = "" if self.month is None else f" month={self.month:02d}"
        return f"{self.view.name} year={self.year:04d}{month}"

    @property
    def partition(self) -> tuple[int, ...]:
        """The values of the view's partition columns."""
        return (self.year,) if self.month is None else (self.year, self.month)

    @property
    def load_id(self) -> str:
        return load_of(self.location)

    @property
    def definition(self) -> str:
        """What tells the SQL that makes the rows from any other."""
        return hashlib.sha256(self.view.hql("load").read_bytes()).hexdigest()

    def statement(self, months: Iterable[int]) -> str:
        """The view's SELECT of the rows of some of the load's months."""
        parameters = {"year": self.year, "months": ", ".join(map(str, months))}
        [statement] = hql.statements(self.view.hql("load"), parameters)
        return statement

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "ViewLoad":
        """The load of a JSON object. AeroError where its fields, or its partition, are not those of a view."""
        names = {"view", "year", "month", "location", "made_from"}
        if not isinstance(content, dict) or set(content) != names:
            raise AeroError(f"{content} is not a load", f"Give each entry exactly {', '.join(sorted(names))}.")
        view = VIEWS.get(content["view"])
        if view is None:
            raise AeroError(f"there is no view `{content['view']}`", f"The views: {', '.join(VIEWS)}.")
        if ("month" in view.partitions) != (content["month"] is not None):
            wanted = "a month" if "month" in view.partitions else "no month (null)"
            raise AeroError(f"{content} has the wrong partition", f"{view.name} wants a year and {wanted}.")
        month = None if content["month"] is None else int(content["month"])
        made_from = tuple((int(one), folder) for one, folder in content["made_from"])
        return cls(view, int(content["year"]), month, content["location"], made_from)

    def to_json(self) -> dict[str, Any]:
        own = ("year", "month", "location", "made_from")
        return {"view": self.view.table, **{name: getattr(self, name) for name in own}}
