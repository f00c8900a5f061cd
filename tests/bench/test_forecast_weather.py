"""The page's table of what the weather is worth says what was judged; the weather is that of the package."""

from forecast_judging import Score

from aero.month import Month
from bench import forecast_weather

WITHOUT = Score(flights=1000, late_share=0.25, auc=0.6, pr_auc=0.4, brier=0.2, ece=0.03)
WITH = Score(flights=1000, late_share=0.25, auc=0.7, pr_auc=0.5, brier=0.19, ece=0.012)


def test_a_month_has_its_measures_without_weather_and_with_it():
    lines = forecast_weather.text(
        [(Month(2013, 4), [WITHOUT, WITH]), (Month(2013, 5), [WITHOUT, WITHOUT])]
    ).splitlines()
    assert "| 2013-04 | 0.2000 | 0.1900 | 0.600 | 0.700 | 0.030 | 0.012 |" in lines
    assert "| mean | 0.2000 | 0.1950 | 0.600 | 0.650 | 0.030 | 0.021 |" in lines


def test_the_weather_is_every_hour_of_the_package_but_the_impossible_one():
    assert forecast_weather.observed().num_rows == 26_114
