"""Going back to a kept load, killed before any of its writes and run again: on an HDFS and a metastore in memory."""

import json
import math
from dataclasses import asdict
from datetime import timedelta
from itertools import count

import pytest

from aero import connections, metastore
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_MARKETING, FLIGHTS_QUARANTINE
from aero.errors import AeroError
from aero.month import Month, month_range
from aero.ops import months, publications, rollback, slate, tables, versions, view_loads
from aero.ops.months import MonthState
from aero.ops.publications import Why
from aero.raw_versions import MANIFEST, Manifest
from aero.settings import load_settings
from luigi_tasks import land_flights, partitions
from luigi_tasks.land_flights import LandFlights
from tests.luigi_tasks.served_months import load, serving
from tests.luigi_tasks.test_publication import Killed, Lake

MONTH = Month(2013, 2)
FIRST, OLD, NEW = "aaaaaaaaaaaa-1", "bbbbbbbbbbbb-1", "cccccccccccc-1"
ROWS = {FIRST: 100, OLD: 200, NEW: 300}


@pytest.fixture
def served(monkeypatch, tmp_path):
    """A function that makes a Lake in which FIRST, then OLD, then NEW were published with their views."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))

    def make():
        lake = Lake()
        monkeypatch.setattr(metastore, "locations", lake.locations)
        for load_id, rows in ROWS.items():
            folder = FLIGHTS.load_path(load_id, *MONTH)
            report = {"rows_in": rows + 1, "rows_clean": rows, "rows_quarantined": 1}
            lake.files |= {f"{folder}/_report.json": json.dumps(report).encode(), f"{folder}/part.orc": b"rows"}
            for dataset in (FLIGHTS_QUARANTINE, FLIGHTS):
                loads = {MONTH: dataset.load_path(load_id, *MONTH)}
                lake.files[f"{loads[MONTH]}/part.orc"] = b"rows"
                partitions.publish(lake, lake, dataset, loads, load_id)
            for view_load in views_of(load_id):
                lake.files[f"{view_load.location}/part.orc"] = b"rows"
                partitions.publish(lake, lake, view_load.view, {view_load.partition: view_load.location}, load_id)
            published = {"load_id": load_id, "at": publications.tables.now(), **report}
            months.change(lake, {MONTH: lambda entry, known=published: months.published(entry, **known)})
        lake.done.clear()
        return lake

    return make


def views_of(load_id):
    """The loads of the views where readers see this load of the month alone."""
    return view_loads.of_year({MONTH: FLIGHTS.load_path(load_id, *MONTH)}, MONTH.year)


def seen(lake):
    return {dataset: dict(lake.tables[dataset.name]) for dataset in (FLIGHTS, FLIGHTS_QUARANTINE, *BATCH_VIEWS)}


def place_of(load_id):
    """What readers see of all tables where a load is served whole."""
    whole = {dataset: {MONTH: dataset.load_path(load_id, *MONTH)} for dataset in (FLIGHTS, FLIGHTS_QUARANTINE)}
    return whole | {load.view: {load.partition: load.location} for load in views_of(load_id)}


def go_back(lake, to=None, because=None):
    plan = rollback.planned(lake, MONTH, to)
    rollback.execute(lake, lake, plan, "rollback", "ann", because)
    return plan


def test_killed_before_any_write_and_run_again_the_month_is_whole_at_the_load_before(served):
    for writes in count():
        lake = served()
        assert seen(lake) == place_of(NEW)
        lake.writes_left = writes
        try:
            go_back(lake)
        except Killed:
            if seen(lake) != place_of(NEW):
                assert months.read(lake)[MONTH].pinned_load_id == OLD
        was_killed, lake.writes_left = not lake.writes_left, math.inf
        assert go_back(lake).waiting == []
        assert seen(lake) == place_of(OLD)
        entry = months.read(lake)[MONTH]
        assert (entry.served_load_id, entry.served_rows, entry.state) == (OLD, 200, MonthState.REVISED)
        assert (entry.pinned_load_id, entry.pinned_by) == (OLD, "ann")
        for dataset in (FLIGHTS, FLIGHTS_QUARANTINE, *BATCH_VIEWS):
            newest = publications.read(lake, dataset).switches[-1]
            assert newest.to_location == seen(lake)[dataset][newest.partition]
            assert newest.why in (Why.ROLLBACK, Why.FOUND) and (was_killed or newest.why == Why.ROLLBACK)
        if not was_killed:
            break
    assert writes > len(BATCH_VIEWS)


def test_a_switch_is_all_that_readers_meet_and_the_same_command_again_does_nothing(served):
    lake = served()
    go_back(lake, because="wrong ids")
    assert len(lake.done) == 2 + len(BATCH_VIEWS) and all("SET LOCATION" in one for one in lake.done)
    go_back(lake)
    assert len(lake.done) == 2 + len(BATCH_VIEWS)
    assert months.read(lake)[MONTH].pinned_because == "wrong ids"
    go_back(lake, to=FIRST)
    assert seen(lake) == place_of(FIRST) and months.read(lake)[MONTH].pinned_because == f"rolled back from {OLD}"


def test_views_that_are_not_kept_are_named_and_the_others_switched(served):
    lake = served()
    gone = views_of(OLD)[-1]
    lake.files = {path: data for path, data in lake.files.items() if not path.startswith(gone.location)}
    assert go_back(lake).waiting == [gone]
    assert seen(lake) == place_of(OLD) | {gone.view: place_of(NEW)[gone.view]}


def test_the_ledger_has_the_family_and_source_of_the_load_that_is_served_again(served):
    """The scheduler looks for the month in that family once it is unpinned."""
    lake = served()
    version = f"{FLIGHTS_MARKETING.partition_path(*MONTH)}/landed=20260101T000000Z-bbbbbbbb"
    manifest = Manifest(
        "flights_marketing", "marketing", "marketing", *MONTH, (MONTH.month,), 3, True, "a.csv", "a.csv", 9,
        OLD[:12] + "0" * 52, "2026-01-01T00:00:00+00:00", version, "bts",
    )  # fmt: skip
    lake.files[f"{version}/{MANIFEST}"] = json.dumps(asdict(manifest)).encode()
    months.update(lake, MONTH, family="reporting", source="folder", raw_sha256=NEW[:12] + "0" * 52)
    go_back(lake)
    entry = months.read(lake)[MONTH]
    assert (entry.served_family, entry.served_source, entry.family) == ("marketing", "bts", "reporting")
    assert entry.served_raw_sha256 == manifest.sha256


def test_a_load_of_a_pinned_month_builds_the_views_that_the_rollback_did_not_find(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    cluster = serving(monkeypatch, month_range(Month(2013, 1), Month(2013, 3)))
    folder = FLIGHTS.load_path(OLD, *MONTH)
    report = {"rows_in": 3, "rows_clean": 2, "rows_quarantined": 1}
    cluster.lake.put(f"{folder}/_report.json", json.dumps(report).encode())
    cluster.lake.put(f"{folder}/part.orc", b"rows")
    cluster.lake.put(f"{FLIGHTS_QUARANTINE.load_path(OLD, *MONTH)}/part.orc", b"rows")
    before = tables.now() - timedelta(hours=1)
    seen_before = publications.Switch(before, FLIGHTS.name, "year=2013/month=2", None, folder, "r", Why.LOAD)
    publications.record(cluster.lake, FLIGHTS, [seen_before])
    plan = rollback.planned(cluster.lake, MONTH, OLD)
    rollback.execute(cluster.hive, cluster.lake, plan, "rollback", "ann", None)
    assert {load.view for load in plan.waiting} == set(BATCH_VIEWS) and cluster.built == []
    assert load(MONTH, MONTH) == [{"pinned"}, set(), {"built", "unchanged"}]
    assert cluster.built == plan.waiting
    assert cluster.hive.tables[FLIGHTS.name][MONTH] == folder
    assert all(cluster.hive.tables[one.view.name][one.partition] == one.location for one in plan.waiting)


@pytest.mark.parametrize("load_id", ["dddddddddddd-1", "../month=01/load=aaaaaaaaaaaa-1"])
def test_a_load_that_is_not_kept_is_refused(served, load_id):
    with pytest.raises(AeroError, match="is not kept"):
        rollback.planned(served(), MONTH, load_id)


def test_a_load_whose_refused_lines_are_kept_no_longer_is_refused(served):
    lake = served()
    lake.delete(FLIGHTS_QUARANTINE.load_path(OLD, *MONTH))
    with pytest.raises(AeroError, match="is not kept"):
        rollback.planned(lake, MONTH, OLD)


def test_a_load_that_the_gates_refused_or_never_judged_is_refused(served):
    lake, tried = served(), "eeeeeeeeeeee-1"
    for path in [path for path in lake.files if f"load={OLD}" in path and "flights" in path]:
        lake.files[path.replace(OLD, tried)] = lake.files[path]
    with pytest.raises(AeroError, match="was never published"):
        rollback.planned(lake, MONTH, tried)


def test_a_manifest_that_cannot_be_read_is_said_before_anything_is_switched(served):
    lake = served()
    lake.files[f"{FLIGHTS_MARKETING.partition_path(*MONTH)}/landed=20260101T000000Z-bbbbbbbb/{MANIFEST}"] = b"{"
    with pytest.raises(AeroError, match="no manifest that can be read"):
        go_back(lake)
    assert seen(lake) == place_of(NEW) and months.read(lake)[MONTH].pinned_load_id is None


def test_the_kept_loads_with_rows_checks_and_which_is_served(served):
    lake = served()
    go_back(lake, because="wrong ids")
    row = {"load_id": OLD, "checked_at": "2026-11-01 12:00:00", "outcome": "warned"}
    found = {one.load_id: one for one in versions.kept(lake, MONTH, [row, row | {"outcome": "passed"}])}
    assert found.keys() == ROWS.keys() and {load: one.rows for load, one in found.items()} == ROWS
    assert [load for load, one in found.items() if one.is_served] == [OLD]
    assert (found[OLD].checks, found[OLD].why, found[OLD].pinned_by) == ("1 warned", "rollback", "ann")
    assert (found[NEW].checks, found[NEW].why, found[NEW].pinned_because) == ("", "load", None)


def test_a_pinned_month_is_said_and_passed_over_until_it_is_unpinned(served, monkeypatch, capsys, tmp_path):
    lake, asked, reports = served(), [], []
    go_back(lake, because="wrong ids")
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    monkeypatch.setattr(land_flights, "landed_before", lambda wanted, _family: asked.extend(wanted) or [])
    monkeypatch.setattr(LandFlights, "output", lambda self: self)
    monkeypatch.setattr(
        LandFlights, "write_records", lambda self, records: reports.append(list(records)), raising=False
    )
    task = LandFlights(run_id="r", start=Month(2013, 1).first_day, end=Month(2013, 3).first_day, source="raw")
    task.run()
    said = f"2013-02 is pinned to {OLD} by ann: wrong ids; aero unpin 2013-02"
    assert capsys.readouterr().err.strip() == said
    assert asked == [(2013, 1), (2013, 3)]
    assert [(one.when, one.outcome, one.message, one.path) for one in reports[0]] == [(MONTH, "pinned", said, None)]
    assert rollback.unpin(lake, MONTH) == OLD and rollback.unpin(lake, MONTH) is None
    assert rollback.pins(months.read(lake), [MONTH]) == {}
    assert months.read(lake)[MONTH].served_load_id == OLD


def test_clean_slate_of_the_clean_layer_takes_the_pins_along(served, monkeypatch):
    """Their loads are gone: every later load would pass the months over."""
    lake = served()
    go_back(lake)
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    monkeypatch.setattr(slate, "_topic", lambda name: slate.Item(name, "", lambda: None))
    monkeypatch.setattr(slate, "_table", lambda *_: ())
    monkeypatch.setattr(slate, "_folder", lambda *_: slate.Item("a folder", "", lambda: None))
    items = slate.items(load_settings(), "clean")
    assert ("pins in the month ledger", "1 months") in [(item.what, item.holds) for item in items]
    for item in items:
        item.clear()
    assert rollback.pins(months.read(lake), [MONTH]) == {}
