"""Publications, refusals, rollbacks and unpinnings of two months in any order, each killed before any of its writes or
not, beside a model of what readers must see: on an HDFS and a metastore in memory.
"""

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from aero import lease, metastore
from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE, load_of
from aero.errors import AeroError
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import checks, months, rollback, tables
from aero.ops.profile import PROFILE
from luigi_tasks.publication import Publication
from tests.luigi_tasks.conftest import Held
from tests.luigi_tasks.test_publication import FLIGHTS_OF_MONTH, GATE, REPORT, Killed, Lake

MONTHS = st.sampled_from([Month(2013, 2), Month(2013, 3)])
GOOD = [f"{letter * 12}-1" for letter in "abcdef"]
BAD = "ffffffffffff-0"
# Writes before the kill; a run makes fewer than this.
KILLS = st.one_of(st.just(math.inf), st.integers(0, 14))


class Readers(RuleBasedStateMachine):
    """`served` is what readers must see of each month. `left` are the loads that they saw before, and until when."""

    def __init__(self):
        super().__init__()
        self.patch, self.home, self.lake = pytest.MonkeyPatch(), TemporaryDirectory(), Lake()
        self.now, self.runs = datetime(2026, 11, 27, 12, tzinfo=UTC), 0
        self.served, self.left, self.unsettled = {}, {}, set()
        self.patch.setenv("AERO_HOME", self.home.name)
        self.patch.setenv("AERO_KEEP_LOADS", "2")
        self.patch.setattr(checks, "of", lambda dataset=FLIGHTS: (GATE,))
        self.patch.setattr(lease, "hold", lambda what: Held())
        self.patch.setattr(metastore, "locations", self.lake.locations)
        self.patch.setattr(tables, "now", lambda: self.now)

    def teardown(self):
        self.patch.undo()
        self.home.cleanup()

    @rule(month=MONTHS, load_id=st.sampled_from([*GOOD, BAD]), writes=KILLS)
    def publish(self, month, load_id, writes):
        """A pinned month is no load's matter."""
        if not self._pinned(month):
            self._clean(month, load_id)
            may_be = self.served.get(month) if load_id == BAD else load_id
            self._run(month, may_be, writes, lambda: self._publish(month, load_id), settles=load_id != BAD)

    @rule(month=MONTHS, writes=KILLS)
    def roll_back(self, month, writes):
        try:
            plan = rollback.planned(self.lake, month)
        except AeroError:
            return
        before = self._seen(FLIGHTS, month)
        go = partial(rollback.execute, self.lake, self.lake, plan, "rollback", "ann", None)
        if self._run(month, plan.load_id, writes, go) or self._seen(FLIGHTS, month) != before:
            assert self._pinned(month) == plan.load_id

    @rule(month=MONTHS)
    def unpin(self, month):
        rollback.unpin(self.lake, month)
        assert not self._pinned(month)

    @rule(minutes=st.sampled_from([1, 20, 70]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def readers_see_what_they_must_and_it_is_there(self):
        for month, load_id in self.served.items():
            assert self._seen(FLIGHTS, month) == load_id != BAD
            assert self._is_there(month, load_id)
        for (month, load_id), until in self.left.items():
            assert until <= self.now or self._is_there(month, load_id), "swept while somebody may read it"

    @invariant()
    def ledger_and_quarantine_are_of_the_load_that_readers_see(self):
        for month in self.served.keys() - self.unsettled:
            assert months.read(self.lake)[month].served_load_id == self._seen(FLIGHTS, month)
            assert self._seen(FLIGHTS_QUARANTINE, month) == self._seen(FLIGHTS, month)

    def _run(self, month, may_be, writes, go, settles=True):
        """Do it; killed or not, readers see what they saw or what they may see now. Returns whether it was whole."""
        before, self.lake.writes_left, is_whole = self.served.get(month), writes, True
        try:
            go()
        except Killed:
            is_whole = False
            self.unsettled.add(month)
            assert self._seen(FLIGHTS, month) in (before, may_be)
        else:
            assert self._seen(FLIGHTS, month) == may_be
            if settles:
                self.unsettled.discard(month)
        self.lake.writes_left = math.inf
        if seen := self._seen(FLIGHTS, month):
            self.served[month] = seen
            self.left.pop((month, seen), None)
            if before not in (None, seen):
                self.left[month, before] = self.now + timedelta(hours=1)
        return is_whole

    def _clean(self, month, load_id):
        """What Spark leaves of a month."""
        folder = FLIGHTS.load_path(load_id, *month)
        files = {"part.orc": b"rows", "_report.json": json.dumps(self._report(load_id)).encode()}
        self.lake.files |= {f"{folder}/{name}": data for name, data in files.items()}
        self.lake.files[f"{folder}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
        self.lake.files[f"{FLIGHTS_QUARANTINE.load_path(load_id, *month)}/part.orc"] = b"rows"

    @staticmethod
    def _report(load_id):
        return REPORT | {"measures": {"delayed_share": 0.01 if load_id == BAD else 0.2}}

    def _publish(self, month, load_id):
        self.runs += 1
        publication = Publication(self.lake, f"run-{self.runs}")
        raw = RawMonth(*month, "unused", "a.csv", "reporting", "reporting", load_id, rows=None)
        refusal = publication.accept(raw, self._report(load_id))
        publication.publish(self.lake)
        assert bool(refusal) == (load_id == BAD)

    def _seen(self, dataset, month):
        return load_of(self.lake.tables[dataset.name].get(tuple(month), "")) or None

    def _pinned(self, month):
        entry = months.read(self.lake).get(month)
        return entry.pinned_load_id if entry else None

    def _is_there(self, month, load_id):
        return f"{FLIGHTS.load_path(load_id, *month)}/part.orc" in self.lake.files


TestReaders = Readers.TestCase
TestReaders.settings = settings(max_examples=30, stateful_step_count=20)
