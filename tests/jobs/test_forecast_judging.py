"""Every expected measure is worked out by hand."""

import numpy as np
import pytest
from forecast_judging import Bin, reliability, score


def of(*pairs):
    return score(np.array([one for one, _ in pairs]), np.array([late for _, late in pairs]))


def test_the_measures_of_four_flights():
    """Of four pairs (late, not) 0.9 is above both others, 0.4 above 0.1 alone: 3 of 4. Precision at 0.9 is 1, at 0.4
    2 of 3. Squares: 0.01, 0.49, 0.36, 0.01. Each flight is in a bin of its own."""
    found = of((0.9, 1), (0.7, 0), (0.4, 1), (0.1, 0))
    assert (found.flights, found.late_share, found.auc) == (4, 0.5, 0.75)
    assert found.pr_auc == pytest.approx((1 + 2 / 3) / 2, abs=1e-15)
    assert found.brier == pytest.approx(0.87 / 4, abs=1e-15)
    assert found.ece == pytest.approx((0.1 + 0.7 + 0.6 + 0.1) / 4, abs=1e-15)


def test_flights_of_one_probability_are_half_right_pairs():
    found = of((0.5, 1), (0.5, 0), (0.5, 0), (0.5, 0))
    assert (found.auc, found.pr_auc, found.ece) == (0.5, 0.25, 0.25)


def test_where_all_flights_are_alike_there_are_no_pairs():
    assert of((0.2, 0), (0.9, 0)).auc == 0.5
    assert of((1.0, 1)).pr_auc == 1.0


def test_bins_are_those_with_flights_and_the_last_has_its_end():
    found = reliability(np.array([0.1, 0.19, 1.0, 0.95]), np.array([0, 1, 1, 1]))
    assert found == [Bin(2, pytest.approx(0.145), 0.5), Bin(2, pytest.approx(0.975), 1.0)]
