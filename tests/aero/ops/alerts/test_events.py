"""Which findings are events, from when to when, and that every rule of the file can be looked at."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aero.errors import AeroError
from aero.ops.alerts import conditions, events, rules
from aero.ops.alerts.events import Found
from aero.ops.alerts.rules import Rule, Severity
from aero.ops.doctor.finding import Finding
from aero.settings import load_settings
from tests.aero.ops.alerts.samples import NOW, by_id, event
from tests.aero.ops.doctor.looks import look

RULE = Rule("service-down", Severity.ERROR, ("stopped",), after_seconds=15)


def after(before, findings, seconds, is_whole=True, known=(RULE,)):
    said = {RULE.name: Found(findings, is_whole)}
    return events.after(before, known, said, NOW + timedelta(seconds=seconds))


def test_each_rule_of_the_file_names_conditions_that_there_are_with_the_limits_that_they_take(monkeypatch, tmp_path):
    """Nothing runs here: those that need a server say nothing, and the others find nothing on a new data root."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    known = rules.read()
    for rule in known:
        for name in rule.looks:
            conditions.of(name)
    found = events.found(look(), known, 30)
    assert found.keys() == {rule.name for rule in known}
    assert {name for name, one in found.items() if not one.is_whole} >= {"month-failed", "table-stale", "hdfs"}
    assert found["service-restarted"] == found["sign-in-attack"] == Found([], True)


def test_a_file_with_a_rule_twice_is_refused(monkeypatch, tmp_path):
    text = '[[rule]]\nname = "a"\nseverity = "error"\nlooks = ["stopped"]\n'
    (tmp_path / "alerts.toml").write_text(text * 2)
    monkeypatch.setattr(rules, "FILE", tmp_path / "alerts.toml")
    with pytest.raises(AeroError, match="twice: a"):
        rules.read()


def test_a_trouble_is_one_event_while_what_is_said_of_it_changes():
    first = after({}, [Finding("ended", "it ends", (), "", "kafka")], 0)
    later = after(first, [Finding("not-ready", "it waits", (), "", "kafka")], 15)
    assert list(later) == ["service-down:kafka"]
    assert later["service-down:kafka"].since == NOW and later["service-down:kafka"].what == "it waits"


def test_it_is_told_when_it_has_lasted_and_stays_told():
    first = after({}, [Finding("ended", "it ends", (), "", "kafka")], 0)
    assert events.worth_telling(first, [RULE], []) == {}
    later = after(first, [Finding("ended", "it ends", (), "", "kafka")], 15)
    assert list(events.worth_telling(later, [RULE], [])) == ["service-down:kafka"]
    assert list(events.worth_telling(first, [RULE], ["service-down:kafka"])) == ["service-down:kafka"]


def test_it_is_mended_when_it_has_not_been_found_for_a_while():
    before = by_id(event())
    assert after(before, [], events.MENDED_SECONDS) == before
    assert after(before, [], events.MENDED_SECONDS + 1) == {}


def test_it_stays_while_nothing_is_known_and_goes_with_its_rule():
    before = by_id(event())
    kept = after(before, [], 3600, is_whole=False)
    assert kept == by_id(replace(event(), seen=NOW + timedelta(hours=1)))
    assert after(before, [], 0, known=()) == {}


def test_a_condition_that_fails_or_may_not_ask_knows_nothing_and_the_others_look(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))

    def fails(*_):
        raise ValueError("nobody expected it")

    monkeypatch.setitem(conditions.OURS, "stopped", fails)
    monkeypatch.setitem(conditions.OURS, "sign_ins", lambda *_: [Finding("sign-ins", "", (), "", "10.0.0.9")])
    known = [RULE, Rule("sign-in-attack", Severity.ERROR, ("sign_ins",))]
    found = events.found(look(), known, 30)
    assert found["service-down"] == Found([], False)
    assert [one.about for one in found["sign-in-attack"].findings] == ["10.0.0.9"]


def test_events_are_there_after_a_restart_and_none_where_the_file_is_half(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    settings = load_settings()
    assert events.read(settings) == (None, {})
    events.write(settings, by_id(event()), NOW)
    assert events.read(settings) == (NOW, by_id(event()))
    path = tmp_path / "alerts" / "events.json"
    path.write_text(path.read_text()[:40])
    assert events.read(settings) == (None, {})
