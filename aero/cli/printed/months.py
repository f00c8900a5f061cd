"""What the commands of months, their loads and their flights print."""

from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, UnsetType

from aero.cli.printed import Printed, columns, like, struct
from aero.datasets import FLIGHTS
from aero.ops import acceptances, coverage, lineage, months
from aero.run_reports import LoadReport


class Covered(Printed):
    """Each month, and published totals beside what is there."""

    months: list[coverage.Coverage]
    totals: list[coverage.Compared]


class Overruled(Printed):
    """A gate that refused a month, and who let it pass."""

    check_name: str
    message: str | None
    accepted_by: str
    because: str
    accepted_at: str


@dataclass(frozen=True)
class MonthRow(months.MonthEntry):
    """A month of the ledger, and the gates that were overruled for what readers see of it."""

    accepted: list[Overruled] = field(default_factory=list)


class Accepted(Printed):
    """Every gate that is overruled for the month, and the account of its load."""

    month: str
    accepted: list[acceptances.Acceptance]
    load: LoadReport


# What would be overruled.
TO_ACCEPT = like(acceptances.Plan, month=str)
# The account of a load, and the ids of the loads that came through Kafka.
INCREMENT = like(LoadReport, consumed=list[str])


class Inspected(Printed):
    """A file; of one that is not of flights nothing follows the message. `rows` are lines, `months` of which months."""

    file: str
    member: str | None
    verdict: str
    message: str
    layout: str | UnsetType = UNSET
    family: str | UnsetType = UNSET
    written: str | UnsetType = UNSET
    rows: int | UnsetType = UNSET
    months: dict[str, int] | UnsetType = UNSET
    columns: int | UnsetType = UNSET
    full: int | UnsetType = UNSET
    missing: list[str] | UnsetType = UNSET
    unused: list[str] | UnsetType = UNSET
    would: str | UnsetType = UNSET


class CountedIn(Printed):
    """A row of a batch view that counts a flight among its `flights`."""

    view_name: str
    counted_in: str
    flights: int


# One leg: its line of the raw file, its row of aero_clean.flights, and the rows of views that count it.
EXPLAINED: Any = struct(
    "Explained",
    {"raw": lineage.RawLine, "flight": struct("Flight", columns(FLIGHTS)), "views": list[CountedIn]},
)


class Rolled(Printed):
    """What goes back to a kept load: `switched` are tables, `waiting` partitions of views that are built for it, `rows`
    flights. `served` is the load that readers saw; it is `is_switched` unless it was a dry run."""

    month: str
    load_id: str
    served: str | None
    rows: int
    switched: list[str]
    waiting: list[str]
    is_switched: bool


class Unpinned(Printed):
    """The load that the month was pinned to, null where it was not."""

    month: str
    load_id: str | None


class RebuiltRange(Printed):
    """The account of one range of months."""

    first: str
    last: str
    load: LoadReport


class Rebuilt(Printed):
    """`stamp` is in the ids of its loads; `is_resumed` where it went on with one that had not ended."""

    stamp: str
    is_resumed: bool
    ranges: list[RebuiltRange]
