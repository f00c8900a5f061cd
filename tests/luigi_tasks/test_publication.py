"""Publishing a month that is killed before any of its writes, and run again: on an HDFS and a metastore in memory."""

import json
import math
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import count

import pytest

from aero import lease, metastore
from aero.datasets import CHECKS, FLIGHTS, FLIGHTS_QUARANTINE, MONTHS
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import checks, gates, months, publications, tables
from aero.ops.checks import Check, Severity
from aero.ops.comparisons import LEAST_ROWS, Others
from aero.ops.gates import CheckOutcome, CheckRow
from aero.ops.months import MonthState
from aero.ops.profile import PROFILE, Profile
from aero.ops.publications import Why
from luigi_tasks import publication as of_months
from luigi_tasks.publication import ROWS_AS_LANDED, Publication
from tests.hdfs_in_memory import HdfsInMemory
from tests.hive_in_memory import HiveInMemory

MONTH = Month(2013, 2)
OLD, NEW, BAD = "aaaaaaaaaaaa-1", "bbbbbbbbbbbb-1", "cccccccccccc-1"
GATE = Check("delayed_share", "some are late", "fail", rows_where="departure_delay_minutes >= 15", lowest=0.1)
EARLY = Check("early_share", "few are early", "warn", rows_where="departure_delay_minutes < 0", highest=0.4)
REPORT = {
    "rows_in": 3,
    "rows_clean": 2,
    "rows_quarantined": 1,
    "reasons": {},
    "measures": {"delayed_share": 0.2, "early_share": 0.5},
}
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

    def run(lake, load, run_id, rows=None, why=Why.LOAD, **report):
        lake.files[f"{FLIGHTS.load_path(load, *MONTH)}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
        monkeypatch.setattr(metastore, "locations", lake.locations)
        publication = Publication(lake, run_id, why)
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
        Month(2013, 5): bts | {"served_family": "reporting", "served_rows": LEAST_ROWS},
        Month(2013, 6): bts | {"served_rows": LEAST_ROWS - 1},
        Month(2013, 7): bts,
    }
    for month, facts in known.items():
        months.update(lake, month, served_load_id="dddddddddddd-1", **facts)
        profile = asdict(replace(FLIGHTS_OF_MONTH, rows=month.month))
        lake.files[f"{FLIGHTS.load_path('dddddddddddd-1', *month)}/{PROFILE}"] = json.dumps(profile).encode()
    lake.files[f"{FLIGHTS.load_path('dddddddddddd-1', 2013, 7)}/{PROFILE}"] = b'{"rows": 4'  # Somebody damaged it.
    months.update(lake, Month(2013, 8), **bts)  # Nobody knows which load.
    months.update(lake, MONTH, source="bts", raw_sha256=NEW.partition("-")[0] + "0" * 52)
    publication = Publication(lake, "run")
    raw = RawMonth(*MONTH, "unused", "february.csv", "reporting", "reporting", NEW)
    assert [profile.rows for profile in publication._others(raw).all] == [3, 5]


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


@pytest.fixture
def at(monkeypatch):
    """The instant at which all is done."""
    instant = datetime(2026, 11, 27, 12, tzinfo=UTC)
    monkeypatch.setattr(tables, "now", lambda: instant)
    return instant


def checked(lake, run_id):
    return tables.read_file(lake, f"{CHECKS.path}/{run_id}.tsv", CheckRow)[0]


