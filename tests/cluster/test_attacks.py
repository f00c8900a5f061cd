"""Nobody comes in who should not: every attempt of bench/attacks at the running services, once the doors are closed."""

import os
import shutil

import pytest

from aero.cluster import firewall
from aero.settings import load_settings
from bench.attacks import __main__ as suite
from bench.attacks import report
from bench.attacks.platform import cleaned, opened
from bench.attacks.runner import Outcome, Place, another_network

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.long,
    pytest.mark.skipif(os.getuid() != 0 or not shutil.which("ip"), reason="root alone may be somebody else"),
]


def _results(places, has_firewall=False):
    settings = load_settings()
    still_open = [f"{door}_DOOR" for door in ("HIVE", "SPARK", "METASTORE", "HTTP") if not settings.is_closed(door)]
    if still_open:
        pytest.skip(f"{', '.join(still_open)}: open")
    with opened(settings, has_firewall) as runner, another_network():
        results = suite.run(runner, suite.chosen((), ()), places)
    cleaned(settings)
    return results


def _bad(results):
    return [report.line(one) for one in results if one.outcome in suite.BAD]


def test_nobody_comes_in_as_another_user_or_from_another_network(cluster):
    results = _results(tuple(Place))
    assert not _bad(results), "\n".join(_bad(results))
    refused = [one for one in results if one.outcome == Outcome.REFUSED]
    assert len(refused) >= 300
    # What nothing but the firewall keeps out is known, and no more than that.
    walled = {one.attempt.door for one in results if one.outcome == Outcome.NO_WALL}
    assert not walled & {"WebHDFS", "YARN's REST", "luigid", "HiveServer2", "Spark Thrift Server", "Superset", "files"}


@pytest.mark.skipif("AERO_TEST_FIREWALL" not in os.environ, reason="it changes the machine's own rules: when asked for")
def test_with_the_firewall_nothing_is_left(cluster):
    settings = load_settings()
    firewall.apply(firewall.rules(settings))
    try:
        results = _results((Place.USER,), has_firewall=True)
    finally:
        firewall.remove(settings)
    # Ports that stand in no setting are closed by who owns the program; root's are not.
    results = [one for one in results if os.geteuid() or one.attempt.door != "ports in no setting"]
    assert not _bad(results), "\n".join(_bad(results))
