"""Every kind of file that people have, looked at and landed from one folder."""

import csv
import re
import shutil

import pytest

from aero import connections, lease
from aero.month import Month, month_range
from luigi_tasks import inspection
from luigi_tasks.landing import looking, rewriting, table
from luigi_tasks.landing.land_months import land_months
from luigi_tasks.landing.table import Reading
from luigi_tasks.sources.folder import Folder
from tests.hdfs_in_memory import HdfsInMemory
from tests.luigi_tasks.conftest import Held
from tests.luigi_tasks.exports import CARRIER
from tests.luigi_tasks.kinds_of_files import EXPO_NAMES, FIRST, FLIGHTS, KINDS, LAST, LEFT_ALONE, REFUSED, lay, lay_bad
from tests.luigi_tasks.landing.test_poorer_files import _Unwatched

TOLD = (CARRIER, "Flight_Number_Reporting_Airline", "Origin", "Dest", "DepTime", "ArrDelay")
MONTHS = [month for kind in KINDS for month in kind.months]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    lay(folder)
    lay_bad(folder)
    return folder


@pytest.fixture(scope="module")
def inspected(folder):
    """What `aero inspect` says, by the name of the file in the folder."""
    records = inspection.inspected(list(looking.looks(folder, whole=True)))
    return {str(record["file"])[len(f"{folder}/") :]: record for record in records}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_is_told_with_its_rows_months_and_columns(inspected, kind):
    record = inspected[kind.name]
    assert record["verdict"] == "flights", record["message"]
    assert record["months"] == {str(month): len(FLIGHTS) for month in kind.months}
    assert (record["rows"], record["columns"]) == (len(FLIGHTS) * len(kind.months), kind.columns)
    assert record["would"].startswith(("lands as", "left alone: it holds the same as"))


@pytest.mark.parametrize(
    ("verdict", "name"), [("refused", one) for one in REFUSED] + [("left alone", one) for one in LEFT_ALONE]
)
def test_what_does_not_load_is_said_of_each(inspected, verdict, name):
    record = inspected[name]
    _, words = (REFUSED | LEFT_ALONE)[name]
    assert record["verdict"] == verdict and words in record["message"]


def test_no_file_of_the_folder_is_passed_over(folder, inspected):
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    tables = {name for name in inspected if (folder / name).is_dir()}
    assert tables == {"duckdb", "headed_once", "spark", "told_twice"}
    assert inspected.keys() - tables == {
        name for name in files if name in LEFT_ALONE or name.partition("/")[0] not in tables
    }


@pytest.fixture(scope="module")
def landed(folder, tmp_path_factory):
    """The landings of the folder, and of it again, and HDFS after each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AERO_CACHE", str(tmp_path_factory.mktemp("cache")))
        lake = HdfsInMemory()
        patch.setattr(connections, "webhdfs", lambda: lake)
        patch.setattr(lease, "hold", lambda what: Held())
        found = []
        for _ in range(2):
            notes: list[str] = []
            landings = land_months(
                Folder(folder),
                month_range(FIRST, LAST),
                2,
                lambda _: _Unwatched(),
                lambda _: None,
                lambda: None,
                notes.append,
            )
            found.append((landings, notes, dict(lake.files)))
        return found


def test_a_folder_of_all_kinds_ends_with_an_account_of_each(landed, folder):
    landings, notes, _ = landed[0]
    assert [one.when for one in landings if one.outcome == "landed"] == sorted(MONTHS)
    assert {one.month_rows for one in landings if one.outcome == "landed"} == {len(FLIGHTS)}
    failed = [one.message for one in landings if one.outcome == "failed"]
    assert len(failed) == len(REFUSED)
    for name, (_, words) in REFUSED.items():
        assert any(message.startswith(f"{folder}/{name}: ") and words in message for message in failed)
    for name, (_, words) in LEFT_ALONE.items():
        assert any(f"{folder}/{name}: " in note and words in note for note in notes)


def test_landing_it_twice_changes_nothing(landed):
    (_, notes, before), (landings, again, after) = landed
    assert [one.when for one in landings if one.outcome == "unchanged"] == sorted(MONTHS)
    assert {path for path in after if "manifest" not in path} == {path for path in before if "manifest" not in path}
    assert again == notes


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_landed_tells_the_flights(landed, tmp_path, kind):
    landings, _, files = landed[0]
    for landing in landings:
        if landing.when in kind.months:
            (tmp_path / "flights").write_bytes(files[landing.path])
            rows = [row for row in _rows(tmp_path / "flights") if row["Month"] == str(landing.month)]
            assert _told(rows, landing.lacks) == _told(FLIGHTS, landing.lacks)


def test_an_export_without_header_lands_by_the_one_that_is_given(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("AERO_CACHE", str(tmp_path / "cache"))
    lake = HdfsInMemory()
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    shutil.copy(folder / "bad" / "no_header.csv", tmp_path / "no_header.csv")
    source = Folder(tmp_path / "no_header.csv", reading=Reading("dataexpo"))
    january = [Month(2012, 1)]
    [landing] = land_months(source, january, 1, lambda _: _Unwatched(), lambda _: None, lambda: None)
    assert (landing.outcome, landing.rows, landing.layout) == ("landed", len(FLIGHTS), "dataexpo")


def _rows(path):
    """The rows of a landed file by the names of its layout, as the cleaning reads them."""
    with table.opened(path, "landed") as source:
        names = rewriting.header(source.form.layout).replace('"', "").split(",")
        return [dict(zip(names, row, strict=False)) for row in csv.reader(rewriting.lines(source)) if row]


def _told(rows, lacks):
    """What a file tells of its flights, by BTS' names; numbers without their fraction."""
    own = {value: name for name, value in EXPO_NAMES.items()}
    # Of the airline it may have IATA's code alone.
    names = [name for name in TOLD if name not in lacks or name == CARRIER]
    values = [[row.get(name, row.get(own.get(name, ""), "")) for name in names] for row in rows]
    return sorted([re.sub(r"\.0+$", "", value) for value in row] for row in values)
