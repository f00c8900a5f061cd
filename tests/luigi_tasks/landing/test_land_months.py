import gzip
import hashlib
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from aero import raw_versions
from aero.bts import LAYOUTS
from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_REPORTING
from aero.errors import AeroError
from aero.run_reports import Landing
from luigi_tasks.landing import land_months as landing
from luigi_tasks.landing.land_months import land_months
from luigi_tasks.sources.bts_site import BtsSite
from luigi_tasks.sources.download import CHUNK, Patience
from luigi_tasks.sources.folder import Folder
from luigi_tasks.sources.nycflights13 import NycFlights13
from tests.luigi_tasks.bts_files import csv_bytes, month_zip, row, zip_bytes
from tests.luigi_tasks.prezip_server import page, status, truncate

NAME = "On_Time_Reporting_Carrier_On_Time_Performance_1987_present_2013_{}.zip"
AT_ONCE = Patience(attempts=3, first_pause=0)


@contextmanager
def _unwatched(offer):
    yield lambda fetched, total: None


def _land(source, *months, parallel: int = 4, ends_soon=lambda: None) -> list[Landing]:
    reported = []
    landings = land_months(source, months, parallel, _unwatched, reported.append, ends_soon)
    assert Counter(reported) == Counter(landings)
    return landings


def _land_2013(prezip, *months: int) -> list[Landing]:
    return _land(BtsSite(prezip.url, "reporting", AT_ONCE), *((2013, month) for month in months))


def test_without_hdfs_nothing_is_tried(monkeypatch, prezip):
    monkeypatch.setenv("HTTP_DOOR", "open")  # There is no password: nothing was started.
    monkeypatch.setenv("NAMENODE_HTTP_PORT", "1")
    with pytest.raises(AeroError, match="HDFS at localhost:1 does not answer: .*Connection refused"):
        _land_2013(prezip, 1)
    assert prezip.heads == []


@pytest.mark.cluster
def test_a_month_lands_as_it_came_and_as_sql_reads_it(prezip, lake):
    content = month_zip(2013, 1)
    url = prezip.put(NAME.format(1), content, etag='"1"')
    [landing] = _land_2013(prezip, 1)
    manifest = raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1)
    assert landing == Landing(
        *(2013, 1, "landed", ""),
        dataset="flights_reporting",
        family="reporting",
        layout="reporting",
        version=manifest.version,
        path=f"{manifest.version}/On_Time_(1987_present)_2013_1.csv.gz",
        sha256=hashlib.sha256(content).hexdigest(),
        rows=3,
        size=manifest.size,
        source="bts",
        landed_at=manifest.landed_at,
        months=(1,),
        month_rows=3,
    )
    original = f"_{NAME.format(1)}"
    assert set(lake.list(landing.version)) == {"On_Time_(1987_present)_2013_1.csv.gz", "_manifest.json", original}
    assert _read(lake, f"{landing.version}/{original}") == content
    assert gzip.decompress(_read(lake, landing.path)) == csv_bytes([row(2013, 1)] * 3)
    written = json.loads(_read(lake, f"{landing.version}/_manifest.json"))
    described = {"url": url, "size": len(content), "last_modified": "Tue, 14 Nov 2023 22:13:20 GMT", "etag": '"1"'}
    assert written == written | described | {"sha256": landing.sha256, "rows": 3, "months": [1], "source": "bts"}
    assert raw_versions.of_month(lake, "reporting", 2013, 1) == manifest
    assert raw_versions.of_month(lake, "marketing", 2013, 1) is None


def _read(client, path: str) -> bytes:
    with client.read(path) as file:
        return file.read()


@pytest.mark.cluster
def test_who_cleans_hears_of_it_when_few_files_are_to_come_and_something_was_landed(prezip, lake, monkeypatch):
    monkeypatch.setattr(landing, "FEW_FILES", 1)
    source, months = BtsSite(prezip.url, "reporting", AT_ONCE), [(2013, month) for month in (1, 2, 3)]
    heard = []
    for month in (1, 2):
        prezip.put(NAME.format(month), month_zip(2013, month))
    for _ in range(2):
        _land(source, *months, ends_soon=lambda: heard.append("soon"))
        # The second of three files, and the third; nothing when both are unchanged.
        assert heard == ["soon", "soon"]


@pytest.mark.cluster
def test_bad_months_are_told_each_in_its_way_and_good_ones_land(prezip, lake):
    big = csv_bytes([row(2013, 2, Tail_Number=f'"{hashlib.sha256(bytes([i])).hexdigest()}"') for i in range(250)] * 8)
    contents = {1: month_zip(2013, 1), 2: zip_bytes(big, method=0), 3: month_zip(2013, 3), 5: month_zip(2013, 5)}
    contents |= {6: month_zip(2013, 6)[:-60] + bytes(60), 7: month_zip(2012, 7), 8: zip_bytes(b"", "readme.txt")}
    for month, content in contents.items():
        prezip.put(NAME.format(month), content)
    prezip.misbehave(NAME.format(1), status(500), status(429))
    prezip.misbehave(NAME.format(2), truncate(CHUNK))
    prezip.misbehave(NAME.format(3), page("<html><title>Maintenance</title>"))
    prezip.misbehave(NAME.format(5), *[status(500)] * 3)
    landings = {landing.month: landing for landing in _land_2013(prezip, *range(1, 9))}
    assert {month: (landing.outcome, landing.rows) for month, landing in landings.items() if landing.rows} == {
        1: ("landed", 3),
        2: ("landed", 2000),
    }
    assert f"bytes={CHUNK}-" in prezip.ranges
    expected = {
        3: "an HTML page came in place of the zip: 'Maintenance'",
        4: "404, there is no such file",
        5: "the server answered 500 Internal Server Error (3 attempts)",
        6: "damaged: File is not a zip file",
        7: "it should hold 2013-07 and nothing else; it has the months 2012-07 (3 rows)",
        8: "the zip holds no CSV, but readme.txt, readme.html",
    }
    failed = {month: landing.message for month, landing in landings.items() if landing.outcome == "failed"}
    complaints = {month: message.splitlines()[0].split(".zip: ")[1] for month, message in failed.items()}
    assert complaints == expected
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 3) is None


