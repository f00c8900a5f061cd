"""Control limits: what is usual, and how far from it other months, their number and chance let a value be."""

import math

import pytest

from aero.ops import likeness
from aero.ops.likeness import Value, farthest, only


def times(value, before, after=(), within=0.1, side="both", chance=0.0):
    """How far a value is from what others make usual, as a multiple of what is let pass; the nearest first."""
    sides = ([only(other, chance) for other in values] for values in (before, after))
    return farthest(only(value), *sides, within, side).times


STEADY = (1.0,) * 12


def test_what_is_within_the_floor_passes_beside_many_months_and_twice_that_beside_one():
    assert times(1.1, STEADY) < 1 < times(1.12, STEADY)
    assert times(1.19, (1.0,)) < 1 < times(1.21, (1.0,))


def test_months_that_differ_among_themselves_let_a_month_differ_as_much():
    wide = (1.0, 1.3) * 6
    assert times(1.6, wide) < 1 < times(1.6, STEADY)
    assert times(4.0, wide) > 1
    one_was_special = (*STEADY[1:], 3.0)
    assert times(1.6, one_was_special) > 1


def test_what_is_usual_follows_a_trend_and_is_the_middle_of_both_sides():
    rising = tuple(1 - 0.03 * months for months in range(12))
    assert times(1.05, rising) < 1
    falling_after = tuple(1 + 0.03 * months for months in range(12))
    assert times(1.0, rising, falling_after) < 0.1
    assert times(0.7, rising) > 1


def test_few_flights_differ_by_chance():
    assert times(1.3, STEADY) > 1 > times(1.3, STEADY, chance=0.1)


@pytest.mark.parametrize(
    ("side", "low", "high"), [("both", True, True), ("above", False, True), ("below", True, False)]
)
def test_only_one_side_may_be_wrong(side, low, high):
    assert (times(0.5, STEADY, side=side) > 1, times(1.5, STEADY, side=side) > 1) == (low, high)


def test_the_farthest_of_the_keys_is_told_and_a_key_that_no_other_month_has_is_not_judged():
    own = {"AA": Value(1.1), "DL": Value(2.0), "new": Value(99.0)}
    others = [{"AA": Value(1.0), "DL": Value(1.0), "gone": Value(5.0)}]
    found = farthest(own, others, [], 0.1)
    assert (found.key, found.value, found.usual) == ("DL", 2.0, 1.0)
    assert farthest({"new": Value(1.0)}, others, [], 0.1) is None
    assert farthest(own, [], [], 0.1) is None


def test_logarithms_are_told_as_ratios_to_what_is_usual():
    usual = math.log(400)
    found = likeness.as_ratios(farthest(only(math.log(100)), [only(usual)] * 3, [], math.log(2), "below"))
    assert (found.value, found.highest) == (pytest.approx(0.25), math.inf)
    assert found.lowest == pytest.approx(2 ** (-4 / 3))


def test_shares_leave_out_null_and_distributions_are_apart_by_what_would_have_to_move():
    assert likeness.shares({"a": 1, "b": 3, "": 6}) == {"a": 0.25, "b": 0.75}
    assert likeness.mean_shares([{"a": 1}, {"b": 5}]) == {"a": 0.5, "b": 0.5}
    assert likeness.apart({"a": 1.0}, {"b": 1.0}) == 1 and likeness.apart({"a": 1.0}, {"a": 1.0}) == 0
    assert likeness.shares({}) == {}
