"""What the data say: the ledger, the views, the scheduler's report, and what differs from its file."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from aero import connections
from aero.cluster import drift
from aero.datasets import BATCH_VIEWS, FLIGHTS, MONTHS
from aero.month import Month
from aero.ops import freshness, months, schedule, tables
from aero.ops.doctor import data
from tests.aero.ops.doctor.looks import look
from tests.hdfs_in_memory import HdfsInMemory

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def hdfs(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    client = HdfsInMemory()
    client.read = _closing(client.read)
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    return client


def _closing(read):
    @contextmanager
    def opened(path):
        yield read(path)

    return opened


def test_months_that_failed_and_lines_that_are_cut_are_found(hdfs):
    when = Month(2013, 2)
    months.change(hdfs, {when: lambda entry: months.failed(entry, "gate rows_as_expected: 12 of 24,951")})
    [found] = data.failed_months(look(datanode=None))
    assert found.what == "1 months failed; readers have what they had before."
    assert found.evidence == ("2013-02: gate rows_as_expected: 12 of 24,951",)
    hdfs.files[tables.path(MONTHS)] += b"2013\t3"
    [_, cut] = data.failed_months(look(datanode=None))
    assert cut.name == "ledger" and "it is cut" in cut.evidence[0]
    assert data.failed_months(look(datanode="a live DataNode")) == []


def test_a_view_that_is_behind_is_found_and_old_flights_are_not(hdfs, monkeypatch):
    old = NOW - timedelta(days=4000)
    judged = [freshness.judged(FLIGHTS.name, old, old, "event", freshness.MONTHLY_HOURS, NOW)]
    judged += [freshness.judged(view.name, old, NOW, "load", 6, NOW) for view in BATCH_VIEWS[1:]]
    judged += [freshness.judged(BATCH_VIEWS[0].name, old, NOW - timedelta(hours=7), "load", 6, NOW)]
    monkeypatch.setattr(freshness, "found", lambda *_: judged)
    [found] = data.views_behind(look(datanode=None, metastore=None))
    assert found.evidence == (f"{BATCH_VIEWS[0].name} since 7 h",)
    judged.pop()
    assert data.views_behind(look(datanode=None, metastore=None)) == []


def test_a_run_of_the_scheduler_that_failed_is_found_with_its_months(hdfs):
    settings = look().settings
    assert data.scheduler(look()) == []
    schedule.write_report(settings, {"ran_at": NOW.isoformat(), "outcome": "done", "months": []})
    assert data.scheduler(look()) == []
    month = {"when": "2026-08", "outcome": "failed", "message": "Kafka is away"}
    schedule.write_report(settings, {"ran_at": NOW.isoformat(), "outcome": "1 of 2 months failed", "months": [month]})
    [found] = data.scheduler(look())
    assert found.evidence == ("2026-11-27T12:00: 1 of 2 months failed", "2026-08: Kafka is away")


def test_a_clock_that_went_back_is_found(hdfs):
    later = datetime.now(UTC) + timedelta(days=1)
    schedule.write_report(look().settings, {"ran_at": later.isoformat(), "outcome": "done", "months": []})
    [found] = data.scheduler(look())
    assert found.name == "clock" and later.isoformat() in found.evidence[0]


def test_folders_and_topics_that_differ_from_their_files_are_found(hdfs, monkeypatch):
    folders = {one["path"]: one for one in drift.declared("hadoop/folders.toml")["folder"]}
    topics = {one["name"]: one["partitions"] for one in drift.declared("kafka/topics.toml")["topic"]}

    def status(path, strict=True):
        return {"owner": folders[path]["owner"], "permission": folders[path]["mode"]}

    hdfs.status = status
    admin = SimpleNamespace(
        list_topics=lambda: [*topics, "theirs"],
        describe_topics=lambda asked: [{"name": one, "partitions": [0] * topics[one]} for one in asked],
        close=lambda: None,
    )
    monkeypatch.setattr(data.kafka_clients, "admin", lambda *_: admin)
    assert data.drifted(look(datanode=None, kafka=None)) == []
    first, second = next(iter(folders)), next(iter(topics))
    folders[first], topics[second] = folders[first] | {"mode": "123"}, 99
    found = data.drifted(look(datanode=None, kafka=None))
    assert [one.name for one in found] == ["drift", "drift"]
    assert f"{first} has mode 123, its file says" in found[0].what
    assert f"{second} has 99 partitions, its file says" in found[1].what
    assert data.drifted(look(datanode="a live DataNode", kafka=None)) == found[1:]
