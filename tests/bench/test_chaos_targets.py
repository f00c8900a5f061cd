"""Faults meet the processes of one data root and of its writer, and no other."""

import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from aero.settings import load_settings
from bench.chaos import plan, targets
from bench.chaos.plan import Fault
from bench.chaos.targets import Targets
from tests.waiting import until_true


@pytest.fixture
def started():
    """Starts a process that waits, with these words in its command line; all are gone in the end."""
    running = []

    def start(folder, *words):
        process = subprocess.Popen([sys.executable, "-c", "input()", *words], cwd=folder, stdin=subprocess.PIPE)
        running.append(process)
        there = psutil.Process(process.pid)
        # Popen returns when exec has closed its pipe; the kernel writes down the command line a moment later.
        until_true(there.cmdline)
        return there

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def of_home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True)
    monkeypatch.setenv("AERO_HOME", str(home))
    return Targets(load_settings(), lambda: 0)


def test_what_yarn_started_is_found_by_its_folder_and_its_main_class(of_home, started, tmp_path):
    executor = started(tmp_path / "home", "YarnCoarseGrainedExecutorBackend")
    master = started(tmp_path / "home" / "run", "org.apache.spark.deploy.yarn.ExecutorLauncher")
    started(tmp_path, "YarnCoarseGrainedExecutorBackend")  # Of another platform.
    assert of_home.of(plan.EXECUTOR) == [executor] and of_home.of(plan.MASTER) == [master]
    assert of_home.of("namenode") == []


def test_a_power_cut_ends_all_of_the_data_root_and_of_the_writer_and_nothing_beside(of_home, started, tmp_path):
    server, other = started(tmp_path / "home"), started(tmp_path)
    writer = started(tmp_path, "luigi_tasks")
    cut = Targets(of_home.settings, lambda: writer.pid)
    assert cut.of(plan.LUIGI) == [writer]
    assert cut.meet(Fault(1, plan.POWER_CUT, (plan.ALL,), 0, 0.0))
    until_true(lambda: {server.status(), writer.status()} == {psutil.STATUS_ZOMBIE})
    assert other.status() != psutil.STATUS_ZOMBIE


def test_a_fault_that_finds_nothing_says_so(of_home, monkeypatch):
    monkeypatch.setattr(targets, "APPEARS_SECONDS", 0)
    assert not of_home.meet(Fault(1, plan.KILL, ("kafka",), 0, 0.0))
    assert not of_home.meet(Fault(2, plan.RESTART, ("kafka",), 0, 0.0))


def test_what_was_frozen_goes_on_whatever_happens_meanwhile(started, tmp_path, monkeypatch):
    frozen = started(tmp_path)

    def interrupted(_seconds):
        until_true(lambda: frozen.status() == psutil.STATUS_STOPPED)
        raise KeyboardInterrupt

    monkeypatch.setattr(targets, "time", SimpleNamespace(sleep=interrupted))
    with pytest.raises(KeyboardInterrupt):
        targets.freeze([frozen], 60)
    until_true(lambda: frozen.status() != psutil.STATUS_STOPPED)
