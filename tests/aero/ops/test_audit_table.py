"""The doors' lines come to aero_ops.audit once each, whatever is killed or rotated between, and old ones go."""

from datetime import UTC, datetime, timedelta

import hdfs
import pytest

from aero import audit
from aero.audit import Outcome
from aero.datasets import AUDIT
from aero.ops import audit_table
from aero.settings import load_settings
from tests.hdfs_in_memory import HdfsInMemory

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Clock:
    """The time that lines are written at; it goes on a second with each."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    clock = Clock()
    monkeypatch.setattr(audit, "utc_now", clock)
    return clock


def write(*questions, door="hiveserver2", why=""):
    for what in questions:
        audit.write(load_settings().home, door, "ann", "127.0.0.1", what, Outcome.ALLOWED, why)


def publish(client):
    return audit_table.publish(client, load_settings())


def asked(client):
    """What stands in the table, by columns, in order of time."""
    text = b"".join(content for path, content in client.files.items() if path.startswith(f"{AUDIT.path}/"))
    return sorted(line.split("\t") for line in text.decode().splitlines())


def whats(client):
    return [row[4] for row in asked(client)]


def test_lines_come_with_every_column():
    client = HdfsInMemory()
    write("select\t1", why="because\nof it")
    assert publish(client) == 1
    columns = ["2026-11-28 12:00:01", "hiveserver2", "ann", "127.0.0.1", "select 1", "allowed", "because of it"]
    assert asked(client) == [columns]


def test_each_line_comes_once_while_the_file_grows():
    client = HdfsInMemory()
    write("a", "b")
    assert (publish(client), publish(client)) == (2, 0)
    write("c")
    write("d", door="spark")
    assert publish(client) == 2
    assert whats(client) == ["a", "b", "c", "d"]
    assert len(client.files) == 2  # One a door: the first stretch was written anew.


def test_a_line_that_is_being_written_comes_when_it_is_whole():
    client = HdfsInMemory()
    write("a", "b")
    path = audit.folder(load_settings().home) / "hiveserver2.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    assert publish(client) == 1
    path.write_bytes(whole)
    assert publish(client) == 1
    assert whats(client) == ["a", "b"]


def test_long_days_are_written_in_stretches_and_those_that_ended_are_left_alone(monkeypatch):
    monkeypatch.setattr(audit_table, "STRETCH_BYTES", 500)
    client, questions = HdfsInMemory(), [f"q{number:02}" for number in range(20)]
    write(*questions[:11])
    publish(client)
    before = dict(client.files)
    write(*questions[11:])
    publish(client)
    assert whats(client) == questions
    changed = [path for path, content in before.items() if client.files[path] != content]
    assert len(before) > 2 and len(changed) == 1


def test_a_file_of_the_table_holds_lines_of_one_day(clock):
    client = HdfsInMemory()
    write("a")
    clock.now += timedelta(days=1)
    write("b")
    publish(client)
    assert sorted(path.rpartition("/")[2][:8] for path in client.files) == ["20261128", "20261129"]


def test_lines_of_a_file_that_was_put_aside_come_too(monkeypatch):
    monkeypatch.setattr(audit, "FILE_BYTES", 600)
    client, questions = HdfsInMemory(), [f"q{number:02}" for number in range(12)]
    write(*questions[:2])
    publish(client)
    write(*questions[2:])
    publish(client)
    assert whats(client) == questions and len(audit.parts(load_settings().home, "hiveserver2")) > 2


def test_what_is_no_line_is_passed_over():
    client = HdfsInMemory()
    write("a")
    with (audit.folder(load_settings().home) / "hiveserver2.jsonl").open("a") as file:
        file.write("no line\n")
    write("b")
    assert publish(client) == 2
    assert whats(client) == ["a", "b"]


class Broken(HdfsInMemory):
    """An HDFS that goes away after some files were written."""

    left = 1

    def write(self, path, data):
        self.left -= 1
        if self.left < 0:
            raise hdfs.HdfsError("away")
        super().write(path, data)


def test_a_run_that_breaks_off_loses_and_doubles_nothing(monkeypatch):
    monkeypatch.setattr(audit_table, "STRETCH_BYTES", 500)
    client, questions = Broken(), [f"q{number:02}" for number in range(12)]
    write(*questions)
    with pytest.raises(hdfs.HdfsError):
        publish(client)
    client.left = 100
    publish(client)
    assert whats(client) == questions


def test_where_it_is_forgotten_what_was_published_all_is_written_again_under_the_same_names():
    client = HdfsInMemory()
    write("a", "b")
    publish(client)
    (load_settings().home / "run" / "audit.json").write_text("{")
    assert publish(client) == 2
    assert whats(client) == ["a", "b"]


def test_old_files_go(monkeypatch):
    today = datetime.now(UTC)
    names = [f"{today - timedelta(days=days):%Y%m%d}T000000000000Z.spark.tsv" for days in (1, 89, 92)]
    client = HdfsInMemory({f"{AUDIT.path}/{name}": b"" for name in names})
    write("a")
    publish(client)
    assert [name for name in names if f"{AUDIT.path}/{name}" not in client.files] == names[2:]
