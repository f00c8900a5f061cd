"""aero schema: what the commands print for scripts, command by command, as JSON Schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

import click
import msgspec
from msgspec import UNSET, Struct, UnsetType

from aero import audit, lease
from aero.cli.cluster import ServiceRow
from aero.errors import AeroError
from aero.ops import catalog, coverage, differences, export, freshness, months, run_logs, schedule, versions
from aero.ops.alerts.rules import Severity
from aero.ops.doctor.finding import Finding
from aero.ops.gates import CheckOutcome
from aero.run_log import Line
from aero.run_reports import LoadReport


class Printed(Struct, forbid_unknown_fields=True):
    """What a command puts together, and no dataclass has. Instants are texts, UTC."""


class Silenced(Printed):
    """What nobody is told of until then, and why."""

    of: str
    because: str
    by: str
    until: str


class Event(Printed):
    """One trouble, who was told of it, and the silence that covers it."""

    id: str
    rule: str
    about: str
    severity: Severity
    what: str
    evidence: list[str]
    do: str
    since: str
    seen: str
    told: list[str]
    silenced: Silenced | None


class Receiver(Printed):
    """How it goes with a receiver. `failures`: tries since one went well."""

    name: str
    kind: str
    failures: int
    problem: str
    next_try: str | None
    told_at: str | None


class Alerts(Printed):
    """What is the matter. `is_old`: nobody has looked for a while."""

    looked_at: str | None
    is_old: bool
    events: list[Event]
    silences: list[Silenced]
    receivers: list[Receiver]


class Sent(Printed):
    """A test message; `problem` is null where the receiver took it."""

    name: str
    problem: str | None


class Verdict(Printed):
    """What a gate said of a month, as hive/aero_ops/checks/create.hql says it."""

    checked_at: str
    table_name: str
    year: int
    month: int
    load_id: str
    check_name: str
    what: str
    severity: str
    outcome: CheckOutcome
    value: float | None
    lowest: float | None
    highest: float | None
    message: str | None


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


class Live(Printed):
    """The stream and the sources; aero/ops/live_status.py says what its parts are."""

    processes: dict[str, dict[str, Any]]
    batch: dict[str, int | str | None] | None
    clock: str | None
    states: dict[str, int]
    replay: dict[str, Any] | None


class Report(Printed):
    """Who gets which dashboards, daily at a time, and how it went last."""

    name: str
    dashboards: list[str]
    at: str
    tried_at: str | None
    problem: str | None


class Plan(Printed):
    """The schedule, the next time, the last run, and what a run would miss now."""

    plan: schedule.Schedule
    is_running: bool
    next_at: str | None
    last_run: dict[str, Any]
    waiting: list[str]


class Person(Printed):
    """Who may sign in."""

    name: str
    role: str
    is_platform: bool


class Wall(Printed):
    """A board on the wall."""

    name: str
    dashboard: str
    until: str
    is_good: bool


# By command, without --json.
SCHEMAS: Mapping[str, Any] = {
    "alerts list": Alerts,
    "alerts test": list[Sent],
    "audit": list[audit.Entry],
    "checks": list[Verdict],
    "coverage": Covered,
    "diff": differences.Difference,
    "doctor": list[Finding],
    "export": list[export.Manifest],
    "freshness": list[freshness.TableFreshness],
    "increment": LoadReport,
    "inspect": list[Inspected],
    "live status": Live,
    "load": LoadReport,
    "logs --run": msgspec.defstruct("Line", list(get_type_hints(Line).items()), forbid_unknown_fields=True),
    "logs --runs": msgspec.defstruct("Run", list(get_type_hints(run_logs.Run).items()), forbid_unknown_fields=True),
    "months": list[MonthRow],
    "report list": list[Report],
    "schedule show": Plan,
    "status": list[ServiceRow],
    "status --writers": list[lease.Holder],
    "tables": list[catalog.Table],
    "user list": list[Person],
    "versions": list[versions.Version],
    "wall list": list[Wall],
}


@click.command()
@click.argument("words", nargs=-1, metavar="[COMMAND]…")
def schema(words: tuple[str, ...]) -> None:
    """Print the JSON Schema of what a command prints with --json; without one, the commands that have one.

    Of `aero logs`, which prints an object a line, it is that of a line.

    \b
    aero schema
    aero schema alerts list
    aero schema "status --writers"
    """
    name = " ".join(words)
    if name and name not in SCHEMAS:
        raise AeroError(f"There is no schema of {name!r}.", "Which there are: aero schema")
    click.echo(json.dumps(msgspec.json.schema(SCHEMAS[name]), indent=2) if name else "\n".join(SCHEMAS))
