"""A server that is killed or stopped reaches a webhook and a mailbox within a minute, once, and is withdrawn when it
runs again. A damaged month does in test_months.py, a stopped stream in test_live.py."""

import psutil
import pytest

from aero.cluster.supervision import Supervisor
from aero.settings import load_settings
from tests.command import aero

pytestmark = [pytest.mark.cluster, pytest.mark.long]
STOPPED, RESTARTED = "service-down:datanode", "service-restarted:datanode"


def test_a_datanode_that_is_stopped_is_told_once_and_withdrawn_when_it_runs_again(told):
    aero("up")
    assert aero("alerts", "test", "hook").out == "hook took it.\n"
    supervisor = Supervisor(load_settings())
    supervisor.stop_process("datanode")
    try:
        told.until("new", STOPPED)
        listed = aero("alerts", "list", "--json").json
        assert set({one["id"]: one["told"] for one in listed["events"]}[STOPPED]) == {"hook", "box"}
    finally:
        aero("up")
    told.until("mended", STOPPED)
    assert told.times("new", STOPPED) == (1, 1)


def test_a_datanode_that_is_killed_is_started_anew_and_told_once(told):
    psutil.Process(Supervisor(load_settings()).process("datanode").pid).kill()
    told.until("new", RESTARTED)
    aero("up")
