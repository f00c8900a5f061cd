"""What the supervisor does about a process that ends by itself."""

import pytest

from aero import process_state
from aero.cluster.supervision import Supervisor
from aero.settings import load_settings
from tests.waiting import until


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    started = Supervisor(load_settings())
    started.start()
    yield started
    started.shutdown()


def test_a_source_that_ends_at_once_has_ended_and_is_not_tried_again(supervisor):
    supervisor.start_process("replay")
    seen = set()
    until(lambda: seen.add(supervisor.process("replay").state) or seen & {"EXITED", "BACKOFF", "FATAL"})
    assert "EXITED" in seen and not seen & {"BACKOFF", "FATAL"}
    assert "has no config" in process_state.read(supervisor.settings, "replay")["problem"]
