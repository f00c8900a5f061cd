"""The attempts of bench/attacks at boards on the wall, made at a lone Superset as at a cluster."""

import os
from dataclasses import replace

import pytest

from aero import walls
from aero.superset import assets
from bench.attacks import __main__ as suite
from bench.attacks import boards, report
from bench.attacks.platform import opened
from bench.attacks.runner import Outcome, Place


@pytest.mark.skipif(os.getuid() != 0, reason="root alone may be somebody else")
def test_a_board_s_link_opens_its_dashboard_and_nothing_else(server):
    admin = server.signed_in("admin", server.password("admin"), "127.0.7.1")
    bundle = {"bundle": ("assets.zip", assets.bundle(), "application/zip")}
    assert admin.post(f"{server.address}/api/v1/assets/import/", files=bundle).ok
    own = {"SUPERSET_PORT": server.address.rsplit(":", 1)[1]}
    settings = replace(server.settings, environment=server.settings.environment | own)
    attempts = [one for one in suite.chosen((), ()) if one.run.__module__ == boards.__name__]
    with opened(settings) as runner:
        results = suite.run(runner, attempts, (Place.USER,))
    open_doors = {"opens the page of boards", "a board's link opens its dashboard"}
    said = "\n".join(map(report.line, results))
    assert {one.attempt.name for one in results if one.outcome == Outcome.AS_IT_MUST} == open_doors, said
    assert [one.outcome for one in results].count(Outcome.REFUSED) == len(attempts) - 2 >= 16, said
    assert not walls.load(settings)
