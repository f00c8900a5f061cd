"""A server that is stopped reaches a webhook within a minute, once, and is withdrawn when it runs again."""

import json

import pytest

from aero.cluster.supervision import Supervisor
from aero.ops.alerts import receivers
from aero.settings import load_settings
from tests.aero.ops.alerts.local_receivers import Webhook
from tests.command import aero
from tests.waiting import until, until_true

pytestmark = pytest.mark.cluster
STOPPED = "service-down:datanode"


@pytest.fixture
def hook():
    path = receivers.file(load_settings())
    with Webhook() as made:
        path.write_text(f'[test]\nkind = "json"\nurl = "{made.url}"\n')
        path.chmod(0o600)
        try:
            yield made
        finally:
            path.unlink()


def _ids(hook, part):
    return [one["id"] for body, _ in hook.told for one in json.loads(body)[part]]


def test_a_datanode_that_is_stopped_reaches_a_webhook_within_a_minute_once_and_is_withdrawn(hook):
    aero("up")
    assert aero("alerts", "test", "test").out == "test took it.\n"
    supervisor = Supervisor(load_settings())
    supervisor.stop_process("datanode")
    try:
        until(lambda: STOPPED in _ids(hook, "new"), seconds=60, may_be_away=False)
        listed = aero("alerts", "list", "--json").json
        assert {one["id"]: one["told"] for one in listed["events"]}[STOPPED] == ["test"]
    finally:
        aero("up")
    until_true(lambda: STOPPED in _ids(hook, "mended"))
    assert _ids(hook, "new").count(STOPPED) == _ids(hook, "mended").count(STOPPED) == 1
