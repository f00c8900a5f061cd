"""What was lost, doubled or changed is found, by a checker that sees only what is there."""

import dataclasses
import time

import psutil

from bench.chaos import checker, workload
from bench.chaos.checker import Difference, World

LEFT = World(
    tables={"aero_clean.flights": (100, 77), "aero_batch.routes": (0, None)},
    cells={"aero:flight_state": {(b"a", b"d:status"): (b"landed", 5), (b"b", b"d:status"): (b"active", 6)}},
    ledger={"2013-07": {"state": "published", "served_rows": 100}},
    freshness={"aero_batch.routes": "fresh"},
    troubles={"schedule": "A day may not come."},
)


def beside(**found):
    return checker.compared(LEFT, dataclasses.replace(LEFT, **found))


def test_the_same_world_has_no_difference_and_fewer_troubles_are_none():
    assert beside() == [] == beside(troubles={})


def test_rows_of_a_table_are_lost_doubled_or_changed():
    def flights(*seen):
        return beside(tables=LEFT.tables | {"aero_clean.flights": seen})

    assert flights(98, 70) == [Difference("aero_clean.flights", lost=2)]
    assert flights(101, 78) == [Difference("aero_clean.flights", doubled=1)]
    assert flights(100, 78) == [Difference("aero_clean.flights", changed=1)]
    assert beside(tables={}) == [Difference("aero_clean.flights", lost=100)]


def test_a_cell_counts_with_its_time():
    state = LEFT.cells["aero:flight_state"]
    later = state | {(b"a", b"d:status"): (b"landed", 6)}
    assert beside(cells={"aero:flight_state": later}) == [Difference("aero:flight_state", changed=1)]
    more = {(b"b", b"d:status"): (b"active", 6), (b"c", b"d:status"): (b"active", 6)}
    assert beside(cells={"aero:flight_state": more}) == [Difference("aero:flight_state", lost=1, doubled=1)]
    assert beside(cells={}) == [Difference("aero:flight_state", lost=2)]


def test_ledger_freshness_and_a_trouble_that_was_not_there_before():
    assert beside(ledger={}) == [Difference("the ledger's months", lost=1)]
    assert beside(freshness={"aero_batch.routes": "stale"}) == [Difference("freshness of the views", changed=1)]
    [found] = beside(troubles=LEFT.troubles | {"lost-blocks": "2 blocks have no copy."})
    assert found == Difference("aero doctor finds lost-blocks, 2 blocks have no copy.", changed=1)


def test_a_number_that_hbase_said_it_has_is_missed_and_one_it_never_said_is_not():
    chain = workload.Chain()
    chain.acknowledged = [1, 2, 4]
    chain.found = lambda: [1, 3, 4]
    assert checker.of_chain(chain) == [Difference("numbers put into HBase", lost=1)]
    chain.found = lambda: [1, 2, 3, 4]
    assert checker.of_chain(chain) == []


def test_events_that_were_sent_and_not_worked_off(monkeypatch):
    def of(**log):
        whole = {"batches": 3, "last_batch": 2, "rows_in": 10, "rows_out": 10, "missing": 0}
        monkeypatch.setattr(checker, "_log", lambda: whole | log)
        return checker.of_stream(sent=10)

    assert of() == [] == of(rows_in=12, rows_out=12)
    assert of(rows_in=8, rows_out=8) == [Difference("events from the replay to the stream", lost=2)]
    assert of(rows_in=10, rows_out=9, missing=1) == [Difference("events of the Live Log", lost=1)]
    assert of(rows_out=11) == [Difference("events of the Live Log", doubled=1)]
    assert of(batches=2) == [Difference("batches of the Live Log", lost=1)]


def test_a_month_is_seen_whole_or_not_at_all():
    wrong = workload.half_a_month({"2013-07": 100})
    assert wrong({}) is None is wrong({"2013-07": 100})
    assert "2013-07 was seen with 99 flights and has 100" in wrong({"2013-07": 99})
    assert "2013-08 was seen with 1 flights and has None" in wrong({"2013-08": 1})


def asked(*said):
    """The account of somebody to whom a door says these one after the other; an exception is raised."""
    left = list(said)

    def ask():
        one = left.pop(0)
        if not left:
            asker.ends.set()
        if isinstance(one, Exception):
            raise one
        return one

    asker = workload.Asker("a door", ask, lambda seen: "no" if seen == "half" else None, pause=0)
    asker.run()
    return asker.account()


def test_an_outage_is_from_an_answer_to_the_next_and_what_cannot_be_true_is_kept():
    account = asked("whole", OSError(), EOFError(), "whole", "half", "whole")
    assert (account["answers"], account["failures"], account["problems"]) == (4, 2, ["no"])
    assert len(account["outages"]) == 1
    assert asked("whole", "whole")["outages"] == []


def test_a_command_is_given_again_until_it_succeeds_and_a_traceback_is_kept(tmp_path, monkeypatch):
    command = tmp_path / "aero"
    command.write_text(
        f"#!/bin/sh\ntest -e {tmp_path}/tried && exit 0\ntouch {tmp_path}/tried\n"
        "echo 'Traceback (most recent call last)'; exit 7\n"
    )
    command.chmod(0o755)
    monkeypatch.setattr(workload, "AERO", command)
    monkeypatch.setattr(workload, "PAUSE_SECONDS", 0)
    said = []
    assert workload.Command(said).until_done(("rebuild",), time.monotonic() + 60)
    assert [(one["command"], one["code"]) for one in said] == [("rebuild", 7), ("rebuild", 0)]
    assert "traceback" in said[0] and "traceback" not in said[1]
    assert not workload.Command([]).until_done(("rebuild",), deadline=0.0)


def test_what_a_killed_command_has_started_does_not_hold_it_up(tmp_path, monkeypatch):
    """It has the command's output open still."""
    command, pid = tmp_path / "aero", tmp_path / "pid"
    command.write_text(f"#!/bin/sh\nsleep 300 & echo $! >{pid}\necho half; exit 137\n")
    command.chmod(0o755)
    monkeypatch.setattr(workload, "AERO", command)
    try:
        assert workload.Command([])._given(("rebuild",)) == (137, "half\n")
    finally:
        psutil.Process(int(pid.read_text())).kill()
