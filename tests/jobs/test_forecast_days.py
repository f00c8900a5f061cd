"""A day's forecast: by the model in service, and by the baseline where that drifts and is worse."""

from datetime import date, timedelta

import forecast_days
import forecast_minutes
import numpy as np
import pytest
from forecast_features import History
from forecast_guard import Leaked
from forecast_inputs import linear, typical
from forecast_models import BASELINE, Model, Name
from forecast_outcomes import minutes
from forecast_sample import sample

from aero.errors import AeroError
from tests.jobs.forecast_flights import flight, instants, table

MAY = [date(2013, 5, 1) + timedelta(days=number) for number in range(31)]
SHOCK = date(2013, 5, 12)
A_DAY = 60


def flights(shocked=True):
    """April and May: each day 60 flights, one of ten late; from the shock on nine of ten, as of a strike."""
    rows = []
    for day in [date(2013, 4, 1) + timedelta(days=number) for number in range(61)]:
        of_ten = 9 if shocked and day >= SHOCK else 1
        for number in range(A_DAY):
            clock = f"{6 + number // 4:02d}:{number % 4 * 15:02d}"
            rows.append(flight(str(day), clock, 40 if number % 10 < of_ten else -5, flight_number=str(number)))
    return table(*rows)


def models(rows, late):
    """A logistic regression that says `late` of each flight, the baseline 0.5; both saw April, until April 29."""
    known = sample(rows, History(rows))
    until = int(minutes(instants("2013-04-29 00:00"))[0])
    curve = forecast_minutes.fitted(np.array([0.1, 0.9]), np.array([-5.0, 40.0]))
    kept = {"typical": typical(known), "minutes": curve}
    logistic = {"coefficients": [0.0] * linear(known).shape[1], "intercept": float(np.log(late / (1 - late)))}
    baseline = {"share": 0.5, "airlines": {"B6": 0.5}, "hours": {}}
    cancelled = {"share": 0.02, "known_until": until}
    return {
        BASELINE: Model(BASELINE, until, baseline | kept),
        Name.LOGISTIC: Model(Name.LOGISTIC, until, logistic | kept),
    }, cancelled


def forecast(rows, days, late=0.1):
    fitted, cancelled = models(rows, late)
    return forecast_days.forecast(fitted, Name.LOGISTIC, cancelled, rows, days)


@pytest.fixture(scope="module")
def month():
    return forecast(flights(), MAY)


def by_day(made):
    """The model of each day, and that one model made all of it."""
    found = {}
    for row in made.rows.to_pylist():
        assert found.setdefault(row["flight_date"], row["model_name"]) == row["model_name"]
    return found


def test_a_shock_has_the_baseline_forecast_from_the_day_on_on_which_it_is_known(month):
    told = by_day(month)
    assert list(told) == MAY
    # When the first flight of the 15th is forecast, 24 hours before it leaves, those of the 12th and 13th have landed:
    # of 7 * 60 flights 96 more were late than expected, 23 %. A day before it were 48, 11 %.
    assert [day.day for day, name in told.items() if name == BASELINE] == list(range(15, 32))
    late = {row["model_name"]: row["late_probability"] for row in month.rows.to_pylist()}
    assert late == {Name.LOGISTIC: pytest.approx(0.1), BASELINE: 0.5}
    assert {row["baseline_probability"] for row in month.rows.to_pylist()} == {0.5}


def test_without_a_shock_the_model_in_service_forecasts_every_day():
    assert set(by_day(forecast(flights(shocked=False), MAY)).values()) == {Name.LOGISTIC}


def test_a_model_that_is_better_than_the_baseline_stays_however_far_it_is_off():
    """0.7 is far from nine of ten, and nearer than one half."""
    rows = flights(shocked=True)
    told = by_day(forecast(rows, MAY, late=0.7))
    assert told[date(2013, 5, 10)] == BASELINE and told[date(2013, 5, 31)] == Name.LOGISTIC


@pytest.mark.parametrize("day", [date(2013, 5, 5), date(2013, 5, 14), date(2013, 5, 15), date(2013, 5, 31)])
def test_a_day_alone_is_the_same_day_of_the_month(month, day):
    alone = forecast(flights(), [day]).rows
    assert alone.to_pylist() == [row for row in month.rows.to_pylist() if row["flight_date"] == day]
    assert alone.num_rows == A_DAY


def test_a_day_of_which_nothing_is_known_of_the_days_before_is_forecast_by_the_baseline():
    rows = flights(shocked=False)
    days = rows["flight_date"].to_pylist()
    gap = rows.filter([day < date(2013, 5, 1) or day == date(2013, 5, 31) for day in days])
    assert by_day(forecast(gap, [date(2013, 5, 31)])) == {date(2013, 5, 31): BASELINE}
    assert by_day(forecast(rows, [date(2013, 5, 31)])) == {date(2013, 5, 31): Name.LOGISTIC}


def test_a_day_to_come_is_forecast_as_of_now():
    rows, noon = flights(shocked=False), instants("2013-05-30 12:00")
    fitted, cancelled = models(rows, 0.1)
    told = forecast_days.forecast(fitted, Name.LOGISTIC, cancelled, rows, [date(2013, 5, 31)], int(minutes(noon)[0]))
    as_of = {row["as_of_at"] for row in told.rows.to_pylist()}
    assert max(as_of) == noon[0].as_py() and len(as_of) > 1


def test_each_flight_has_quantiles_between_those_of_flights_alike_and_the_share_cancelled(month):
    row = month.rows.to_pylist()[0]
    assert row["cancelled_probability"] == 0.02
    # One flight had 0.1 and was 5 minutes early, one 0.9 and was 40 late.
    assert [row[f"delay_p{percent}_minutes"] for percent in (10, 50, 90)] == pytest.approx([-5.0] * 3)
    baseline = month.rows.to_pylist()[-1]
    assert [baseline[f"delay_p{percent}_minutes"] for percent in (10, 50, 90)] == pytest.approx([17.5] * 3)


def test_what_cannot_be_forecast_is_said():
    rows = flights()
    with pytest.raises(AeroError, match="no flights of 2013-06-01"):
        forecast(rows, [date(2013, 6, 1)])
    with pytest.raises(Leaked, match="statistics over flights that ended later"):
        forecast(rows, [date(2013, 4, 20)])
