"""Judging: eras, too few rows, known exceptions, and what a comparison needs."""

from dataclasses import replace

import pytest

from aero.errors import AeroError
from aero.month import Month
from aero.ops import checks, comparisons, gates
from aero.ops.checks import Check
from aero.ops.comparisons import Others
from aero.ops.profile import Profile

DAYS = {f"2013-02-{day:02d}": 100 for day in range(1, 29)}
ROUTES, GROUPS = {"AA JFK LAX": 2000, "DL JFK ATL": 800}, {"-1": 2000, "4": 800}
PROFILE = Profile(2800, ROUTES, DAYS, {"09": 2800}, GROUPS, {"tail_number": 0.9})
REPORT = {"rows_in": 2800, "rows_quarantined": 0, "reasons": {}, "measures": {"delayed_share": 0.2}}
DELAYED = Check(
    "delayed_share", "some are late", "fail", rows_where="departure_delay_minutes >= 15", lowest=0.1, rows=1000
)


@pytest.fixture
def verdict(monkeypatch):
    """A function that judges one check."""

    def judged(check, month=Month(2013, 2), others=Others(), profile=PROFILE, **report):
        monkeypatch.setattr(checks, "of", lambda dataset: (check,))
        [found] = gates.judge(month, REPORT | report, profile, others)
        return found

    return judged


@pytest.mark.parametrize(
    ("changes", "measures", "outcome"),
    [
        ({}, {"delayed_share": 0.2}, "passed"),
        ({}, {"delayed_share": 0.05}, "failed"),
        ({"severity": "warn"}, {"delayed_share": 0.05}, "warned"),
        ({"excepted": (Month(2013, 2),)}, {"delayed_share": 0.05}, "warned"),
        ({"since": Month(2013, 3)}, {"delayed_share": 0.05}, "skipped"),
        ({"until": Month(2013, 1)}, {"delayed_share": 0.05}, "skipped"),
        ({"rows": 5000}, {"delayed_share": 0.05}, "skipped"),
        ({}, {"delayed_share": None}, "skipped"),
    ],
)
def test_a_measure_is_judged_by_severity_era_rows_and_exceptions(verdict, changes, measures, outcome):
    assert verdict(replace(DELAYED, **changes), measures=measures).outcome == outcome


def test_a_refusal_names_the_check_its_value_and_its_bound(verdict):
    refusal = gates.refusal([verdict(DELAYED, measures={"delayed_share": 0.05})])
    assert refusal == "not published, readers keep what they had: delayed_share (some are late: 0.05, at least 0.1)"
    assert gates.refusal([verdict(DELAYED)]) == ""


def test_lines_refused_are_a_share_of_the_lines_of_the_file(verdict):
    check = Check("keys_unique", "no twins", "fail", refused="duplicate_key", highest=0.01)
    assert verdict(check, reasons={"duplicate_key": 28}).outcome == "passed"
    assert verdict(check, reasons={"duplicate_key": 29}).outcome == "failed"


@pytest.mark.parametrize("name", sorted(comparisons.COMPARISONS))
def test_a_month_is_like_itself_and_alone_it_is_compared_with_nothing(name):
    compare = comparisons.COMPARISONS[name]
    same = Others(same_month=(PROFILE,), near=(PROFILE,))
    assert compare(PROFILE, same) == (1 if name in ("rows", "rows_in_other_years", "thinnest_day") else 0)
    assert compare(PROFILE, Others()) in (None, 1 if name == "thinnest_day" else 0)


def test_the_most_similar_month_counts():
    half, other = replace(PROFILE, rows=1400), replace(PROFILE, rows=2000)
    assert comparisons.COMPARISONS["rows"](half, Others(near=(PROFILE, other))) == 0.7


def test_a_day_without_flights_is_the_thinnest():
    assert comparisons.COMPARISONS["thinnest_day"](replace(PROFILE, days={**DAYS, "2013-02-03": 0}), Others()) == 0
    assert comparisons.COMPARISONS["thinnest_day"](replace(PROFILE, days={"2013-02-01": 100}), Others()) == 0


def test_every_check_has_a_bound_a_comparison_that_exists_and_a_name_of_its_own():
    every = checks.of()
    assert len({check.name for check in every}) == len(every) > 30
    assert all(check.lowest is not None or check.highest is not None for check in every)
    assert {check.compare for check in every} - {None} <= comparisons.COMPARISONS.keys()
    assert {check.severity for check in every} == {"fail", "warn"}


def test_an_entry_that_is_no_check_is_named(monkeypatch, tmp_path):
    (tmp_path / "checks.toml").write_text('[[check]]\nname = "odd"\nwhat = "?"\nseverity = "fail"\n')
    monkeypatch.setattr(checks, "_path", lambda dataset: tmp_path / "checks.toml")
    checks.of.cache_clear()
    try:
        with pytest.raises(AeroError, match="odd is no check"):
            checks.of()
    finally:
        checks.of.cache_clear()
