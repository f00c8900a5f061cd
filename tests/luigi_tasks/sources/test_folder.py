import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from aero.bts import LAYOUTS
from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_MARKETING, FLIGHTS_REPORTING
from aero.errors import AeroError
from luigi_tasks.landing import bounds
from luigi_tasks.landing.land_file import check
from luigi_tasks.sources import open_source
from luigi_tasks.sources.folder import Folder
from luigi_tasks.sources.offers import Fault, Offer, Offers
from tests.luigi_tasks.bts_files import csv_bytes, month_zip, row, zip_bytes
from tests.luigi_tasks.exports import EXPORTS, NAMES, Export, written

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
    notes, other = offers.notes
    assert notes == f"{tmp_path}/._2013.csv: macOS' notes about another file, left alone\n  Delete it, if you like."
    assert other == f"{tmp_path}/notes.txt: no file of flights, left alone"


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


def test_two_files_of_a_month_that_say_something_else_are_named(tmp_path):
    first = _put(tmp_path, "a.csv", _month(2013, 1))
    second = _put(tmp_path, "b.csv", csv_bytes([row(2013, 1, DepDelay="7.00")]))
    february = _put(tmp_path, "c.csv", _month(2013, 2))
    offers = Folder(tmp_path).offers(ALL)
    assert offers.files == (Offer(FLIGHTS_REPORTING, 2013, 2, february),)
    message = f"2013-01: 2 files hold it, and do not all say the same: {first} and {second}\n  Which is meant?"
    [fault] = offers.faults
    assert (fault.message.startswith(message), fault.month) == (True, (2013, 1))


def test_the_family_chooses_between_two_files_of_a_month(tmp_path):
    reporting = _put(tmp_path, "a.csv", _month(2018, 1))
    marketing = _put(tmp_path, "b.csv", _month(2018, 1, "marketing"))
    [fault] = Folder(tmp_path).offers(ALL).faults
    assert fault.message.endswith("Choose with --family reporting or --family marketing.")
    for family, path in (("reporting", reporting), ("marketing", marketing)):
        offers = Folder(tmp_path, family).offers(ALL)
        assert ([offer.name for offer in offers.files], offers.faults) == ([path], ())


def test_two_files_of_a_data_expo_year_fail_each_month_asked_for(tmp_path):
    _put(tmp_path, "a.csv", _month(2008, 1, "dataexpo"))
    _put(tmp_path, "b.csv", _month(2008, 2, "dataexpo"))
    offers = Folder(tmp_path).offers([(2008, 1), (2008, 2), (2009, 1)])
    assert [fault.month for fault in offers.faults] == [(2008, 1), (2008, 2)]


def test_a_file_that_cannot_be_told_is_a_fault_and_the_others_are_offered(tmp_path):
    _put(tmp_path, "airports.csv", b"Code,Description\nJFK,New York\n")
    _put(tmp_path, "other.csv", b"a,b\n1,2\n")
    _put(tmp_path, "cut.zip", month_zip(2013, 2)[:-30])
    good = _put(tmp_path, "good.zip", month_zip(2013, 1))
    offers = Folder(tmp_path).offers([(2013, 1)])
    assert [offer.name for offer in offers.files] == [good]
    assert offers.notes == (
        f"{tmp_path}/airports.csv: a list of airports, left alone\n  It is no file of flights; nothing is to be done.",
    )
    cut, other = offers.faults
    assert other.message.startswith(f"{tmp_path}/other.csv: the first line is not a header of BTS on-time data: 'a,b'")
    assert cut.message.startswith(f"{tmp_path}/cut.zip: damaged: File is not a zip file")
    assert (other.month, cut.month) == (None, None)


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


def test_equal_contents_are_one_month_however_they_are_packed_and_written(tmp_path):
    first = _put(tmp_path, "On_Time (1).zip", month_zip(2013, 1))
    plain = csv_bytes([row(2013, 1)] * 3)
    second = _put(tmp_path, "b.csv", plain)
    third = _put(tmp_path, "c.csv", plain.replace(b"\n", b"\r\n").replace(b",\r", b"\r"))
    offers = Folder(tmp_path).offers(ALL)
    assert ([offer.name for offer in offers.files], offers.faults) == ([first], ())
    assert offers.notes == tuple(f"2013-01: {other} holds the same as {first}, left alone" for other in (second, third))


def test_links_to_folders_are_followed_once(tmp_path):
    january = _put(tmp_path, "elsewhere/a/january.csv", _month(2013, 1))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "round").symlink_to(tmp_path / "elsewhere")
    [offer] = Folder(tmp_path / "here").offers(ALL).files
    assert offer.name == january.replace("elsewhere", "here/link")


