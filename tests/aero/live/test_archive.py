import gzip
import json
import socket
import uuid
from datetime import UTC, date, datetime, timedelta, timezone

import hdfs
import pytest

from aero.connections import webhdfs
from aero.errors import AeroError
from aero.live.archive import Archive, Page, folder, read_pages
from aero.webhdfs import Client
from tests.hdfs_in_memory import HdfsInMemory

EVENING = datetime(2026, 1, 12, 23, 59, 12, 345000, tzinfo=UTC)
DAY = date(2026, 1, 12)
BODY = {"data": [{"flight": "EK 371", "name": "Köln"}], "pagination": {"count": 1}}
LINE = (
    '{"fetched_at":"2026-01-12T23:59:12.345Z",'
    '"body":{"data":[{"flight":"EK 371","name":"Köln"}],"pagination":{"count":1}}}'
)


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


class Hdfs(HdfsInMemory):
    """As HDFS does, it writes over a file only where it is told so; it can be away for its next calls of a name."""

    def __init__(self):
        super().__init__()
        self.away: list[str] = []
        self.made: list[str] = []

    def _asked(self, name):
        if self.away and self.away[0] == name:
            raise hdfs.HdfsError(f"{self.away.pop(0)} fails")

    def makedirs(self, path):
        self._asked("makedirs")
        self.made.append(path)

    def write(self, path, data, overwrite=False):
        self._asked("write")
        if path in self.files and not overwrite:
            raise hdfs.HdfsError(f"{path} is there")
        super().write(path, data)

    def rename(self, source, destination):
        self._asked("rename")
        super().rename(source, destination)


@pytest.fixture
def client():
    return Hdfs()


@pytest.fixture
def source():
    return "opensky"


def files(client, source, day=DAY):
    return client.list(folder(source, day)) if client.status(folder(source, day), strict=False) else []


def kept_in(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, now=clock)
    archive.append(Page(EVENING, BODY))
    archive.append(Page(EVENING + timedelta(seconds=5), {"states": None}))
    assert files(client, source) == []
    archive.close()
    [name] = files(client, source)
    assert name.startswith("235912-") and name.endswith(".jsonl.gz")
    with client.read(f"{folder(source, DAY)}/{name}") as reader:
        content = reader.read()
    lines = f"{LINE}\n" + '{"fetched_at":"2026-01-12T23:59:17.345Z","body":{"states":null}}\n'
    assert content == gzip.compress(lines.encode(), mtime=0)
    assert list(read_pages(client, source, DAY)) == [
        Page(EVENING, BODY),
        Page(EVENING + timedelta(seconds=5), {"states": None}),
    ]
    assert list(tmp_path.iterdir()) == []


def test_answers_are_kept_as_they_came(client, source, tmp_path, clock):
    kept_in(client, source, tmp_path / "of" / "its", clock)
    assert client.made == [folder(source, DAY)]


@pytest.mark.cluster
def test_answers_are_kept_in_a_real_hdfs(tmp_path, clock):
    client, source = webhdfs(), f"test-{uuid.uuid4().hex[:8]}"
    try:
        kept_in(client, source, tmp_path, clock)
    finally:
        client.delete(folder(source, DAY).rpartition("/")[0], recursive=True)


@pytest.mark.parametrize(("more", "sent"), [(0, 1), (1, 0)])
def test_a_file_is_rolled_as_soon_as_it_is_big(client, source, tmp_path, clock, more, sent):
    Archive(client, source, tmp_path, len(LINE.encode()) + 1 + more, now=clock).append(Page(EVENING, BODY))
    assert len(files(client, source)) == sent


def test_a_file_is_rolled_by_size_and_read_in_order(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, max_bytes=200, now=clock)
    for second in range(4):
        archive.append(Page(EVENING + timedelta(seconds=second), BODY))
    assert len(files(client, source)) == 2
    archive.close()
    client.files[f"{folder(source, DAY)}/.000000-0.jsonl.gz"] = b"half"
    assert [page.fetched_at.second for page in read_pages(client, source, DAY)] == [12, 13, 14, 15]


