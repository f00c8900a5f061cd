"""Judging: eras, too few rows, bounds of a check and those learned from other months, and what explains a month."""

from dataclasses import replace

import pytest

from aero.errors import AeroError
from aero.month import Month
from aero.ops import checks, comparisons, gates
from aero.ops.checks import Check
from aero.ops.comparisons import Others
from aero.ops.profile import ColumnProfile, Profile

DAYS = {f"2013-02-{day:02d}": 100 for day in range(1, 29)}
ROUTES, GROUPS = {"AA JFK LAX": 2000, "DL JFK ATL": 800}, {"-1": 2000, "4": 800}
PROFILE = Profile(2800, ROUTES, DAYS, {"09": 2800}, GROUPS, measures={"delayed_share": 0.2})
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
        ({"since": Month(2013, 3)}, {"delayed_share": 0.05}, "skipped"),
        ({"until": Month(2013, 1)}, {"delayed_share": 0.05}, "skipped"),
        ({"rows": 5000}, {"delayed_share": 0.05}, "skipped"),
        ({}, {"delayed_share": None}, "skipped"),
    ],
)
def test_a_measure_is_judged_by_severity_era_and_rows(verdict, changes, measures, outcome):
    assert verdict(replace(DELAYED, **changes), measures=measures).outcome == outcome


def test_a_refusal_names_the_check_its_value_and_its_bound(verdict):
    refusal = gates.refusal([verdict(DELAYED, measures={"delayed_share": 0.05})])
    assert refusal == "not published, readers keep what they had: delayed_share (some are late: 0.05, at least 0.1)"
    assert gates.refusal([verdict(DELAYED)]) == ""


def test_lines_refused_are_a_share_of_the_lines_of_the_file(verdict):
    check = Check("keys_unique", "no twins", "fail", refused="duplicate_key", highest=0.01)
    assert verdict(check, reasons={"duplicate_key": 28}).outcome == "passed"
    assert verdict(check, reasons={"duplicate_key": 29}).outcome == "failed"


LIKE_OTHERS = replace(DELAYED, lowest=None, usual_within=0.05)


@pytest.mark.parametrize(
    ("value", "outcome", "message"),
    [
        (0.2, "passed", ""),
        (0.27, "failed", "some are late: 0.27, at least 0.1375 and at most 0.2625 in comparable months"),
        (0.13, "failed", "some are late: 0.13, at least 0.1375 and at most 0.2625 in comparable months"),
        (None, "skipped", "no row tells"),
    ],
)
def test_limits_are_learned_from_the_measures_of_other_months(verdict, value, outcome, message):
    found = verdict(
        LIKE_OTHERS, others=Others((PROFILE, PROFILE), (PROFILE, PROFILE)), measures={"delayed_share": value}
    )
    assert (found.outcome, found.message) == (outcome, message)
    assert value is None or (found.lowest, found.highest) == (pytest.approx(0.1375), pytest.approx(0.2625))


def test_where_no_month_tells_what_is_usual_the_checks_own_bounds_decide_alone(verdict):
    assert verdict(LIKE_OTHERS).outcome == "skipped"
    of_before_measures = replace(PROFILE, measures={})
    assert verdict(LIKE_OTHERS, others=Others((of_before_measures,))).outcome == "skipped"
    assert verdict(replace(LIKE_OTHERS, lowest=0.1)).outcome == "passed"
    assert verdict(replace(LIKE_OTHERS, lowest=0.3), others=Others((PROFILE,))).outcome == "failed"


def test_a_month_for_which_a_check_was_overruled_teaches_that_check_nothing_and_others_as_ever(verdict):
    january = replace(PROFILE, days={"2013-01-15": PROFILE.rows}, measures={"delayed_share": 0.9})
    december = replace(PROFILE, days={"2012-12-15": PROFILE.rows})
    for name, outcome in (("delayed_share", "passed"), ("rows_as_expected", "failed")):
        others = Others((january, december), overruled={Month(2013, 1): {name}})
        assert verdict(LIKE_OTHERS, others=others, measures={"delayed_share": 0.2}).outcome == outcome


