"""A run: undisturbed first, then the same from nothing with faults, then what the two left side by side."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aero.errors import AeroError
from aero.ops import live_status
from aero.settings import Settings, load_settings
from bench.chaos import checker, clock, disks, plan, recorder, workload
from bench.chaos.plan import Fault
from bench.chaos.targets import JAVA_HOME, Targets
from bench.performance.__main__ import commit
from bench.performance.cluster import Cluster, machine
from tests.cluster import live_tables
from tests.waiting import until

# A fault with its recovery takes about as long; a replay goes on for all of them.
FAULT_SECONDS = 45
SETTLE_SECONDS = 1200
DAY_SECONDS = 86_400
TRIES = 5


class Player(threading.Thread):
    """Plays days as live traffic once the month is there, so fast that it lasts about as long as the faults."""

    def __init__(self, writer: workload.Writer, days: int, faults: int):
        super().__init__(name="player", daemon=True)
        self.writer, self.days, self.said, self.is_whole = writer, days, [], False
        self.speed = max(1, round(days * DAY_SECONDS / (faults * FAULT_SECONDS)))
        self.command = workload.Command(self.said)

    def run(self) -> None:
        """Start the replay, again until it is started."""
        self.writer.is_loaded.wait()
        words = ("live", "start", *workload.live_days(self.days), "--again", "--speed", str(self.speed))
        self.command.until_done(words, self.writer.deadline)

    def finish(self, deadline: float) -> int:
        """Go on with what is left as fast as possible, until the stream has worked it off. Returns the events sent."""
        self.join()
        self.command.until_done(("live", "start", *workload.live_days(self.days)), deadline)
        self.is_whole = _played()
        progress = live_status.replay_progress(load_settings())
        return progress["sent"] if progress else 0


def run(cluster: Cluster, faults: list[Fault], minutes: float, say: Callable[[str], None]) -> dict[str, Any]:
    """All of it. `minutes`: so long after the first fault no more is begun, and it is looked at what is there."""
    began = time.monotonic()
    about = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit(), "machine": machine(),
             "load_average": os.getloadavg()[0]}  # fmt: skip
    days = max(1, min(31, len(faults) // 2))
    if cluster.home.exists():
        cluster.down()
        disks.unmount(cluster.home)
    cluster.wipe()
    if not disks.mount(cluster.home):
        say("No service has a disk of its own here, which only root may mount: none fills.")
    if any(fault.kind in plan.CLOCKS for fault in faults):
        os.environ["JAVA_HOME"] = str(_java(cluster.home / JAVA_HOME))
    cluster.up()
    cluster.aero("schedule", "pause")
    say("The work, undisturbed …")
    expected = undisturbed(cluster, days)
    say(f"{sum(rows for rows, _ in expected.tables.values()):,} rows and "
        f"{sum(map(len, expected.cells.values())):,} cells of live tables. Everything anew, with faults …")  # fmt: skip
    forget(cluster)
    end = time.monotonic() + minutes * 60
    disturbed = Disturbed(cluster, expected, days, len(faults), end + SETTLE_SECONDS)
    try:
        done = disturbed.meet(faults, end, say)
        say("No more faults. What is under way comes to its end …")
        result = about | {"days": days, "faults": done} | disturbed.end()
    finally:
        disturbed.stop()
    return result | {"minutes": round((time.monotonic() - began) / 60, 1)}


def _java(folder: Path) -> Path:
    if not (found := clock.java_home(folder)):
        raise AeroError("libfaketime is not installed, so no clock can be stepped.", "apt-get install libfaketime")
    return found


def undisturbed(cluster: Cluster, days: int) -> checker.World:
    """What the work leaves with nobody beside it."""
    for words in (*workload.LOADING, workload.REBUILD):
        cluster.aero(*words)
    cluster.aero("live", "start", *workload.live_days(days))
    if not _played():
        raise AeroError(f"The replay did not end in {SETTLE_SECONDS} s with nobody beside it.", "aero logs replay")
    return checker.world(cluster)


def _played() -> bool:
    """Whether all was sent, and the stream has worked it off, or that did not come to pass in time."""
    try:
        until(live_tables.replay_is_over, seconds=SETTLE_SECONDS)
        until(live_tables.all_is_read, seconds=SETTLE_SECONDS)
    except Exception:  # Of a stream or a replay that has given up: the run says so, and goes on.
        return False
    return True


def forget(cluster: Cluster) -> None:
    """Delete all that the work has left."""
    cluster.aero("live", "stop")
    for layer in ("all", "raw"):
        cluster.aero("clean-slate", "--layer", layer, "--delete", "--confirm", layer)
    cluster.up()
    workload.Chain.begin()


class Disturbed:
    """The work, the people and the faults, side by side."""

    def __init__(self, cluster: Cluster, expected: checker.World, days: int, faults: int, deadline: float):
        self.cluster, self.expected, self.deadline = cluster, expected, deadline
        self.settings: Settings = load_settings()
        self.chain = workload.Chain()
        flights = {month: one["served_rows"] for month, one in expected.ledger.items()}
        self.writer = workload.Writer(deadline)
        self.player = Player(self.writer, days, faults)
        self.people = workload.people(flights, self.chain)
        self.targets = Targets(self.settings, lambda: self.writer.command.pid)

    def meet(self, faults: list[Fault], end: float, say: Callable[[str], None]) -> list[dict[str, Any]]:
        """Begin the work, and do the faults one after the other, each when all is well again."""
        for one in (self.writer, self.player, *self.people):
            one.start()
        done = []
        for fault in faults:
            if time.monotonic() > end:
                say(f"The time is up before fault {fault.number}.")
                break
            time.sleep(fault.pause)
            done.append(self._met(fault))
            say(_in_words(fault, done[-1]))
        return done

    def _met(self, fault: Fault) -> dict[str, Any]:
        before = self.targets.pids()
        is_met = self.targets.meet(fault)
        over = time.monotonic()
        gone = {name: before.get(name, 0) for name in fault.targets if name in plan.SERVICES}
        if fault.kind == plan.POWER_CUT:
            gone = before
            self._up("replay" in before)
        ready = recorder.seconds_until_ready(self.settings, gone if fault.kind in plan.ENDING else {}, over)
        by_hand = sorted(name for name, seconds in ready.items() if seconds is None)
        if by_hand:
            self._up(with_replay="replay" in before)
        return {"number": fault.number, "kind": fault.kind, "targets": list(fault.targets), "seconds": fault.seconds,
                "is_met": is_met, "ready": ready, "by_hand": by_hand}  # fmt: skip

    def _up(self, with_replay: bool) -> None:
        """As a person starts it again: more than once, if need be."""
        for left in reversed(range(TRIES)):
            try:
                self.cluster.up()
                if with_replay:
                    self.cluster.aero("up", "replay")
                return
            except AeroError:
                if not left:
                    raise

    def stop(self) -> None:
        """End the commands that run still, and ask no more."""
        self.writer.deadline = 0.0
        for one in (self.writer, *self.people):
            one.ends.set()
        for one in (self.writer, self.player):
            one.command.end()

    def end(self) -> dict[str, Any]:
        """Bring the work to its end, and look at what is there."""
        self.writer.ends.set()
        self.writer.join()
        sent = self.player.finish(self.deadline)
        for one in self.people:
            one.ends.set()
            one.join()
        differences = [
            *checker.compared(self.expected, checker.world(self.cluster)),
            *checker.of_chain(self.chain),
            *checker.of_stream(sent),
            *checker.of_blocks(self.cluster),
        ]
        said = [*self.writer.said, *self.player.said]
        return {
            "differences": checker.in_json(differences),
            "is_whole": self.writer.is_whole and self.player.is_whole,
            "people": {one.door: one.account() for one in self.people},
            "commands": said,
            "sent": sent,
            "puts": len(self.chain.acknowledged),
            "cells": sum(map(len, self.expected.cells.values())),
            "rows": sum(rows for rows, _ in self.expected.tables.values()),
        }


def _in_words(fault: Fault, done: dict[str, Any]) -> str:
    what = f"{fault.number}: {fault.kind} of {', '.join(fault.targets)}"
    if fault.seconds:
        what += f" for {fault.seconds} s"
    if not done["is_met"]:
        return f"{what}: it did not run"
    if done["by_hand"]:
        return f"{what}: not ready by themselves in {recorder.LIMIT_SECONDS} s: {', '.join(done['by_hand'])}"
    return f"{what}: all ready after {max(done['ready'].values()):.0f} s"


def is_survived(result: dict[str, Any]) -> bool:
    """Whether nothing is lost, doubled or changed, and nobody saw what cannot be true."""
    problems = any(one["problems"] for one in result["people"].values())
    tracebacks = any("traceback" in one for one in result["commands"])
    return result["is_whole"] and not (result["differences"] or problems or tracebacks)
