"""An event of which only what differs is named."""

from datetime import UTC, datetime

from aero.ops.alerts.events import Event
from aero.ops.alerts.rules import Severity

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def event(about="datanode", rule="service-down", **changes):
    base = {"severity": Severity.ERROR, "what": f"{about} was stopped.", "evidence": ("it says <!channel>",),
            "do": f"aero up {about}", "since": NOW, "seen": NOW}  # fmt: skip
    return Event(rule, about, **base | changes)


def by_id(*events):
    return {one.id: one for one in events}
