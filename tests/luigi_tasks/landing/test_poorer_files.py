"""Files with fewer columns than their layout: what the manifest says of them, and what they never replace."""

import pytest

from aero import connections, raw_versions
from aero.datasets import FLIGHTS_REPORTING
from luigi_tasks.landing.land_months import land_months
from luigi_tasks.sources.folder import Folder
from tests.hdfs_in_memory import HdfsInMemory
from tests.luigi_tasks.bts_files import csv_bytes, row
from tests.luigi_tasks.exports import EXPORTS, NAMES, Export, rows_of, written
from tests.samples import DATA

FLIGHTS = rows_of(DATA / "bts" / "reporting_2019_11.csv")
NOVEMBER = (2019, 11)
WHOLE = written(Export({name: (name, str) for name in NAMES}), FLIGHTS)
KAGGLE, FORM = (written(EXPORTS[name], FLIGHTS) for name in ("Kaggle 2015", "web form, some columns"))


@pytest.fixture
def lake(monkeypatch):
    lake = HdfsInMemory()
    monkeypatch.setattr(connections, "webhdfs", lambda: lake)
    return lake


@pytest.fixture
def land(tmp_path, lake):
    """A function that lands a folder with one file: outcome and message, and the manifest that is current then."""

    def landed(content: bytes, name: str, replace_richer: bool = False):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "flights.csv").write_bytes(content)
        source = Folder(tmp_path / name)
        [landing] = land_months(
            source, [NOVEMBER], 1, lambda _: _Unwatched(), lambda _: None, lambda: None, replace_richer=replace_richer
        )
        return landing, raw_versions.current(lake, FLIGHTS_REPORTING, *NOVEMBER)

    return landed


class _Unwatched:
    def __enter__(self):
        return lambda fetched, total: None

    def __exit__(self, *error):
        pass


def test_the_manifest_lists_what_a_file_lacks_and_the_file_lies_beside_as_it_came(land, lake):
    landing, manifest = land(FORM, "form")
    assert (landing.outcome, landing.message, landing.lacks) == ("landed", "9 of 109 columns", manifest.lacks)
    assert len(manifest.lacks) == 100 and {"TaxiOut", "Distance"} <= set(manifest.lacks)
    assert (manifest.layout, manifest.rows, manifest.months) == ("reporting", 54, (11,))
    assert manifest.read_as == "csv, utf-8, comma, CRLF"
    assert (manifest.file, manifest.original) == ("flights_as_reporting.csv.gz", "_flights.csv")
    assert lake.files[f"{manifest.version}/_flights.csv"] == FORM


def test_landing_it_again_changes_nothing(land, lake):
    _, first = land(FORM, "form")
    before = dict(lake.files)
    landing, second = land(FORM, "form")
    assert (landing.outcome, second.version, landing.lacks) == ("unchanged", first.version, first.lacks)
    assert {path for path in lake.files if "manifest" not in path} == {
        path for path in before if "manifest" not in path
    }


def test_a_poorer_file_replaces_a_richer_one_only_where_that_is_asked_for(land):
    _, rich = land(KAGGLE, "kaggle")
    landing, current = land(FORM, "form")
    assert landing.outcome == "failed" and current == rich
    assert (
        "form/flights.csv: it has 9 of 109 columns, and 2019-11 is there with 31, from flights.csv" in landing.message
    )
    assert "--replace" in landing.message
    landing, current = land(FORM, "form", replace_richer=True)
    assert (landing.outcome, len(current.lacks)) == ("revised", 100)


def test_a_richer_file_replaces_a_poorer_one(land):
    land(FORM, "form")
    landing, current = land(WHOLE, "whole")
    found = (landing.outcome, landing.message, current.lacks, current.read_as)
    assert found == ("revised", "", (), "")


def test_a_data_expo_year_is_richer_than_a_form_with_few_columns(tmp_path, land, lake):
    (tmp_path / "expo").mkdir()
    (tmp_path / "expo" / "2019.csv").write_bytes(csv_bytes([row(2019, 11)], "dataexpo"))
    months = (Folder(tmp_path / "expo"), [NOVEMBER], 1, lambda _: _Unwatched(), lambda _: None, lambda: None)
    [landing] = land_months(*months)
    assert (landing.outcome, landing.message) == ("landed", "29 of 109 columns")
    landing, _ = land(FORM, "form")
    assert landing.outcome == "failed" and "is there with 29, from 2019.csv" in landing.message


def test_manifests_of_before_lack_what_their_layout_lacks(land, lake):
    _, manifest = land(WHOLE, "whole")
    path = f"{manifest.version}/_manifest.json"
    for layout, lacks in (("reporting_old", 0), ("dataexpo", 80)):
        text = lake.files[path].decode().replace('"lacks": []', '"was": 1').replace(manifest.layout, layout)
        lake.files[path] = "\n".join(line for line in text.splitlines() if '"was"' not in line).encode()
        manifest = raw_versions.current(lake, FLIGHTS_REPORTING, *NOVEMBER)
        assert (manifest.lacks, len(manifest.missing)) == (None, lacks)
