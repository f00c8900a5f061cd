"""Publishing a month that is killed before any of its writes, and run again: on an HDFS and a metastore in memory."""

import json
import math
from dataclasses import asdict, replace
from itertools import count

import pytest

from aero import lease, metastore
from aero.datasets import CHECKS, FLIGHTS, FLIGHTS_QUARANTINE, MONTHS
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import checks, months
from aero.ops.checks import Check
from aero.ops.months import MonthState
from aero.ops.profile import PROFILE, Profile
from luigi_tasks.publication import Publication
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory

MONTH = Month(2013, 2)
OLD, NEW, BAD = "aaaaaaaaaaaa-1", "bbbbbbbbbbbb-1", "cccccccccccc-1"
GATE = Check("delayed_share", "some are late", "fail", rows_where="departure_delay_minutes >= 15", lowest=0.1)
REPORT = {"rows_in": 3, "rows_clean": 2, "rows_quarantined": 1, "reasons": {}, "measures": {"delayed_share": 0.2}}
FLIGHTS_OF_MONTH = Profile(2, {"AA JFK LAX": 2}, {"2013-02-01": 2}, {"09": 2}, {"0": 2})


class Killed(BaseException):
    """What a kill is here: nothing may catch it."""


class Lake(HdfsInMemory, HiveInMemory):
    """Files of HDFS and partitions of Hive's tables. It is killed before the write that comes after `writes_left`."""

    def __init__(self):
        HdfsInMemory.__init__(self)
        HiveInMemory.__init__(self)
        self.writes_left = math.inf

    def served(self, dataset):
        return self.tables[dataset.name].get(MONTH)

    def _write(self):
        if not self.writes_left:
            raise Killed
        self.writes_left -= 1

    def write(self, path, data):
        self._write()
        super().write(path, data)

    def _rename(self, source, destination, renameoptions):
        self._write()
        super()._rename(source, destination, renameoptions)

    def execute(self, statement):
        self._write()
        super().execute(statement)

    def delete(self, path, recursive=False):
        self._write()
        super().delete(path, recursive)


