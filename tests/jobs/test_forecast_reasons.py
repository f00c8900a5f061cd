"""Why a flight has its probability, in words."""

import forecast_reasons
import numpy as np
import pytest
from forecast_features import FEATURES, History
from forecast_inputs import NAMES, linear, typical
from forecast_models import BASELINE, Model, Name
from forecast_sample import sample

from tests.jobs.forecast_flights import flight, table


@pytest.fixture(scope="module")
def known():
    """A hundred flights of a month, at nine each but the last, which leaves at 21 o'clock."""
    rows = [flight(f"2013-07-{1 + number % 28:02d}", "09:00", 20 if number % 4 == 0 else -5) for number in range(100)]
    flights = table(*rows, flight("2013-07-29", "21:00"))
    found = sample(flights, History(flights))
    return found.of(np.flatnonzero(~np.isnan(linear(found)).any(axis=1)))


def models(known, **weights):
    """A regression with a weight for some columns of `linear`, 0 for the others."""
    coefficients = np.zeros(linear(known).shape[1])
    for name, weight in weights.items():
        one = known._replace(inputs=known.inputs | {name: known.inputs[name] + 1})
        [*columns] = np.flatnonzero((linear(one) != linear(known)).any(axis=0))
        coefficients[columns] = weight
    usual = {"typical": typical(known)}
    return {
        BASELINE: Model(BASELINE, 0, {"share": 0.2, "airlines": {}, "hours": {}} | usual),
        Name.LOGISTIC: Model(Name.LOGISTIC, 0, {"coefficients": coefficients.tolist(), "intercept": -1.0} | usual),
    }


def test_a_feature_moves_the_odds_by_what_it_is_beside_the_typical_one(known):
    """planned_minutes are 60 of all: it moves nothing; 300 of the last move a weight of 0.5 by (300 - 60) / 100."""
    longer = known.inputs["planned_minutes"].copy()
    longer[-1] = 300
    one = known._replace(inputs=known.inputs | {"planned_minutes": longer})
    told = forecast_reasons.in_words(models(known, planned_minutes=0.5), Name.LOGISTIC, one)
    assert set(told[:-1]) == {""}
    assert told[-1] == f"300 minutes planned (odds ×{np.exp(0.5 * 2.4):.2f})"


def test_the_strongest_come_first_and_five_at_most(known):
    names = ("planned_minutes", "distance_miles", "days_to_holiday", "days_since_holiday", "planned_departures",
             "planned_arrivals")  # fmt: skip
    inputs = {name: known.inputs[name] + 7 for name in names}
    one = known._replace(inputs=known.inputs | inputs)
    told = forecast_reasons.in_words(models(known, **dict.fromkeys(names, 1.0)), Name.LOGISTIC, one)[-1].split("; ")
    factors = [float(one.partition("×")[2].rstrip(")")) for one in told]
    assert factors == sorted(factors, reverse=True) and len(told) <= forecast_reasons.MOST
    assert all(factor >= forecast_reasons.LEAST_FACTOR for factor in factors)


def test_every_input_of_the_models_has_words():
    assert {name for name in NAMES if "_share_" not in name} == set(forecast_reasons.WORDS)
    assert all(forecast_reasons.words(one.name, 1.0) for one in FEATURES if one.name in NAMES)
    told = forecast_reasons.words("late_share_airline_hour_28d", 0.25)
    assert told == "25% of the airline's flights in that hour late in 28 days"
    told = forecast_reasons.words("cancelled_share_origin_1d", 0.5)
    assert told == "50% of flights from its origin cancelled the day before"
    assert forecast_reasons.words("weekday", 7.0) == "on a Sunday"
