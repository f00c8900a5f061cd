"""An airport's board: the flights that leave and come about now, in the airport's own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aero.errors import AeroError
from aero.live import delay_forecasts, store
from aero.live.store import Row, instant, instant_if_any
from aero.live.zones import airport_zone

if TYPE_CHECKING:
    import happybase

# Scheduled this long ago, a flight that has not left, or not come, is still awaited.
AWAITED = timedelta(hours=12)
AHEAD = timedelta(hours=3)
# This long what has left, come, or was cancelled stays on the board.
DONE = timedelta(minutes=45)
ON_TIME = timedelta(minutes=15)
STYLES = {"cancelled": "red", "diverted": "red", "delayed": "yellow", "departed": "green", "landed": "green"}


@dataclass(frozen=True)
class Line:
    """One flight on a board: `expected_at` is when it left or came, or is expected to; `words` say which. `forecast` is
    what was said of it a day before, and what is now."""

    scheduled_at: datetime
    expected_at: datetime
    number: str
    airport_id: str
    gate: str
    words: str
    forecast: str


@dataclass(frozen=True)
class Board:
    """What an airport's board shows at `at`, in time zone `zone`."""

    airport_id: str
    zone: ZoneInfo
    at: datetime
    departures: list[Line]
    arrivals: list[Line]


def zone_of(airport_id: str) -> ZoneInfo:
    """Time zone of an airport. Raises AeroError for a code that is not known."""
    zone = airport_zone(airport_id)
    if zone is None:
        raise AeroError(f"{airport_id} is no airport that is known.", "Give its IATA code, such as JFK.")
    return zone


def read(hbase: happybase.Connection, airport_id: str, at: datetime) -> Board:
    """The board of an airport at an instant of the live flights' own time."""
    zone = zone_of(airport_id)
    leaving = store.departures(hbase, airport_id, at - AWAITED, at + AHEAD)
    coming = store.arrivals(hbase, airport_id, at - AWAITED, at + AHEAD)
    known = delay_forecasts.beside(hbase, [*leaving, *coming])
    leaving, coming = known[: len(leaving)], known[len(leaving) :]
    return Board(airport_id, zone, at, departures(leaving, at), arrivals(coming, at))


def departures(rows: Iterable[Row], at: datetime) -> list[Line]:
    """Of the flights out of an airport, those that have just left, or are still to leave."""
    lines = []
    for row in rows:
        scheduled_at, left_at = instant(row["scheduled_departure_at"]), instant_if_any(row.get("departure_at"))
        expected_at = left_at or instant_if_any(row.get("estimated_departure_at")) or scheduled_at
        words = _leaving(row, left_at is not None and left_at <= at, max(expected_at, scheduled_at), at)
        if words in ("departed", "cancelled") and expected_at < at - DONE:
            continue
        lines.append(_line(row, scheduled_at, expected_at, "destination_id", "departure", words))
    return lines


def _leaving(row: Row, has_left: bool, expected_at: datetime, at: datetime) -> str:
    if row.get("status") == "cancelled":
        return "cancelled"
    if has_left:
        return "departed"
    late = expected_at - instant(row["scheduled_departure_at"]) >= ON_TIME or expected_at + ON_TIME <= at
    return "delayed" if late else "on time"


def arrivals(rows: Iterable[Row], at: datetime) -> list[Line]:
    """Of the flights to an airport, those that have just come, or are still to come."""
    lines = []
    for row in rows:
        planned_at = instant_if_any(row.get("scheduled_arrival_at")) or instant(row["scheduled_departure_at"])
        came_at = instant_if_any(row.get("arrival_at"))
        expected_at = came_at or instant_if_any(row.get("estimated_arrival_at")) or planned_at
        words = _coming(row, planned_at, expected_at, at)
        if words in ("landed", "cancelled", "diverted") and expected_at < at - DONE:
            continue
        lines.append(_line(row, planned_at, expected_at, "origin_id", "arrival", words))
    return lines


def _coming(row: Row, planned_at: datetime, expected_at: datetime, at: datetime) -> str:
    if row.get("status") in ("cancelled", "diverted", "incident"):
        return row["status"]
    if (came_at := instant_if_any(row.get("arrival_at"))) and came_at <= at:
        return "landed"
    if (left_at := instant_if_any(row.get("departure_at"))) and left_at <= at:
        return "in the air, late" if expected_at - planned_at >= ON_TIME else "in the air"
    return "not departed"


def _line(row: Row, scheduled_at: datetime, expected_at: datetime, end: str, side: str, words: str) -> Line:
    gate = " ".join(filter(None, (row.get(f"{side}_terminal"), row.get(f"{side}_gate"))))
    number, forecast = row["airline_id"] + row["flight_number"], delay_forecasts.words(row)
    return Line(scheduled_at, expected_at, number, row[end], gate, words, forecast)


def rendered(board: Board, lines: int | None = None) -> RenderableType:
    """The board for a terminal; of each half at most `lines` flights, those nearest to now."""
    now = board.at.astimezone(board.zone)
    title = Text(f"{board.airport_id}  {now:%A %d %B %Y, %H:%M} {now.tzname()}", style="bold")
    halves = (
        _table("Departures", "to", board, _nearest(board.departures, board.at, lines)),
        _table("Arrivals", "from", board, _nearest(board.arrivals, board.at, lines)),
    )
    return Group(title, "", *halves)


def _nearest(flights: list[Line], at: datetime, lines: int | None) -> list[Line]:
    if lines is None or len(flights) <= lines:
        return flights
    near = sorted(flights, key=lambda flight: abs(flight.expected_at - at))[:lines]
    return [flight for flight in flights if flight in near]


def _table(title: str, end: str, board: Board, flights: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False, title=f"{title} ({len(flights)})", title_justify="left", expand=False)
    for column in ("scheduled", "expected", "flight", end, "gate", "", "forecast"):
        table.add_column(column)
    for flight in flights:
        table.add_row(
            f"{flight.scheduled_at.astimezone(board.zone):%H:%M}",
            f"{flight.expected_at.astimezone(board.zone):%H:%M}",
            # What a source tells is text, never Rich's markup.
            *map(Text, (flight.number, flight.airport_id, flight.gate)),
            Text(flight.words, style=STYLES.get(flight.words, "")),
            flight.forecast,
        )
    return table
