"""From what a rule finds to the webhook, by one look after the other, and what `aero alerts` says of it."""

import json

import pytest
from click.testing import CliRunner

from aero.cli import main
from aero.ops.alerts import conditions, events, receivers, rules, watch
from aero.ops.alerts.rules import Rule, Severity
from aero.ops.doctor.finding import Finding
from aero.settings import load_settings
from tests.aero.ops.alerts.local_receivers import Webhook, kept
from tests.printed import printed

TROUBLE = Finding("stopped", "kafka was stopped.", ("…",), "aero up kafka", "kafka")


@pytest.fixture
def hook(monkeypatch, tmp_path):
    """A webhook that is told of one rule, which finds `found`."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(rules, "read", lambda: [Rule("service-down", Severity.ERROR, ("stopped",))])
    monkeypatch.setattr(events, "MENDED_SECONDS", -1)
    with Webhook() as made:
        made.found = []
        monkeypatch.setitem(conditions.OURS, "stopped", lambda *_: made.found)
        kept(f'[ops]\nkind = "json"\nurl = "{made.url}"\n')
        yield made


def _look():
    for thread in watch.Watch(load_settings()).look():
        thread.join()


def _run(*words):
    return CliRunner().invoke(main, ["alerts", *words])


def test_a_trouble_reaches_the_webhook_once_and_is_withdrawn(hook):
    for hook.found in ([], [TROUBLE], [TROUBLE], []):
        _look()
    said = [json.loads(body) for body, _ in hook.told]
    assert [(len(one["new"]), len(one["mended"])) for one in said] == [(1, 0), (0, 1)]
    assert said[0]["new"][0]["do"] == "aero up kafka"


def test_a_file_of_receivers_that_is_open_is_said_once_and_nobody_is_told(hook, caplog):
    hook.found = [TROUBLE]
    receivers.file(load_settings()).chmod(0o644)
    looks = watch.Watch(load_settings())
    assert looks.look() == looks.look() == []
    assert caplog.text.count("nobody is told") == 1 and hook.told == []


def test_list_shows_what_is_the_matter_and_who_was_told_and_of_whom_a_try_failed(hook):
    assert "Nothing was looked at yet." in _run("list").output
    hook.found = [TROUBLE]
    _look()
    hook.found, hook.code = [TROUBLE, Finding("stopped", "hbase was stopped.", (), "", "hbase")], 500
    _look()
    said = printed("alerts list", _run("list", "--json").output)
    assert [(one["id"], one["told"]) for one in said["events"]] == [
        ("service-down:kafka", ["ops"]), ("service-down:hbase", [])]  # fmt: skip
    assert not said["is_old"] and said["receivers"][0]["failures"] == 1
    shown = _run("list").output
    assert "kafka was stopped." in shown and "1 tries failed" in shown and "500" in shown and "secret" not in shown


def test_a_silence_needs_a_rule_and_a_reason_and_ends(hook):
    assert "There is no rule nothing" in _run("silence", "nothing", "--because", "x").output
    assert "needs a reason" in _run("silence", "service-down").output
    silence = ("silence", "service-down:kafka")
    [added] = printed("alerts silence", _run(*silence, "--because", "it is moved", "--for", "2h", "--json").stdout)
    assert (added["of"], added["because"]) == ("service-down:kafka", "it is moved")
    hook.found = [TROUBLE]
    _look()
    said = printed("alerts list", _run("list", "--json").output)
    assert said["events"][0]["silenced"]["because"] == "it is moved" and hook.told == []
    assert "it is moved" in _run("list").output
    assert _run(*silence, "--end", "--json").stdout == "[]\n"
    _look()
    assert len(hook.told) == 1


def test_test_sends_a_message_that_says_so_and_fails_where_a_receiver_does(hook):
    assert _run("test").output == "ops took it.\n"
    assert json.loads(hook.told[0][0])["is_test"]
    hook.code = 500
    refused = _run("test", "ops")
    assert refused.exit_code == 1 and "500" in refused.output and "secret" not in refused.output
    [failed] = printed("alerts test", _run("test", "--json").output)
    assert failed["name"] == "ops" and "500" in failed["problem"]
    assert "There is no receiver pager in" in _run("test", "pager").output
