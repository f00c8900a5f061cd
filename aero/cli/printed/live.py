"""What the commands of live flights print."""

from typing import Any

from msgspec import UnsetType

from aero.cli.printed import Printed, columns, like, struct
from aero.datasets import LIVE_FLIGHT_STATE
from aero.live.board import Board
from aero.live.delay_forecasts import TOLD
from aero.ops.live_status import BATCH, BATCH_TIMES


class Replay(Printed):
    """How far a replay is: the folder of its delivery log, deliveries that were `sent`, and `counts` of each fault."""

    plan: dict[str, Any]
    ledger: str
    sent: int
    is_finished: bool
    counts: dict[str, int]


# The stream and the sources, aero/ops/live_status.py says what its parts are; a process says more of itself than
# whether it is `running`, and its `state`.
LIVE = struct(
    "Live",
    {
        "processes": dict[str, dict[str, Any]],
        "batch": struct("Batch", dict.fromkeys(BATCH, int | None) | dict.fromkeys(BATCH_TIMES, str | None)) | None,
        "clock": str | None,
        "states": dict[str, int],
        "replay": Replay | None,
    },
)


def _leg() -> Any:
    """A leg as HBase has it, texts, without what is not known of it; and what was forecast of it."""
    known = {name: str | UnsetType if type(None) in getattr(kind, "__args__", ()) else str
             for name, kind in columns(LIVE_FLIGHT_STATE).items()}  # fmt: skip
    return struct("Leg", known | dict.fromkeys((f"forecast_{one}" for one in TOLD), str | UnsetType))


LEG = _leg()
BOARD = like(Board, zone=str)


class Archived(Printed):
    """How many states were moved, those of `before` an instant (empty where no flight is known), and how many rows of
    hours, notes and batches were too old."""

    before: str
    months: list[str]
    flights: int
    hours: int
    notes: int
    batches: int