@pytest.fixture
def publish(monkeypatch, tmp_path):
    """A function that runs a publication of one load of the month; why it was refused, or nothing."""
    monkeypatch.setattr(checks, "of", lambda dataset=FLIGHTS: (GATE,))
    monkeypatch.setenv("AERO_HOME", str(tmp_path))

    def run(lake, load, run_id, rows=None, **report):
        lake.files[f"{FLIGHTS.load_path(load, *MONTH)}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
        monkeypatch.setattr(metastore, "locations", lake.locations)
        publication = Publication(lake, run_id)
        raw = RawMonth(*MONTH, "unused", "february.csv", "reporting", "reporting", load, rows=rows)
        refusal = publication.accept(raw, REPORT | report)
        publication.publish(lake)
        return refusal

    return run


@pytest.mark.parametrize("before", [None, OLD])
def test_killed_before_any_write_and_run_again_readers_and_ledger_have_the_load(publish, before):
    places = {dataset: dataset.load_path(NEW, *MONTH) for dataset in (FLIGHTS, FLIGHTS_QUARANTINE)}
    for writes in count():
        lake = Lake()
        if before:
            publish(lake, before, "before")
        was_served, lake.writes_left = lake.served(FLIGHTS), writes
        try:
            publish(lake, NEW, "first")
        except Killed:
            if months.read(lake)[MONTH].served_load_id == NEW:
                assert lake.served(FLIGHTS) == places[FLIGHTS]
            if lake.served(FLIGHTS) != was_served:
                assert {dataset: lake.served(dataset) for dataset in places} == places
                assert f"{CHECKS.path}/first.tsv" in lake.files
        was_killed, lake.writes_left = not lake.writes_left, math.inf

        assert publish(lake, NEW, "second") == ""
        assert {dataset: lake.served(dataset) for dataset in places} == places
        entry = months.read(lake)[MONTH]
        assert (entry.served_load_id, entry.served_rows, entry.is_served) == (NEW, 2, True)
        assert entry.state == (MonthState.REVISED if before else MonthState.PUBLISHED)
        assert {f"{CHECKS.path}/first.tsv", f"{CHECKS.path}/second.tsv"} & lake.files.keys()
        if not was_killed:
            break
    assert writes > 5


def test_a_load_that_fails_a_gate_is_not_seen_and_judged_again_by_the_next_run(publish):
    lake = Lake()
    publish(lake, OLD, "before")
    for run_id in ("first", "second"):
        assert "delayed_share" in publish(lake, BAD, run_id, measures={"delayed_share": 0.01})
        assert lake.served(FLIGHTS) == FLIGHTS.load_path(OLD, *MONTH)
        assert b"failed" in lake.files[f"{CHECKS.path}/{run_id}.tsv"]
    entry = months.read(lake)[MONTH]
    assert (entry.state, entry.served_load_id, entry.load_id) == (MonthState.FAILED, OLD, BAD)


def test_a_load_that_readers_see_is_not_judged_again(publish):
    lake = Lake()
    publish(lake, OLD, "before")
    assert publish(lake, OLD, "again", measures={"delayed_share": 0.01}) == ""
    assert f"{CHECKS.path}/again.tsv" not in lake.files
    entry = months.read(lake)[MONTH]
    assert (entry.state, entry.checks_failed) == (MonthState.PUBLISHED, 0)


def test_a_month_that_could_not_be_cleaned_says_why_and_readers_keep_the_old_one(publish):
    lake = Lake()
    publish(lake, OLD, "before")
    publication = Publication(lake, "run")
    publication.give_up(RawMonth(*MONTH, "unused", "a.csv", "reporting", "reporting", BAD), "no line of it can be read")
    publication.publish(lake)
    entry = months.read(lake)[MONTH]
    assert (entry.state, entry.message, entry.load_id) == (MonthState.FAILED, "no line of it can be read", BAD)
    assert (entry.is_served, entry.served_load_id) == (True, OLD) and lake.served(FLIGHTS) == FLIGHTS.load_path(
        OLD, *MONTH
    )


@pytest.mark.parametrize(("counted", "cleaned"), [(4, 3), (2, 3)])
def test_a_load_of_other_rows_than_landing_counted_is_not_seen(publish, counted, cleaned):
    lake = Lake()
    refusal = publish(lake, BAD, "run", rows=counted, rows_in=cleaned)
    assert f"{cleaned} lines were cleaned, of {counted} that landing counted in february.csv" in refusal
    assert b"rows_as_landed" in lake.files[f"{CHECKS.path}/run.tsv"]
    assert lake.served(FLIGHTS) is None and months.read(lake)[MONTH].message == refusal
    assert publish(lake, NEW, "next", rows=3) == ""


def test_a_load_is_compared_with_months_that_are_served_from_its_source_whatever_was_tried_last(publish):
    """March is served from bts though a folder was tried last; December is served from that folder, bts tried last;
    April is of the other family."""
    lake = Lake()
    publish(lake, OLD, "before")
    bts = {"is_served": True, "served_rows": 400_000, "served_source": "bts", "source": "folder"}
    folder = bts | {"served_source": "folder", "source": "bts"}
    known = {Month(2013, 3): bts, Month(2012, 12): folder, Month(2013, 1): bts | {"is_served": False}}
    known |= {
        Month(2013, 4): bts | {"served_family": "marketing"},
        Month(2013, 5): bts | {"served_family": "reporting"},
    }
    for month, facts in known.items():
        months.update(lake, month, served_load_id="dddddddddddd-1", **facts)
        profile = asdict(replace(FLIGHTS_OF_MONTH, rows=month.month))
        lake.files[f"{FLIGHTS.load_path('dddddddddddd-1', *month)}/{PROFILE}"] = json.dumps(profile).encode()
    lake.files[f"{FLIGHTS.load_path('dddddddddddd-1', 2013, 4)}/{PROFILE}"] = b'{"rows": 4'  # Somebody damaged it.
    months.update(lake, MONTH, source="bts", raw_sha256=NEW.partition("-")[0] + "0" * 52)
    publication = Publication(lake, "run")
    raw = RawMonth(*MONTH, "unused", "february.csv", "reporting", "reporting", NEW)
    assert [profile.rows for profile in publication._others(raw).all] == [3, 5]


def test_a_profile_that_was_written_before_columns_had_more_than_a_share_is_read():
    old = {"rows": 2, "routes": {"AA JFK LAX": 2}, "days": {}, "hours": {}, "delay_groups": {}, "filled": {"x": 0.5}}
    profile = Profile.of(old)
    assert (profile.airlines, profile.columns, profile.due) == ({"AA": 2}, {}, {})
    assert Profile.of(asdict(FLIGHTS_OF_MONTH)) == FLIGHTS_OF_MONTH


def test_the_lease_is_asked_for_right_before_the_checks_and_the_ledger_and_a_writer_that_lost_it_writes_neither(
    publish, monkeypatch
):
    class Held:
        done: tuple[str, ...] = ()

        def check(self):
            self.done += ("asked",)

    class Lost(Held):
        def check(self):
            raise lease.Lost("lost")

    held, lake = Held(), Lake()
    monkeypatch.setattr(lease, "hold", lambda what: held)
    monkeypatch.setattr(lake, "_write", lambda: setattr(held, "done", (*held.done, "write")))
    publish(lake, NEW, "first")
    assert held.done[:3] == held.done[-3:] == ("asked", "write", "write")  # The file beside its place, the rename.
    lost = Lake()
    monkeypatch.setattr(lease, "hold", lambda what: Lost())
    with pytest.raises(lease.Lost):
        publish(lost, NEW, "first")
    assert not any(path.startswith((CHECKS.path, MONTHS.path)) for path in lost.files)
