"""Plans of the sources, and the reports of the live processes."""

import json
import os
from datetime import date

import pytest

from aero import process_state
from aero.errors import AeroError
from aero.live.replay.faults import Faults
from aero.live.sources import plans, process
from aero.live.sources.plans import PollPlan, ReplayPlan
from aero.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path, tmp_path, {})


PLAN = ReplayPlan("2013-07-10", "2013-07-11", speed=600.0, seed=7, faults={"late": 0.05})


@pytest.mark.parametrize(
    ("source", "plan"), [("replay", PLAN), ("aviationstack", PollPlan(60.0, "http://x", filters={"dep_iata": "JFK"}))]
)
def test_a_plan_is_read_as_it_was_written(settings, source, plan):
    assert not plans.exists(settings, source)
    plans.write(settings, source, plan)
    assert plans.exists(settings, source) and plans.read(settings, source) == plan


def test_a_source_without_a_plan_says_how_to_start_it(settings):
    with pytest.raises(AeroError, match="aero live start --source opensky"):
        plans.read(settings, "opensky")


def test_a_file_that_is_no_plan_is_named(settings):
    plans.write(settings, "replay", PLAN)
    file = process_state.folder(settings) / "plans" / "replay.json"
    file.write_text('{"day": 1}', encoding="utf-8")
    with pytest.raises(AeroError, match="replay.json: is no plan of replay"):
        plans.read(settings, "replay")


def test_a_replay_plays_its_days_with_its_faults():
    assert PLAN.days == [date(2013, 7, 10), date(2013, 7, 11)]
    assert PLAN.injected == Faults(late=0.05)


def test_the_ledger_is_that_of_what_is_sent_at_whatever_speed(settings):
    faster = ReplayPlan(**{**PLAN.deliveries, "speed": None})
    reseeded = ReplayPlan(**{**PLAN.deliveries, "seed": 8})
    assert PLAN.ledger_folder(settings) == faster.ledger_folder(settings) != reseeded.ledger_folder(settings)


def test_a_day_of_a_file_is_played(shared_data, settings):
    plan = ReplayPlan("2020-12-01", "2020-12-31", file=str(shared_data / "bts" / "reporting_2020_12_199rows.csv"))
    assert len(list(process.flights_of(plan))) == 199


def test_a_report_is_read_as_it_was_written(settings):
    assert process_state.read(settings, "stream") == {}
    process_state.write(process_state.file(settings, "stream"), process_state.RUNNING, query="flights")
    report = process_state.read(settings, "stream")
    assert (report["state"], report["pid"], report["query"]) == ("running", os.getpid(), "flights")


def test_a_process_that_is_gone_has_failed_whatever_it_said_last(settings):
    file = process_state.file(settings, "stream")
    process_state.write(file, process_state.RUNNING)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": 2**22 + 1}), encoding="utf-8")
    assert process_state.read(settings, "stream")["state"] == "failed"
