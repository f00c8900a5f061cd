"""Which load a landed month is to have: that of its bytes, a rebuild's own, or a rebuild's that readers see."""

import json
from dataclasses import replace

import pytest

from aero.datasets import FLIGHTS, FLIGHTS_QUARANTINE
from aero.load_plan import RawMonth
from aero.month import Month
from aero.ops import months
from aero.run_reports import Landing, LandingOutcome
from luigi_tasks import clean_loads
from tests.hdfs_in_memory import HdfsInMemory

MONTH = Month(2013, 2)
SHA256 = "aaaaaaaaaaaa" + "0" * 52
LANDING = Landing(
    *MONTH,
    LandingOutcome.UNCHANGED,
    family="reporting",
    layout="reporting",
    path="/aero/raw/february.csv.gz",
    sha256=SHA256,
    months=(2,),
    month_rows=3,
)


@pytest.mark.parametrize(
    ("served", "rebuild", "load_id"),
    [
        (None, "", "aaaaaaaaaaaa-2"),
        ("aaaaaaaaaaaa-2", "", "aaaaaaaaaaaa-2"),
        ("aaaaaaaaaaaa-2-r20261122", "", "aaaaaaaaaaaa-2-r20261122"),
        ("bbbbbbbbbbbb-2-r20261122", "", "aaaaaaaaaaaa-2"),
        ("aaaaaaaaaaaa-2-r20261122", "20261123", "aaaaaaaaaaaa-2-r20261123"),
    ],
)
def test_the_same_bytes_are_the_same_load_unless_it_is_a_rebuild(monkeypatch, served, rebuild, load_id):
    ledger = {MONTH: replace(months.empty(MONTH), served_load_id=served)}
    monkeypatch.setattr(months, "read", lambda client: ledger)
    absent = Landing(2013, 3, LandingOutcome.ABSENT)
    assert clean_loads.planned(None, [LANDING, absent], rebuild) == [
        RawMonth(2013, 2, LANDING.path, "february.csv.gz", "reporting", "reporting", load_id, (2,), 3)
    ]


def test_a_load_whose_report_is_damaged_is_not_complete_and_stops_no_other():
    raw = RawMonth(*MONTH, "unused", "february.csv.gz", "reporting", "reporting", "aaaaaaaaaaaa-2")
    client = HdfsInMemory({clean_loads.report_path(raw): b'{"rows_in": 3, "ro', f"{raw.folder()}/part-0.orc": b"rows"})
    assert clean_loads.read_report(client, raw) is None


RAW = RawMonth(*MONTH, "unused", "february.csv.gz", "reporting", "reporting", "aaaaaaaaaaaa-2")


@pytest.mark.parametrize(
    ("rows_clean", "files", "is_complete"),
    [
        (3, {"part-0.orc": b"rows"}, True),
        (3, {"part-0.orc": b""}, False),
        (3, {"_profile.json": b"{}", ".part-0.orc.crc": b"crc"}, False),
        (0, {}, True),
    ],
)
def test_a_load_is_complete_where_its_report_and_the_rows_it_counts_are_there(rows_clean, files, is_complete):
    report = {"rows_in": 3, "rows_clean": rows_clean}
    client = HdfsInMemory({f"{RAW.folder()}/{name}": data for name, data in files.items()})
    assert clean_loads.read_report(client, RAW) is None
    client.files[clean_loads.report_path(RAW)] = json.dumps(report).encode()
    assert clean_loads.read_report(client, RAW) == (report if is_complete else None)


def test_what_a_killed_run_was_writing_goes_and_every_load_stays():
    places = [RAW.folder(dataset).rpartition("/")[0] for dataset in (FLIGHTS, FLIGHTS_QUARANTINE)]
    other_month = FLIGHTS.partition_path(2013, 3)
    names = ("load=aaaaaaaaaaaa-2", "load=bbbbbbbbbbbb-2", "_loading-aaaaaaaaaaaa-2", "_loading-x")
    client = HdfsInMemory({f"{place}/{name}/part-0.orc": b"rows" for place in (*places, other_month) for name in names})
    clean_loads.sweep(client, RAW)
    assert {place: client.list(place) for place in (*places, other_month)} == {
        **dict.fromkeys(places, sorted(names[:2])), other_month: sorted(names),
    }  # fmt: skip
