"""The process of a live source while a server that it asks is away."""

import sys
from types import SimpleNamespace

import pytest
import requests
from pyhive.exc import OperationalError
from TCLIService.ttypes import TExecuteStatementResp, TStatus

from aero import process_state
from aero.cluster import readiness
from aero.errors import AeroError, Away
from aero.live.sources import SOURCES, LiveSource, process
from aero.settings import load_settings

REFUSED = OperationalError(TExecuteStatementResp(TStatus(3, errorMessage="Call to localhost:8020 failed\n\tat java")))


@pytest.fixture
def source(monkeypatch, tmp_path):
    """Runs it: what it raises is listed, then it ends. The result is its exit code, and what was said at each run."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(process, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(process, "START_SECONDS", 0)
    monkeypatch.setattr(sys, "argv", ["process", "replay"])
    monkeypatch.setattr("signal.signal", lambda *_: None)

    def run_with(*faults):
        seen, raised = [], iter(faults)

        def run(settings, stop):
            said = process_state.read(settings, "replay")
            seen.append((said["state"], said.get("problem"), readiness.source(settings, "replay")))
            if fault := next(raised, None):
                raise fault

        module = SimpleNamespace(run=run)
        monkeypatch.setitem(SOURCES, "replay", LiveSource("replay", "", ""))
        monkeypatch.setattr(LiveSource, "load", lambda _: module)
        with pytest.raises(SystemExit) as end:
            process.main()
        return end.value.code, seen

    return run_with


def test_it_waits_says_for_whom_and_goes_on(source):
    code, seen = source(Away("HiveServer2 does not answer."), REFUSED, requests.ConnectionError("refused"))
    problems = [
        "HiveServer2 does not answer.", "OperationalError: Call to localhost:8020 failed", "ConnectionError: refused",
    ]  # fmt: skip
    waiting = [("waiting", problem, f"what is away: {problem}") for problem in problems]
    assert (code, seen) == (0, [("starting", None, "its first events"), *waiting])
    assert process_state.read(load_settings(), "replay")["state"] == "ended"


def test_what_waiting_does_not_mend_ends_it(source):
    code, seen = source(AeroError("aero_clean.flights has no flight of that day."))
    assert (code, len(seen)) == (2, 1)
    state = process_state.read(load_settings(), "replay")
    assert (state["state"], state["problem"]) == ("failed", "aero_clean.flights has no flight of that day.")
