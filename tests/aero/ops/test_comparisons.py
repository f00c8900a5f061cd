"""What a month is compared in: eras and shocks of the record pass in any order, losses and emptied columns do not."""

from dataclasses import replace
from itertools import permutations

import pytest

from aero.month import Month, month_range
from aero.ops import gates
from aero.ops.comparisons import COMPARISONS, Beside, Others, chosen
from aero.ops.gates import CheckOutcome
from aero.ops.profile import ColumnProfile
from tests.aero.ops.month_profiles import COLUMNS, DUE_DAYS, month_profile, thinned

MONTH = Month(2013, 5)
MEASURES = {"cancelled_share": 0.02, "diverted_share": 0.002, "delayed_share": 0.2}


def refused(month, profile, months, measures=MEASURES):
    """Names of the gates that refuse a month beside other months, by month."""
    sides = chosen(month, months)
    others = Others(*(tuple(replace(months[other], measures=MEASURES) for other in side) for side in sides))
    profile = replace(profile, measures=measures)
    report = {"rows_in": profile.rows, "rows_quarantined": 0, "reasons": {}, "measures": measures}
    verdicts = gates.judge(month, report, profile, others)
    return {verdict.check.name for verdict in verdicts if verdict.outcome == CheckOutcome.FAILED}


def year_around(month):
    """Profiles of the six months before and after."""
    return {other: month_profile(other) for other in month_range(month.plus(-6), month.plus(6)) if other != month}


def loaded(months):
    """What refuses each month of a run, judged one after the other in the order given."""
    seen, found = {}, {}
    for month, profile in months.items():
        found[month] = refused(month, profile, seen)
        seen[month] = profile
    return found


def test_compared_are_the_months_of_a_year_before_and_after_and_the_own_old_load_the_nearest_first():
    comparable = [MONTH.plus(months) for months in (-13, -12, -1, 0, 1, 12, 13)]
    before, after = chosen(MONTH, comparable)
    assert before == [MONTH.plus(-1), MONTH.plus(-12)]
    assert after == [MONTH, MONTH.plus(1), MONTH.plus(12)]


def test_a_true_month_passes_beside_its_like_and_alone():
    assert refused(MONTH, month_profile(MONTH), year_around(MONTH)) == set()
    assert refused(MONTH, month_profile(MONTH), {}) == set()


@pytest.mark.parametrize("name", sorted(COMPARISONS))
def test_a_month_without_a_flight_and_a_month_measured_long_ago_are_compared_without_a_fault(name):
    empty = replace(month_profile(MONTH, airlines=()), days={}, hours={}, delay_groups={}, columns={}, rows=0)
    old = replace(month_profile(MONTH), columns={}, legs={}, due={}, given={})
    for one in (empty, old):
        for other in (empty, old):
            COMPARISONS[name](one, Beside(one, Others((other,), (other,))))
            COMPARISONS[name](other, Beside(one, Others((other,))))


def test_flights_without_a_schedule_are_of_no_part_of_the_day():
    true = month_profile(MONTH)
    unscheduled = replace(true, hours=true.hours | {"": 900}, due=true.due | {"hour ": 500}, absent={"hour ": 500})
    assert refused(MONTH, unscheduled, year_around(MONTH)) == set()


def test_columns_begin_at_an_era_in_order_and_out_of_order():
    """Tail numbers and times in the air began with 1995."""
    began = COLUMNS | {"air_minutes": ColumnProfile(0.99, 0.0, 100.0), "tail_number": ColumnProfile(0.98)}
    none = {name: ColumnProfile(0.0) for name in began.keys() - COLUMNS.keys()}
    months = {
        month: month_profile(month, columns=began if month >= Month(1995, 1) else COLUMNS | none)
        for month in month_range(Month(1994, 10), Month(1995, 4))
    }
    nothing = {month: set() for month in months}
    assert loaded(months) == nothing
    assert loaded(dict(reversed(months.items()))) == nothing
    for order in list(permutations(months))[::97]:
        last = order[-1]
        assert refused(last, months[last], {month: months[month] for month in order[:-1]}) == set(), order
    emptied = months[Month(1995, 3)]
    emptied = replace(emptied, columns=emptied.columns | none)
    beside = {month: profile for month, profile in months.items() if month != Month(1995, 3)}
    assert "columns_filled_as_before" in refused(Month(1995, 3), emptied, beside)


