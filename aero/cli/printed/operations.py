"""What the commands of the platform's operation print."""

from typing import Any

from aero.cli.printed import Printed
from aero.ops import schedule
from aero.ops.alerts.rules import Severity


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


class Mailed(Printed):
    """Who took the pictures of which dashboards."""

    name: str
    dashboards: list[str]


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


class WallLink(Wall):
    """A new one, and the link that opens it, which is told this once."""

    link: str


class File(Printed):
    """A file of a backup."""

    bytes: int
    sha256: str


class Backup(Printed):
    """The folder that was written; `files` by their paths in it."""

    folder: str
    format: int
    made_at: str
    cluster_id: str | None
    files: dict[str, File]


class ToRestore(Printed):
    """What becomes of a part: `does` is write, replace, same, leave out or not in it."""

    part: str
    does: str
    folder: str
    why: str


class Restored(Printed):
    """What was, or would be, put back of a backup; `kept` is where that is now which was in its place."""

    folder: str
    made_at: str
    steps: list[ToRestore]
    kept: list[str]
    is_done: bool


class AcceptancesRestored(Printed):
    """The files of aero_ops.acceptances that were written."""

    folder: str
    made_at: str
    acceptances: list[str]


class Recovered(Printed):
    """What was found, what is done or would be, what is lost by it, and what to type then."""

    found: str
    steps: list[str]
    lost: str
    then: str
    is_done: bool


class ToClear(Printed):
    """One thing, and how much it holds."""

    what: str
    holds: str


class Cleared(Printed):
    """What a layer held, or holds where `is_deleted` is false."""

    layer: str
    items: list[ToClear]
    is_deleted: bool


class ServiceLine(Printed):
    """A line of a service's log, as the service wrote it."""

    service: str
    line: str


class Synced(Printed):
    """How many databases, datasets, charts and dashboards are as their files say."""

    assets: int


class Stations(Printed):
    """How many airports have a weather station, the codes of those that had none or another, and whether it is kept."""

    airports: int
    new: list[str]
    other: list[str]
    is_written: bool
