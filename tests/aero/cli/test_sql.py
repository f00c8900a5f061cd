"""aero sql as a command: whom it asks, and as of when."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import connections
from aero.cli import main, sql
from aero.datasets import FLIGHTS, REPOSITORY
from aero.ops import as_of

COUNT = "select count(*) as n from aero_clean.flights"


@pytest.fixture
def asked(monkeypatch):
    """What each engine is asked, in order, and how the database of the past came and went."""
    asked = []

    @contextmanager
    def opened(engine):
        def execute(statement):
            asked.append((engine, statement))

        cursor = SimpleNamespace(execute=execute, description=[("n",)], fetchall=lambda: [(7,)])
        yield SimpleNamespace(cursor=lambda: cursor)

    @contextmanager
    def database(_past):
        asked.append("made")
        yield "then"
        asked.append("dropped")

    def looked_up(_client, _statements, at, is_partial):
        return as_of.Past(at, {FLIGHTS: {(2013, 3): "/x"}}, [], ["aero_clean.flights 2013-02 (aaaa-1)"] * is_partial)

    monkeypatch.setattr(connections, "webhdfs", lambda: None)
    monkeypatch.setattr(sql, "ENGINES", {name: lambda login=None, name=name: opened(name) for name in sql.ENGINES})
    monkeypatch.setattr(as_of, "looked_up", looked_up)
    monkeypatch.setattr(as_of, "database", database)
    return asked


def run(*arguments):
    return CliRunner().invoke(main, ["sql", *arguments])


@pytest.mark.parametrize("engine", ["hive", "spark"])
def test_an_engine_is_asked_the_loads_of_then_and_it_is_said_which_tables_answer_so(asked, engine):
    result = run("--engine", engine, "--as-of", "2026-11-01", "--format", "csv", "-e", f"{COUNT}; select 1")
    assert result.exit_code == 0 and result.stdout == "n\n7\nn\n7\n"
    assert asked == ["made", (engine, "select count(*) as n from then.flights"), (engine, "select 1"), "dropped"]
    assert result.stderr == (
        "As of 2026-11-01 00:00:00 UTC: aero_clean.flights (1 partitions); all others as they are now.\n"
    )


def test_a_person_asks_the_past_with_a_name_and_password(asked, monkeypatch, tmp_path):
    (tmp_path / "password").write_text("correct-horse-battery\n")
    came, open_hive = [], sql.ENGINES["hive"]
    monkeypatch.setenv("HIVE_DOOR", "closed")
    monkeypatch.setitem(sql.ENGINES, "hive", lambda login: came.append(login) or open_hive())
    who = ["--as", "ada", "--password-file", str(tmp_path / "password")]
    assert run(*who, "--as-of", "2026-11-01", "-e", COUNT).exit_code == 0
    assert came == [("ada", "correct-horse-battery")]
    assert asked == ["made", ("hive", "select count(*) as n from then.flights"), "dropped"]


def test_a_file_is_asked_of_the_past_too(asked):
    file = REPOSITORY / "hive" / "demo" / "flights_by_month.hql"
    assert run(str(file), "--set", "year=2013", "--as-of", "2026-11-01").exit_code == 0
    [_, (_, statement), _] = asked
    assert "FROM then.flights\nWHERE year = 2013" in statement


def test_partial_says_what_is_left_out(asked):
    assert "2013-02 (aaaa-1)" in run("--partial", "--as-of", "2026-11-01", "-e", COUNT).stderr
    assert run("--partial", "-e", COUNT).exit_code == 2


def test_an_answer_that_may_lack_rows_is_not_printed(asked, monkeypatch):
    def must_be_kept(*_):
        raise as_of.AeroError("gone")

    monkeypatch.setattr(as_of, "must_be_kept", must_be_kept)
    result = run("--as-of", "2026-11-01", "-e", COUNT)
    assert result.exit_code == 1 and result.stdout == ""


@pytest.mark.parametrize(("at", "problem"), [("now", "'now' is no time"), ("2999-01-01", "is in the future")])
def test_what_is_no_time_of_the_past_is_refused(asked, at, problem):
    result = run("--as-of", at, "-e", COUNT)
    assert result.exit_code == 2 and problem in result.stderr and asked == []


def test_the_past_is_not_changed(asked):
    result = run("--as-of", "2026-11-01", "-e", f"{COUNT}; drop table aero_clean.flights")
    assert result.exit_code == 1 and "only be asked" in result.stderr and asked == []


def test_a_time_that_hive_reads_as_midnight_is_named(asked):
    """Hive 4.0.1 drops a time without seconds: rows of before came through `published_at > '2026-11-27 15:50'`."""
    question = "select 1 from aero_ops.publications where published_at > '2026-11-27 15:50{}'"
    assert "'2026-11-27 15:50' as the midnight before" in run("-e", question.format("")).stderr
    assert run("-e", question.format(":00")).stderr == ""
    assert run("--engine", "spark", "-e", question.format("")).stderr == ""
