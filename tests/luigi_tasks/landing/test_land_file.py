import bz2
import gzip
import io

import pytest

from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING
from aero.errors import AeroError
from aero.month import Month, month_range
from luigi_tasks.landing import bounds, flight_file, land_file, not_flights
from luigi_tasks.landing.land_file import check
from luigi_tasks.sources.folder import Folder
from luigi_tasks.sources.offers import Offer
from tests.luigi_tasks.bts_files import csv_bytes, row, zip_bytes

JANUARY = Offer(FLIGHTS_REPORTING, 2013, 1, "http://bts/january")
YEAR = Offer(FLIGHTS_DATAEXPO, 2008, None, "/data/2008.csv")
CSV = csv_bytes([row(2013, 1)])


def _check(tmp_path, content: bytes, name: str = "january", offer: Offer = JANUARY):
    path = tmp_path / name
    path.write_bytes(content)
    return check(path, "5ha", offer, tmp_path)


class Counting(io.RawIOBase):
    """A stream that notes how much is read of it each time."""

    def __init__(self, packed, counts):
        super().__init__()
        self._packed, self._counts = packed, counts

    def read(self, size=-1):
        piece = self._packed.read(size)
        self._counts.append(len(piece))
        return piece


@pytest.mark.parametrize("packing", [lambda csv: csv, gzip.compress, bz2.compress, zip_bytes])
def test_a_file_is_unpacked_once_however_many_months_it_holds(tmp_path, monkeypatch, packing):
    csv = csv_bytes([row(2008, month) for month in range(1, 13)] * 10_000, "dataexpo")
    (tmp_path / "2008.csv").write_bytes(packing(csv))
    opened, unpacked = flight_file._opened, []
    monkeypatch.setattr(flight_file, "_opened", lambda *file: Counting(opened(*file), unpacked))

    [offer] = Folder(tmp_path).offers(month_range(Month(2008, 1), Month(2008, 12))).files
    looked_at = sum(unpacked)
    (tmp_path / "own").mkdir()
    arrival = check(Folder(tmp_path).fetch(offer, tmp_path / "own", lambda *_: None), "5ha", offer, tmp_path / "own")

    assert len(arrival.contents.months) == 12 and arrival.contents.rows == 120_000
    assert looked_at <= bounds.PIECE + not_flights.TAR.stop < len(csv)
    assert sum(unpacked) - looked_at <= len(csv) + bounds.PIECE


def test_a_zip_is_kept_hidden_beside_its_readable_csv(tmp_path):
    arrival = _check(tmp_path, zip_bytes(CSV, "On Time (1987)_2013_1.csv"), "On Time 1.zip")
    assert {name: path.name for name, path in arrival.files().items()} == {
        "On_Time_(1987)_2013_1.csv.gz": "On Time (1987)_2013_1.csv.gz",
        "_On_Time_1.zip": "On Time 1.zip",
    }
    assert gzip.decompress(arrival.readable.read_bytes()) == CSV
    assert arrival.contents.rows == 1


@pytest.mark.parametrize(
    ("content", "name", "readable"),
    [
        (CSV, "2013_1.csv", "2013_1.csv"),
        (CSV, "_hidden", "hidden.csv"),
        (gzip.compress(CSV, mtime=0), "2013_1.csv.gz", "2013_1.csv.gz"),
        (gzip.compress(CSV, mtime=0), "2013_1.csv", "2013_1.csv.csv.gz"),
        (CSV, "Jänner [1].CSV", "J_nner__1_.csv"),
    ],
)
def test_any_other_file_stays_as_it_came_under_a_name_that_tells_its_packing(tmp_path, content, name, readable):
    arrival = _check(tmp_path, content, name)
    assert arrival.files() == {readable: tmp_path / name}


def test_a_data_expo_year_may_lack_months_but_not_hold_others(tmp_path):
    arrival = _check(tmp_path, csv_bytes([row(2008, 10), row(2008, 12)], "dataexpo"), offer=YEAR)
    assert arrival.contents.months == {(2008, 10): 1, (2008, 12): 1}
    with pytest.raises(
        AeroError, match=r"should hold 2008 and nothing else; it has the months 2007-12 \(1 rows\), 2008"
    ):
        _check(tmp_path, csv_bytes([row(2007, 12), row(2008, 1)], "dataexpo"), offer=YEAR)


@pytest.mark.parametrize(
    ("rows", "has"),
    [
        ([row(2013, 1), row(2013, 2)], "2013-01 (1 rows), 2013-02 (1 rows)"),
        ([row(2012, 12)], "2012-12 (1 rows)"),
        ([row(2013, 1, Year="")], "none"),
        ([row(2013, 1)] * 97 + [row(2013, 2)] * 2, "2013-01 (97 rows), 2013-02 (2 rows)"),
        ([row(2013, 2)] + [row(2013, 1, Year="")] * 200, "2013-02 (1 rows)"),
    ],
)
def test_a_file_of_other_months_is_refused(tmp_path, rows, has):
    with pytest.raises(AeroError) as refused:
        _check(tmp_path, csv_bytes(rows))
    problem = f"http://bts/january: it should hold 2013-01 and nothing else; it has the months {has}"
    assert refused.value.problem == problem


def test_a_file_of_the_other_family_is_refused(tmp_path):
    with pytest.raises(AeroError, match="january: it has the reporting header, .* not belong into flights_marketing"):
        _check(tmp_path, CSV, offer=Offer(FLIGHTS_MARKETING, 2013, 1, "january"))


def _manifest_of(arrival, offer: Offer):
    return land_file._manifest(arrival, offer, None)


@pytest.mark.parametrize(("own", "strays"), [(198, 1), (198, 2), (2, 1)])
def test_a_few_rows_of_other_months_are_left_to_the_cleaning(tmp_path, own, strays):
    rows = [row(2013, 1)] * own + [row(2013, 2), row(1999, 7)][:strays]
    arrival = _check(tmp_path, csv_bytes(rows))
    manifest = _manifest_of(arrival, JANUARY)
    assert (manifest.months, manifest.rows) == ((1,), own + strays)
    assert manifest.rows_of(1) == own + strays


def test_a_few_rows_of_another_year_leave_a_data_expo_year_its_own_months(tmp_path):
    rows = [row(2008, 10)] * 60 + [row(2008, 12)] * 60 + [row(2007, 3)]
    manifest = _manifest_of(_check(tmp_path, csv_bytes(rows, "dataexpo"), offer=YEAR), YEAR)
    assert (manifest.months, manifest.rows) == ((10, 12), 121)
    assert [manifest.rows_of(month) for month in (10, 11, 12)] == [61, None, 60]
