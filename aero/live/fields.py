"""A field of an event: its kind, its unit, whether it may be null, and the check that a value fits.

`column(…)` and `required(…)` declare one in a dataclass, so that the class is the table of its fields; `table(…)` gives
that table.
"""

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta

from aero.errors import AeroError
from aero.instants import instant_text


class Kind(NamedTuple):
    """A kind of field: its types in Python, and in Spark and Hive.

    Of one that is text in JSON, `written` is how it looks there, and `read` makes a value of it.
    """

    python_type: type[Any]
    sql_type: str
    written: re.Pattern[str] | None = None
    read: Callable[[str], Any] = str


KINDS = {
    "integer": Kind(int, "INT"),
    "text": Kind(str, "STRING"),
    "number": Kind(float, "DOUBLE"),
    "date": Kind(date, "DATE", re.compile(r"\d{4}-\d\d-\d\d"), date.fromisoformat),
    # Newer Pythons read 24:00 as 00:00 of the next day.
    "instant": Kind(
        datetime,
        "TIMESTAMP",
        re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d\.\d{3}Z"),
        datetime.fromisoformat,
    ),
}


LONGEST_SHOWN = 100
# BTS begins in October 1987, and a replay may play its first day.
EARLIEST = datetime(1987, 1, 1, tzinfo=UTC)


class Form(NamedTuple):
    """How a whole text looks, as a pattern and in words."""

    pattern: re.Pattern[str]
    words: str


class InvalidEvent(AeroError):
    """An event that breaks the schema; `field` is the field at fault, None if it is not a JSON object at all."""

    def __init__(self, problem: str, fix: str = "", field: str | None = None):
        super().__init__(problem, fix or "The fields of an event are in aero/live/event.py.")
        self.field = field

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.fix, self.field)


@dataclass(frozen=True)
class Field:
    """One field of the schema. `meaning` says its unit; only a `nullable` one may be null.

    `values` are the only ones allowed, where there are any; `between` the lowest and highest number; `longest` how many
    characters a text has at most, all of them visible; `form` how a whole text looks, where that is said; `ahead` how
    far a date or an instant may be in the future.
    `is_identity`: the same in every event of one flight.
    """

    kind: str
    meaning: str
    nullable: bool = True
    values: tuple[Any, ...] = ()
    between: tuple[float, float] = (-math.inf, math.inf)
    longest: int = 64
    form: Form | None = None
    ahead: timedelta = timedelta(days=400)
    is_identity: bool = False
    name: str = ""

    @property
    def sql_type(self) -> str:
        return KINDS[self.kind].sql_type

    @property
    def json_type(self) -> Any:
        """The type of its JSON value for msgspec; whether a text is a date or an instant, `from_json` knows."""
        form = rf"\A(?:{self.form.pattern.pattern})\Z" if self.form else None
        good: Any = Annotated[str, Meta(min_length=1, max_length=self.longest, pattern=form)]
        if self.values:
            good = Literal[self.values]
        elif self.kind == "number":
            lowest, highest = self.between
            good = Annotated[float, Meta(ge=lowest, le=highest)] if math.isfinite(lowest) else float
        return good | None if self.nullable else good

    def checked(self, value: Any) -> Any:
        """The value as an event keeps it: whole numbers made decimal, instants in UTC. Raises InvalidEvent."""
        if value is None:
            if self.nullable:
                return None
            raise self._invalid("is null, but every event must have it")
        if self.kind == "number" and type(value) is int:
            value = _decimal(value)
        if type(value) is not KINDS[self.kind].python_type or value == "":
            raise self._invalid(f"is {_short(value)}, which is no {self.kind}")
        if self.values and value not in self.values:
            raise self._invalid(f"is {_short(value)}, not one of {', '.join(map(str, self.values))}")
        if self.kind == "text" and not value.isprintable():  # Nor is half of a surrogate pair, which JSON may hold.
            raise self._invalid(f"is {value[: self.longest]!r}, which has characters that are not shown")
        if self.kind == "text" and len(value) > self.longest:
            raise self._invalid(f"has {len(value):,} characters, more than {self.longest}")
        if self.form and not self.form.pattern.fullmatch(value):
            raise self._invalid(f"is {_short(value)}, not {self.form.words}")
        if self.kind == "number" and not (math.isfinite(value) and self.between[0] <= value <= self.between[1]):
            raise self._invalid(f"is {value!r}, outside of {self.between[0]} to {self.between[1]}")
        if self.kind == "instant":
            value = self._in_utc(value)
        if self.kind in ("date", "instant") and not self.lower_limit <= self.to_json(value) <= self.upper_limit():
            when, ahead = self.to_json(value), self.ahead / timedelta(days=1)
            raise self._invalid(f"is {when}, before {EARLIEST.year} or more than {ahead:.0f} days ahead of now")
        return value

    @property
    def lower_limit(self) -> str:
        """The earliest value of a date or an instant, as in JSON, where these texts are in the order of time."""
        return self.to_json(EARLIEST if self.kind == "instant" else EARLIEST.date())

    def upper_limit(self) -> str:
        """The latest one that is taken now, as in JSON."""
        latest = datetime.now(UTC) + self.ahead
        return self.to_json(latest if self.kind == "instant" else latest.date())

    def to_json(self, value: Any) -> Any:
        """The JSON value of a checked value."""
        if value is None or self.kind not in ("date", "instant"):
            return value
        return instant_text(value) if self.kind == "instant" else value.isoformat()

    def from_json(self, value: Any) -> Any:
        """The value of a JSON value, still to be checked. Raises InvalidEvent."""
        kind = KINDS[self.kind]
        if value is None or kind.written is None:
            return value
        try:
            if not kind.written.fullmatch(value):
                raise ValueError(value)
            return kind.read(value)
        except (TypeError, ValueError):
            raise self._invalid(f"is {_short(value)}, which is no {self.kind}") from None

    def _in_utc(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise self._invalid(f"is {value.isoformat()}, without a time zone")
        value = value.astimezone(UTC)
        return value.replace(microsecond=value.microsecond // 1000 * 1000)

    def _invalid(self, fault: str) -> InvalidEvent:
        return InvalidEvent(f"event: {self.name} {fault}", field=self.name)


def column(kind: str, meaning: str, **about: Any) -> Any:
    """A dataclass field that may be null, and is unless it is given. `about`: the other parts of a Field."""
    return dataclasses.field(default=None, metadata={"field": Field(kind, meaning, **about)})


def required(kind: str, meaning: str, **about: Any) -> Any:
    """A dataclass field that must be given."""
    return dataclasses.field(metadata={"field": Field(kind, meaning, nullable=False, **about)})


def table(dataclass_type: type) -> tuple[Field, ...]:
    """The fields of a dataclass declared with `column` and `required`, in its order."""
    columns = dataclasses.fields(dataclass_type)
    return tuple(dataclasses.replace(column.metadata["field"], name=column.name) for column in columns)


def _decimal(number: int) -> float:
    """The number as a float; infinity for one that no float can hold."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _short(value: Any) -> str:
    """The value as an error tells it: what it begins with, where a source sends a book."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
