"""Faults on purpose: the events of a replay as deliveries, some late, twice, shuffled, or with a damaged copy beside.

Every true event is delivered, so the state at the end is the same whatever is injected. A corrupt delivery is a damaged
copy beside its event. The same events, shares and seed make the same deliveries, byte by byte.
"""

import heapq
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aero.errors import AeroError
from aero.live.event import FIELDS, FlightEvent

LATE_MINUTES = (5, 180)
DUPLICATE_MINUTES = (0, 30)
SHUFFLE_SECONDS = (0, 120)
# Of the wrong types, only such that no reader takes for a value of the right one.
WRONG_VALUES = {"schema_version": "one", "event_at": True, "scheduled_departure_at": "yesterday", "latitude": "north"}
DAMAGES = ("broken_json", "wrong_type", "missing_field", "unknown_version")


@dataclass(frozen=True)
class Faults:
    """Shares of the events, 0 to 1, that are late, sent twice, shuffled, or have a corrupt copy. Raises AeroError."""

    late: float = 0.0
    duplicate: float = 0.0
    shuffled: float = 0.0
    corrupt: float = 0.0

    def __post_init__(self) -> None:
        for name, share in vars(self).items():
            if not 0 <= share <= 1:
                raise AeroError(f"--{name} {share:g} is no share of the events", "Give 0% to 100%, such as 5%.")


@dataclass(frozen=True)
class Delivery:
    """One record to be sent when the replay's clock shows `due_at`.

    `fault`: late, duplicate, shuffled, corrupt:<damage>, or empty. `event` is the event that it carries or damages.
    """

    due_at: datetime
    event: FlightEvent
    value: bytes
    fault: str = ""

    @property
    def key(self) -> bytes:
        return self.event.flight_id.encode()

    @property
    def delay_seconds(self) -> float:
        """How long after its event it is sent, on the replay's clock."""
        return (self.due_at - self.event.event_at).total_seconds()


def share(text: str) -> float:
    """`5%` or `0.05` as 0.05. Raises AeroError if it is neither."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise AeroError(f"{text!r} is no share of the events", "Give 0% to 100%, such as 5%.") from None


def deliveries(events: Iterable[FlightEvent], faults: Faults = Faults(), seed: int = 0) -> Iterator[Delivery]:
    """The deliveries of events that come in the order of `event_at`, in the order in which they are due.

    Holds those only that are due later than the newest event.
    """
    dice = random.Random(seed)
    waiting: list[tuple[datetime, int, Delivery]] = []
    number = 0
    for event in events:
        while waiting and waiting[0][0] < event.event_at:
            yield heapq.heappop(waiting)[-1]
        for delivery in _deliveries_of(event, faults, dice):
            heapq.heappush(waiting, (delivery.due_at, number, delivery))
            number += 1
    while waiting:
        yield heapq.heappop(waiting)[-1]


def _deliveries_of(event: FlightEvent, faults: Faults, dice: random.Random) -> Iterator[Delivery]:
    """The event itself first. The dice are thrown equally often for every event, so that one share changed leaves the
    other faults where they were."""
    late, twice, shuffled, corrupt = (dice.random() for _ in range(4))
    late_by = timedelta(minutes=dice.uniform(*LATE_MINUTES))
    again_after = timedelta(minutes=dice.uniform(*DUPLICATE_MINUTES))
    shuffled_by = timedelta(seconds=dice.uniform(*SHUFFLE_SECONDS))
    damage_seed = dice.random()
    value, due_at = event.to_json(), event.event_at
    if late < faults.late:
        due_at += late_by
        yield Delivery(due_at, event, value, "late")
    elif shuffled < faults.shuffled:
        due_at += shuffled_by
        yield Delivery(due_at, event, value, "shuffled")
    else:
        yield Delivery(due_at, event, value)
    if twice < faults.duplicate:
        yield Delivery(due_at + again_after, event, value, "duplicate")
    if corrupt < faults.corrupt:
        damage, damaged = _damaged(value, random.Random(damage_seed))
        yield Delivery(due_at, event, damaged, f"corrupt:{damage}")


def _damaged(value: bytes, dice: random.Random) -> tuple[str, bytes]:
    """One of DAMAGES, and the event's JSON with it."""
    damage = dice.choice(DAMAGES)
    if damage == "broken_json":
        return damage, value[: dice.randrange(1, len(value))]
    record = json.loads(value)
    if damage == "wrong_type":
        name = dice.choice(sorted(WRONG_VALUES))
        record[name] = WRONG_VALUES[name]
    elif damage == "missing_field":
        del record[dice.choice([field.name for field in FIELDS if not field.nullable])]
    else:
        record["schema_version"] = dice.randrange(2, 100)
    return damage, json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