def test_a_zip_of_several_files_is_a_folder(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("all/january.csv", _month(2013, 1))
        archive.writestr("all/february.csv", _month(2013, 2))
        archive.writestr("airports.csv", "iata,airport\nJFK,Kennedy\n")
        archive.writestr("__MACOSX/._january.csv", b"\x00")
    path = _put(tmp_path, "archive.zip", packed.getvalue())
    source = Folder(tmp_path)
    offers = source.offers(ALL)
    assert [offer.name for offer in offers.files] == [f"{path}: all/january.csv", f"{path}: all/february.csv"]
    assert [note.partition("\n")[0] for note in offers.notes] == [
        f"{path}: airports.csv: a list of airports, left alone"
    ]
    (tmp_path / "own").mkdir()
    member = source.fetch(offers.files[1], tmp_path / "own", lambda *_: None)
    assert gzip.decompress(member.read_bytes()) == _month(2013, 2)
    urls = [source.revision(offer).url for offer in offers.files]
    assert urls == [f"file://{path}#all/january.csv", f"file://{path}#all/february.csv"]


@pytest.mark.parametrize("name", ["Kaggle 2015", "PREZIP, lower case", "UTF-16", "exact"])
def test_a_file_of_many_months_is_split_in_one_pass_and_no_line_is_lost(tmp_path, name):
    flights = [row_of(month) for month in ("2019-03", "2018-12", "2019-03", "2019-01", "2018-12")]
    columns = {column: column for column in NAMES}
    content = written(EXPORTS[name] if name in EXPORTS else Export({c: (c, str) for c in columns}), flights)
    if name == "Kaggle 2015":
        content += b"cut,here\n"
    path = _put(tmp_path, "all.csv", content)
    source = Folder(tmp_path)
    offers = source.offers(ALL)
    assert [str(offer) for offer in offers.files] == ["2018-12", "2019-01", "2019-03"]
    assert {offer.name for offer in offers.files} == {path}
    rows = []
    for offer in offers.files:
        into = tmp_path / str(offer)
        into.mkdir()
        arrival = check(source.fetch(offer, into, lambda *_: None), "5ha", offer, into)
        rows.append((dict(arrival.contents.months), arrival.contents.rows))
    extra = int(name == "Kaggle 2015")
    assert rows == [({(2018, 12): 2}, 2 + extra), ({(2019, 1): 1}, 1), ({(2019, 3): 2}, 2)]
    assert len(source._split) == 1


def test_one_mistyped_row_makes_no_month_of_its_own(tmp_path):
    _put(tmp_path, "a.csv", csv_bytes([row(2013, 1)] * 150 + [row(2013, 7)]))
    assert [str(offer) for offer in Folder(tmp_path).offers(ALL).files] == ["2013-01"]


def test_years_of_the_data_expo_in_one_file_are_split_by_year(tmp_path):
    _put(tmp_path, "all.csv", csv_bytes([row(year, month) for year in (2006, 2007) for month in (1, 2)], "dataexpo"))
    source = Folder(tmp_path)
    offers = source.offers(ALL).files
    assert [(str(offer), offer.dataset) for offer in offers] == [("2006", FLIGHTS_DATAEXPO), ("2007", FLIGHTS_DATAEXPO)]
    piece = check(source.fetch(offers[1], tmp_path, lambda *_: None), "5ha", offers[1], tmp_path)
    assert piece.contents.months == {(2007, 1): 1, (2007, 2): 1}


def test_a_long_plain_csv_is_found_to_go_on_with_another_month(tmp_path):
    _put(tmp_path, "a.csv", csv_bytes([row(2013, 1)] * 3000 + [row(2013, 2)] * 3000))
    assert [str(offer) for offer in Folder(tmp_path).offers(ALL).files] == ["2013-01", "2013-02"]


@pytest.mark.parametrize(("name", "member"), [("2013_1.zip", "flights.csv"), ("a.zip", "On_Time_2013_1.csv")])
def test_a_zip_that_is_called_a_month_is_not_unpacked_to_be_offered_and_refused_by_the_landing(tmp_path, name, member):
    content = csv_bytes([row(2013, 1)] * 150 + [row(2013, 2)] * 20)
    path = _put(tmp_path, name, zip_bytes(content, member))
    source = Folder(tmp_path)
    [offer] = source.offers(ALL).files
    assert str(offer) == "2013-01"
    with pytest.raises(AeroError, match="it should hold 2013-01 and nothing else.*\n.*its name does not end in one"):
        check(Path(path), "5ha", offer, tmp_path)
    Path(path).write_bytes(zip_bytes(content, "flights.csv"))
    Path(path).rename(tmp_path / "2013.zip")
    assert [str(offer) for offer in Folder(tmp_path).offers(ALL).files] == ["2013-01", "2013-02"]


def test_the_parts_of_a_table_have_the_same_columns_and_only_their_own_folder(tmp_path):
    for number, year in enumerate((2012, 2013)):
        _put(tmp_path, f"a/part-0000{number}.csv", csv_bytes([row(year, 1)]))
        _put(
            tmp_path,
            f"b/part-0000{number}.csv",
            csv_bytes([row(year, 2)], columns=LAYOUTS["reporting"].columns[number:]),
        )
    _put(tmp_path, "a/part-00002.csv", b"")
    offers = Folder(tmp_path).offers(ALL)
    assert {(str(offer), offer.name) for offer in offers.files} == {
        (when, f"{tmp_path}/a") for when in ("2012-01", "2013-01")
    }
    [fault] = offers.faults
    assert fault.message.startswith(f"{tmp_path}/b: part-00001.csv has other columns than part-00000.csv")
    first = Folder(tmp_path).revision(offers.files[0])
    _put(tmp_path, "a/part-00001.csv", csv_bytes([row(2013, 1)] * 2))
    assert Folder(tmp_path).revision(offers.files[0]) != first


def row_of(month: str) -> dict[str, str]:
    """A flight of the first of a month."""
    year, number = month.split("-")
    told = {"Year": year, "Month": str(int(number)), "DayofMonth": "1", "FlightDate": f"{month}-01"}
    return dict.fromkeys(NAMES, "") | told | {"Origin": "JFK", "Dest": "LAX", "Reporting_Airline": "AA"}
