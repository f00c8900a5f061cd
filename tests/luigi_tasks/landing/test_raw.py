from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aero import lease, raw_versions
from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_REPORTING, LANDING
from aero.errors import AeroError
from aero.raw_versions import Manifest
from luigi_tasks.landing import raw
from tests.hdfs_in_memory import HdfsInMemory

NOON = datetime(2026, 11, 22, 12, 25, 0, 900_000, UTC)
BEFORE = Manifest(
    dataset="flights_reporting",
    family="reporting",
    layout="reporting",
    year=2013,
    month=1,
    months=(1,),
    rows=3,
    in_table_order=True,
    file="january.csv.gz",
    original="_january.zip",
    size=1,
    sha256="5ha",
    landed_at="2026-11-22T12:25:00+00:00",
    version="/aero/raw/flights_reporting/year=2013/month=01/landed=20261122T122500Z-1a2b3c4d",
)


def test_the_readable_file_stands_in_its_version():
    assert BEFORE.path == f"{BEFORE.version}/january.csv.gz"


def test_versions_are_named_by_time_and_content():
    month = raw.version_path(FLIGHTS_REPORTING, 2013, 1, NOON, "1a2b3c4d5e6f")
    assert month == "/aero/raw/flights_reporting/year=2013/month=01/landed=20261122T122500Z-1a2b3c4d"
    year = raw.version_path(FLIGHTS_DATAEXPO, 2008, None, NOON, "1a2b3c4d5e6f")
    assert year == "/aero/raw/flights_dataexpo/year=2008/landed=20261122T122500Z-1a2b3c4d"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (None, "2026-11-22T12:25:00+00:00"),
        ("2026-11-22T12:24:00+00:00", "2026-11-22T12:25:00+00:00"),
        ("2026-11-22T12:25:00+00:00", "2026-11-22T12:25:01+00:00"),
        ("2026-11-23T00:00:00+00:00", "2026-11-23T00:00:01+00:00"),  # the clock was put back
    ],
)
def test_a_version_is_always_later_by_name_than_the_one_before(before, expected):
    assert raw.landing_time(NOON, before).isoformat() == expected


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("On_Time_(1987_present)_2013_1.csv.gz", "On_Time_(1987_present)_2013_1.csv.gz"),
        ("_.hidden.csv", "hidden.csv"),
        ("a:b{1,2}*?.csv", "a_b_1_2___.csv"),
        ("…", "flights"),
    ],
)
def test_names_that_hdfs_hive_and_spark_take(name, safe):
    assert raw.safe_name(name) == safe


@pytest.fixture
def files(tmp_path):
    """What a version is made of: the readable file and what came."""
    made = {"january.csv.gz": b"january", "_january.zip": b"zip"}
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


def test_a_version_is_its_files_and_its_manifest_and_nothing_is_left_beside_it(files):
    client = HdfsInMemory()
    raw.store_version(client, BEFORE, files)
    assert raw_versions.current(client, FLIGHTS_REPORTING, 2013, 1) == BEFORE
    assert set(client.files) == {f"{BEFORE.version}/{name}" for name in (*files, "_manifest.json")}
    assert client.files[BEFORE.path] == b"january"


def test_a_file_that_arrives_shorter_is_no_version_and_goes(files):
    class Short(HdfsInMemory):
        def write(self, path, data):
            super().write(path, data if isinstance(data, bytes) else data.read()[:-1])

    client = Short()
    with pytest.raises(AeroError, match=r"january\.csv\.gz: 6 of 7 bytes arrived"):
        raw.store_version(client, BEFORE, files)
    assert client.files == {}


def test_who_lost_the_lease_in_the_upload_lands_nothing(files, monkeypatch):
    class Anothers:
        def check(self):
            raise lease.Lost("lost")

    client = HdfsInMemory()
    monkeypatch.setattr(lease, "hold", lambda _what: Anothers())
    with pytest.raises(lease.Lost):
        raw.store_version(client, BEFORE, files)
    assert client.files == {}


def test_a_version_that_is_there_is_not_written_over(files):
    client = HdfsInMemory()
    raw.store_version(client, BEFORE, files)
    before = dict(client.files)
    files["january.csv.gz"].write_bytes(b"another")
    with pytest.raises(AeroError, match="is already there"):
        raw.store_version(client, BEFORE, files)
    assert client.files == before


def test_an_upload_is_swept_a_day_after_it_was_left_and_not_while_it_may_go_on(monkeypatch):
    client, path = HdfsInMemory(), f"{LANDING.path}/left/january.csv.gz"
    client.files[path] = b"jan"
    for now, is_there in ((24 * 3600, True), (24 * 3600 + 1, False)):  # It was left at 1970-01-01 00:00.
        monkeypatch.setattr(raw.time, "time", lambda now=now: now)
        raw.sweep(client)
        assert (path in client.files) == is_there


def test_what_a_kill_leaves_of_a_new_description_is_swept_and_not_beside_the_version(monkeypatch):
    client = HdfsInMemory()
    raw.describe_again(client, BEFORE)
    described = dict(client.files)

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "_rename", killed)
    with pytest.raises(KeyboardInterrupt):
        raw.describe_again(client, replace(BEFORE, etag="2"))
    assert len(client.files) == 2
    raw.sweep(client)  # In this HDFS everything is old.
    assert client.files == described
