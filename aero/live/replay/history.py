"""A past flight as live events: what was known of it, at the instants at which it happened.

A flight of BTS becomes at most three events, each of which holds all that the ones before it held:

| event | `event_at` |
| --- | --- |
| scheduled | `lead` before the scheduled departure, but not before local midnight, and a minute before the next event |
| active | the departure from the gate; the expected arrival is the schedule's, as late as the departure was |
| landed | the arrival at the gate |
| cancelled | an hour before the schedule: BTS does not say when. After a return to the gate: when it was back there |
| diverted | its arrival in the end, else the instant at which it should have arrived |

The last one's status is `final_status`. A flight that departed and of which BTS knows no arrival stays active.
No two events of a flight share an `event_at`; where BTS has them so, the later one is moved by a millisecond.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aero.errors import AeroError
from aero.live.event import CODE, SCHEMA_VERSION, FlightEvent, flight_id

# The columns of aero_clean.flights that are read. Timestamps without a zone are UTC; dates and timestamps may be text.
COLUMNS = (
    "flight_date", "airline_id", "flight_number", "tail_number", "marketing_airline_id", "marketing_flight_number",
    "origin_id", "destination_id", "scheduled_departure_local", "scheduled_departure_at", "departure_at",
    "scheduled_arrival_at", "arrival_at", "is_cancelled", "is_diverted", "ground_away_minutes",
)  # fmt: skip
LEAD = timedelta(hours=6)
CANCELLED_BEFORE = timedelta(minutes=60)
AWAY_FROM_GATE = timedelta(minutes=60)
UNKNOWN_DURATION = timedelta(minutes=60)
# No event of a flight is earlier than this before its date begins in UTC: Guam's day begins ten hours before.
EARLIEST = timedelta(hours=24)

Flight = Mapping[str, Any]


def final_status(flight: Flight) -> str:
    """The status that the flight ends with, as BTS says it. Cancelled counts before diverted."""
    if flight["is_cancelled"]:
        return "cancelled"
    if flight["is_diverted"]:
        return "diverted"
    if flight["arrival_at"] is not None:
        return "landed"
    return "scheduled" if flight["departure_at"] is None else "active"


def is_playable(flight: Flight) -> bool:
    """Whether it can be played: false where BTS has no schedule, where the time zone of the airport is not known, and
    where a code is none of an airport."""
    is_scheduled = flight["scheduled_departure_at"] is not None and flight["scheduled_departure_local"] is not None
    return is_scheduled and all(CODE.pattern.fullmatch(flight[end]) for end in ("origin_id", "destination_id"))


def events_of(flight: Flight, lead: timedelta = LEAD) -> list[FlightEvent]:
    """The events of one playable flight, oldest first."""
    known = _scheduled(flight)
    steps = list(_steps(flight, known))
    announced_at = _announced_at(flight, known, lead)
    if steps:
        announced_at = min(announced_at, steps[0][1] - timedelta(minutes=1))
    events: list[FlightEvent] = []
    for status, event_at, news in [("scheduled", announced_at, {}), *steps]:
        known |= news
        if events:
            event_at = max(event_at, events[-1].event_at + timedelta(milliseconds=1))
        events.append(FlightEvent(event_at=event_at, status=status, **known))
    return events


def final_state(flight: Flight, lead: timedelta = LEAD) -> FlightEvent:
    """The state of one playable flight after its last event: for each field, its newest value."""
    state: dict[str, Any] = {}
    for event in events_of(flight, lead):
        state |= event.known()
    return FlightEvent(**state)


def expected_counts(flights: Iterable[Flight]) -> Counter[str]:
    """Flights by the status they end with; those that cannot be played are left out."""
    return Counter(final_status(flight) for flight in flights if is_playable(flight))


def events_in_order(flights: Iterable[Flight], lead: timedelta = LEAD) -> Iterator[FlightEvent]:
    """The events of all playable flights by `event_at`, then flight id. Holds about two days of them.

    Raises AeroError if a flight comes after one of a later flight_date.
    """
    waiting: list[tuple[datetime, str, int, FlightEvent]] = []
    today = date.min
    for number, flight in enumerate(flights):
        day = _date(flight["flight_date"])
        if day < today:
            raise AeroError(f"replay: a flight of {day} comes after one of {today}", "Give flights by flight_date.")
        if day > today:
            today = day
            begins_at = datetime(day.year, day.month, day.day, tzinfo=UTC) - EARLIEST
            while waiting and waiting[0][0] < begins_at:
                yield heapq.heappop(waiting)[-1]
        for event in events_of(flight, lead) if is_playable(flight) else ():
            heapq.heappush(waiting, (event.event_at, event.flight_id, number, event))
    while waiting:
        yield heapq.heappop(waiting)[-1]


def _scheduled(flight: Flight) -> dict[str, Any]:
    flight_date = _date(flight["flight_date"])
    leg = {name: flight[name] for name in ("airline_id", "flight_number", "origin_id", "destination_id")}
    seller, number = flight.get("marketing_airline_id"), flight.get("marketing_flight_number")
    is_code_share = None not in (seller, number) and (seller, number) != (leg["airline_id"], leg["flight_number"])
    return {
        "schema_version": SCHEMA_VERSION,
        "source": "replay",
        "flight_id": flight_id(
            flight_date=flight_date, scheduled_departure_local=flight["scheduled_departure_local"], **leg
        ),
        "flight_date": flight_date,
        **leg,
        "tail_number": flight["tail_number"],
        "code_shares": f"{seller}{number}" if is_code_share else None,
        "scheduled_departure_at": _instant(flight["scheduled_departure_at"]),
        "scheduled_arrival_at": _instant(flight["scheduled_arrival_at"]),
    }


def _steps(flight: Flight, known: dict[str, Any]) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """What happened after it was scheduled: status, instant, and the fields that are then known."""
    departure_at, arrival_at = _instant(flight["departure_at"]), _instant(flight["arrival_at"])
    scheduled_at, due_at = known["scheduled_departure_at"], known["scheduled_arrival_at"]
    expected_at: datetime | None = due_at
    if departure_at is not None:
        expected_at = due_at and due_at + (departure_at - scheduled_at)
        yield "active", departure_at, {"departure_at": departure_at, "estimated_arrival_at": expected_at}
    ended_at = arrival_at or expected_at or (departure_at or scheduled_at) + UNKNOWN_DURATION
    match final_status(flight):
        case "cancelled" if departure_at is not None:
            away = flight.get("ground_away_minutes")
            yield "cancelled", departure_at + (timedelta(minutes=away) if away else AWAY_FROM_GATE), {}
        case "cancelled":
            yield "cancelled", scheduled_at - CANCELLED_BEFORE, {}
        case "diverted" | "landed" as status:
            yield status, ended_at, {"arrival_at": arrival_at}


def _announced_at(flight: Flight, known: dict[str, Any], lead: timedelta) -> datetime:
    hours, minutes = flight["scheduled_departure_local"].split(":")
    midnight = known["scheduled_departure_at"] - timedelta(hours=int(hours), minutes=int(minutes))
    return max(midnight, known["scheduled_departure_at"] - lead)


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _instant(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
