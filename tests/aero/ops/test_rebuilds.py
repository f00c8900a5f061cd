"""Which rebuild the command goes on with; on an HDFS in memory."""

import io

import pytest
from click.testing import CliRunner

from aero import airports, connections, pipeline
from aero.cli import rebuild
from aero.month import Month
from aero.ops import months, rebuilds

RANGES = [(Month(1987, 10), Month(2021, 2))]


class Hdfs:
    """Files of HDFS."""

    def __init__(self):
        self.files = {}

    def status(self, path, strict=True):
        return {} if path in self.files else None

    def read(self, path):
        return io.BytesIO(self.files[path])

    def write(self, path, data):
        self.files[path] = data

    def _rename(self, source, destination, renameoptions):
        self.files[destination] = self.files.pop(source)

    def delete(self, path):
        self.files.pop(path, None)


def test_a_rebuild_that_did_not_end_is_gone_on_with_and_one_that_did_is_not(monkeypatch):
    client, stamps = Hdfs(), []
    entry = months.empty(RANGES[0][0])
    monkeypatch.setattr(connections, "webhdfs", lambda: client)
    monkeypatch.setattr(months, "read", lambda _: {entry.when: months.replace(entry, raw_file="/aero/raw/x")})
    ends = iter([KeyboardInterrupt, None, None])

    def run(task, **parameters):
        stamps.append(parameters["rebuild"])
        if end := next(ends):
            raise end
        return {"rows": {"clean": 1, "quarantined": 0}}

    monkeypatch.setattr(pipeline, "run", run)
    monkeypatch.setattr(rebuilds, "datetime", Clock())
    results = [CliRunner().invoke(rebuild.rebuild, []) for _ in range(3)]
    assert [result.exit_code for result in results] == [1, 0, 0]
    assert stamps == ["1", "1", "2"]
    assert "goes on with rebuild 1" in results[1].output
    assert client.files == {}


class Clock:
    """Each question is a second later."""

    def __init__(self):
        self.seconds = 0

    def now(self, _zone):
        self.seconds += 1
        return self

    def strftime(self, _form):
        return str(self.seconds)


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_rebuild_goes_on_only_with_loads_of_the_same_jobs(monkeypatch, is_changed):
    client = Hdfs()
    first, _ = rebuilds.begun(client, "first-last", RANGES)
    if is_changed:
        monkeypatch.setattr(rebuilds, "_jobs", lambda: "other")
    later, is_resumed = rebuilds.begun(client, "first-last", [])
    assert is_resumed is not is_changed
    assert later == first if is_resumed else later.ranges == []


def test_a_time_zone_that_was_mended_is_in_the_next_rebuild(monkeypatch, tmp_path):
    """As where the rebuild before never ended because one month fails, and the supplement of airports was mended."""
    client = Hdfs()
    rebuilds.begun(client, "first-last", RANGES)
    mended = tmp_path / "supplement.csv"
    mended.write_bytes(airports.SUPPLEMENT.read_bytes() + b"\n")
    monkeypatch.setattr(airports, "SUPPLEMENT", mended)
    assert rebuilds.begun(client, "first-last", RANGES)[1] is False


def test_another_range_is_another_rebuild():
    client = Hdfs()
    rebuilds.begun(client, "first-last", RANGES)
    assert rebuilds.begun(client, "2013-01-last", RANGES)[1] is False