def test_a_column_that_becomes_empty_zero_or_constant_is_named():
    of = {
        "columns_filled_as_before": ColumnProfile(0.5, 0.0, 800.0),
        "columns_zero_as_before": ColumnProfile(1.0, 0.1, 720.0),
        "columns_vary_as_before": ColumnProfile(1.0, 0.0, 800.0, is_constant=True),
        "means_as_before": ColumnProfile(1.0, 0.0, 1280.0),
    }
    for name, column in of.items():
        damaged = month_profile(MONTH, columns=COLUMNS | {"distance_miles": column})
        assert refused(MONTH, damaged, year_around(MONTH)) == {name}


GIVEN = {
    "cancelled": {"": 120, "flight_number": 120, "cancellation_code": 120, "tail_number": 80},
    "late": {"": 900, "flight_number": 900, "carrier_delay_minutes": 900},
}


@pytest.mark.parametrize(
    ("what", "column", "left", "gate"),
    [
        ("cancelled", "cancellation_code", 0, "columns_given_as_before"),
        ("cancelled", "cancellation_code", 80, "columns_given_as_before"),
        ("cancelled", "cancellation_code", 119, None),
        ("cancelled", "tail_number", 5, None),
        ("late", "carrier_delay_minutes", 0, "columns_filled_as_before"),
        ("late", "carrier_delay_minutes", 850, "columns_filled_as_before"),
        ("late", "carrier_delay_minutes", 899, None),
    ],
)
def test_a_column_that_only_some_flights_have_is_named_where_fewer_of_these_have_it(what, column, left, gate):
    others = {month: month_profile(month, given=GIVEN) for month in year_around(MONTH)}
    counts = {name: count for name, count in (GIVEN[what] | {column: left}).items() if count}
    assert refused(MONTH, month_profile(MONTH, given=GIVEN | {what: counts}), others) == ({gate} if gate else set())


def test_a_column_of_some_flights_begins_with_an_era_and_few_flights_tell_nothing():
    without = {what: {"": counts[""], "flight_number": counts[""]} for what, counts in GIVEN.items()}
    months = {
        month: month_profile(month, given=GIVEN if month >= Month(2003, 6) else without)
        for month in month_range(Month(2003, 3), Month(2003, 9))
    }
    assert loaded(months) == {month: set() for month in months}
    assert loaded(dict(reversed(months.items()))) == {month: set() for month in months}
    few = month_profile(MONTH, given={"cancelled": {"": 12}})
    assert refused(MONTH, few, {month: month_profile(month, given=GIVEN) for month in year_around(MONTH)}) == set()


def test_airlines_that_have_each_other_s_code_fly_each_other_s_routes():
    true = month_profile(MONTH)
    other = {"AA": "DL", "DL": "AA"}
    exchanged = {f"{other.get(route[:2], route[:2])}{route[2:]}": flights for route, flights in true.routes.items()}
    for beside in (year_around(MONTH), {MONTH.plus(1): month_profile(MONTH.plus(1))}):
        assert "airlines_fly_their_routes" in refused(MONTH, replace(true, routes=exchanged), beside)
    # One that flies the other's routes beside its own is not it.
    both = true.routes | {"AA JFK ATL": 600, "AA ATL JFK": 600}
    assert "airlines_fly_their_routes" not in refused(MONTH, replace(true, routes=both), year_around(MONTH))


def test_an_aircraft_flies_for_one_airline_but_for_a_few_that_are_leased():
    true = month_profile(MONTH, given=GIVEN, foreign={"EV": 4})
    others = {month: month_profile(month, given=GIVEN, foreign={"EV": 3}) for month in year_around(MONTH)}
    assert refused(MONTH, true, others) == set()
    assert refused(MONTH, replace(true, foreign={"AA": 40, "DL": 30}), others) == {"aircraft_fly_for_one_airline"}
    # Measured before aircraft were asked.
    assert refused(MONTH, replace(true, foreign={"AA": 40, "DL": 30}), year_around(MONTH)) == set()


