"""aero rollback as a command: what it holds, lets go and starts, and in which order."""

from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import connections, lease, pipeline
from aero.cli import main
from aero.datasets import BATCH_VIEWS, FLIGHTS
from aero.load_plan import ViewLoad
from aero.month import Month
from aero.ops import rollback, versions
from tests.printed import printed

MONTH = Month(2013, 2)
VIEW = ViewLoad(BATCH_VIEWS[0], 2013, 2, "/aero/batch/x")


@contextmanager
def opened():
    yield SimpleNamespace(cursor=lambda: None)


@pytest.fixture
def done(monkeypatch, tmp_path):
    """What the command does, in order. `waiting` views are those that it must have built."""
    steps = SimpleNamespace(order=[], waiting=[])
    monkeypatch.setenv("AERO_HOME", str(tmp_path))
    monkeypatch.setattr(connections, "webhdfs", lambda: None)
    monkeypatch.setattr(connections, "hive", opened)

    def planned(_client, month, to):
        switched = {FLIGHTS: {tuple(month): "/aero/clean/x"}}
        return rollback.Rollback(month, to or "old-1", "new-1", {"rows_clean": 2000}, switched, steps.waiting)

    monkeypatch.setattr(rollback, "planned", planned)
    monkeypatch.setattr(rollback, "execute", lambda *_: steps.order.append("switch"))
    monkeypatch.setattr(lease, "hold", lambda what: steps.order.append(what))
    monkeypatch.setattr(lease, "let_go", lambda: steps.order.append("let go"))
    monkeypatch.setattr(pipeline, "run", lambda task, **_: steps.order.append(task))
    monkeypatch.setattr("aero.superset.refresh.refresh", lambda _settings: steps.order.append("void"))
    return steps


def test_it_lets_go_of_the_lease_before_the_pipeline_builds_what_is_not_kept_and_voids_the_answers_last(done):
    done.waiting.append(VIEW)
    result = CliRunner().invoke(main, ["rollback", "2013-02"])
    assert result.exit_code == 0, result.output
    assert done.order == ["a rollback of 2013-02", "switch", "let go", "BuildViews", "void"]
    assert f"built     {VIEW} (its rows for these flights are not kept)" in result.output
    assert "aero unpin 2013-02" in result.output


def test_where_all_views_are_kept_no_pipeline_is_started(done):
    assert CliRunner().invoke(main, ["rollback", "2013-02", "--to", "older-1"]).exit_code == 0
    assert done.order == ["a rollback of 2013-02", "switch", "let go", "void"]


def test_a_dry_run_says_it_and_does_nothing(done):
    result = CliRunner().invoke(main, ["rollback", "2013-02", "--dry-run"])
    assert done.order == []
    assert "2013-02: from new-1 to old-1, 2,000 flights" in result.output
    assert f"would be switched  {FLIGHTS.name}" in result.output


def test_scripts_have_what_a_rollback_switches_and_builds_and_what_was_pinned(done, monkeypatch):
    done.waiting.append(VIEW)
    looked = printed("rollback", CliRunner().invoke(main, ["rollback", "2013-02", "--dry-run", "--json"]).stdout)
    assert done.order == [] and (looked["load_id"], looked["served"], looked["rows"]) == ("old-1", "new-1", 2000)
    assert (looked["switched"], looked["waiting"], looked["is_switched"]) == ([FLIGHTS.name], [str(VIEW)], False)
    told = printed("rollback", CliRunner().invoke(main, ["rollback", "2013-02", "--json"]).stdout)
    assert told == looked | {"is_switched": True} and "switch" in done.order
    pins = iter(["old-1", None])
    monkeypatch.setattr(rollback, "unpin", lambda *_: next(pins))
    for load_id in ("old-1", None):
        told = printed("unpin", CliRunner().invoke(main, ["unpin", "2013-02", "--json"]).stdout)
        assert told == {"month": "2013-02", "load_id": load_id}


def test_scripts_have_the_loads_that_are_kept(done, monkeypatch):
    load = versions.Version("new-1", 2000, 3, "14 passed", datetime(2026, 11, 27, tzinfo=UTC), None, True, None, None)
    monkeypatch.setattr(versions, "kept", lambda *_: [load])
    monkeypatch.setattr("aero.cli.versions.judged", lambda _month: [])
    [said] = printed("versions", CliRunner().invoke(main, ["versions", "2013-02", "--json"]).output)
    assert said == asdict(load) | {"published_at": "2026-11-27 00:00:00+00:00"}


def test_what_the_lease_is_let_go_for_is_a_task_of_the_pipeline():
    assert {"BuildViews"} <= pipeline.REPORTS.keys() & pipeline.WRITERS.keys()
    source = Path(pipeline.__file__).parents[1] / "luigi_tasks" / "pipeline.py"
    assert "import BuildViews" in source.read_text()
