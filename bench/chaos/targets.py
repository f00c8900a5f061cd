"""Finds the processes of a fault among those of one data root, and does the fault. It ends no other process."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
from hdfs import HdfsError

from aero.cluster import services
from aero.cluster.supervision import Supervisor
from aero.errors import AeroError
from aero.settings import Settings
from bench.chaos import blocks, clock, disks, network, plan
from bench.chaos.plan import Fault

# What the command line of a process of ours has in it.
MARKS = {
    plan.LUIGI: ("luigi_tasks",),
    plan.DRIVER: ("application.py",),
    plan.MASTER: ("ExecutorLauncher", "DAGAppMaster"),
    plan.EXECUTOR: ("YarnCoarseGrainedExecutorBackend",),
}
RULES = {plan.CUT: network.CUT, plan.SLOW: network.SLOW}
STEPS = {plan.AHEAD: clock.STEP_SECONDS, plan.BACK: -clock.STEP_SECONDS}
# Where in the data root the Java is whose clock is stepped.
JAVA_HOME = "java"
BROKEN = {plan.CORRUPT: blocks.corrupt, plan.MISSING: blocks.missing}
# A load starts Spark anew for each of its runs.
APPEARS_SECONDS = 60


class Targets:
    """The processes of a data root; `writer` says the process that writes at the moment, a command of this program."""

    def __init__(self, settings: Settings, writer: Callable[[], int]):
        self.settings, self.writer, self.supervisor = settings, writer, Supervisor(settings)

    def pids(self) -> dict[str, int]:
        """The process of each service that runs."""
        return {name: one.pid for name, one in self.supervisor.processes().items() if one.pid}

    def of(self, target: str) -> list[psutil.Process]:
        """The processes of a service or of ours; none where it does not run. A server of Java is one process: what a
        NodeManager has started are executors."""
        if target in MARKS:
            marked = [one for one in self._ours() if any(mark in " ".join(_words(one)) for mark in MARKS[target])]
            return marked[:1] if target == plan.LUIGI else marked
        pid = self.pids().get(target, 0)
        family = _family(pid)
        return family[:1] if services.BY_NAME[target].runtime else family

    def every(self) -> list[psutil.Process]:
        """All processes of the data root and of the writer, the supervisor first."""
        pid_file = self.settings.home / "run" / "supervisord.pid"
        supervisor = int(pid_file.read_text()) if pid_file.is_file() else 0
        return list(dict.fromkeys([*_family(supervisor), *self._ours()]))

    def _ours(self) -> list[psutil.Process]:
        """The writer's, and the containers of YARN, which outlive a NodeManager."""
        return [*_family(self.writer()), *_in(self.settings.home)]

    def appeared(self, target: str) -> list[psutil.Process]:
        """As `of`, waiting for it: processes of ours come and go with the work."""
        until = time.monotonic() + APPEARS_SECONDS
        while not (found := self.of(target)) and time.monotonic() < until:
            time.sleep(0.2)
        return found

    def meet(self, fault: Fault) -> bool:
        """Do a fault, and undo it where that belongs to it. Returns whether there was anything to meet."""
        if fault.kind == plan.POWER_CUT:
            found = self.every()
            kill(found)
            return bool(found)
        if fault.kind in (plan.STOP, plan.RESTART):
            return self._stopped(fault.targets, fault.seconds)
        if fault.kind in RULES:
            return network.hold(self.settings, fault.targets[0], RULES[fault.kind], fault.seconds)
        if fault.kind == plan.FULL:
            return disks.fill(self.settings.home, fault.targets[0], fault.seconds)
        if fault.kind in STEPS:
            return clock.hold(self.settings.home / JAVA_HOME, STEPS[fault.kind], fault.seconds)
        if fault.kind in BROKEN:
            return self._broken(fault)
        found = [one for target in fault.targets for one in self.appeared(target)]
        if fault.kind == plan.KILL:
            kill(found)
        else:
            freeze(found, fault.seconds)
        return bool(found)

    def _broken(self, fault: Fault) -> bool:
        """A block of flights that readers see. The disk is put right again, which a DataNode looks at when it starts,
        and a NameNode, that was told of a corrupt block, too."""
        try:
            block = blocks.of_flights(self.settings, fault.number)
        except (AeroError, HdfsError, OSError):  # Nobody tells where the flights are.
            block = None
        if block is None:
            return False
        with BROKEN[fault.kind](block):
            time.sleep(fault.seconds)
        return self._stopped(("datanode", "namenode"), 0)

    def _stopped(self, names: tuple[str, ...], seconds: float) -> bool:
        there = [name for name in names if name in self.pids()]
        for name in there:
            self.supervisor.stop_process(name)
        time.sleep(seconds)
        for name in there:
            self.supervisor.start_process(name)
        return bool(there)


def memory_mb(found: Iterable[psutil.Process]) -> int:
    """Resident MiB of processes together. Raises psutil.Error where one has ended."""
    return sum(one.memory_info().rss for one in found) // 2**20


def kill(found: Iterable[psutil.Process]) -> None:
    """kill -9 each that is there still."""
    for one in found:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue


def freeze(found: Iterable[psutil.Process], seconds: float) -> None:
    """SIGSTOP each, and SIGCONT it after so many seconds, whatever happens meanwhile."""
    stopped = []
    try:
        for one in found:
            try:
                one.suspend()
            except psutil.NoSuchProcess:
                continue
            stopped.append(one)
        time.sleep(seconds)
    finally:
        for one in stopped:
            try:
                one.resume()
            except psutil.NoSuchProcess:
                continue


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid) if pid else None
        return [first, *first.children(recursive=True)] if first else []
    except psutil.NoSuchProcess:
        return []


def _in(folder: Path) -> list[psutil.Process]:
    """Processes whose working folder is inside."""
    found = []
    for one in psutil.process_iter():
        try:
            if Path(one.cwd()).is_relative_to(folder):
                found.append(one)
        except (psutil.Error, OSError):
            continue
    return found


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
