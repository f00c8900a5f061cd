"""`aero status --writers`: who writes, and who waits."""

import json
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from aero import lease
from aero.cli import main
from aero.lease import Holder

FIRST = Holder("a load of 2014-01", 4711, "here", "2026-11-27T10:03:00+00:00")
SECOND = Holder("a rebuild of 2014-01", 4712, "there", "2026-11-27T10:04:00+00:00")


@pytest.mark.parametrize(
    ("holders", "output"),
    [
        ([], "Nobody writes.\n"),
        (
            [FIRST, SECOND],
            "writes  a load of 2014-01 (process 4711 on here, since 10:03 UTC)\n"
            "waits   a rebuild of 2014-01 (process 4712 on there, since 10:04 UTC)\n",
        ),
    ],
)
def test_the_writers_are_shown_in_their_order(monkeypatch, holders, output):
    monkeypatch.setattr(lease, "holders", lambda settings: holders)
    assert CliRunner().invoke(main, ["status", "--writers"]).output == output
    as_json = CliRunner().invoke(main, ["status", "--writers", "--json"]).output
    assert json.loads(as_json) == [asdict(one) for one in holders]
