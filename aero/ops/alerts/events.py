"""What is the matter: each rule's troubles as events, from the look that first found one to the one that no more does.

An event is one rule's, about one thing. It stays the same event while what is said of it changes, and while nothing is
known, as where the server that would tell it is away.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self

from aero import files
from aero.cluster import answers
from aero.errors import AeroError
from aero.instants import instant_text
from aero.ops import alerts, doctor
from aero.ops.alerts import conditions
from aero.ops.alerts.rules import Rule, Severity
from aero.ops.doctor.finding import Finding, Look
from aero.settings import Settings

# For how long a trouble must not be found before it is called mended: what comes and goes is one event.
MENDED_SECONDS = 25
log = logging.getLogger("alerts")


@dataclass(frozen=True)
class Event:
    """One trouble: `rule` and `about` name it; `what`, `evidence` and `do` as in a finding. Found first at `since`,
    last at `seen`."""

    rule: str
    about: str
    severity: Severity
    what: str
    evidence: tuple[str, ...]
    do: str
    since: datetime
    seen: datetime

    @property
    def id(self) -> str:
        return f"{self.rule}:{self.about}" if self.about else self.rule

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id} | asdict(self) | {"since": instant_text(self.since), "seen": instant_text(self.seen)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where it is none."""
        known = {name: value for name, value in content.items() if name != "id"}
        since, seen = (datetime.fromisoformat(content[name]) for name in ("since", "seen"))
        severity, evidence = Severity(content["severity"]), tuple(content["evidence"])
        return cls(**known | {"severity": severity, "evidence": evidence, "since": since, "seen": seen})


@dataclass(frozen=True)
class Noting(Look):
    """Keeps which services a condition wanted to ask that are not ready: nothing is known then."""

    missing: set[str] = field(default_factory=set)

    def is_ready(self, *names: str) -> bool:
        is_ready = super().is_ready(*names)
        self.missing.update(() if is_ready else names)
        return is_ready


@dataclass(frozen=True)
class Found:
    """What a rule's conditions found; `is_whole` where each of them could look."""

    findings: list[Finding]
    is_whole: bool


def found(look: Look, rules: Iterable[Rule], seconds: float) -> dict[str, Found]:
    """What each rule finds now, each condition within `seconds`."""
    rules = list(rules)
    here = {one.__name__ for one in doctor.checks(look.settings)} | conditions.OURS.keys()
    asked = [(rule, name) for rule in rules for name in rule.looks if name in here]
    questions = {f"{rule.name} {name}": partial(_asked, look, rule, name) for rule, name in asked}
    said, late = answers.within(seconds, questions), Found([], is_whole=False)
    result = {}
    for rule in rules:
        parts = [said.get(f"{one.name} {name}", late) for one, name in asked if one is rule]
        result[rule.name] = Found([one for part in parts for one in part.findings], all(p.is_whole for p in parts))
    return result


def _asked(look: Look, rule: Rule, name: str) -> Found:
    noting = Noting(look.settings, look.processes, look.waits)
    try:
        return Found(conditions.of(name)(noting, rule.limits), is_whole=not noting.missing)
    except (AeroError, *doctor.FAULTS) as away:
        log.warning("%s: %s could not be looked at: %s", rule.name, name, " ".join(str(away).split()))
    except Exception:  # Whatever it is, the other rules are looked at.
        log.exception("%s: %s could not be looked at", rule.name, name)
    return Found([], is_whole=False)


def after(before: Mapping[str, Event], rules: Iterable[Rule], said: Mapping[str, Found], now: datetime
          ) -> dict[str, Event]:  # fmt: skip
    """The events by id, after what the rules found. Those of a rule that is no more are over."""
    events: dict[str, Event] = {}
    for rule in rules:
        for one in said[rule.name].findings:
            about = one.about or ("" if len(rule.looks) == 1 else one.name)
            new = Event(rule.name, about, rule.severity, one.what, one.evidence, one.do, now, now)
            events.setdefault(new.id, replace(new, since=before[new.id].since) if new.id in before else new)
        for event in before.values():
            if event.rule == rule.name and event.id not in events:
                is_over = now - event.seen > timedelta(seconds=MENDED_SECONDS)
                if not said[rule.name].is_whole:
                    events[event.id] = replace(event, seen=now)
                elif not is_over:
                    events[event.id] = event
    return events


def worth_telling(events: Mapping[str, Event], rules: Iterable[Rule], told: Iterable[str]) -> dict[str, Event]:
    """Those that have lasted for as long as their rule says, or were told before."""
    lasting = {rule.name: timedelta(seconds=rule.after_seconds) for rule in rules}
    known = set(told)
    return {name: one for name, one in events.items() if name in known or one.seen - one.since >= lasting[one.rule]}


def read(settings: Settings) -> tuple[datetime | None, dict[str, Event]]:
    """When it was looked last, and the events by id; none before that, and where a power cut left half a file."""
    try:
        content = json.loads((alerts.folder(settings) / "events.json").read_text(encoding="utf-8"))
        events = [Event.from_json(one) for one in content["events"]]
        return datetime.fromisoformat(content["looked_at"]), {one.id: one for one in events}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None, {}


def write(settings: Settings, events: Mapping[str, Event], now: datetime) -> None:
    content = {"looked_at": instant_text(now), "events": [one.to_json() for one in events.values()]}
    files.replace_json(alerts.folder(settings) / "events.json", content)
