"""Quantiles of the delay, and how they are judged."""

import forecast_minutes
import numpy as np
import pytest


def test_flights_that_were_forecast_alike_have_the_quantiles_of_their_group():
    """Of 4,000 flights those of 0.2 are 0 to 99 minutes late, those of 0.6 are 100 more."""
    probability = np.repeat([0.2, 0.6], 2000)
    minutes = np.tile(np.arange(100.0), 40) + np.repeat([0.0, 100.0], 2000)
    made = forecast_minutes.fitted(probability, minutes)
    assert made["probability"] == [pytest.approx(0.2), pytest.approx(0.6)]
    said = forecast_minutes.quantiles(made, np.array([0.0, 0.2, 0.4, 0.6, 1.0]))
    low, high = np.percentile(np.arange(100), (10, 50, 90)), np.percentile(np.arange(100), (10, 50, 90)) + 100
    assert said == pytest.approx(np.array([low, low, (low + high) / 2, high, high]))


def test_quantiles_fall_with_no_probability_that_is_higher_where_delays_do_not():
    dice = np.random.default_rng(24)
    probability = dice.random(5000)
    made = forecast_minutes.fitted(probability, 100 * probability + dice.normal(0, 3, 5000))
    assert len(made["probability"]) == forecast_minutes.GROUPS
    said = forecast_minutes.quantiles(made, np.linspace(0, 1, 50))
    assert (np.diff(said, axis=0) >= 0).all() and (np.diff(said, axis=1) > 0).all()


def test_a_model_that_says_the_same_of_all_has_one_group():
    made = forecast_minutes.fitted(np.full(100, 0.3), np.arange(100.0))
    assert made["minutes"] == [pytest.approx([9.9, 49.5, 89.1])]


def test_pinball_and_coverage_by_hand():
    said = np.array([[-10.0, 0.0, 20.0], [-10.0, 0.0, 20.0]])
    minutes = np.array([10.0, 30.0])
    # 20 above the 10 % quantile costs 2, 10 above the median 5, 10 below the 90 % quantile 1; then 4, 15 and 9.
    assert forecast_minutes.pinball(said, minutes) == pytest.approx((2 + 5 + 1 + 4 + 15 + 9) / 6)
    assert forecast_minutes.coverage(said, minutes) == 0.5
    assert forecast_minutes.coverage(said, np.array([-10.0, 20.0])) == 1.0
