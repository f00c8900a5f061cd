"""Gates that no other test sees fail: a profile that is damaged as a file gets damaged, and the gates that name it."""

from dataclasses import replace

import pytest

from aero.datasets import REPOSITORY
from aero.month import Month
from aero.ops import checks, gates
from aero.ops.comparisons import COMPARISONS, LEAST_ROWS, Others
from aero.ops.gates import CheckOutcome
from aero.ops.profile import ColumnProfile
from tests.aero.ops.month_profiles import COLUMNS, month_profile
from tests.aero.ops.test_comparisons import MEASURES, MONTH, refused, year_around

# A day of the week's flights all, in May 2013.
FRIDAYS = [day.isoformat() for day in MONTH.days if day.weekday() == 4]
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")


def with_causes(**means):
    """Columns of causes, each with its mean of minutes."""
    usual = dict(zip(CAUSES, (20.0, 4.0, 16.0, 0.1, 25.0)))
    return COLUMNS | {
        f"{cause}_delay_minutes": ColumnProfile(0.2, 0.4, mean) for cause, mean in (usual | means).items()
    }


def departures_lost(profile, airport, share):
    """The profile without a share of the departures from an airport."""
    kept = {
        route: round(count * (1 - share if route[3:6] == airport else 1)) for route, count in profile.routes.items()
    }
    return replace(profile, routes=kept, rows=sum(kept.values()))


TRUE = month_profile(MONTH, scale=10)
DAMAGED = {
    "rows_by_weekday_as_before": replace(TRUE, days=TRUE.days | {day: TRUE.days[day] // 2 for day in FRIDAYS}),
    "rows_by_part_of_day_as_before": replace(TRUE, hours=TRUE.hours | dict.fromkeys(("18", "19", "20"), 400)),
    "rows_by_airport_size_as_before": departures_lost(TRUE, "ATL", 0.4),
    "airports_balanced": departures_lost(TRUE, "LAX", 0.05),
    "rotations_whole": replace(TRUE, broken={airline: legs // 20 for airline, legs in TRUE.legs.items()}),
    "file_not_torn": replace(TRUE, broken={airline: legs // 4 for airline, legs in TRUE.legs.items()}),
    "causes_as_before": month_profile(MONTH, scale=10, columns=with_causes(carrier=0.0, weather=24.0)),
}


@pytest.mark.parametrize("gate", DAMAGED)
def test_a_damaged_month_is_refused_by_its_gate(gate):
    others = {month: month_profile(month, scale=10) for month in year_around(MONTH)}
    assert refused(MONTH, TRUE, others) == set()
    if gate == "causes_as_before":
        others = {month: month_profile(month, scale=10, columns=with_causes()) for month in others}
        assert refused(MONTH, month_profile(MONTH, scale=10, columns=with_causes()), others) == set()
    assert gate in refused(MONTH, DAMAGED[gate], others)


def test_a_file_that_is_torn_shows_it_alone():
    assert refused(MONTH, DAMAGED["file_not_torn"], {}) == {"file_not_torn"}


@pytest.mark.parametrize(
    ("share", "is_refused"),
    [
        ({"cancelled_share": 0.001}, True),
        ({"diverted_share": 0.0}, True),
        ({"cancelled_share": 0.5}, False),
        ({}, False),
    ],
)
def test_events_that_are_many_times_rarer_are_named(share, is_refused):
    others = {month: month_profile(month, scale=10) for month in year_around(MONTH)}
    assert ("events_as_before" in refused(MONTH, TRUE, others, MEASURES | share)) == is_refused


@pytest.mark.parametrize(("lines", "outcome"), [(1, "passed"), (5, "warned"), (50, "warned")])
def test_one_refused_line_in_a_thousand_is_said(lines, outcome):
    report = {"rows_in": 2800, "rows_quarantined": lines, "reasons": {"untypable": lines}, "measures": {}}
    found = {one.check.name: one.outcome for one in gates.judge(MONTH, report, TRUE, Others())}
    assert found["hardly_any_refused"] == outcome
    assert found["few_refused"] == found["values_readable"] == ("failed" if lines == 50 else "passed")


def test_of_a_sample_gates_on_whole_months_say_nothing():
    """Of what few rows tell too, such as codes that are known, a gate says the same of a sample."""
    few = month_profile(Month(2013, 6), scale=0.05, airlines=("EV", "DL"))
    assert few.rows < LEAST_ROWS
    report = {"rows_in": few.rows, "rows_quarantined": 0, "reasons": {}, "measures": MEASURES}
    months = tuple(month_profile(MONTH.plus(number)) for number in (0, 2))
    found = {one.check: one.outcome for one in gates.judge(Month(2013, 6), report, few, Others(*zip(months)))}
    judged = {check.compare for check, outcome in found.items() if check.compare and outcome != CheckOutcome.SKIPPED}
    assert judged <= {"unknown_airports", "unknown_airlines", "dot_numbers"}
    assert {check.rows for check in found if check.compare in COMPARISONS.keys() - judged - {"dot_numbers"}} == {
        LEAST_ROWS
    }


def test_every_gate_is_seen_to_fail_by_some_test():
    texts = [path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py")]
    assert [check.name for check in checks.of() if not any(check.name in text for text in texts)] == []
