import gzip
import json
import socket
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from aero.connections import webhdfs
from aero.errors import AeroError
from aero.live.archive import Archive, Page, folder, read_pages
from aero.webhdfs import Client

EVENING = datetime(2026, 1, 12, 23, 59, 12, 345000, tzinfo=UTC)
DAY = date(2026, 1, 12)
BODY = {"data": [{"flight": "EK 371", "name": "Köln"}], "pagination": {"count": 1}}


@pytest.fixture
def clock(clock_at):
    return clock_at(EVENING)


@pytest.fixture(params=["not there", "silent"])
def hdfs_away(request):
    """A client of a NameNode that is not there, or keeps silent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "silent":
            listener.listen()
        yield Client(f"http://127.0.0.1:{listener.getsockname()[1]}", 0.3, user="aero")


def test_while_hdfs_is_away_lines_wait_on_disk(hdfs_away, tmp_path, clock, caplog):
    archive = Archive(hdfs_away, "opensky", tmp_path, now=clock)
    archive.append(Page(EVENING, BODY))
    [waiting] = tmp_path.glob("*.jsonl")
    assert json.loads(waiting.read_text(encoding="utf-8")) == {"fetched_at": "2026-01-12T23:59:12.345Z", "body": BODY}
    archive.close()
    assert waiting.exists()
    assert f"{waiting.name} waits" in caplog.text


def test_where_the_answers_of_a_day_lie():
    assert folder("opensky", DAY) == "/aero/raw/live/opensky/date=2026-01-12"


@pytest.fixture
def client():
    return webhdfs()


@pytest.fixture
def source(client):
    """A source of its own in HDFS, removed afterwards."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield name
    client.delete(folder(name, DAY).rpartition("/")[0], recursive=True)


def files(client, source, day=DAY):
    return client.list(folder(source, day)) if client.status(folder(source, day), strict=False) else []


@pytest.mark.cluster
def test_answers_are_kept_in_hdfs_as_they_came(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, now=clock)
    archive.append(Page(EVENING, BODY))
    archive.append(Page(EVENING + timedelta(seconds=5), {"states": None}))
    assert files(client, source) == []
    archive.close()
    [name] = files(client, source)
    assert name.startswith("235912-") and name.endswith(".jsonl.gz")
    with client.read(f"{folder(source, DAY)}/{name}") as reader:
        lines = gzip.decompress(reader.read()).decode().splitlines()
    assert [json.loads(line)["body"] for line in lines] == [BODY, {"states": None}]
    assert list(read_pages(client, source, DAY)) == [
        Page(EVENING, BODY),
        Page(EVENING + timedelta(seconds=5), {"states": None}),
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.cluster
def test_a_file_is_rolled_by_size(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, max_bytes=200, now=clock)
    for second in range(4):
        archive.append(Page(EVENING + timedelta(seconds=second), BODY))
    assert len(files(client, source)) == 2
    archive.close()
    assert [page.fetched_at.second for page in read_pages(client, source, DAY)] == [12, 13, 14, 15]


@pytest.mark.cluster
def test_a_file_is_rolled_by_age_and_by_day(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, max_seconds=30, now=clock)
    archive.append(Page(EVENING, BODY))
    clock.now += timedelta(seconds=29)
    archive.roll_if_due()
    assert files(client, source) == []
    clock.now += timedelta(seconds=1)
    archive.roll_if_due()
    assert len(files(client, source)) == 1
    archive.append(Page(EVENING + timedelta(seconds=40), BODY))
    archive.append(Page(EVENING + timedelta(seconds=60), BODY))
    archive.close()
    assert len(files(client, source)) == 2
    assert len(files(client, source, DAY + timedelta(days=1))) == 1


@pytest.mark.cluster
def test_what_waited_is_taken_along_at_the_next_start(client, source, hdfs_away, tmp_path, clock):
    crashed = Archive(hdfs_away, source, tmp_path, now=clock)
    crashed.append(Page(EVENING, BODY))
    del crashed
    Archive(client, source, tmp_path, now=clock)
    assert [page.body for page in read_pages(client, source, DAY)] == [BODY]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.cluster
def test_a_crash_between_sending_and_deleting_keeps_one_copy(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, now=clock)
    archive.append(Page(EVENING, BODY))
    [waiting] = tmp_path.glob("*.jsonl")
    left = waiting.read_bytes()
    archive.close()
    waiting.write_bytes(left)
    Archive(client, source, tmp_path, now=clock)
    assert len(list(read_pages(client, source, DAY))) == 1
    assert len(files(client, source)) == 1


@pytest.mark.cluster
def test_a_line_that_cannot_be_read_is_named(client, source):
    client.write(f"{folder(source, DAY)}/1.jsonl.gz", data=gzip.compress(b'{"fetched_at": 1}\n'))
    with pytest.raises(AeroError, match="1.jsonl.gz: line 1 is no answer"):
        list(read_pages(client, source, DAY))
