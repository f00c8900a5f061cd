"""The command from its start to the page, with everything but the platform and its peers."""

import json
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from aero.month import Month
from bench.performance import __main__ as command
from bench.performance import page, parquet, sizes
from bench.performance.answers import Answer
from bench.performance.engines import DUCKDB, ENGINES, SPARK

TINY = sizes.Size("quick", sizes.Months(Month(2007, 7), Month(2007, 8), 200), {"ontime": ENGINES})


class Platform:
    """Starts and loads nothing, and remembers what it was told; `answers` is what all engines say."""

    def __init__(self, home):
        self.home, self.told, self.answers = home, [], {}

    def up(self):
        self.told.append("up")

    def down(self):
        self.told.append("down")

    def wipe(self):
        self.told.append("wipe")

    def load(self, months, source):
        self.told.append(f"load {len(list(source.glob('*.zip')))} zips")
        return {"seconds": 2.0, "stages": {}, "rows": {"in": months.rows}}

    def memory_mb(self):
        return {"metastore": 500}

    @contextmanager
    def opened(self, names, folder):
        yield [Engine(name, self.answers.get(name, 1)) for name in ENGINES if name in names]


class Engine:
    def __init__(self, name, said):
        self.name, self.said, self.tables = name, said, {"flights": "flights"}

    def ask(self, sql):
        return Answer(["c"], [[self.said]])

    def version(self):
        return "1.0"


@pytest.fixture
def platform(tmp_path, monkeypatch):
    """The platform of the command, which works in a folder of the test's."""
    one = Platform(tmp_path)
    monkeypatch.setattr(command, "Cluster", lambda home: one)
    monkeypatch.setattr(command, "opened", one.opened)
    monkeypatch.setattr(command, "disk_bytes", lambda: {"flights": 4000})
    monkeypatch.setattr(command.loading, "by_spark", command.loading.by_duckdb)
    monkeypatch.setattr(command.ladder, "climbed", lambda *_: [])
    monkeypatch.setattr(parquet, "exported", lambda server, folder: {"rows": 400, "bytes": 1})
    monkeypatch.setitem(sizes.SIZES, "quick", TINY)
    for name, file in {"RESULTS": "results", "PAGE": "performance.md", "README": "README.md"}.items():
        monkeypatch.setattr(page, name, tmp_path / file)
    for file in (page.PAGE, page.README):
        file.write_text("<!-- performance: begin --><!-- performance: end -->")
    monkeypatch.setattr(page.results, "__defaults__", (page.RESULTS,))
    monkeypatch.setattr(page.write, "__defaults__", (page.PAGE, page.README))
    return one


def run(tmp_path, *options):
    return CliRunner().invoke(command.main, ["quick", "--folder", str(tmp_path / "made"), *options])


def test_a_measurement_is_kept_as_json_and_on_the_page_and_the_platform_is_stopped(platform, tmp_path):
    assert run(tmp_path).exception is None

    kept = json.loads((tmp_path / "results" / "quick.json").read_text())
    assert platform.told == ["wipe", "up", "up", "load 2 zips", "down"]
    assert kept["rows"] == 400 and kept["csv_bytes"] > 100_000 and kept["months"] == ["2007-07", "2007-08"]
    assert list(kept["loading"]) == ["aero load", DUCKDB, "plain Spark"] and kept["loading"][DUCKDB]["bytes"] > 1000
    times = [one["engines"][SPARK]["seconds"] for one in kept["questions"].values()]
    assert [len(one) for one in times] == [5] * 11
    assert "| q10 |" in page.PAGE.read_text() and "of 0.0 million flights" in page.README.read_text()


def test_a_wrong_answer_ends_it_and_the_next_start_goes_on_there(platform, tmp_path):
    platform.answers = {SPARK: 2}
    failed = run(tmp_path)
    assert failed.exit_code == 1 and "q0: row 1, column c: Spark Thrift Server says 2, DuckDB 1." in failed.output
    assert platform.told[-1] == "down" and not page.RESULTS.exists()

    platform.answers, platform.told = {}, []
    assert run(tmp_path).exception is None
    assert platform.told == ["up", "down"] and (page.RESULTS / "quick.json").exists()


def test_a_load_that_was_killed_is_timed_from_nothing(platform, tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(command, "disk_bytes", lambda: 1 / 0)
        run(tmp_path)
    platform.told = []
    assert run(tmp_path).exception is None
    assert platform.told == ["up", "wipe", "up", "load 2 zips", "down"]


def test_anew_forgets_what_a_killed_measurement_had_done(platform, tmp_path):
    platform.answers = {SPARK: 2}
    run(tmp_path)
    platform.answers, platform.told = {}, []
    assert run(tmp_path, "--anew", "--keep").exception is None
    assert platform.told == ["wipe", "up", "up", "load 2 zips"]
