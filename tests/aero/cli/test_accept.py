"""aero accept as a command: what it holds, keeps, lets go and starts, and in which order."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from aero import connections, lease, pipeline
from aero.cli import accept, main
from aero.month import Month
from aero.ops import acceptances, months
from aero.ops.acceptances import Plan
from tests.printed import printed

MONTH = Month(2013, 2)
PLAN = Plan(MONTH, "bbbbbbbbbbbb-2-r1", "marketing", "b" * 64, {"delayed_share": "few [late]"}, [], ["speed"])
REPORT = {"steps": {"cleaning": {"unchanged": 1}}, "rows": {"in": 2000, "clean": 2000, "quarantined": 0}}
BECAUSE = ("--because", "strike [of controllers]")


@pytest.fixture
def done(monkeypatch):
    """What the command does, in order, and the entry of the month after it."""
    steps = SimpleNamespace(order=[], asked=None)
    entry = months.published(months.empty(MONTH), PLAN.load_id, None, rows_clean=2000)

    def planned(_client, _month, _judged, gates):
        steps.asked = gates
        return PLAN

    monkeypatch.setattr(connections, "webhdfs", lambda: SimpleNamespace())
    monkeypatch.setattr(accept, "judged", lambda _month: [])
    monkeypatch.setattr(acceptances, "planned", planned)
    monkeypatch.setattr(acceptances, "published", lambda *_: entry)
    monkeypatch.setattr(acceptances.tables, "add", lambda *_: steps.order.append("kept"))
    monkeypatch.setattr(lease, "hold", lambda what: steps.order.append(what) or SimpleNamespace(check=lambda: None))
    monkeypatch.setattr(lease, "let_go", lambda: steps.order.append("let go"))
    monkeypatch.setattr(pipeline, "run", lambda task, **given: steps.order.append((task, given)) or REPORT)
    monkeypatch.setenv("LOGNAME", "ann")
    return steps


def test_it_is_kept_before_the_month_is_loaded_from_raw_and_the_pipeline_takes_the_lease(done):
    result = CliRunner().invoke(main, ["accept", "2013-02", *BECAUSE, "--gate", "delayed_share"])
    assert result.exit_code == 0, result.output
    given = {"start": MONTH, "end": MONTH, "source": "raw", "family": "marketing", "rebuild": "1"}
    held = "an acceptance of 2013-02"
    assert done.order == [held, held, "kept", "let go", ("LoadFlights", given)]
    assert done.asked == ("delayed_share",)
    assert "overruled  delayed_share (few [late])" in result.output
    assert "refuses it still  speed" in result.output
    said = "2013-02 is published, accepted by ann: strike [of controllers] (delayed_share): 2,000 flights"
    assert said in result.output


def test_a_dry_run_says_it_and_does_nothing(done):
    result = CliRunner().invoke(main, ["accept", "2013-02", *BECAUSE, "--dry-run"])
    assert done.order == [] and result.exit_code == 0
    assert "would be overruled  delayed_share (few [late])" in result.output
    result = CliRunner().invoke(main, ["accept", "2013-02", *BECAUSE, "--dry-run", "--json"])
    told = printed("accept --dry-run", result.stdout)
    assert done.order == [] and (told["month"], told["new"]) == ("2013-02", {"delayed_share": "few [late]"})


def test_scripts_have_it_as_json(done):
    result = CliRunner().invoke(main, ["accept", "2013-02", *BECAUSE, "--json"])
    shown = printed("accept", result.stdout)
    assert (shown["month"], shown["accepted"][0]["accepted_by"], shown["load"]) == ("2013-02", "ann", REPORT)


@pytest.mark.parametrize("reason", [(), ("--because", " ")])
def test_without_a_reason_nothing_is_accepted(done, reason):
    result = CliRunner().invoke(main, ["accept", "2013-02", *reason])
    assert result.exit_code == 2 and done.order == []
