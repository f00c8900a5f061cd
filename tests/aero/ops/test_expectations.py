"""The suites of Great Expectations: which gates they hold with which limits, and why the others are not in them.

tests/jobs/test_damaged_months.py has Great Expectations read them and judge.
"""

import re

from aero.datasets import REPOSITORY
from aero.month import Month
from aero.ops import checks, expectations
from aero.ops.checks import ROWS_AS_LANDED
from aero.ops.expectations import NOT_EXPECTATIONS, suites

MONTH = Month(2013, 2)
PAGE = (REPOSITORY / "docs" / "connect" / "great-expectations.md").read_text()
ROW = {
    "checked_at": "2026-11-23 06:15:00", "load_id": "aaaaaaaaaaaa-2", "check_name": "tail_numbers_known",
    "what": "tail numbers", "severity": "fail", "outcome": "passed", "value": 0.004, "lowest": None, "highest": 0.2,
    "message": None,
}  # fmt: skip


def of(*changes):
    """The suites of rows of aero_ops.checks."""
    return suites(MONTH, [ROW | change for change in changes])


def by_gate(suite):
    return {one["meta"]["gate"]: one for one in suite["expectations"]}


def test_a_gate_on_rows_is_the_mean_of_its_column_within_the_limits_that_decided_and_its_own():
    flights = of({}, {"check_name": "delayed_share", "lowest": -0.09, "highest": 0.41, "severity": "warn"})["flights"]
    assert by_gate(flights)["tail_numbers_known"] == {
        "type": "expect_column_mean_to_be_between",
        "kwargs": {"column": "tail_numbers_known", "max_value": 0.2},
        "description": "tail numbers",
        "severity": "critical",
        "meta": {"gate": "tail_numbers_known"},
    }
    warned = by_gate(flights)["delayed_share"]
    assert warned["kwargs"] == {"column": "delayed_share", "min_value": 0.01, "max_value": 0.41}
    assert warned["severity"] == "warning"
    assert flights["meta"]["columns"]["tail_numbers_known"] == (
        "CASE WHEN not is_cancelled THEN CASE WHEN tail_number is null THEN 1.0 ELSE 0.0 END END"
    )
    about = {name: flights["meta"][name] for name in ("month", "load_id", "judged_at")}
    assert about == {"month": "2013-02", "load_id": ROW["load_id"], "judged_at": ROW["checked_at"]}


def test_lines_of_the_file_are_counted_and_those_refused_by_their_reason():
    landed = {"check_name": ROWS_AS_LANDED.name, "value": 3.0, "lowest": 4.0, "highest": 4.0, "outcome": "failed"}
    lines = of(landed, {"check_name": "keys_unique"}, {"check_name": "few_refused"})["lines"]
    assert by_gate(lines)[ROWS_AS_LANDED.name]["kwargs"] == {"min_value": 4, "max_value": 4}
    assert lines["meta"]["columns"] == {
        "reason": "reason",
        "keys_unique": "CASE WHEN true THEN CASE WHEN reason = 'duplicate_key' THEN 1.0 ELSE 0.0 END END",
        "few_refused": "CASE WHEN true THEN CASE WHEN reason IS NOT NULL THEN 1.0 ELSE 0.0 END END",
    }


def test_rows_of_another_load_than_the_one_that_was_judged_are_told():
    kwargs = by_gate(of({})["flights"])["load_id"]["kwargs"]
    assert kwargs == {"column": "load_id", "value_set": [ROW["load_id"]]}


def test_what_is_no_expectation_has_its_reason():
    found = of(
        {"outcome": "skipped", "highest": None, "message": "of another era"},
        {"check_name": "days_as_before"},
        {"check_name": "of_yesteryear"},
        {"check_name": ROWS_AS_LANDED.name, "highest": None},
    )
    left_out = found["flights"]["meta"]["not_expectations"]
    assert left_out["tail_numbers_known"] == "skipped: of another era"
    assert left_out["days_as_before"] == NOT_EXPECTATIONS["days"]
    assert left_out["of_yesteryear"] == "it is no gate any more"
    assert left_out[ROWS_AS_LANDED.name] == "it was judged when its limits were not kept"
    assert left_out["keys_unique"] == "the load was not judged by it"
    assert by_gate(found["flights"]).keys() == {"load_id"} and found["lines"]["expectations"] == []


def test_the_page_lists_every_gate_as_an_expectation_or_with_why_it_is_none():
    said = PAGE.partition("## What is an expectation")[2].partition("## ")[0]
    why = {check.name: NOT_EXPECTATIONS[check.compare] for check in checks.of() if expectations.asked(check) is None}
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)) == why
    every = [check.name for check in (*checks.of(), ROWS_AS_LANDED)]
    assert re.findall(r"`(\w+)`", said) == [name for name in every if name not in why]


def test_no_reason_is_of_a_comparison_that_is_an_expectation():
    assert NOT_EXPECTATIONS.keys() == {
        check.compare for check in checks.of() if check.compare and expectations.asked(check) is None
    }
