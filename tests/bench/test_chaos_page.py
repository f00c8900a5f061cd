"""docs/survival.md says what the runs kept: what was lost, how long it took, and what was not as it should be."""

import pytest

from bench.chaos import page, plan, run

KEPT = {
    "when": "2026-11-29T06:05:00+00:00", "commit": "0123456789abcdef", "seed": 7, "asked": 3, "minutes": 14.6,
    "rows": 90_000, "cells": 200_000, "sent": 30_000, "is_whole": True, "differences": [], "commands": [],
    "people": {"HiveServer2": {"answers": 1_200, "outages": [4.0, 20.0, 8.0], "problems": []}},
    "faults": [],
}  # fmt: skip


def fault(number, kind, targets, seconds, by_hand=(), is_met=True):
    ready = {"kafka": None if by_hand else 0.4, "hbase": None if by_hand else seconds}
    return {"number": number, "kind": kind, "targets": list(targets), "ready": ready, "by_hand": list(by_hand),
            "is_met": is_met}  # fmt: skip


FAULTS = [
    fault(1, plan.KILL, ("hbase",), 20.0),
    fault(2, plan.KILL, ("hbase",), 40.0),
    fault(3, plan.FREEZE, ("kafka", "hbase"), 12.0),
    fault(4, plan.POWER_CUT, (plan.ALL,), 61.0),
    fault(5, plan.STOP, ("kafka",), 300.0, by_hand=("hbase",)),
    fault(6, plan.KILL, (plan.DRIVER,), 0.2),
    fault(7, plan.KILL, ("replay",), 99.0, is_met=False),
]


@pytest.fixture
def shown(tmp_path):
    def written(*runs):
        file = tmp_path / "survival.md"
        file.write_text("By hand.\n<!-- survival: begin --><!-- survival: end -->\n")
        page.write(list(runs), file)
        return file.read_text()

    return written


def test_times_by_fault_with_median_and_p95_and_none_for_what_was_started_by_hand_or_by_a_load(shown):
    said = shown(KEPT | {"faults": FAULTS})
    assert "| kill -9 | hbase | 2 | 20 | 40 | 0 |" in said
    assert "| SIGSTOP | several at once | 1 | 12 | 12 | 0 |" in said
    assert "| clean stop | kafka | 1 | – | – | 1 |" in said
    assert "| kill -9 | driver | 1 | – | – | 0 |" in said
    assert "| **all** | | 6 | 20 | 61 | 1 |" in said
    assert "replay" not in said.partition("## Seconds")[2]
    assert "| HiveServer2 | 1,200 | 3 | 8 | 20 |" in said
    assert "fault 5, clean stop of kafka: hbase had to be started by hand" in said
    assert said.startswith("By hand.\n")


def test_what_was_lost_stands_in_the_row_of_its_run_and_below(shown):
    lost = {"what": "aero:flight_state", "lost": 3, "doubled": 0, "changed": 1}
    said = shown(KEPT, KEPT | {"seed": 8, "differences": [lost]})
    assert "`SEED=7 FAULTS=3`, commit 0123456789 | 0 | 90,000, 200,000, 30,000 | 0 | 0 | 0 | 15 |" in said
    assert "`SEED=8 FAULTS=3`, commit 0123456789 | 0 | 90,000, 200,000, 30,000 | 3 | 0 | 1 | 15 |" in said
    assert "Of `SEED=8`:" in said and "Of `SEED=7`:" not in said
    assert "- aero:flight_state: 3 lost, 0 doubled, 1 changed" in said


def test_the_page_as_it_is_committed_is_that_of_the_runs_that_are_kept(tmp_path):
    written = tmp_path / "survival.md"
    written.write_text(page.PAGE.read_text())
    page.write(page.results(), written)
    assert written.read_text() == page.PAGE.read_text()


@pytest.mark.parametrize(
    "trouble",
    [
        {"differences": [{"what": "a table", "lost": 1}]},
        {"is_whole": False},
        {"people": {"HiveServer2": {"problems": ["half a month"]}}},
        {"commands": [{"traceback": "Traceback"}]},
    ],
)
def test_a_run_is_survived_where_nothing_was_lost_seen_by_halves_left_undone_or_told_as_a_traceback(trouble):
    assert run.is_survived(KEPT) and not run.is_survived(KEPT | trouble)