@pytest.mark.parametrize("share", [0.02, 0.1, 0.33])
def test_flights_lost_at_random_are_seen_by_those_that_go_a_week_before_and_after(share):
    lost = thinned(month_profile(MONTH), share)
    assert "flights_return" in refused(MONTH, lost, year_around(MONTH))
    assert ("file_whole" in refused(MONTH, lost, {})) == (share > 0.2)


def test_half_of_the_schedule_gone_is_a_shock_where_all_flights_left_return_and_a_loss_where_they_do_not():
    assert refused(MONTH, month_profile(MONTH, scale=0.5), year_around(MONTH)) == set()
    assert {"rows_as_expected", "flights_return"} <= refused(
        MONTH, thinned(month_profile(MONTH), 0.5), year_around(MONTH)
    )
    after = month_range(MONTH.plus(1), MONTH.plus(4))
    fewer = {month: month_profile(month, scale=0.5) for month in after}
    assert set().union(*loaded(year_around(MONTH) | fewer).values()) == set()


def test_a_sample_is_compared_with_samples():
    sample = thinned(month_profile(MONTH), 0.5)
    assert "file_whole" not in refused(MONTH, sample, {})
    others = {month: thinned(profile, 0.5) for month, profile in year_around(MONTH).items()}
    assert "flights_return" not in refused(MONTH, sample, others)
    beside = {month: others[month] for month in (MONTH.plus(-1), MONTH.plus(1))}
    assert "rows_as_expected" in refused(MONTH, thinned(month_profile(MONTH), 0.5 + 0.5 / 3), beside)


def test_late_flights_become_rare_in_a_whole_file_and_are_missing_in_another():
    rare = MEASURES | {"delayed_share": 0.05}
    beside = year_around(MONTH)
    assert refused(MONTH, month_profile(MONTH), beside, rare) == set()
    missing = thinned(month_profile(MONTH), 0.16)
    assert {"late_flights_as_before", "flights_return"} <= refused(MONTH, missing, beside, rare)