def test_the_checks_say_what_was_judged_and_when_and_the_ledger_how_many_failed_and_warned(publish, at, monkeypatch):
    lake = Lake()
    publish(lake, OLD, "before")
    monkeypatch.setattr(checks, "of", lambda dataset=FLIGHTS: (replace(GATE, highest=0.9), EARLY))
    publish(lake, NEW, "good", rows=3)
    landed, late, early = checked(lake, "good")
    about = (at, FLIGHTS.name, *MONTH, NEW)
    whole, passed = (ROWS_AS_LANDED.name, ROWS_AS_LANDED.what), CheckOutcome.PASSED
    assert landed == CheckRow(*about, *whole, Severity.FAIL, passed, 3.0, 3.0, 3.0, None)
    assert late == CheckRow(*about, GATE.name, GATE.what, Severity.FAIL, passed, 0.2, 0.1, 0.9, None)
    assert (early.check_name, early.severity, early.outcome) == (EARLY.name, Severity.WARN, CheckOutcome.WARNED)
    entry = months.read(lake)[MONTH]
    assert (entry.checks_failed, entry.checks_warned, entry.loaded_at, entry.published_at) == (0, 1, at, at)
    publish(lake, BAD, "bad", rows=3, measures={"delayed_share": 0.01, "early_share": 0.5})
    entry = months.read(lake)[MONTH]
    assert (entry.state, entry.checks_failed, entry.checks_warned) == (MonthState.FAILED, 1, 1)


def test_when_a_month_was_refused_or_given_up_stands_in_the_ledger(publish, at):
    lake = Lake()
    publish(lake, BAD, "bad", measures={"delayed_share": 0.01})
    assert months.read(lake)[MONTH].loaded_at == at
    publication, march = Publication(lake, "run"), Month(2013, 3)
    publication.give_up(RawMonth(*march, "unused", "a.csv", "reporting", "reporting", BAD), "no line can be read")
    publication.publish(lake)
    assert months.read(lake)[march].loaded_at == at


def test_the_history_says_which_run_published_and_why_and_the_steps_come_in_their_order(publish, monkeypatch):
    done, held = [], []
    monkeypatch.setattr(of_months, "step", done.append)
    monkeypatch.setattr(lease, "hold", lambda what, hold=lease.hold: held.append(what) or hold(what))
    lake = Lake()
    publish(lake, NEW, "run-7", why=Why.REBUILD)
    for dataset in (FLIGHTS, FLIGHTS_QUARANTINE):
        [switch] = publications.read(lake, dataset).of(MONTH)
        assert (switch.run_id, switch.why) == ("run-7", Why.REBUILD)
    assert done == ["checks written", "publication in ledger"]
    assert held[0] == f"a publication of {FLIGHTS.name}"


def test_gates_judge_the_month_by_its_report_its_profile_and_what_its_file_lacks(publish, monkeypatch):
    lake, asked = Lake(), []
    publish(lake, OLD, "before")
    monkeypatch.setattr(gates, "judge", lambda *of, **more: asked.append((of, more)) or [])
    lake.files[f"{FLIGHTS.load_path(NEW, *MONTH)}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
    raw = RawMonth(*MONTH, "unused", "a.csv", "reporting", "reporting", NEW, lacks=("TailNum",))
    assert Publication(lake, "run").accept(raw, REPORT) == ""
    assert asked == [((MONTH, REPORT, FLIGHTS_OF_MONTH, Others((), (), {})), {"lacks": ("TailNum",)})]


def test_a_month_is_compared_with_those_of_the_same_run_before_it(publish):
    """One of them is of a time for which the ledger expects nothing."""
    lake, months_of_run = Lake(), (Month(2013, 3), Month(1987, 9))
    publish(lake, OLD, "before")
    for month in months_of_run:
        months.update(lake, month, source="bts", raw_sha256=NEW.partition("-")[0] + "0" * 52)
        lake.files[f"{FLIGHTS.load_path(NEW, *month)}/{PROFILE}"] = json.dumps(asdict(FLIGHTS_OF_MONTH)).encode()
    months.update(lake, MONTH, source="bts", raw_sha256=BAD.partition("-")[0] + "0" * 52)
    publication, whole = Publication(lake, "run"), REPORT | {"rows_clean": LEAST_ROWS}
    del publication.ledger[1987, 9]
    for month in months_of_run:
        raw = RawMonth(*month, "unused", "a.csv", "reporting", "reporting", NEW)
        assert publication._others(raw).all == ()
        assert publication.accept(raw, whole) == ""
    others = publication._others(RawMonth(*MONTH, "unused", "a.csv", "reporting", "reporting", BAD))
    assert others.all == (FLIGHTS_OF_MONTH,)
    assert publication.ledger[1987, 9].served_load_id == NEW
