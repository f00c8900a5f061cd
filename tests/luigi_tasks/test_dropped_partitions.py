"""Partitions that somebody drops or adds by hand: the next load makes ledger, views and freshness agree again."""

import pytest

from aero.datasets import BATCH_VIEWS, FLIGHT_STATISTICS_DAILY, FLIGHTS
from aero.month import Month, month_range
from aero.ops import freshness, publications, readers
from aero.settings import load_settings
from tests.luigi_tasks.served_months import load, serving

YEAR = month_range(Month(2013, 1), Month(2013, 12))
FEBRUARY = YEAR[1]


@pytest.fixture
def cluster(monkeypatch, tmp_path):
    """All months of 2013 are served."""
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(freshness, "_live", lambda *_: [])
    return serving(monkeypatch, YEAR)


def seen(cluster):
    """The partitions of flights and views, with their folders."""
    return {dataset: dict(cluster.hive.tables[dataset.name]) for dataset in (FLIGHTS, *BATCH_VIEWS)}


def behind(ledger):
    """The views of which not all partitions are built from what readers see."""
    views = [row for row in freshness.found(load_settings(), ledger) if row.table_name != FLIGHTS.name]
    return {view.table_name for view in views if view.state != "fresh" or view.age_hours}


@pytest.mark.parametrize("others_first", [False, True])
def test_a_month_that_is_loaded_again_after_its_partition_was_dropped_has_its_views_again(cluster, others_first):
    before = seen(cluster)
    del cluster.hive.tables[FLIGHTS.name][FEBRUARY]
    assert readers.reconcile()[FEBRUARY].state == "missing"
    assert FLIGHT_STATISTICS_DAILY.name in behind(readers.reconcile())  # It has a month too many.
    if others_first:  # A load of January builds the views of the year from the eleven months that readers see.
        load(YEAR[0], YEAR[0], "january")
        assert {one.year for one in cluster.built} == {2013}
        assert behind(readers.reconcile()) == set()
        assert all(FEBRUARY not in cluster.hive.tables[view.name] for view in BATCH_VIEWS)
        [*_, gone] = publications.read(cluster.lake, FLIGHT_STATISTICS_DAILY).of(FEBRUARY)
        assert (gone.from_location, gone.to_location) == (before[FLIGHT_STATISTICS_DAILY][FEBRUARY], None)
    assert load(FEBRUARY, FEBRUARY, "february") == [{"unchanged"}] * 3
    assert seen(cluster) == before
    ledger = readers.reconcile()
    assert (ledger[FEBRUARY].state, ledger[FEBRUARY].is_served) == ("published", True)
    assert behind(ledger) == set()


def test_a_partition_that_somebody_adds_and_drops_again_leaves_ledger_and_freshness_as_they_were(cluster):
    stranger = Month(2014, 1)
    before = readers.reconcile()
    cluster.hive.tables[FLIGHTS.name][stranger] = FLIGHTS.load_path("by-hand", *stranger)
    ledger = readers.reconcile()
    assert ledger[stranger].is_served and ledger[stranger].message
    del cluster.hive.tables[FLIGHTS.name][stranger]
    assert readers.reconcile() == before
    assert behind(before) == set()
