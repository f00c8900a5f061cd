"""The attack suite tells a closed door from its own mistakes, and tries as somebody else from where it says it does."""

import os
import shutil
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aero.settings import load_settings
from bench.attacks import __main__ as suite
from bench.attacks import report, rpc
from bench.attacks.attempts import ATTEMPTS, REFUSAL, Attempt, Failed, Person, Refused, Target, Wall
from bench.attacks.runner import Outcome, Place, Runner, another_network

needs_root = pytest.mark.skipif(os.getuid() != 0 or not shutil.which("ip"), reason="root alone may be somebody else")


@pytest.fixture
def runner(tmp_path):
    target = Target(replace(load_settings(), home=tmp_path), "127.0.0.1", Person("", ""), "", Path())
    return Runner(target, {}, {})


def tried(runner, run, place=Place.USER, **more):
    return runner.made(Attempt("an attempt", "a door", "it tries", run, **more), place)


def raised(error):
    def run(_target):
        raise error

    return run


@needs_root
@pytest.mark.parametrize(
    ("run", "outcome"),
    [
        (lambda _target: "a proof", Outcome.CAME_IN),
        (raised(Refused("no")), Outcome.REFUSED),
        (raised(Failed("what?")), Outcome.FAILED),
        (raised(KeyError("a mistake")), Outcome.FAILED),
        (lambda _target: os._exit(0), Outcome.FAILED),
        (lambda _target: time.sleep(60), Outcome.FAILED),
    ],
)
def test_a_mistake_is_never_taken_for_a_closed_door(runner, run, outcome):
    assert tried(runner, run, seconds=1).outcome == outcome


@needs_root
def test_it_tries_as_another_user_without_any_of_ours(runner, tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_SECRET", "here")
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    who = tried(runner, lambda _target: f"{os.getuid()} {os.getgroups()} {'AERO_SECRET' in os.environ}").said
    assert who.endswith("[] False") and not who.startswith("0 ")
    assert "PermissionError" in tried(runner, lambda _target: secret.read_text()).said


@needs_root
def test_from_another_network_it_reaches_what_listens_on_every_interface_alone(runner):
    with socket.create_server(("127.0.0.1", 0)) as near, socket.create_server(("0.0.0.0", 0)) as far, another_network():
        for server, outcome in ((near, Outcome.REFUSED), (far, Outcome.CAME_IN)):
            port = server.getsockname()[1]

            def connect(target, port=port):
                with rpc.connected(target.host, port):
                    return "connected"

            assert tried(runner, connect, Place.NETWORK).outcome == outcome
            assert tried(runner, connect).outcome == Outcome.CAME_IN


def test_where_no_server_is_nothing_is_said_of_its_door(runner, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setitem(runner.target.settings.environment, "NAMENODE_PORT", str(port))
    assert tried(runner, lambda _target: "in", port="NAMENODE").outcome == Outcome.NOT_THERE


@needs_root
def test_what_only_the_firewall_keeps_out_is_said_to_be_so(runner):
    assert tried(runner, lambda _target: "in", wall=Wall.FIREWALL).outcome == Outcome.NO_WALL
    runner.has_firewall = True
    assert tried(runner, lambda _target: "in", wall=Wall.FIREWALL).outcome == Outcome.CAME_IN
    assert tried(runner, lambda _target: "in", wall=Wall.NONE).outcome == Outcome.AS_IT_MUST
    assert tried(runner, raised(Refused("no")), wall=Wall.NONE).outcome == Outcome.SHUT


@pytest.mark.parametrize(
    ("words", "is_refusal"),
    [
        ("attack-reader may not use TRANSFORM", True),
        ("Permission denied: Principal [name=x, type=USER] does not have following privileges", True),
        ("ParseException line 1:7 cannot recognize input near 'x'", False),
        ("SemanticException [Error 10001]: Table not found x", False),
        ("java.net.ConnectException: Call From vm to localhost:8020 failed", False),
    ],
)
def test_a_statement_that_is_wrong_is_no_refusal(words, is_refusal):
    assert bool(REFUSAL.search(words)) == is_refusal


def test_messages_are_read_as_they_were_written():
    message = {1: "name", 2: 300, 3: {1: b"\x00\xff"}, 4: -1}
    found = rpc.decoded(rpc.encoded(message))
    assert found == {1: [b"name"], 2: [300], 3: [rpc.encoded(message[3])], 4: [(1 << 64) - 1]}
    assert rpc.split(rpc.delimited({1: 1}) + rpc.delimited(b"ab")) == [b"\x08\x01", b"ab"]


def test_every_number_of_what_was_done_is_among_the_attempts():
    assert len(ATTEMPTS) >= 120
    assert {one.issue for one in suite.chosen((), ())} >= set(range(1, 10))
    names = [(one.door, one.name) for one in ATTEMPTS]
    assert len(names) == len(set(names))


def test_the_table_of_a_page_is_made_anew_between_its_marks(tmp_path, runner):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- attempts: begin -->\nold\n<!-- attempts: end -->\nafter\n")
    one = ATTEMPTS[0]
    results = [report.Result(one, place, Outcome.REFUSED, "no", 0.1) for place in Place]
    report.replace_table(page, results)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert f"| {one.door} | {one.name}" in text and "| refused | refused |" in text