def test_where_nobody_says_otherwise_it_is_rolled_at_16_mib_and_after_a_quarter_of_an_hour(
    client, source, tmp_path, clock
):
    archive = Archive(client, source, tmp_path, now=clock)
    archive.append(Page(EVENING, "x" * (16 * 2**20 - 100)))
    assert files(client, source) == []
    archive.append(Page(EVENING, BODY))
    assert len(files(client, source)) == 1
    archive.append(Page(EVENING, BODY))
    clock.now += timedelta(seconds=899)
    archive.roll_if_due()
    assert len(files(client, source)) == 1
    clock.now += timedelta(seconds=1)
    archive.roll_if_due()
    assert len(files(client, source)) == 2


def test_a_file_is_rolled_by_age_and_by_day(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, max_seconds=30, now=clock)
    archive.roll_if_due()
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


def test_the_day_is_that_of_utc_whatever_zone_the_answer_s_time_is_in(client, source, tmp_path, clock):
    archive = Archive(client, source, tmp_path, now=clock)
    archive.append(Page(EVENING, BODY))
    archive.append(Page(EVENING.astimezone(timezone(timedelta(hours=2))), BODY))
    archive.close()
    assert [name[:7] for name in files(client, source)] == ["235912-"]
    assert len(list(read_pages(client, source, DAY))) == 2
    assert list(read_pages(client, source, DAY + timedelta(days=1))) == []


def test_what_waited_is_taken_along_at_the_next_start(client, source, hdfs_away, tmp_path, clock):
    crashed = Archive(hdfs_away, source, tmp_path, now=clock)
    crashed.append(Page(EVENING, BODY))
    del crashed
    Archive(client, source, tmp_path, now=clock)
    assert [page.body for page in read_pages(client, source, DAY)] == [BODY]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["makedirs", "write", "rename"])
def test_where_hdfs_goes_away_meanwhile_nothing_half_is_seen_and_all_is_sent_later(
    client, source, tmp_path, clock, call, caplog
):
    archive = Archive(client, source, tmp_path, now=clock)
    archive.append(Page(EVENING, BODY))
    [waiting] = tmp_path.glob("*.jsonl")
    client.away = [call]
    archive.close()
    assert f"{source}: {waiting.name} waits in {tmp_path}: HDFS: {call} fails" in caplog.text
    assert list(read_pages(client, source, DAY)) == [] and waiting.exists()
    archive.append(Page(EVENING, BODY))
    archive.close()
    assert [page.body for page in read_pages(client, source, DAY)] == [BODY, BODY]
    assert not any("/." in path for path in client.files) and list(tmp_path.iterdir()) == []


def test_where_one_file_cannot_be_sent_those_behind_it_wait_too(client, source, tmp_path, clock):
    for name in ("2026-01-12_1-a.jsonl", "2026-01-12_2-b.jsonl"):
        (tmp_path / name).write_text(LINE)
    client.away = ["write"]
    archive = Archive(client, source, tmp_path, now=clock)
    assert len(list(tmp_path.iterdir())) == 2
    archive.close()
    assert list(tmp_path.iterdir()) == [] and files(client, source) == ["1-a.jsonl.gz", "2-b.jsonl.gz"]


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


@pytest.mark.parametrize("line", ["{", '{"fetched_at": 1, "body": 1}', '{"fetched_at": "2026-01-12T00:00:00Z"}', "[]"])
def test_a_line_that_cannot_be_read_is_named(client, source, line):
    client.write(f"{folder(source, DAY)}/1.jsonl.gz", data=gzip.compress(f"{LINE}\n{line}\n".encode()))
    pages = read_pages(client, source, DAY)
    assert next(pages).body == BODY
    with pytest.raises(AeroError, match=f"{folder(source, DAY)}/1.jsonl.gz: line 2 is no answer of {source}: "):
        next(pages)
