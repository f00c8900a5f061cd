"""The records of the run reports, as they are on disk."""

import json

import pytest

from aero.month import Month
from aero.run_reports import (
    BuiltView,
    Cleaning,
    CleaningOutcome,
    Finding,
    Found,
    Landing,
    LandingOutcome,
    ViewOutcome,
    path,
)

VIEW = "aero_batch.airline_delays_monthly"


@pytest.mark.parametrize(
    ("record", "name", "written"),
    [
        (Landing(2013, 1, LandingOutcome.LANDED, rows=3), "2013-01", {"year": 2013, "outcome": "landed", "rows": 3}),
        (Landing(2008, 5, LandingOutcome.LANDED, months=(5, 6)), "2008-05", {"months": [5, 6]}),
        (Landing(None, None, LandingOutcome.FAILED, "a.csv"), "?", {"year": None, "outcome": "failed"}),
        (Cleaning(2013, 1, CleaningOutcome.CLEANED, "a-1"), "2013-01", {"outcome": "cleaned", "load_id": "a-1"}),
        (BuiltView(VIEW, 2013, None, ViewOutcome.BUILT, "a"), f"{VIEW} 2013", {"month": None, "outcome": "built"}),
        (BuiltView(VIEW, 2013, 1, ViewOutcome.FAILED, "a"), f"{VIEW} 2013-01", {"month": 1, "outcome": "failed"}),
    ],
)
def test_a_record_is_read_as_it_was_written_and_called_by_its_month(record, name, written):
    content = json.loads(json.dumps(record.to_json()))
    assert content | written == content
    assert type(record).from_json(content) == record
    assert str(record) == name


def test_a_month_that_was_found_is_written_as_text():
    found = Found(Month(2013, 1), Finding.NEW)
    assert found.to_json() == {"when": "2013-01", "outcome": "new", "message": "", "family": None}
    assert Found.from_json(found.to_json()) == found


def test_an_outcome_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match="lost"):
        Found.from_json({"when": "2013-01", "outcome": "lost", "message": ""})


def test_a_run_has_a_folder_of_its_reports():
    assert path("run-1", "landing") == "/aero/ops/runs/run-1/landing.json"
