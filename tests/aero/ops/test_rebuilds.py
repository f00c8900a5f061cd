"""Which rebuild the command goes on with; on an HDFS in memory."""

import io

import pytest
from click.testing import CliRunner

from aero import airports, connections, pipeline
from aero.cli import rebuild
from aero.month import Month
from aero.ops import months, rebuilds
from tests.printed import printed

REPORT = {"steps": {"cleaning": {"cleaned": 1}}, "rows": {"in": 1, "clean": 1, "quarantined": 0}}
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


@pytest.mark.parametrize(
    ("arguments", "done"),
    [
        ([], [("2013-01", "2013-05")]),
        (["--from", "2013-02", "--to", "2013-03"], [("2013-02", "2013-03")]),
        (["--quarantined"], [("2013-02", "2013-02"), ("2013-05", "2013-05")]),
        (["--quarantined", "--to", "2013-04"], [("2013-02", "2013-02")]),
        (["--from", "2014-01"], []),
        (["--quarantined", "--from", "2013-03", "--to", "2013-03"], []),
    ],
)
def test_it_rebuilds_what_was_landed_and_where_asked_for_only_months_with_refused_lines(monkeypatch, arguments, done):
    refused = {1: 0, 2: 7, 3: 0, 5: 1}
    entries = [months.replace(months.empty(Month(2013, month)), raw_file="x", rows_quarantined=rows)
               for month, rows in refused.items()]  # fmt: skip
    entries.append(months.replace(months.empty(Month(2014, 1)), rows_quarantined=9))
    monkeypatch.setattr(connections, "webhdfs", Hdfs)
    monkeypatch.setattr(months, "read", lambda _: {entry.when: entry for entry in entries})
    asked = []

    def run(task, start, end, source, rebuild):
        asked.append((str(start), str(end)))
        assert (task, source) == ("LoadFlights", "raw") and rebuild
        return REPORT

    monkeypatch.setattr(pipeline, "run", run)
    result = CliRunner().invoke(rebuild.rebuild, arguments)
    assert (asked, result.exit_code) == (done, 0 if done else 1)
    if done:
        told = printed("rebuild", CliRunner().invoke(rebuild.rebuild, [*arguments, "--json"]).stdout)
        assert [(one["first"], one["last"], one["load"]) for one in told["ranges"]] == [(*one, REPORT) for one in done]
    assert bool(done) != ("There is no such month in the raw layer." in result.output)
