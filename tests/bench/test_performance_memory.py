"""The memory of a load is what its processes hold, by tenths of its time."""

import subprocess
import sys

from aero.settings import load_settings
from bench.chaos import plan
from bench.performance.memory import KINDS, Watch, tenths
from tests.waiting import until_true


def test_the_most_of_each_tenth_is_kept():
    seen = [(100.0, 5), (101.0, 9), (109.0, 4), (119.9, 7), (150.0, 20), (200.0, 6)]
    found = tenths([(instant, {plan.DRIVER: size}) for instant, size in seen])
    assert found[plan.DRIVER] == [9, 7, 0, 0, 0, 20, 0, 0, 0, 6]
    assert found[plan.LUIGI] == [0] * 10 and tuple(found) == KINDS


def test_what_this_process_has_started_is_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    program = "held = bytearray(200 * 2**20); print(len(held), flush=True); input()"
    with Watch(load_settings(), pause_seconds=0.05) as memory:
        words = [sys.executable, "-c", program, "application.py"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as driver:
            driver.stdout.readline()
            until_true(lambda: 200 <= max(memory.tenths_mb()[plan.DRIVER]) < 400)
            driver.stdin.close()
    assert max(memory.tenths_mb()[plan.EXECUTOR]) == 0