def test_one_airline_s_loss_is_named_and_a_holiday_is_none():
    true = month_profile(MONTH)
    of_airline = {key: count // 10 for key, count in true.due.items() if key.startswith("airline DL")}
    assert "flights_return_by_airline" in refused(MONTH, replace(true, absent=of_airline), year_around(MONTH))
    holiday = {key: count // 4 for key, count in true.due.items() if key.endswith((" 22", " 23"))}
    assert refused(MONTH, replace(true, absent=holiday), year_around(MONTH)) == set()


def test_one_weekday_s_loss_is_named_and_one_part_of_the_day_s():
    true, fridays = month_profile(MONTH), (" 10", " 17", " 24")
    lost = {key: count // 4 for key, count in true.due.items() if key.endswith(fridays)}
    assert "flights_return_by_weekday" in refused(MONTH, replace(true, absent=lost), year_around(MONTH))
    evening = {f"hour {hour}": true.due[f"hour {hour}"] // 4 for hour in (18, 19, 20)}
    assert refused(MONTH, replace(true, absent=evening), year_around(MONTH)) == {"flights_return_by_part"}
    assert len(DUE_DAYS) == 17


def test_a_schedule_that_shrinks_within_the_month_has_no_thin_day_and_a_lost_day_is_one():
    """As in March 2020: by the month's end 40 % of the flights are left."""
    days = {day.isoformat(): round(144 * (1 - 0.02 * number)) for number, day in enumerate(MONTH.days)}
    assert refused(MONTH, month_profile(MONTH, days=days), year_around(MONTH)) == set()
    cut = days | dict.fromkeys(list(days)[-2:], 0)
    assert {"every_day_has_flights", "days_as_before"} <= refused(
        MONTH, month_profile(MONTH, days=cut), year_around(MONTH)
    )
    assert refused(MONTH, month_profile(MONTH, days=cut), {}) == {"every_day_has_flights"}


def test_airlines_begin_and_merge_but_do_not_leave_for_a_month():
    """As in January 2003, when some began to report."""
    before = {
        month: month_profile(month, airlines=("AA", "DL")) for month in month_range(MONTH.plus(-6), MONTH.plus(-1))
    }
    assert refused(MONTH, month_profile(MONTH), before) == set()
    assert "airlines_still_there" in refused(MONTH, month_profile(MONTH, airlines=("AA", "DL")), year_around(MONTH))
    small = {month: month_profile(month) for month in (MONTH.plus(-1), MONTH.plus(1))}
    assert "airlines_between" in refused(MONTH, month_profile(MONTH, airlines=("AA", "DL")), small)


def test_a_new_schedule_of_one_airline_in_the_middle_of_the_month_is_no_loss():
    true = month_profile(MONTH)
    renumbered = {
        key: count // 2 for key, count in true.due.items() if key.startswith("airline AA") and key[-2:] < "12"
    }
    assert refused(MONTH, replace(true, absent=renumbered), year_around(MONTH)) == set()


def test_an_airline_cut_in_the_middle_is_torn_beside_others_and_alone():
    true = month_profile(MONTH)
    half = {route: count // (2 if route.startswith("EV") else 1) for route, count in true.routes.items()}
    cut = replace(true, routes=half, broken={"EV": true.legs["EV"] // 5}, legs=true.legs | {"EV": true.legs["EV"] // 2})
    assert "no_airline_torn" in refused(MONTH, cut, year_around(MONTH))
    assert refused(MONTH, cut, {}) == {"no_airline_torn"}


def test_routes_that_have_no_flights_now_are_named_of_a_file_one_way_and_explained_of_one_there_and_back():
    one_way = {f"AA JFK {dest}": 300 for dest in ("LAX", "SFO", "ORD", "MIA", "BOS", "SEA", "DEN", "PHX", "LAS", "ATL")}
    others = {month: month_profile(month, routes=one_way) for month in year_around(MONTH)}
    assert "routes_still_there" not in refused(MONTH, month_profile(MONTH, routes=one_way), others)
    without = {route: flights for route, flights in one_way.items() if not route.endswith("ATL")}
    assert "routes_still_there" in refused(MONTH, month_profile(MONTH, routes=without), others)
    both = one_way | {f"AA {dest} JFK": 300 for dest in (route[-3:] for route in one_way)}
    others = {month: month_profile(month, routes=both) for month in year_around(MONTH)}
    without = {route: flights for route, flights in both.items() if "ATL" not in route}
    assert "routes_still_there" not in refused(MONTH, month_profile(MONTH, routes=without), others)


def test_months_of_another_season_tell_nothing_of_routes_and_of_airlines_that_are_gone():
    half_a_year_on = {MONTH.plus(6): month_profile(MONTH.plus(6), airlines=("DL", "EV"))}
    assert refused(MONTH, month_profile(MONTH, airlines=("EV",)), half_a_year_on) == set()
    long_ago = {MONTH.plus(-6): month_profile(MONTH.plus(-6))}
    assert "airlines_still_there" not in refused(MONTH, month_profile(MONTH, airlines=("AA",)), long_ago)


def test_dot_numbers_stay_with_their_airline():
    numbers = {"AA 19805": 2000, "DL 19790": 1000, "EV 20366": 700}
    others = {month: month_profile(month, dot_numbers=numbers) for month in year_around(MONTH)}
    assert refused(MONTH, month_profile(MONTH, dot_numbers=numbers), others) == set()
    exchanged = month_profile(MONTH, dot_numbers={"AA 19790": 2000, "DL 19805": 1000, "EV 20366": 700})
    assert refused(MONTH, exchanged, others) == {"dot_numbers_as_before"}
    for other in ("AA 19999", "AA "):
        mixed = month_profile(MONTH, dot_numbers=numbers | {other: 200})
        assert "one_dot_number_an_airline" in refused(MONTH, mixed, {})
    none = month_profile(MONTH, dot_numbers={"AA ": 2000, "DL ": 1000})
    assert refused(MONTH, none, {}) == set()


def test_flights_there_twice_follow_another_of_their_aircraft():
    true = month_profile(MONTH)
    twice = replace(true, legs={airline: legs + legs // 4 for airline, legs in true.legs.items()})
    assert "aircraft_fly_as_often" in refused(MONTH, twice, year_around(MONTH))