@pytest.mark.cluster
def test_a_month_that_hdfs_refuses_does_not_stop_the_others(lake):
    lake.write(FLIGHTS_REPORTING.partition_path(2013, 2), data=b"a file in the folder's place")
    january, february = _land(NycFlights13(), (2013, 1), (2013, 2))
    assert january.outcome == "landed"
    assert february.outcome == "failed"
    assert february.message.startswith("nycflights13 2013-02: HdfsError: ")


@pytest.mark.cluster
def test_a_second_run_fetches_nothing_that_is_unchanged(prezip, lake):
    for month in (1, 2):
        prezip.put(NAME.format(month), month_zip(2013, month))
    first = _land_2013(prezip, 1, 2)
    prezip.gets.clear()
    again = _land_2013(prezip, 1, 2)
    assert prezip.gets == []
    assert [landing.outcome for landing in again] == ["unchanged", "unchanged"]
    assert [landing.version for landing in again] == [landing.version for landing in first]


@pytest.mark.cluster
def test_two_runs_at_once_land_a_month_once(prezip, lake):
    prezip.put(NAME.format(1), month_zip(2013, 1))
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: _land_2013(prezip, 1), range(2)))
    assert sorted(landing.outcome for [landing] in runs) == ["landed", "unchanged"]
    assert len(prezip.gets) == 1


@pytest.mark.cluster
def test_what_a_killed_run_left_on_this_machine_is_no_hindrance_and_goes(prezip, lake, own_cache):
    left = own_cache / "downloads" / "flights_reporting-2013-01"
    left.mkdir(parents=True)
    (left / "half.csv").write_bytes(b"half")
    prezip.put(NAME.format(1), month_zip(2013, 1))
    [landing] = _land_2013(prezip, 1)
    assert landing.outcome == "landed"
    assert not left.exists()


@pytest.mark.cluster
def test_a_revised_month_becomes_the_current_version_and_the_old_one_stays(prezip, lake):
    prezip.put(NAME.format(1), month_zip(2013, 1))
    [first] = _land_2013(prezip, 1)
    prezip.put(NAME.format(1), month_zip(2013, 1, rows=4), changed=1_800_000_000)
    [second] = _land_2013(prezip, 1)
    assert (second.outcome, second.rows) == ("revised", 4)
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1).version == second.version > first.version
    assert _read(lake, f"{first.version}/_{NAME.format(1)}") == month_zip(2013, 1)


@pytest.mark.cluster
def test_the_same_bytes_under_a_new_date_are_the_same_version(prezip, lake):
    prezip.put(NAME.format(1), month_zip(2013, 1))
    [first] = _land_2013(prezip, 1)
    prezip.put(NAME.format(1), month_zip(2013, 1), changed=1_800_000_000)
    [second] = _land_2013(prezip, 1)
    assert (second.outcome, second.version) == ("unchanged", first.version)
    assert raw_versions.current(lake, FLIGHTS_REPORTING, 2013, 1).last_modified == "Fri, 15 Jan 2027 08:00:00 GMT"
    prezip.gets.clear()
    assert _land_2013(prezip, 1) == [second]
    assert prezip.gets == []


@pytest.mark.cluster
def test_a_data_expo_year_stands_in_for_months_without_a_file_of_their_own(tmp_path, lake):
    (tmp_path / "2008.csv").write_bytes(csv_bytes([row(2008, 1), row(2008, 2), row(2008, 2)], "dataexpo"))
    (tmp_path / "2008_1.csv").write_bytes(csv_bytes([row(2008, 1)]))
    landings = _land(Folder(tmp_path), (2008, 1), (2008, 2), (2008, 3))
    assert [(landing.month, landing.dataset, landing.outcome) for landing in landings] == [
        (1, None, "superseded"),
        (1, "flights_reporting", "landed"),
        (2, "flights_dataexpo", "landed"),
        (3, None, "absent"),
    ]
    year = raw_versions.current(lake, FLIGHTS_DATAEXPO, 2008)
    assert (year.months, year.rows, year.original) == ((1, 2), 3, "2008.csv")
    assert raw_versions.of_month(lake, "reporting", 2008, 1).dataset == "flights_reporting"
    assert raw_versions.of_month(lake, "reporting", 2008, 2) == year
    assert raw_versions.of_month(lake, "reporting", 2008, 3) is None
    (tmp_path / "2008_1.csv").unlink()
    assert [landing.outcome for landing in _land(Folder(tmp_path), (2008, 1), (2008, 2))] == ["superseded", "unchanged"]


@pytest.mark.cluster
def test_columns_in_another_order_are_landed_and_told(tmp_path, lake):
    columns = tuple(reversed(LAYOUTS["reporting"].columns))
    (tmp_path / "january.csv").write_bytes(csv_bytes([row(2013, 1)], columns=columns))
    [landing] = _land(Folder(tmp_path), (2013, 1))
    assert (landing.outcome, landing.message) == ("landed", "its columns stand in another order than the raw table's")


@pytest.mark.cluster
def test_a_source_that_has_none_of_the_months_fails_them(lake):
    assert _land(NycFlights13(), (2012, 1)) == [
        Landing(2012, 1, "failed", "the source nycflights13 does not have this month")
    ]