def test_a_comparison_tells_which_airline_and_the_share_of_its_usual_flights(verdict):
    check = Check("rows_by_airline_as_before", "each as usual", "fail", compare="rows_by_airline", usual_within=0.2)
    half = replace(PROFILE, routes=ROUTES | {"DL JFK ATL": 100}, rows=2100)
    found = verdict(check, others=Others((PROFILE,) * 12), profile=half)
    assert found.outcome == "failed" and "DL 0.1667, at least" in found.message
    assert verdict(check, others=Others((PROFILE,) * 12)).outcome == "passed"


def test_a_check_that_passes_makes_the_one_it_explains_a_warning(monkeypatch):
    explained = replace(DELAYED, unless="keys_unique")
    unique = Check("keys_unique", "no twins", "fail", refused="duplicate_key", highest=0.01)
    monkeypatch.setattr(checks, "of", lambda dataset: (explained, unique))
    late = {"measures": {"delayed_share": 0.05}}
    outcomes = {}
    for twins in (0, 100):
        report = REPORT | late | {"reasons": {"duplicate_key": twins}}
        outcomes[twins] = [one.outcome for one in gates.judge(Month(2013, 2), report, PROFILE, Others())]
    assert outcomes == {0: ["warned", "passed"], 100: ["failed", "failed"]}
    monkeypatch.setattr(checks, "of", lambda dataset: (explained, replace(unique, rows=5000)))
    [first, _] = gates.judge(Month(2013, 2), REPORT | late, PROFILE, Others())
    assert first.outcome == "failed", "a check that was skipped explains nothing"


def test_all_reasons_together_refuse_one_line_in_a_hundred():
    reasons = {"untypable": 10, "missing_key": 10, "duplicate_key": 10}
    report = REPORT | {"reasons": reasons, "rows_quarantined": 30}
    found = {one.check.name: one.outcome for one in gates.judge(Month(2013, 2), report, PROFILE, Others())}
    assert (found["few_refused"], found["values_readable"], found["keys_unique"]) == ("failed", "passed", "passed")


def test_every_check_has_a_bound_a_comparison_that_exists_and_a_name_of_its_own():
    every = checks.of()
    assert len({check.name for check in every}) == len(every) > 30
    assert all(check.lowest is not None or check.highest is not None or check.usual_within for check in every)
    assert {check.unless for check in every} - {None} <= {check.name for check in every}
    assert {check.side for check in every} <= {"both", "above", "below"}
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


@pytest.mark.parametrize(
    ("check", "lacks", "message"),
    [
        (DELAYED, ["DepDelay", "TaxiOut"], "not in this file: departure_delay_minutes"),
        (DELAYED, ["TaxiOut"], ""),
        (DELAYED, ["Year", "FlightDate"], ""),
        (
            replace(DELAYED, rows_where="is_delayed", among="not is_cancelled"),
            ["Cancelled"],
            "not in this file: is_cancelled",
        ),
        (replace(DELAYED, rows_where=None, compare="legs"), ["Tail_Number"], "not in this file: tail_number"),
    ],
)
def test_a_check_that_needs_a_column_that_is_not_in_the_file_is_skipped(monkeypatch, check, lacks, message):
    monkeypatch.setattr(checks, "of", lambda dataset: (check,))
    report = REPORT | {"measures": {"delayed_share": 0.2}}
    [found] = gates.judge(Month(2013, 2), report, PROFILE, Others(), lacks=lacks)
    assert (found.outcome, found.message) == (("skipped", message) if message else ("passed", ""))


def test_of_a_comparison_by_columns_those_that_are_in_the_file_are_judged(monkeypatch):
    """Months before have two columns; the month has one of them, and its file lacks the other."""
    check = replace(DELAYED, rows_where=None, compare="filled", lowest=None, highest=None, usual_within=0.015)
    monkeypatch.setattr(checks, "of", lambda dataset: (check,))
    full = ColumnProfile(filled=1.0, zero=0.0, mean=1.0, is_constant=False)
    before = replace(PROFILE, columns={"air_minutes": full, "taxi_in_minutes": full})
    month = replace(PROFILE, columns={"air_minutes": full})
    others = Others((before,) * 4, ())
    judged = [gates.judge(Month(2013, 2), REPORT, month, others, lacks=lacks)[0] for lacks in ((), ("TaxiIn",))]
    assert [one.outcome for one in judged] == ["failed", "passed"]


def test_every_comparison_whose_columns_are_named_is_one():
    assert comparisons.NEEDED.keys() | set(comparisons.BY_COLUMN) <= comparisons.COMPARISONS.keys()
