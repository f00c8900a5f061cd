import gzip
import os

import pytest

from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING
from aero.errors import AeroError
from luigi_tasks.landing import bounds
from luigi_tasks.sources import open_source
from luigi_tasks.sources.folder import Folder
from luigi_tasks.sources.offers import Fault, Offer, Offers
from tests.luigi_tasks.bts_files import csv_bytes, month_zip, row

ALL = [(year, month) for year in range(1987, 2027) for month in range(1, 13)]


def _put(folder, name: str, content: bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def _month(year: int, month: int, layout: str = "reporting") -> bytes:
    return csv_bytes([row(year, month)], layout)


def test_files_anywhere_in_a_folder_are_told_by_what_they_hold(tmp_path):
    january = _put(tmp_path, "a/b/whatever.zip", month_zip(2013, 1))
    february = _put(tmp_path, "2013_09.csv", _month(2013, 2))
    march = _put(tmp_path, "c/d.csv.gz", gzip.compress(_month(2018, 3, "marketing")))
    year = _put(tmp_path, "c/2008.csv", _month(2008, 5, "dataexpo"))
    _put(tmp_path, "notes.txt", b"")
    _put(tmp_path, "._2013.csv", b"\x00")
    offers = Folder(tmp_path).offers(ALL)
    assert set(offers.files) == {
        Offer(FLIGHTS_REPORTING, 2013, 1, january),
        Offer(FLIGHTS_REPORTING, 2013, 2, february),
        Offer(FLIGHTS_MARKETING, 2018, 3, march),
        Offer(FLIGHTS_DATAEXPO, 2008, None, year),
    }
    assert offers.faults == ()


def test_only_the_months_asked_for_are_offered(tmp_path):
    for month in (1, 2, 3):
        _put(tmp_path, f"{month}.zip", month_zip(2013, month))
    year = _put(tmp_path, "2008.csv", _month(2008, 5, "dataexpo"))
    offers = Folder(tmp_path).offers([(2008, 12), (2013, 2)])
    assert [str(offer) for offer in offers.files] == ["2008", "2013-02"]
    assert open_source(year).offers([(2013, 2)]) == Offers(())


def test_one_file_is_a_source_too(tmp_path):
    path = _put(tmp_path, "january", _month(2013, 1))
    assert open_source(path).offers(ALL).files == (Offer(FLIGHTS_REPORTING, 2013, 1, path),)


def test_two_files_of_a_month_are_named(tmp_path):
    first, second = (_put(tmp_path, name, _month(2013, 1)) for name in ("a.csv", "b.csv"))
    february = _put(tmp_path, "c.csv", _month(2013, 2))
    offers = Folder(tmp_path).offers(ALL)
    assert offers.files == (Offer(FLIGHTS_REPORTING, 2013, 2, february),)
    message = f"2013-01: 2 files hold it: {first} and {second}\n  Move all but one away."
    assert offers.faults == (Fault(message, (2013, 1)),)


def test_the_family_chooses_between_two_files_of_a_month(tmp_path):
    reporting = _put(tmp_path, "a.csv", _month(2018, 1))
    marketing = _put(tmp_path, "b.csv", _month(2018, 1, "marketing"))
    [fault] = Folder(tmp_path).offers(ALL).faults
    assert fault.message.endswith("Choose with --family reporting or --family marketing.")
    for family, path in (("reporting", reporting), ("marketing", marketing)):
        offers = Folder(tmp_path, family).offers(ALL)
        assert ([offer.name for offer in offers.files], offers.faults) == ([path], ())


def test_two_files_of_a_data_expo_year_fail_each_month_asked_for(tmp_path):
    for name in ("a.csv", "b.csv"):
        _put(tmp_path, name, _month(2008, 1, "dataexpo"))
    offers = Folder(tmp_path).offers([(2008, 1), (2008, 2), (2009, 1)])
    assert [fault.month for fault in offers.faults] == [(2008, 1), (2008, 2)]


def test_a_file_that_cannot_be_told_is_a_fault_and_the_others_are_offered(tmp_path):
    _put(tmp_path, "airports.csv", b"Code,Description\nJFK,New York\n")
    _put(tmp_path, "cut.zip", month_zip(2013, 2)[:-30])
    good = _put(tmp_path, "good.zip", month_zip(2013, 1))
    offers = Folder(tmp_path).offers([(2013, 1)])
    assert [offer.name for offer in offers.files] == [good]
    airports, cut = offers.faults
    assert airports.message.startswith(f"{tmp_path}/airports.csv: the first line is not a header of BTS on-time data")
    assert cut.message.startswith(f"{tmp_path}/cut.zip: damaged: File is not a zip file")
    assert (airports.month, cut.month) == (None, None)


def test_a_file_that_the_disk_does_not_give_is_a_fault(tmp_path):
    os.symlink("/proc/self/mem", tmp_path / "january.csv")
    offers = Folder(tmp_path).offers(ALL)
    assert offers == Offers((), (Fault(f"{tmp_path}/january.csv: [Errno 5] Input/output error"),))


def test_a_changed_file_has_another_revision(tmp_path):
    path = _put(tmp_path, "january.csv", _month(2013, 1))
    source = Folder(tmp_path)
    [offer] = source.offers(ALL).files
    before = source.revision(offer)
    assert source.revision(offer).is_still(before)
    os.utime(path, ns=(0, 1_000))
    assert not source.revision(offer).is_still(before)
    os.remove(path)
    with pytest.raises(AeroError, match="january.csv: the file is gone"):
        source.revision(offer)


def test_what_is_fetched_is_a_copy(tmp_path):
    path = _put(tmp_path, "in/january.csv", _month(2013, 1))
    into = tmp_path / "out"
    into.mkdir()
    source = Folder(tmp_path / "in")
    [offer] = source.offers(ALL).files
    copy = source.fetch(offer, into, lambda fetched, total: None)
    os.remove(path)
    assert (copy, copy.read_bytes()) == (into / "january.csv", _month(2013, 1))


def _offered(file) -> tuple[str, str]:
    """When and for which table a file is offered: one of the Data Expo's is a year."""
    if file.layout == "dataexpo":
        return str(file.year), "flights_dataexpo"
    return file.when, f"flights_{file.family}"


def test_files_of_every_family_load_from_their_folder(samples):
    offers = Folder(samples.folder / "bts").offers(ALL)
    assert sorted((str(offer), offer.dataset.table) for offer in offers.files) == sorted(
        _offered(file) for file in samples.bts.values()
    )
    assert offers.faults == ()


def test_a_source_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(AeroError, match=f"there is no folder or file {tmp_path}/nowhere"):
        open_source(str(tmp_path / "nowhere"))


def test_a_file_beyond_all_bounds_is_not_copied(tmp_path, monkeypatch):
    january = _put(tmp_path, "a.csv", _month(2013, 1))
    (tmp_path / "into").mkdir()
    monkeypatch.setattr(bounds, "LARGEST_UNPACKED", 10)
    with pytest.raises(AeroError, match="a.csv: it unpacks to more than 10 bytes"):
        Folder(tmp_path).fetch(Offer(FLIGHTS_REPORTING, 2013, 1, january), tmp_path / "into", lambda *_: None)
    assert list((tmp_path / "into").iterdir()) == []
