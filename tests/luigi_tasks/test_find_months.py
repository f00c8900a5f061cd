"""What the scheduler takes for done: the load that readers see is that of the newest bytes."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from aero import raw_versions
from aero.datasets import BATCH_VIEWS, FLIGHTS, FLIGHTS_REPORTING
from aero.errors import AeroError
from aero.month import Month
from aero.ops import months, view_loads
from aero.raw_versions import Revision
from luigi_tasks import clean_loads, find_months
from luigi_tasks.sources.download import Refused
from luigi_tasks.sources.offers import Offer
from tests.hdfs_in_memory import HdfsInMemory

MONTH = Month(2013, 2)
LOAD = clean_loads.load_id("a" * 64)
SERVED = replace(months.empty(MONTH), is_served=True, state="published", served_load_id=LOAD)
SAME = Revision("https://example.org/february.zip", etag="1")


@pytest.mark.parametrize(
    ("entry", "landed", "outcome"),
    [
        (SERVED, "aaaaaaaaaaaa", "unchanged"),
        (replace(SERVED, served_load_id=f"{LOAD}-r20261127"), "aaaaaaaaaaaa", "unchanged"),
        (SERVED, "bbbbbbbbbbbb", "unfinished"),
        (replace(SERVED, served_load_id="aaaaaaaaaaaa-0"), "aaaaaaaaaaaa", "unfinished"),
        (replace(SERVED, is_served=False), "aaaaaaaaaaaa", "unfinished"),
        (None, "aaaaaaaaaaaa", "unfinished"),
        (replace(SERVED, pinned_load_id=LOAD), "bbbbbbbbbbbb", "unchanged"),
        (None, None, "new"),
    ],
)
def test_a_month_is_done_when_readers_see_the_load_of_its_newest_bytes(monkeypatch, entry, landed, outcome):
    current = landed and SimpleNamespace(sha256=landed + "0" * 52, revision=SAME)
    monkeypatch.setattr(raw_versions, "current", lambda *_: current)
    source = SimpleNamespace(revision=lambda _offer: SAME)
    offer = Offer(FLIGHTS_REPORTING, *MONTH, SAME.url)
    assert find_months._found(None, source, offer, MONTH, entry).outcome == outcome


def test_a_manifest_that_cannot_be_read_keeps_no_other_month_from_being_found():
    version = f"{FLIGHTS_REPORTING.partition_path(*MONTH)}/landed=20260101T000000Z-aaaaaaaa"
    client = HdfsInMemory({f"{version}/_manifest.json": b"{"})
    source = SimpleNamespace(revision=lambda _offer: SAME)
    found = find_months._found(client, source, Offer(FLIGHTS_REPORTING, *MONTH, SAME.url), MONTH, SERVED)
    assert found.outcome == "unknown" and "_manifest.json: no manifest that can be read" in found.message


def test_of_a_year_whose_views_are_not_built_from_what_readers_see_one_month_is_not_done(monkeypatch):
    flights = {(2013, month): FLIGHTS.load_path(LOAD, 2013, month) for month in (1, 2, 3)}
    tables = {FLIGHTS: flights, **{view: {} for view in BATCH_VIEWS}}
    for load in view_loads.of_year(flights, 2013):
        tables[load.view][load.partition] = load.location
    monkeypatch.setattr(find_months.metastore, "locations", tables.get)
    asked = [Month(2013, month) for month in (1, 2, 4)]
    assert find_months._months_behind(asked) == set()
    flights[2013, 1] = FLIGHTS.load_path("bbbbbbbbbbbb-1", 2013, 1)
    assert find_months._months_behind(asked) == {(2013, 1), (2013, 2)}


@pytest.mark.parametrize(("status", "outcome"), [(404, "absent"), (403, "unknown"), (410, "unknown")])
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_month_that_a_source_does_not_have_is_absent_and_one_that_it_does_not_tell_of_is_unknown(
    status, outcome, is_wrapped
):
    def refuse(_offer):
        refused = Refused("february.zip", status, "No")
        if not is_wrapped:
            raise refused
        raise AeroError(refused.problem, "Try again later.") from refused

    found = find_months._found(
        None, SimpleNamespace(revision=refuse), Offer(FLIGHTS_REPORTING, *MONTH, "x"), MONTH, None
    )
    assert (found.outcome, found.message) == (outcome, f"february.zip: the server answered {status} No")


def test_a_month_whose_file_the_source_has_replaced_is_revised(monkeypatch):
    landed = SimpleNamespace(sha256="a" * 64, revision=replace(SAME, etag="0"))
    monkeypatch.setattr(raw_versions, "current", lambda *_: landed)
    source = SimpleNamespace(revision=lambda _offer: SAME)
    found = find_months._found(None, source, Offer(FLIGHTS_REPORTING, *MONTH, SAME.url), MONTH, SERVED)
    assert found.outcome == "revised"
