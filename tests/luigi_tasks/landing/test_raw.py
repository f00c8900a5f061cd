from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aero.datasets import FLIGHTS_DATAEXPO, FLIGHTS_REPORTING
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
    previous = before and replace(BEFORE, landed_at=before)
    assert raw.landing_time(NOON, previous).isoformat() == expected


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
