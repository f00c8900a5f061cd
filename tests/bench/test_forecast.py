"""The page's tables say what was judged."""

from dataclasses import replace

from forecast_backtest import Judged, Minutes
from forecast_corrections import Horizon
from forecast_judging import Bin, Score
from forecast_models import BASELINE, Name

from aero.month import Month
from bench import forecast

PLAIN = Score(flights=1000, late_share=0.25, auc=0.6, pr_auc=0.4, brier=0.2, ece=0.03)
BETTER = Score(flights=1000, late_share=0.25, auc=0.7, pr_auc=0.5, brier=0.19, ece=0.012)
QUANTILES = dict.fromkeys(Name, Minutes(9.0, 0.75)) | {Name.LOGISTIC: Minutes(8.5, 0.81)}
SCORES = dict.fromkeys(Name, PLAIN) | {Name.LOGISTIC: BETTER}
CANCELLED = Score(flights=1030, late_share=0.03, auc=0.7, pr_auc=0.1, brier=0.028, ece=0.01)
RENEWED = {one: replace(BETTER, brier=0.18 - 0.01 * place) for place, one in enumerate(Horizon)}
AIRPORTS = [{"JFK": (replace(BETTER, flights=300), 0.2)}, {"JFK": (replace(PLAIN, flights=200), 0.2)}]
MONTHS = [
    Judged(
        *(Month(2013, number), SCORES, served, [Bin(1000, 0.3, 0.25)], QUANTILES, CANCELLED, 0.025),
        *({"origin_id": AIRPORTS[number - 4], "airline_id": {}}, RENEWED),
    )
    for number, served in ((4, BASELINE), (5, Name.LOGISTIC))
]


def test_a_month_says_what_was_served_and_how_far_below_the_baseline_it_was():
    lines = forecast.text(MONTHS).splitlines()
    assert "| 2013-04 | 1,000 | 25.0% | airline_hour | 0.0% | 0.030 |" in lines
    assert "| 2013-05 | 1,000 | 25.0% | logistic | 5.0% | 0.012 |" in lines
    assert "| 2013-04 | 9.00 min | 9.00 min | 75.0% | 3.00% | 2.5% |" in lines
    assert "| 2013-05 | 8.50 min | 9.00 min | 81.0% | 3.00% | 2.5% |" in lines


def test_the_best_of_a_month_is_in_bold_whether_small_or_large_is_better():
    lines = forecast.text(MONTHS).splitlines()
    assert "| 2013-05 | 0.2000 | 0.2000 | **0.1900** | 0.2000 | 0.2000 | 0.2000 |" in lines
    assert "| mean | 0.600 | 0.600 | **0.700** | 0.600 | 0.600 | 0.600 |" in lines


def test_an_airport_has_the_mean_of_its_flights():
    assert "| JFK | 500 | 25.0% | 0.660 | 0.1940 | 3.0% | 0.019 |" in forecast.text(MONTHS).splitlines()


def test_the_plot_has_a_line_a_month():
    [axes] = forecast.reliability(MONTHS).axes
    assert [line.get_label() for line in axes.lines] == ["as forecast", "2013-04 airline_hour", "2013-05 logistic"]


def test_what_each_hour_is_worth_is_the_mean_of_the_months():
    lines = forecast.hours(MONTHS).splitlines()
    assert "Means over 2 months, 2013-04 to 2013-05:" in lines
    assert "| a day before | 0.700 | 0.1900 | 5.0% | 0.0% |  | 0.012 |" in lines
    assert "| 6 h | 0.700 | 0.1800 | 10.0% | 5.3% | 2 | 0.012 |" in lines
    assert "| departure | 0.700 | 0.1400 | 30.0% | 26.3% | 2 | 0.012 |" in lines
    [axes] = forecast.curve(MONTHS).axes
    assert [len(line.get_ydata()) for line in axes.lines] == [6, 6, 6]


def test_every_feature_is_in_the_page():
    assert forecast.features().count("\n| `") == len(forecast.FEATURES)
